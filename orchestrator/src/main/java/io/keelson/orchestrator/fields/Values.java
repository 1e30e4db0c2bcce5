package io.keelson.orchestrator.fields;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Whether values are equal as JSON: a number may be an int in one tree and a long in the other. */
final class Values {

    private Values() {}

    /** Whether it is null, or something in it is. */
    static boolean hasNull(JsonNode value) {
        return value.isNull() || value.values().stream().anyMatch(Values::hasNull);
    }

    static boolean equal(JsonNode a, JsonNode b) {
        if (a.equals(b)) {
            return true;
        }
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue()) == 0;
        }
        if (a.isArray() && b.isArray()) {
            return equal(List.copyOf(a.values()), List.copyOf(b.values()));
        }
        if (!a.isObject() || !b.isObject() || a.size() != b.size()) {
            return false;
        }
        return a.properties().stream().allMatch(entry -> {
            JsonNode other = b.get(entry.getKey());
            return other != null && equal(entry.getValue(), other);
        });
    }

    static boolean equal(List<JsonNode> a, List<JsonNode> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!equal(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }
}
