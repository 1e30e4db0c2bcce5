package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.keelson.agent.runtime.PodId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** A pod as the control plane wants it, with the defaults that an agent may rely on even if the object lacks them. */
public record DesiredPod(Pod pod) {
    private static final Duration GRACE_DEFAULT = Duration.ofSeconds(30);

    /** What happens when a container ends. */
    public enum RestartPolicy {
        ALWAYS,
        ON_FAILURE,
        NEVER
    }

    /** Checks that the object can be told apart from others. */
    public DesiredPod {
        if (pod.getMetadata() == null || pod.getSpec() == null) {
            throw new IllegalArgumentException("pod: metadata and spec are needed");
        }
    }

    public PodId id() {
        var meta = pod.getMetadata();
        return new PodId(meta.getNamespace(), meta.getName(), meta.getUid());
    }

    public PodSpec spec() {
        return pod.getSpec();
    }

    /** The status that the control plane holds; an empty one if it has none. */
    public PodStatus reported() {
        return Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
    }

    /** Why a container waits, by that status; empty if it does not wait. */
    public Optional<String> waitingReason(String container) {
        var status = reported();
        return Stream.of(
                        status.getInitContainerStatuses(),
                        status.getContainerStatuses(),
                        status.getEphemeralContainerStatuses())
                .flatMap(all -> list(all).stream())
                .filter(each -> container.equals(each.getName()))
                .findFirst()
                .flatMap(each -> Optional.ofNullable(each.getState()))
                .flatMap(state -> Optional.ofNullable(state.getWaiting()))
                .flatMap(waiting -> Optional.ofNullable(waiting.getReason()));
    }

    public List<Container> containers() {
        return list(spec().getContainers());
    }

    public List<Container> initContainers() {
        return list(spec().getInitContainers());
    }

    /** Those that somebody has put into the running pod to look into it. */
    public List<Container> ephemeralContainers() {
        return list(spec().getEphemeralContainers()).stream()
                .map(Ephemeral::container)
                .toList();
    }

    /** What the pod is made of: init containers first, as they are started; without the ephemeral ones. */
    public List<Container> allContainers() {
        return Stream.concat(initContainers().stream(), containers().stream()).toList();
    }

    /** The container of that name, an ephemeral one as well. */
    public Optional<Container> container(String name) {
        return Stream.concat(allContainers().stream(), ephemeralContainers().stream())
                .filter(c -> name.equals(c.getName()))
                .findFirst();
    }

    /** An init container that stays: it starts in turn, then runs beside the others and stops after them. */
    public static boolean isSidecar(Container container) {
        return "Always".equals(container.getRestartPolicy());
    }

    /** Whether this is an init container that must end before the next one starts. */
    public boolean isPlainInit(Container container) {
        return initContainers().contains(container) && !isSidecar(container);
    }

    /** The policy that counts for this container. */
    public RestartPolicy restartPolicy(Container container) {
        if (ephemeralContainers().contains(container)) {
            return RestartPolicy.NEVER;
        }
        if (initContainers().contains(container)) {
            if (isSidecar(container)) {
                return RestartPolicy.ALWAYS;
            }
            return restartPolicy() == RestartPolicy.NEVER ? RestartPolicy.NEVER : RestartPolicy.ON_FAILURE;
        }
        return restartPolicy();
    }

    public RestartPolicy restartPolicy() {
        return switch (Objects.requireNonNullElse(spec().getRestartPolicy(), "Always")) {
            case "Never" -> RestartPolicy.NEVER;
            case "OnFailure" -> RestartPolicy.ON_FAILURE;
            default -> RestartPolicy.ALWAYS;
        };
    }

    /** Whether somebody has asked for its deletion. */
    public boolean deleted() {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /** How long its containers may take to end; the deletion's own value wins. */
    public Duration grace() {
        var deletion = pod.getMetadata().getDeletionGracePeriodSeconds();
        if (deleted() && deletion != null) {
            return Duration.ofSeconds(Math.max(0, deletion));
        }
        var own = spec().getTerminationGracePeriodSeconds();
        return own == null ? GRACE_DEFAULT : Duration.ofSeconds(Math.max(0, own));
    }

    public boolean hostNetwork() {
        return Boolean.TRUE.equals(spec().getHostNetwork());
    }

    public Map<String, String> labels() {
        return Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
    }

    public Map<String, String> annotations() {
        return Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
    }

    /** What the pod calls itself. */
    public String hostname() {
        var own = spec().getHostname();
        var name = own == null || own.isEmpty() ? pod.getMetadata().getName() : own;
        // A host name has at most 63 characters; the kubelet cuts it and drops what may not stand at the end.
        return name.length() <= 63 ? name : name.substring(0, 63).replaceAll("[-.]+$", "");
    }

    /** Since when it is this node's: as reported, or when its first sandbox was made. */
    public Optional<Instant> startTime(PodObservation seen) {
        var reported = reported().getStartTime();
        if (reported != null && !reported.isEmpty()) {
            return Optional.of(Instant.parse(reported));
        }
        return seen.firstCreatedAt();
    }

    static <T> List<T> list(List<T> maybe) {
        return maybe == null ? List.of() : maybe;
    }
}
