package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A replica set with its pods, as they are at the picture's revision. Counted from the pods themselves and not from the replica set's
 * status, which is always a little behind.
 *
 * @param object the replica set
 * @param desired how many pods it is told to keep
 * @param pods those that count: neither ended nor terminating
 * @param ready how many of them are ready
 * @param available how many of them have been ready for long enough
 * @param nextAvailable when another one becomes available if it stays ready
 */
record Replicas(
        ClusterObject object, int desired, List<Pod> pods, int ready, int available, Optional<Instant> nextAvailable) {

    static Replicas of(Cluster cluster, ClusterObject replicaSet, Duration minReady, Instant now) {
        List<Pod> pods = Owners.controlled(cluster, replicaSet, Kinds.POD).stream()
                .map(Pod::of)
                .filter(Pod::active)
                .toList();
        return new Replicas(
                replicaSet,
                desired(replicaSet),
                pods,
                (int) pods.stream().filter(Pod::ready).count(),
                (int) pods.stream().filter(pod -> pod.available(minReady, now)).count(),
                pods.stream()
                        .filter(pod -> pod.ready() && !pod.available(minReady, now))
                        .map(pod -> pod.availableAt(minReady))
                        .min(Instant::compareTo));
    }

    /** How many pods a workload is told to keep. */
    static int desired(ClusterObject workload) {
        return Json.number(workload.json(), "spec", "replicas").orElse(1L).intValue();
    }

    /** How long a pod of a workload must have been ready to count as available. */
    static Duration minReady(ClusterObject workload) {
        return Duration.ofSeconds(
                Json.number(workload.json(), "spec", "minReadySeconds").orElse(0L));
    }

    int current() {
        return pods.size();
    }

    String name() {
        return object.name();
    }
}
