/**
 * The store's rules as pure functions: {@code Mvcc.apply(view, command)} says what a command changes and answers, {@code
 * Ranges.read(view, request)} what a read shows. Both are given everything they need; neither knows a clock, a disk or a
 * thread, so the same code runs over RocksDB, over memory and in tests.
 *
 * <pre>
 *   command --> check (well formed?) --> apply(view) --> Applied(answer | refusal, changes, revision)
 *                                                             changes --> view', watch events
 * </pre>
 */
@NullMarked
package io.keelson.store.mvcc;

import org.jspecify.annotations.NullMarked;
