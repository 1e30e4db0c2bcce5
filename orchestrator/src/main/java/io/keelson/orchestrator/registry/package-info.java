/**
 * The one write path, as pure functions: what the caller sent and what is stored go in, the object to store or a
 * {@link io.keelson.orchestrator.registry.Rejection} comes out. Time, uids and name suffixes are arguments. Metadata, generation,
 * status, finalizers and deletion follow Kubernetes' rules, the same for every kind; what is special to a kind comes from
 * {@code kind}. Must not know where objects are stored, or who asks over which protocol.
 */
@NullMarked
package io.keelson.orchestrator.registry;

import org.jspecify.annotations.NullMarked;
