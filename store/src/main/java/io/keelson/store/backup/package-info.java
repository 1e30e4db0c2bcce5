/**
 * A store as one file, in etcd's schema: {@code etcdctl snapshot save} gets it, {@code etcdctl snapshot restore} and ours begin from it.
 * Knows buckets, keys and values of etcd's file; where they come from and go to is behind two ports, and their form on disk in {@code
 * bbolt}.
 *
 * <pre>
 *   Picture --SnapshotWriter--> bbolt file (+ SHA-256) --SnapshotReader--> Loading
 *   (rocks: the state now)      etcd's, or ours                            (rocks: a new state)
 *
 *   key      8 bytes revision, '_', 8 bytes sub [, 't' for a deletion]  ->  mvccpb.KeyValue
 *   lease    8 bytes id                                                 ->  leasepb.Lease
 *   meta     consistent_index, term, scheduledCompactRev, finishedCompactRev, storageVersion, confState
 *   auth, authUsers, authRoles, alarm, members, members_removed, cluster
 * </pre>
 */
@NullMarked
package io.keelson.store.backup;

import org.jspecify.annotations.NullMarked;
