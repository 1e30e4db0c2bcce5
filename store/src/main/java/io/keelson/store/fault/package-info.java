/**
 * Faults that a test plants in a member to see whether the judges of {@code chaos-tests} see them. Off unless the process was started with
 * the system property {@code keelson.test.fault}; then exactly one is on, for as long as the process lives.
 */
@NullMarked
package io.keelson.store.fault;

import org.jspecify.annotations.NullMarked;
