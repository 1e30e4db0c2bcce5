package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a user applied last, in the annotation where kubectl keeps it, byte for byte as kubectl would write it. */
public final class LastApplied {

    /** Name of the annotation. */
    public static final String ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

    private LastApplied() {}

    /** What was applied last; empty if nothing is known, or what is there cannot be read. */
    public static Optional<ObjectNode> of(ObjectNode live) {
        return Json.string(live, "metadata", "annotations", ANNOTATION).flatMap(text -> {
            try {
                return Optional.of(Json.parse(text));
            } catch (MalformedJsonException e) {
                return Optional.empty();
            }
        });
    }

    /** The object with the annotation that says so. */
    public static ObjectNode annotated(ObjectNode wanted) {
        ObjectNode object = wanted.deepCopy();
        ObjectNode annotations = Json.child(Json.child(object, "metadata"), "annotations");
        annotations.remove(ANNOTATION);
        annotations.put(ANNOTATION, text(object));
        return object;
    }

    /** The object with the annotation that says what was applied to it, which is something else; both without one of their own. */
    static ObjectNode annotated(ObjectNode object, ObjectNode applied) {
        ObjectNode said = applied.deepCopy();
        if (said.path("metadata").path("annotations") instanceof ObjectNode annotations) {
            annotations.remove(ANNOTATION);
        }
        ObjectNode annotated = object.deepCopy();
        Json.child(Metadata.of(annotated), "annotations").put(ANNOTATION, text(said));
        return annotated;
    }

    /** As Go prints it: sorted, and with characters escaped that HTML knows. A newline at the end. */
    private static String text(ObjectNode object) {
        return sorted(object)
                        .toString()
                        .replace("<", "\\u003c")
                        .replace(">", "\\u003e")
                        .replace("&", "\\u0026")
                + "\n";
    }

    private static JsonNode sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            Map<String, JsonNode> fields = new TreeMap<>();
            object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
            ObjectNode sorted = Json.object();
            fields.forEach(sorted::set);
            return sorted;
        }
        if (node instanceof ArrayNode list) {
            ArrayNode sorted = Json.array();
            list.forEach(item -> sorted.add(sorted(item)));
            return sorted;
        }
        return node;
    }
}
