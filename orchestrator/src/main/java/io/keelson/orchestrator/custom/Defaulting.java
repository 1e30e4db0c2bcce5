package io.keelson.orchestrator.custom;

import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts default values where nobody said anything. */
public final class Defaulting {

    private Defaulting() {}

    /** Puts default values into an object, in place; twice is as once. A null that is no value, but has a default, counts as absent. */
    public static void apply(Structural schema, JsonNode value) {
        if (value instanceof ObjectNode object) {
            for (Map.Entry<String, Structural> property : schema.properties().entrySet()) {
                String name = property.getKey();
                Structural field = property.getValue();
                JsonNode given = object.get(name);
                boolean absent = given == null || (given.isNull() && !field.nullable());
                if (absent && field.byDefault().isPresent()) {
                    object.set(name, field.byDefault().get().deepCopy());
                }
            }
            for (String name : Set.copyOf(object.propertyNames())) {
                schema.field(name).ifPresent(field -> {
                    JsonNode given = object.get(name);
                    if (given.isNull() && !field.nullable() && field.byDefault().isPresent()) {
                        object.set(name, field.byDefault().get().deepCopy());
                    }
                    apply(field, object.get(name));
                });
            }
        } else if (value.isArray()) {
            schema.items().ifPresent(items -> value.forEach(item -> apply(items, item)));
        }
    }
}
