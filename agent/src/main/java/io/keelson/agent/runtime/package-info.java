/**
 * The port to whatever runs containers: sandboxes (one per pod attempt), containers in them, and images.
 *
 * <p>The pure core ({@code agent.pod}) decides from {@link io.keelson.agent.runtime.ObservedPods} what should happen; the loop calls the
 * matching method of {@link io.keelson.agent.runtime.ContainerRuntime}. Nothing flows back but what {@code list()} observes and the typed
 * {@link io.keelson.agent.runtime.RuntimeFault}s. Everything that must survive an agent's restart lives in the runtime, as labels and
 * annotations. This package knows no wire protocol, no process and no Kubernetes object.
 */
@NullMarked
package io.keelson.agent.runtime;

import org.jspecify.annotations.NullMarked;
