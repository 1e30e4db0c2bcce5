package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether the items of lists of type set and map are there only once. */
public final class ListCheck {

    private ListCheck() {}

    /** What is there twice. */
    public static List<Cause> check(Structural schema, JsonNode value) {
        List<Cause> causes = new ArrayList<>();
        check(schema, value, "", causes);
        return causes;
    }

    private static void check(Structural schema, JsonNode value, String path, List<Cause> causes) {
        if (value.isArray()) {
            Set<JsonNode> seen = new HashSet<>();
            for (int i = 0; i < value.size(); i++) {
                JsonNode item = value.get(i);
                String at = path + "[" + i + "]";
                switch (schema.listType()) {
                    case "set" -> {
                        if (!seen.add(item)) {
                            causes.add(Cause.duplicate(at, item.toString()));
                        }
                    }
                    case "map" -> {
                        JsonNode key = key(schema, item);
                        if (item.isObject() && !seen.add(key)) {
                            causes.add(Cause.duplicate(at, key.toString()));
                        }
                    }
                    default -> {}
                }
                schema.items().ifPresent(items -> check(items, item, at, causes));
            }
        } else if (value.isObject()) {
            value.properties()
                    .forEach(entry -> schema.field(entry.getKey())
                            .ifPresent(field -> check(
                                    field,
                                    entry.getValue(),
                                    path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
                                    causes)));
        }
    }

    /** What names an item of a list of type map; a key that is absent counts with its default. */
    static ObjectNode key(Structural list, JsonNode item) {
        ObjectNode key = Json.object();
        for (String name : list.listKeys()) {
            JsonNode value = item.get(name);
            if (value != null) {
                key.set(name, value);
            } else {
                list.items()
                        .flatMap(items -> items.field(name))
                        .flatMap(Structural::byDefault)
                        .ifPresent(byDefault -> key.set(name, byDefault));
            }
        }
        return key;
    }
}
