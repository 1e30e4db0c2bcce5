package io.keelson.orchestrator.view;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Ref;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What controllers ask of a pod.
 *
 * @param object the pod
 * @param nodeName the node it is bound to, empty for none
 * @param schedulerName the scheduler that is to bind it
 * @param phase {@code Pending}, {@code Running}, {@code Succeeded}, {@code Failed} or {@code Unknown}
 * @param ready whether its Ready condition is True
 * @param readySince when the Ready condition last changed
 * @param ip its address, empty for none yet
 */
public record Pod(
        ClusterObject object,
        String nodeName,
        String schedulerName,
        String phase,
        boolean ready,
        Optional<Instant> readySince,
        String ip) {

    /** The scheduler of pods that name none. */
    public static final String DEFAULT_SCHEDULER = "default-scheduler";

    /** The reading of an object that is a pod. */
    public static Pod of(ClusterObject object) {
        return object.reading(Pod.class, Pod::read);
    }

    private static Pod read(ClusterObject object) {
        JsonNode status = object.at("status");
        Optional<JsonNode> ready = condition(object, "Ready");
        return new Pod(
                object,
                Json.string(object.json(), "spec", "nodeName").orElse(""),
                Json.string(object.json(), "spec", "schedulerName").orElse(DEFAULT_SCHEDULER),
                Json.string(status, "phase").orElse("Pending"),
                ready.filter(condition -> "True".equals(condition.path("status").asString("")))
                        .isPresent(),
                ready.flatMap(condition -> ClusterObject.instant(condition, "lastTransitionTime")),
                Json.string(status, "podIP").orElse(""));
    }

    /** One of an object's conditions. */
    public static Optional<JsonNode> condition(ClusterObject object, String type) {
        return Json.items(object.json(), "status", "conditions").stream()
                .filter(condition -> type.equals(condition.path("type").asString("")))
                .findFirst();
    }

    /** Its name. */
    public Ref ref() {
        return object.ref();
    }

    /** Whether it has run to its end, well or not. */
    public boolean finished() {
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    /** Whether it counts: neither at its end nor asked to go. */
    public boolean active() {
        return !finished() && !object.terminating();
    }

    /** Whether it is ready and has been for this long. */
    public boolean available(Duration minReady, Instant now) {
        return ready && !availableAt(minReady).isAfter(now);
    }

    /** When it becomes available if it stays ready. */
    public Instant availableAt(Duration minReady) {
        return minReady.isZero() ? Instant.MIN : readySince.orElse(Instant.MIN).plus(minReady);
    }
}
