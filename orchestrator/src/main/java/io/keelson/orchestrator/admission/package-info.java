/**
 * The shell around {@link io.keelson.orchestrator.admit}: reads what plugins want to know, holds writers of one quota apart, calls
 * webhooks. One {@code Pass} is one attempt at a write; what the built-in plugins read is guarded in the write's transaction.
 */
@NullMarked
package io.keelson.orchestrator.admission;

import org.jspecify.annotations.NullMarked;
