package io.keelson.orchestrator.kind;

import io.keelson.orchestrator.kind.Shape.Scalar;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What null means in an object whose form is known: at a field that there is none, in a list or a map a value that says nothing. It is what Go makes of
 * it: in a map of texts null is the empty text, and its key is there.
 */
final class Nulls {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Nulls() {}

    /**
     * A copy in which every field has a value, and so has every item of a list or a map whose form is known: {@code [null]} may be {@code [{}]}, and
     * {@code {"key": null}} may be {@code {"key": ""}}.
     */
    static ObjectNode without(Shape shape, ObjectNode object) {
        ObjectNode kept = NODES.objectNode();
        object.properties().forEach(field -> {
            JsonNode value = value(shape, field.getKey(), field.getValue());
            if (!value.isNull()) {
                kept.set(field.getKey(), value);
            }
        });
        return kept;
    }

    private static JsonNode value(Shape shape, String name, JsonNode value) {
        if (shape instanceof Shape.MapOf map && value.isNull()) {
            return empty(map.values());
        }
        return without(shape.field(name).map(Shape.Field::shape).orElse(Scalar.ANY), value);
    }

    private static JsonNode without(Shape shape, JsonNode value) {
        return switch (value) {
            case ObjectNode object -> without(shape, object);
            case ArrayNode list -> {
                ArrayNode kept = NODES.arrayNode(list.size());
                list.forEach(item -> kept.add(item.isNull() ? empty(shape.items()) : without(shape.items(), item)));
                yield kept;
            }
            default -> value;
        };
    }

    /** As Kubernetes reads a null where its types have no place for one. */
    private static JsonNode empty(Shape shape) {
        return switch (shape) {
            case Shape.Struct _, Shape.MapOf _ -> NODES.objectNode();
            case Shape.ListOf _ -> NODES.arrayNode();
            case Scalar scalar ->
                switch (scalar) {
                    case STRING, BYTES -> NODES.stringNode("");
                    case BOOLEAN -> NODES.booleanNode(false);
                    case INT32, INT64, NUMBER, INT_OR_STRING -> NODES.numberNode(0);
                    case QUANTITY -> NODES.stringNode("0");
                    case TIME, ANY -> NODES.nullNode();
                };
        };
    }
}
