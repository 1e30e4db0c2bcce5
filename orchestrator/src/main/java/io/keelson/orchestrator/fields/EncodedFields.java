package io.keelson.orchestrator.fields;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Questions to a set in the form that {@link FieldsV1} writes, answered where it stands: most writes change a few fields, and what a manager
 * owns may be hundreds. Each is the question to the {@link FieldSet} that would be read from it.
 */
final class EncodedFields {

    private static final String ITSELF = ".";

    private EncodedFields() {}

    /**
     * Whether this is, but for the order of fields, what {@link FieldsV1#encode} makes of the set that {@link FieldsV1#decode} makes of it. Only
     * then may the other questions be asked. Says no also of some rare steps of which it is so.
     */
    static boolean isPlain(JsonNode node) {
        return node.isObject() && !node.has(ITSELF) && arePlain(node);
    }

    private static boolean arePlain(JsonNode node) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            JsonNode below = entry.getValue();
            if (!below.isObject()) {
                return false;
            }
            if (entry.getKey().equals(ITSELF)) {
                // Alone it would not be written.
                if (!below.isEmpty() || node.size() == 1) {
                    return false;
                }
            } else if (!PlainStep.is(entry.getKey()) || !arePlain(below)) {
                return false;
            }
        }
        return true;
    }

    /** Whether any field is in both. */
    static boolean meets(JsonNode node, FieldSet set) {
        for (PathElement step : set.elements()) {
            JsonNode child = node.get(FieldsV1.step(step));
            if (child != null) {
                FieldSet below = set.below(step);
                if ((below.member() && isMember(child)) || meets(child, below)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether all fields of the set are in this. */
    static boolean hasAll(JsonNode node, FieldSet set) {
        for (PathElement step : set.elements()) {
            JsonNode child = node.get(FieldsV1.step(step));
            FieldSet below = set.below(step);
            if (child == null || (below.member() && !isMember(child)) || !hasAll(child, below)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isMember(JsonNode node) {
        return node.isEmpty() || node.has(ITSELF);
    }
}
