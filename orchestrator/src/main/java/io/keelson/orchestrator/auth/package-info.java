/**
 * Who asks, and may they, as rules: certificates, claims of tokens and secrets become a {@link io.keelson.orchestrator.api.User}, or
 * nobody; a user and what it wants become a {@link io.keelson.orchestrator.auth.Decision}, by roles ({@link
 * io.keelson.orchestrator.auth.Rbac}) and the rules for nodes; a no becomes a {@link io.keelson.orchestrator.registry.Rejection} in
 * Kubernetes' words. Pure. Must not know of connections, of the store or of signatures.
 */
@NullMarked
package io.keelson.orchestrator.auth;

import org.jspecify.annotations.NullMarked;
