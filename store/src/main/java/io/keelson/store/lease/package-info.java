/**
 * When leases end. That a lease exists is in the log; how long it still lives only the leader knows, by its own clock. A new
 * leader gives every lease its full time again, so a lease may live longer than granted, never shorter.
 */
@NullMarked
package io.keelson.store.lease;

import org.jspecify.annotations.NullMarked;
