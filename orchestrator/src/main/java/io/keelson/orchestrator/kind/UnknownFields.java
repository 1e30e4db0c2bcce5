package io.keelson.orchestrator.kind;

import io.keelson.orchestrator.kind.Shape.ListOf;
import io.keelson.orchestrator.kind.Shape.MapOf;
import io.keelson.orchestrator.kind.Shape.Scalar;
import io.keelson.orchestrator.kind.Shape.Struct;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Drops fields that the schema of a built-in kind does not have. Kubernetes reads what is written into the types of its kinds, so that what these
 * do not have is gone. {@link Schema#check} says whether there is anything to drop: hardly ever.
 */
public final class UnknownFields {

    private UnknownFields() {}

    /** Drops them in place. Custom resources have rules of their own for what is kept, and are left alone. */
    public static void drop(Kind kind, ObjectNode object) {
        if (kind.custom().isEmpty()) {
            drop(Schema.shape(kind), object);
        }
    }

    /** An object that is like this one, but without them. */
    public static ObjectNode without(Kind kind, ObjectNode object) {
        ObjectNode known = object.deepCopy();
        drop(kind, known);
        return known;
    }

    private static void drop(Shape shape, JsonNode value) {
        switch (shape) {
            case Struct struct -> {
                if (value instanceof ObjectNode object) {
                    object.retain(struct.fields().keySet());
                    struct.fields().forEach((name, field) -> {
                        JsonNode inside = object.get(name);
                        if (inside != null) {
                            drop(field.shape(), inside);
                        }
                    });
                }
            }
            case MapOf map -> value.forEach(each -> drop(map.values(), each));
            case ListOf list -> value.forEach(each -> drop(list.items(), each));
            case Scalar _ -> {}
        }
    }
}
