/**
 * The node's loop: what the control plane wants and what the runtime holds come in, actions and reports go out.
 *
 * <pre>
 * ControlPlane.watch -> DesiredState --wake--> PodWorker (one per pod) -> pod.PodPlan -> ContainerRuntime
 * ContainerRuntime.list -> Observations --wake-'        |-> pod.PodStatuses -> StatusReporter -> ControlPlane
 * </pre>
 *
 * <p>While the control plane is away everything goes on; reports wait. It knows neither gRPC nor a particular runtime.
 */
@NullMarked
package io.keelson.agent.loop;

import org.jspecify.annotations.NullMarked;
