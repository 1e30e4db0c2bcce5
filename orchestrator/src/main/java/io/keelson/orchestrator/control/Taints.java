package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.ClusterObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Taints of nodes and what pods tolerate. */
public final class Taints {

    /** The node does not say that it is ready. */
    public static final String NOT_READY = "node.kubernetes.io/not-ready";
    /** The node has not been heard of. */
    public static final String UNREACHABLE = "node.kubernetes.io/unreachable";
    /** Somebody said that the node gets no more pods. */
    public static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";

    /** Longer than this, some 292 years, nobody tolerates anything; a point in time so far on can still be said. */
    private static final long LONGEST_SECONDS = Long.MAX_VALUE / 1_000_000_000;

    private Taints() {}

    /**
     * One taint.
     *
     * @param key such as {@code node.kubernetes.io/not-ready}
     * @param value may be empty
     * @param effect {@code NoSchedule}, {@code PreferNoSchedule} or {@code NoExecute}
     * @param timeAdded when it came, for {@code NoExecute}
     */
    public record Taint(String key, String value, String effect, Optional<Instant> timeAdded) {}

    /**
     * One toleration.
     *
     * @param key empty tolerates every key
     * @param operator {@code Equal} or {@code Exists}
     * @param value for {@code Equal}
     * @param effect empty tolerates every effect
     * @param toleration how long it tolerates {@code NoExecute}; empty for ever
     */
    public record Toleration(String key, String operator, String value, String effect, Optional<Duration> toleration) {

        /** Whether it tolerates a taint, for whatever time. */
        public boolean tolerates(Taint taint) {
            boolean sameEffect = effect.isEmpty() || effect.equals(taint.effect());
            boolean sameKey = key.isEmpty() ? operator.equals("Exists") : key.equals(taint.key());
            return sameEffect && sameKey && (operator.equals("Exists") || value.equals(taint.value()));
        }
    }

    /** The taints of a node. */
    public static List<Taint> of(ClusterObject node) {
        return Json.items(node.json(), "spec", "taints").stream()
                .map(taint -> new Taint(
                        taint.path("key").asString(""),
                        taint.path("value").asString(""),
                        taint.path("effect").asString(""),
                        ClusterObject.instant(taint, "timeAdded")))
                .toList();
    }

    /** The tolerations of a pod. */
    public static List<Toleration> tolerations(ClusterObject pod) {
        return Json.items(pod.json(), "spec", "tolerations").stream()
                .map(Taints::toleration)
                .toList();
    }

    private static Toleration toleration(JsonNode node) {
        String operator = node.path("operator").asString("Equal");
        return new Toleration(
                node.path("key").asString(""),
                operator.isEmpty() ? "Equal" : operator,
                node.path("value").asString(""),
                node.path("effect").asString(""),
                Json.number(node, "tolerationSeconds")
                        .map(seconds -> Duration.ofSeconds(Math.clamp(seconds, 0, LONGEST_SECONDS))));
    }

    /** When a pod has to leave a node with these taints; empty if it may stay. */
    public static Optional<Instant> evictionTime(List<Taint> taints, List<Toleration> tolerations, Instant now) {
        Optional<Instant> earliest = Optional.empty();
        for (Taint taint : taints) {
            if (!taint.effect().equals("NoExecute")) {
                continue;
            }
            List<Toleration> matching =
                    tolerations.stream().filter(each -> each.tolerates(taint)).toList();
            Optional<Duration> shortest = matching.stream()
                    .flatMap(each -> each.toleration().stream())
                    .min(Duration::compareTo);
            if (!matching.isEmpty() && shortest.isEmpty()) {
                continue;
            }
            Instant leave = taint.timeAdded().orElse(now).plus(shortest.orElse(Duration.ZERO));
            if (earliest.isEmpty() || leave.isBefore(earliest.get())) {
                earliest = Optional.of(leave);
            }
        }
        return earliest;
    }
}
