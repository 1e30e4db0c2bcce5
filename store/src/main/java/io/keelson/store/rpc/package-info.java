/**
 * The doors of the store: etcd's gRPC services and its few HTTP/1.1 pages on one port, plain or mutual TLS. A request is
 * checked here, goes to the {@code node.Replica}, and its answer gets this member's header; refusals become etcd's codes and
 * texts in {@code Failures} and nowhere else. What is behind the replica (Raft, RocksDB, memory) is not known here.
 *
 * <pre>
 *   socket -> (TLS) -> FirstBytes --"PRI"--> gRPC -> KvService, WatchService, ... -> Replica
 *                         '-------else-----> HttpDoor -> /health, /version ...   -> Replica
 *
 *   event loops: read, check, hand over     workers: reads of the store, answers, watch streams
 * </pre>
 */
@NullMarked
package io.keelson.store.rpc;

import org.jspecify.annotations.NullMarked;
