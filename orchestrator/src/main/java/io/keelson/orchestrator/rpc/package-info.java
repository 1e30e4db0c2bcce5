/**
 * Keelson's own gRPC services, as in {@code proto/keelson/v1}: objects for people and programs, what agents say and hear, logs, status.
 * The same {@link io.keelson.orchestrator.api.Api} as behind REST. Each call has a virtual thread of its own, which may block; who calls
 * is known from the connection's certificate. The one place where a refusal becomes a gRPC status.
 */
@NullMarked
package io.keelson.orchestrator.rpc;

import org.jspecify.annotations.NullMarked;
