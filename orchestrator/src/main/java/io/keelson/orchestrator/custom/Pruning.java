package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Removes fields that a schema does not specify. */
public final class Pruning {

    private Pruning() {}

    /**
     * Removes unspecified fields from an object of a custom kind, in place.
     *
     * @return their paths, such as {@code spec.foo} and {@code spec.items[0].bar}
     */
    public static List<String> prune(Structural schema, ObjectNode object) {
        List<String> pruned = new ArrayList<>();
        object(schema, object, "", true, pruned);
        return pruned;
    }

    /** Removes unspecified fields from a value that is no object of a kind by itself, such as a default value. */
    static List<String> pruneValue(Structural schema, JsonNode value) {
        List<String> pruned = new ArrayList<>();
        value(schema, value, "", pruned);
        return pruned;
    }

    private static void value(Structural schema, JsonNode value, String path, List<String> pruned) {
        if (value instanceof ObjectNode object) {
            object(schema, object, path, schema.embedded(), pruned);
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                JsonNode item = value.get(i);
                String at = path + "[" + i + "]";
                schema.items().ifPresent(items -> value(items, item, at, pruned));
                if (schema.items().isEmpty() && !schema.preservesUnknown() && item instanceof ObjectNode unspecified) {
                    unspecified.propertyNames().forEach(name -> pruned.add(at + "." + name));
                    unspecified.removeAll();
                }
            }
        }
    }

    private static void metadata(JsonNode metadata, String path, List<String> pruned) {
        if (metadata instanceof ObjectNode object) {
            for (String name :
                    Set.copyOf(object.propertyNames()).stream().sorted().toList()) {
                if (!Schema.isMetadata(name)) {
                    object.remove(name);
                    pruned.add(path + "." + name);
                }
            }
        }
    }

    private static void object(
            Structural schema, ObjectNode object, String path, boolean resource, List<String> pruned) {
        for (String name : Set.copyOf(object.propertyNames()).stream().sorted().toList()) {
            String at = path.isEmpty() ? name : path + "." + name;
            if (resource && Structural.SYSTEM_FIELDS.contains(name)) {
                // Of the object itself the metadata is checked beside all else that every kind has.
                if (!path.isEmpty() && name.equals("metadata")) {
                    metadata(object.get(name), at, pruned);
                }
                continue;
            }
            JsonNode value = object.get(name);
            Optional<Structural> field = schema.field(name);
            if (field.isPresent()) {
                value(field.get(), value, at, pruned);
            } else if (!schema.open()) {
                object.remove(name);
                pruned.add(at);
            }
        }
    }
}
