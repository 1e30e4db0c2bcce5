/**
 * The state of a replica on disk: RocksDB behind {@code View} and {@code History}. All changes of a log entry and its term and
 * index are written in ONE batch; RocksDB keeps no log of its own, because the Raft log is one. After a crash the state is
 * that of some earlier entry, and the log is applied from there.
 *
 * <pre>
 *   latest    key                    -> KeyValue, or place   what is there now: reads and lists; a large KeyValue lies in history only
 *   versions  key, ~revision         -> sub                 which revisions a key has: reads in the past
 *   history   revision, sub          -> type, KeyValue      what happened, in order: watches
 *   leases    id -> ttl      leaseKeys  id, key -> nothing      meta  applied, revision, compact, proposers, alarms
 *   hashes    first revision of an entry -> hashes           the running hash of each revision
 * </pre>
 */
@NullMarked
package io.keelson.store.rocks;

import org.jspecify.annotations.NullMarked;
