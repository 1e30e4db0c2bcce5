/**
 * Who did what when, as lines of {@code audit.k8s.io/v1} Events: {@link io.keelson.orchestrator.audit.AuditPolicy} decides, purely, how
 * much of a request is told; {@link io.keelson.orchestrator.audit.AuditLog} writes it. A door begins an {@link
 * io.keelson.orchestrator.audit.AuditedRequest} and tells it what happens. Must not know of connections.
 */
@NullMarked
package io.keelson.orchestrator.audit;

import org.jspecify.annotations.NullMarked;
