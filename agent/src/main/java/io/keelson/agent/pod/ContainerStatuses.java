package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.keelson.agent.runtime.ObservedContainer;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** The status of each container of a pod. */
final class ContainerStatuses {
    private final DesiredPod pod;
    private final PodObservation seen;
    private final Setbacks setbacks;
    private final Probes probes;
    private final String runtime;
    private final PodOutcome outcome;
    private final Instant now;

    ContainerStatuses(
            DesiredPod pod,
            PodObservation seen,
            Setbacks setbacks,
            Probes probes,
            String runtime,
            PodOutcome outcome,
            Instant now) {
        this.pod = pod;
        this.seen = seen;
        this.setbacks = setbacks;
        this.probes = probes;
        this.runtime = runtime;
        this.outcome = outcome;
        this.now = now;
    }

    ContainerStatus status(Container container) {
        var status = new ContainerStatus();
        status.setName(container.getName());
        status.setImage(Objects.requireNonNullElse(container.getImage(), ""));
        status.setImageID("");
        status.setRestartCount(0);
        status.setReady(false);
        status.setStarted(false);
        status.setState(new ContainerState());
        status.setLastState(new ContainerState());
        var latest = seen.latest(container.getName());
        latest.ifPresent(c -> describe(status, container, c));
        var setback = Optional.ofNullable(setbacks.containers().get(container.getName()));
        if (latest.isEmpty()) {
            status.getState().setWaiting(setback.map(s -> waiting(s, container)).orElseGet(this::notYet));
        }
        return status;
    }

    /** Nobody asks whether an ephemeral one is ready, so it never is. */
    ContainerStatus ephemeral(Container container) {
        var status = status(container);
        status.setReady(false);
        status.setStarted(null);
        return status;
    }

    private void describe(ContainerStatus status, Container container, ObservedContainer latest) {
        status.setContainerID(runtime + "://" + latest.id().value());
        status.setImage(latest.image().isEmpty() ? status.getImage() : latest.image());
        status.setImageID(latest.imageId());
        status.setRestartCount(latest.attempt());
        PodStatuses.endedBefore(seen, latest)
                .ifPresent(c -> status.getLastState().setTerminated(terminated(c)));
        switch (latest.state()) {
            case RUNNING -> {
                var running = new ContainerStateRunning();
                running.setStartedAt(PodStatuses.time(latest.startedAt().orElse(latest.createdAt())));
                status.getState().setRunning(running);
                status.setStarted(probes.started(container, latest));
                status.setReady(probes.ready(container, latest));
                got(container, latest).ifPresent(status::setResources);
            }
            case CREATED -> status.getState().setWaiting(waiting("ContainerCreating", ""));
            case EXITED, UNKNOWN -> describeEnded(status, container, latest);
        }
    }

    /** What a running container has got; the runtime of processes limits nothing, so there it has got nothing. */
    private Optional<ResourceRequirements> got(Container container, ObservedContainer running) {
        return runtime.equals(PodStatuses.PROCESSES)
                ? Optional.empty()
                : seen.readySandbox()
                        .filter(sandbox -> sandbox.id().equals(running.sandbox()))
                        .flatMap(sandbox -> Allocated.of(container, sandbox));
    }

    private void describeEnded(ContainerStatus status, Container container, ObservedContainer ended) {
        boolean again = !outcome.over() && !pod.deleted() && PodOutcome.restarts(pod, container, ended);
        var setback = Optional.ofNullable(setbacks.containers().get(container.getName()));
        if (again && setback.isPresent()) {
            status.getState().setWaiting(waiting(setback.get(), container));
            status.getLastState().setTerminated(terminated(ended));
        } else if (again && now.isBefore(Backoff.restartAt(ended))) {
            status.getState().setWaiting(waiting("CrashLoopBackOff", backOffMessage(pod, ended)));
            status.getLastState().setTerminated(terminated(ended));
        } else {
            status.getState().setTerminated(terminated(ended));
            // A finished init container counts as ready.
            status.setReady(pod.isPlainInit(container) && PodOutcome.succeeded(ended));
        }
    }

    static String backOffMessage(DesiredPod pod, ObservedContainer ended) {
        var id = pod.id();
        return "back-off " + Durations.brief(Backoff.restartDelay(ended)) + " restarting failed container="
                + ended.name() + " pod=" + id.name() + "_" + id.namespace() + "(" + id.uid() + ")";
    }

    private ContainerStateWaiting notYet() {
        if (outcome.over()) {
            return waiting("ContainerCreating", outcome.message());
        }
        var trouble = setbacks.volumes()
                .or(setbacks::sandbox)
                .map(Setbacks.Setback::message)
                .orElse("");
        boolean initializing = !pod.initContainers().isEmpty();
        return waiting(initializing ? "PodInitializing" : "ContainerCreating", trouble);
    }

    private ContainerStateWaiting waiting(Setbacks.Setback setback, Container container) {
        var image = Objects.requireNonNullElse(container.getImage(), "");
        return waiting(setback.reason(now), setback.message(now, image));
    }

    private static ContainerStateWaiting waiting(String reason, String message) {
        var waiting = new ContainerStateWaiting();
        waiting.setReason(reason);
        if (!message.isEmpty()) {
            waiting.setMessage(message);
        }
        return waiting;
    }

    private ContainerStateTerminated terminated(ObservedContainer ended) {
        var terminated = new ContainerStateTerminated();
        boolean unknown = ended.state() == ObservedContainer.State.UNKNOWN;
        int code = unknown ? 255 : ended.exitCode();
        terminated.setExitCode(code);
        terminated.setReason(
                unknown
                        ? "ContainerStatusUnknown"
                        : !ended.reason().isEmpty() ? ended.reason() : code == 0 ? "Completed" : "Error");
        if (!ended.message().isEmpty()) {
            terminated.setMessage(ended.message());
        }
        terminated.setContainerID(runtime + "://" + ended.id().value());
        ended.startedAt().ifPresent(at -> terminated.setStartedAt(PodStatuses.time(at)));
        ended.finishedAt().ifPresent(at -> terminated.setFinishedAt(PodStatuses.time(at)));
        return terminated;
    }
}
