package io.keelson.agent.pod;

import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.SandboxId;
import java.time.Duration;
import java.time.Instant;

/** What should happen next for one pod. The loop does them in order; when one fails it drops the rest, notes a setback and plans anew. */
public sealed interface RuntimeAction {
    /** Make the pod's sandbox; its volumes are prepared before. */
    record CreateSandbox(int attempt) implements RuntimeAction {}

    /** End what is left of a sandbox and give back its network. */
    record StopSandbox(SandboxId sandbox) implements RuntimeAction {}

    /** Remove a stopped sandbox. */
    record RemoveSandbox(SandboxId sandbox) implements RuntimeAction {}

    /**
     * Get the image if needed, create the container, start it, run its postStart hook.
     *
     * @param streak how many times in a row it has ended soon after its start; kept in an annotation, the back-off comes from it
     */
    record StartContainer(SandboxId sandbox, String name, int attempt, int streak) implements RuntimeAction {}

    /**
     * Run the preStop hook, send SIGTERM, wait up to {@code grace} in all, kill. Neighbouring ones in a plan are done side by side.
     *
     * @param why for the Killing event
     */
    record StopContainer(ContainerId container, String name, Duration grace, String why) implements RuntimeAction {}

    /** Remove an ended container. */
    record RemoveContainer(ContainerId container) implements RuntimeAction {}

    /** Nothing is left of a deleted pod: tell the control plane, forget it. */
    record EndPod() implements RuntimeAction {}

    /** Nothing to do before this time, unless something changes. */
    record LookAgain(Instant at) implements RuntimeAction {}
}
