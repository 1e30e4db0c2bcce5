package io.keelson.orchestrator.kind;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Events of the core group, which are stored, and of events.k8s.io: the same fields, some under other names. */
final class EventConversion implements Conversion {

    private static final Map<String, String> NEW_NAMES = Map.of(
            "involvedObject", "regarding",
            "message", "note",
            "reportingComponent", "reportingController",
            "source", "deprecatedSource",
            "firstTimestamp", "deprecatedFirstTimestamp",
            "lastTimestamp", "deprecatedLastTimestamp",
            "count", "deprecatedCount");

    private static final Map<String, String> OLD_NAMES = reversed();

    private static Map<String, String> reversed() {
        Map<String, String> reversed = new HashMap<>();
        NEW_NAMES.forEach((old, now) -> reversed.put(now, old));
        return Map.copyOf(reversed);
    }

    @Override
    public ObjectNode fromStored(Kind kind, ObjectNode object) {
        return renamed(kind, object, NEW_NAMES);
    }

    @Override
    public ObjectNode toStored(Kind kind, ObjectNode object) {
        ObjectNode event = renamed(kind.stored(), object, OLD_NAMES);
        Json.child(event, "involvedObject");
        return event;
    }

    private static ObjectNode renamed(Kind kind, ObjectNode object, Map<String, String> names) {
        ObjectNode renamed = Json.object();
        object.deepCopy()
                .properties()
                .forEach(field -> renamed.set(names.getOrDefault(field.getKey(), field.getKey()), field.getValue()));
        return renamed.put("apiVersion", kind.apiVersion());
    }
}
