package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.Pod;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Which pods of a replica set go first when it shrinks: the order that Kubernetes documents. Not bound before bound; pending before
 * unknown before running; not ready before ready; lower {@code controller.kubernetes.io/pod-deletion-cost} first; from nodes that hold
 * more of the set first; ready for a shorter time first; with more restarts first; younger first. Times are compared by their magnitude,
 * as Kubernetes does, so that among old pods it is not always the youngest.
 */
final class DeletionOrder {

    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";

    private DeletionOrder() {}

    /** The pods, those that go first in front. */
    static List<Pod> firstToGo(Cluster cluster, List<Pod> pods, Instant now) {
        Map<String, Long> onNode = pods.stream()
                .filter(pod -> cluster.get(pod.ref()).isPresent())
                .collect(Collectors.groupingBy(Pod::nodeName, Collectors.counting()));
        return pods.stream()
                .sorted(Comparator.comparing((Pod pod) -> !pod.nodeName().isEmpty())
                        .thenComparingInt(DeletionOrder::phaseRank)
                        .thenComparing(Pod::ready)
                        .thenComparingLong(DeletionOrder::cost)
                        .thenComparingLong(pod -> -onNode.getOrDefault(pod.nodeName(), 0L))
                        .thenComparingInt(
                                pod -> pod.ready() ? magnitude(pod.readySince().orElse(Instant.EPOCH), now) : 0)
                        .thenComparingLong(pod -> -restarts(pod))
                        .thenComparingInt(pod -> magnitude(pod.object().creationTimestamp(), now))
                        .thenComparing(pod -> pod.object().uid()))
                .toList();
    }

    private static int phaseRank(Pod pod) {
        return switch (pod.phase()) {
            case "Pending" -> 0;
            case "Unknown" -> 1;
            default -> 2;
        };
    }

    private static long cost(Pod pod) {
        try {
            return pod.object().annotation(COST).map(Long::parseLong).orElse(0L);
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }

    private static long restarts(Pod pod) {
        long most = 0;
        for (JsonNode container : Json.items(pod.object().json(), "status", "containerStatuses")) {
            most = Math.max(most, container.path("restartCount").asLong(0));
        }
        return most;
    }

    /** Age to the nearest power of two of seconds. */
    private static int magnitude(Instant since, Instant now) {
        long seconds = Math.max(0, now.getEpochSecond() - since.getEpochSecond());
        return Long.SIZE - Long.numberOfLeadingZeros(seconds);
    }
}
