/**
 * The one read and write path over the store: {@link io.keelson.orchestrator.api.Api}. REST, gRPC and the control loop all come
 * through here. A write reads what is stored, asks {@code registry} what to store in its place, and commits that in one transaction
 * guarded by what was read; a read or a watch goes straight to the store, there is no cache between. Must not know of HTTP or gRPC.
 */
@NullMarked
package io.keelson.orchestrator.api;

import org.jspecify.annotations.NullMarked;
