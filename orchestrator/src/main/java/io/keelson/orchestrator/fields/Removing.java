package io.keelson.orchestrator.fields;

import io.keelson.orchestrator.kind.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes fields and items out of a value. */
public final class Removing {

    private Removing() {}

    /** The value without these fields and all their parts; what loses all its parts by it goes, too. */
    public static ObjectNode without(FieldType type, ObjectNode value, FieldSet fields) {
        ObjectNode kept = Json.object();
        value.properties().forEach(entry -> {
            FieldSet removed = fields.below(new PathElement.Name(entry.getKey()));
            if (!removed.member()) {
                JsonNode left = part(type.member(entry.getKey()), entry.getValue(), removed);
                boolean emptied = !removed.isEmpty() && left.isContainer() && left.isEmpty();
                if (!emptied) {
                    kept.set(entry.getKey(), left);
                }
            }
        });
        return kept;
    }

    private static JsonNode part(FieldType type, JsonNode value, FieldSet removed) {
        if (removed.isEmpty()) {
            return value;
        }
        if (value instanceof ObjectNode object && type.divides(value)) {
            return without(type, object, removed);
        }
        return value instanceof ArrayNode list && type.associative() ? items(type, list, removed) : value;
    }

    private static ArrayNode items(FieldType type, ArrayNode list, FieldSet removed) {
        ArrayNode kept = Json.array();
        for (JsonNode item : list) {
            FieldSet of = removed.below(type.step(item));
            if (!of.member()) {
                kept.add(part(type.items(), item, of));
            }
        }
        return kept;
    }
}
