/**
 * Kubernetes' REST API: a request becomes a call of {@link io.keelson.orchestrator.api.Api}, its answer becomes JSON, a Table or a stream.
 * {@link io.keelson.orchestrator.http.Listener} is the port with TLS, shared with gRPC; {@link io.keelson.orchestrator.http.Rest} the way
 * of a request. One virtual thread for each request, which may block. Must not decide anything about objects, nor touch the store.
 */
@NullMarked
package io.keelson.orchestrator.http;

import org.jspecify.annotations.NullMarked;
