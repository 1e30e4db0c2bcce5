/**
 * What clients asked and what they were told, as plain values: operations on keys and leases, and what each watch delivered. Nothing
 * here knows the wire, the cluster or the judges.
 */
@NullMarked
package io.keelson.chaos.history;

import org.jspecify.annotations.NullMarked;
