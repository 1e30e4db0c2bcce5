/**
 * One member's replica as the doors to it see it: propose, read, follow history, keep leases alive. The doors ({@code rpc},
 * the local {@code Kv}) know this package and {@code mvcc}; what is behind it (Raft, RocksDB, memory) they do not.
 */
@NullMarked
package io.keelson.store.node;

import org.jspecify.annotations.NullMarked;
