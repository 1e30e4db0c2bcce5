package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * The pods that evictions have let go and that are not going yet, by name, with when that was.
 *
 * @param since in whole seconds
 */
record Disrupted(Map<String, Instant> since) {

    /** After this long a pod that is still there stays: its deletion was refused, or never asked for. As in Kubernetes. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String FIELD = "disruptedPods";

    Disrupted {
        since = new TreeMap<>(since);
    }

    /** What is still to be waited for. */
    static Disrupted of(ClusterObject budget, List<Pod> pods, Instant now) {
        Map<String, Instant> waiting = new TreeMap<>();
        for (Pod pod : pods) {
            if (!pod.object().terminating()) {
                ClusterObject.instant(budget.json(), "status", FIELD, pod.ref().name())
                        .filter(at -> !at.plus(PATIENCE).isBefore(now))
                        .ifPresent(at -> waiting.put(pod.ref().name(), at));
            }
        }
        return new Disrupted(waiting);
    }

    boolean has(Pod pod) {
        return since.containsKey(pod.ref().name());
    }

    /** When the first of them will not be waited for any more. */
    Optional<Instant> next() {
        return since.values().stream()
                .min(Instant::compareTo)
                .map(at -> at.plus(PATIENCE).plusSeconds(1));
    }

    void putInto(ObjectNode status) {
        if (!since.isEmpty()) {
            ObjectNode noted = Json.child(status, FIELD);
            since.forEach((name, at) -> noted.put(name, Conditions.text(at)));
        }
    }
}
