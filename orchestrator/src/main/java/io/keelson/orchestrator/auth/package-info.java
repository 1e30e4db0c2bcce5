/**
 * Who asks, and may they: a certificate's subject becomes a {@link io.keelson.orchestrator.api.User}, a user and what it wants become a
 * yes or a {@link io.keelson.orchestrator.registry.Rejection} in Kubernetes' words. Pure. The rules are three, see
 * {@link io.keelson.orchestrator.auth.Authorization}; RBAC is not built yet. Must not know of connections or requests.
 */
@NullMarked
package io.keelson.orchestrator.auth;

import org.jspecify.annotations.NullMarked;
