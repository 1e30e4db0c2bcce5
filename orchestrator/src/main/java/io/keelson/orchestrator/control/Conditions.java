package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.ClusterObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An object's conditions while a new status is made. The time of transition moves only when the status of a condition does. */
final class Conditions {

    private final Map<String, ObjectNode> byType = new LinkedHashMap<>();
    private final Instant now;

    /** The conditions that an object has. */
    Conditions(ClusterObject object, Instant now) {
        this.now = now;
        for (JsonNode condition : Json.items(object.json(), "status", "conditions")) {
            byType.put(condition.path("type").asString(""), ((ObjectNode) condition).deepCopy());
        }
    }

    /** RFC 3339 in whole seconds, as Kubernetes writes times. */
    static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    Optional<ObjectNode> get(String type) {
        return Optional.ofNullable(byType.get(type));
    }

    /** Whether there is such a condition with this status. */
    boolean is(String type, String status) {
        return get(type)
                .filter(condition -> condition.path("status").asString("").equals(status))
                .isPresent();
    }

    /** The reason of a condition, empty if there is none. */
    String reason(String type) {
        return get(type).map(condition -> condition.path("reason").asString("")).orElse("");
    }

    /** Sets a condition; says nothing new if status, reason and message are what they were. */
    void set(String type, String status, String reason, String message) {
        put(type, status, reason, message);
    }

    /** As {@link #set}, and keeps {@code lastUpdateTime}: now if anything is new, or if this is progress. */
    void setWithUpdateTime(String type, String status, String reason, String message, boolean progress) {
        boolean changed = put(type, status, reason, message);
        ObjectNode condition = byType.get(type);
        if (condition != null && (changed || progress || !condition.has("lastUpdateTime"))) {
            condition.put("lastUpdateTime", text(now));
        }
    }

    private boolean put(String type, String status, String reason, String message) {
        Optional<ObjectNode> before = get(type);
        ObjectNode condition = before.orElseGet(() -> Json.object().put("type", type));
        String transition = before.filter(old -> old.path("status").asString("").equals(status))
                .flatMap(old -> Json.string(old, "lastTransitionTime"))
                .orElse(text(now));
        boolean changed = !condition.path("status").asString("").equals(status)
                || !condition.path("reason").asString("").equals(reason)
                || !condition.path("message").asString("").equals(message);
        condition
                .put("status", status)
                .put("lastTransitionTime", transition)
                .put("reason", reason)
                .put("message", message);
        byType.put(type, condition);
        return changed;
    }

    void remove(String type) {
        byType.remove(type);
    }

    ArrayNode toJson() {
        ArrayNode list = Json.array();
        byType.values().forEach(list::add);
        return list;
    }
}
