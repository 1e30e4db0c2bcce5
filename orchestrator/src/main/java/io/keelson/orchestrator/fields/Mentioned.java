package io.keelson.orchestrator.fields;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Which fields a value mentions: all that is owned by whoever applies it. */
public final class Mentioned {

    private Mentioned() {}

    /**
     * The set of every leaf, every item of a divided list and every key of a map in a value.
     *
     * @throws FieldsException if an item of a list has nothing by which it is known
     */
    public static FieldSet in(FieldType type, JsonNode value) {
        return FieldSet.node(false, below(type, value));
    }

    private static Map<PathElement, FieldSet> below(FieldType type, JsonNode value) {
        if (type.divides(value)) {
            return fields(type, value);
        }
        return value instanceof ArrayNode list && type.associative() ? items(type, list) : Map.of();
    }

    private static Map<PathElement, FieldSet> fields(FieldType type, JsonNode object) {
        Map<PathElement, FieldSet> fields = new HashMap<>();
        object.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            FieldType member = type.member(entry.getKey());
            // A map's key is owned besides what is in it, for without its last owner it goes; a declared field is owned
            // by its parts.
            boolean owned = !type.declares(entry.getKey())
                    || value.isNull()
                    || (value.isObject() && value.isEmpty())
                    || !divided(member, value);
            FieldSet.putUnlessEmpty(
                    fields, new PathElement.Name(entry.getKey()), FieldSet.node(owned, below(member, value)));
        });
        return fields;
    }

    private static boolean divided(FieldType type, JsonNode value) {
        return type.divides(value) || (value.isArray() && type.associative());
    }

    /** Items of the same step are one field, with no parts that could be told apart. */
    private static Map<PathElement, FieldSet> items(FieldType type, ArrayNode list) {
        Map<PathElement, FieldSet> items = new HashMap<>();
        Set<PathElement> twice = new HashSet<>();
        for (JsonNode item : list) {
            PathElement step = type.step(item);
            if (items.put(step, FieldSet.node(true, below(type.items(), item))) != null) {
                twice.add(step);
            }
        }
        twice.forEach(step -> items.put(step, FieldSet.node(true, Map.of())));
        return items;
    }
}
