/**
 * Doing what probes and lifecycle hooks say: a command in the container, an HTTP request, a TCP connection.
 *
 * <p>{@link io.keelson.agent.probe.Actions} performs one action and returns its result; {@link io.keelson.agent.probe.ContainerProber} keeps a
 * running container's probes going and tells the verdicts. When a probe is due and what results add up to is decided in {@code pod}.
 */
@NullMarked
package io.keelson.agent.probe;

import org.jspecify.annotations.NullMarked;
