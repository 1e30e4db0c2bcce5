/**
 * HTTP/1.1 for clients: etcd's JSON gateway, the pages about a member's health, its version and its metrics. This package knows HTTP and
 * the calls that a gRPC server offers, and nothing of the store: the gateway makes gRPC calls within the process, so whatever guards or
 * counts a call does so for both kinds of client.
 *
 * <pre>
 *   HttpConnection -> Exchange -> Site --/health, /metrics ...--> Pages
 *    (one at a time,               '--/v3/...--> Gateway -> GatewayCall -> in-process gRPC
 *     in order)
 * </pre>
 */
@NullMarked
package io.keelson.store.rpc.http;

import org.jspecify.annotations.NullMarked;
