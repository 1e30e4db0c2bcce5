package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.SandboxId;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a pod stands as a whole: whether it has come to its end, and how.
 *
 * @param over nothing of it may be started any more
 * @param failed meaningful when over: it did not succeed
 * @param reason for the status, e.g. DeadlineExceeded; may be empty
 * @param message goes with the reason
 */
record PodOutcome(boolean over, boolean failed, String reason, String message) {
    private static final PodOutcome GOES_ON = new PodOutcome(false, false, "", "");

    static PodOutcome of(DesiredPod pod, PodObservation seen, Instant now) {
        var reported = pod.reported();
        if ("Failed".equals(reported.getPhase()) || "Succeeded".equals(reported.getPhase())) {
            return new PodOutcome(
                    true,
                    "Failed".equals(reported.getPhase()),
                    orEmpty(reported.getReason()),
                    orEmpty(reported.getMessage()));
        }
        if (deadline(pod, seen).filter(d -> !now.isBefore(d)).isPresent()) {
            return new PodOutcome(
                    true, true, "DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
        }
        for (var container : pod.initContainers()) {
            var latest = seen.latest(container.getName());
            if (latest.isPresent() && failedForGood(pod, container, latest.get())) {
                return new PodOutcome(true, true, "", "");
            }
        }
        boolean failed = false;
        for (var container : pod.containers()) {
            var latest = seen.latest(container.getName());
            if (latest.isEmpty() || !PodObservation.ended(latest.get()) || restarts(pod, container, latest.get())) {
                return GOES_ON;
            }
            failed |= !succeeded(latest.get());
        }
        return new PodOutcome(true, failed, "", "");
    }

    /** When activeDeadlineSeconds is up. */
    static Optional<Instant> deadline(DesiredPod pod, PodObservation seen) {
        var seconds = pod.spec().getActiveDeadlineSeconds();
        return seconds == null ? Optional.empty() : pod.startTime(seen).map(s -> s.plusSeconds(seconds));
    }

    static boolean succeeded(ObservedContainer container) {
        return container.state() == ObservedContainer.State.EXITED && container.exitCode() == 0;
    }

    static boolean restarts(DesiredPod pod, Container container, ObservedContainer ended) {
        return PodPlan.restartsBy(pod.restartPolicy(container), ended);
    }

    private static boolean failedForGood(DesiredPod pod, Container container, ObservedContainer latest) {
        return PodObservation.ended(latest) && !succeeded(latest) && !restarts(pod, container, latest);
    }

    /** A main container has been there in this sandbox, so all init containers had ended well, even if they are gone by now. */
    static boolean mainHasStarted(DesiredPod pod, PodObservation seen, SandboxId sandbox) {
        return pod.containers().stream()
                .anyMatch(c -> seen.latestIn(sandbox, c.getName()).isPresent());
    }

    private static String orEmpty(String maybe) {
        return maybe == null ? "" : maybe;
    }
}
