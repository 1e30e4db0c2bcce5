/**
 * One log for all members: the only importer of Ratis. Commands that queue up while an entry is on its way become the next
 * entry; every member applies entries in order through {@code Mvcc} to its own {@code RocksState}; reads first make sure that
 * they are not behind.
 *
 * <pre>
 *   propose -> queue -> one entry in flight -> Ratis (fsynced log on a majority)
 *                                                -> apply on each member: decide all, write one batch, publish events
 *                                                     -> on the member that proposed: complete the answers
 * </pre>
 */
@NullMarked
package io.keelson.store.raft;

import org.jspecify.annotations.NullMarked;
