/**
 * Pods, decided purely: no clock, no IO, no threads. In go what is wanted ({@link io.keelson.agent.pod.DesiredPod}), what the runtime holds
 * ({@link io.keelson.agent.pod.PodObservation}), what went wrong before ({@link io.keelson.agent.pod.Setbacks}), what probes say
 * ({@link io.keelson.agent.pod.Probes}) and the time; out come {@link io.keelson.agent.pod.RuntimeAction}s and a status.
 *
 * <p>The loop carries the actions out and asks again. Nothing here is remembered: after an agent's restart the same inputs, read from the
 * runtime and the control plane, give the same decisions.
 */
@NullMarked
package io.keelson.agent.pod;

import org.jspecify.annotations.NullMarked;
