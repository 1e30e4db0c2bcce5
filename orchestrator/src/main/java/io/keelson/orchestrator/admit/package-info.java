/**
 * Who has a say in writes beside the kind's own rules, as pure functions: Kubernetes' built-in admission plugins, which of the configured
 * webhooks and policies concern a write, and what they are asked.
 *
 * <pre>
 *   Request (what is to be stored, what is stored, who asks) + Facts (other objects) -- plugin --> changed object, or Verdict
 * </pre>
 *
 * <p>Must not know of the store or of connections: {@code admission} is the shell.
 */
@NullMarked
package io.keelson.orchestrator.admit;

import org.jspecify.annotations.NullMarked;
