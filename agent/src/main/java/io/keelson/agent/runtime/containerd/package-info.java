/**
 * Containers through containerd: the node's own daemon and the {@link io.keelson.agent.runtime.ContainerRuntime} over its socket.
 *
 * <p>{@link io.keelson.agent.runtime.containerd.ContainerdProcess} keeps the daemon running; {@code ContainerdRuntime} speaks CRI for pods and
 * containerd's own services for importing images and for events. {@code CriMessages}, {@code ContainerdConfig}, {@code ImageName} and
 * {@code Faults} are pure. Nothing here decides what should run, and no Kubernetes object is known; nothing else in the agent sees gRPC to a runtime.
 */
@NullMarked
package io.keelson.agent.runtime.containerd;

import org.jspecify.annotations.NullMarked;
