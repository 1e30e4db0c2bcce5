/**
 * The doors of the store: etcd's gRPC services and, in {@code http}, its HTTP/1.1 side on one port, plain or mutual TLS. A request is
 * checked here, goes to the {@code node.Replica}, and its answer gets this member's header; refusals become etcd's codes and
 * texts in {@code Failures} and nowhere else. What is behind the replica (Raft, RocksDB, memory) is not known here.
 *
 * <pre>
 *   socket -> (TLS) -> FirstBytes --"PRI"--> gRPC -> KvService, WatchService, ... -> Replica
 *                         '-------else-----> http.HttpConnection -> HealthPages ...   -> Replica
 *                                                 '-> http.Gateway -> gRPC, in process
 *
 *   event loops: read, check, hand over     workers: reads of the store, answers, watch streams
 * </pre>
 */
@NullMarked
package io.keelson.store.rpc;

import org.jspecify.annotations.NullMarked;
