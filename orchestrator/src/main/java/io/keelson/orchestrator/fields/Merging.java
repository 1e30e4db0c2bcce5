package io.keelson.orchestrator.fields;

import io.keelson.orchestrator.kind.Json;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts what somebody applies into what is there. Nothing is removed by it. */
public final class Merging {

    private Merging() {}

    /**
     * The live value with all that the configuration says. Items of divided lists are in the order of the configuration; those that are
     * only live keep their places between them. A null in the configuration takes a leaf away, and leaves a divided value as it is.
     *
     * @throws FieldsException if an item of a list has nothing by which it is known, or the configuration has one twice
     */
    public static ObjectNode merge(FieldType type, ObjectNode live, ObjectNode config) {
        return fields(type, live, config);
    }

    private static ObjectNode fields(FieldType type, ObjectNode live, ObjectNode config) {
        ObjectNode merged = Json.object();
        live.properties().forEach(entry -> {
            JsonNode said = config.get(entry.getKey());
            merged.set(
                    entry.getKey(),
                    said == null ? entry.getValue() : value(type.member(entry.getKey()), entry.getValue(), said));
        });
        config.properties().forEach(entry -> {
            if (!live.has(entry.getKey())) {
                check(type.member(entry.getKey()), entry.getValue());
                merged.set(entry.getKey(), entry.getValue());
            }
        });
        return merged;
    }

    private static JsonNode value(FieldType type, JsonNode live, JsonNode config) {
        if (live instanceof ObjectNode from && type.divides(live)) {
            if (config.isNull()) {
                return live;
            }
            if (config instanceof ObjectNode to) {
                return fields(type, from, to);
            }
        }
        if (live instanceof ArrayNode from && type.associative()) {
            if (config.isNull()) {
                return live;
            }
            if (config instanceof ArrayNode to) {
                return items(type, from, to);
            }
        }
        check(type, config);
        return config;
    }

    /** A configuration must not have an item twice, also where there is nothing to merge it with. */
    private static void check(FieldType type, JsonNode config) {
        if (type.divides(config)) {
            config.properties().forEach(entry -> check(type.member(entry.getKey()), entry.getValue()));
        } else if (config instanceof ArrayNode list && type.associative()) {
            unique(type, list).values().forEach(item -> check(type.items(), item));
        }
    }

    private static Map<PathElement, JsonNode> unique(FieldType type, ArrayNode list) {
        Map<PathElement, JsonNode> items = new LinkedHashMap<>();
        for (JsonNode item : list) {
            PathElement step = type.step(item);
            if (items.put(step, item) != null) {
                throw new FieldsException("duplicate entries for key " + step);
            }
        }
        return items;
    }

    private static ArrayNode items(FieldType type, ArrayNode live, ArrayNode config) {
        Map<PathElement, JsonNode> said = unique(type, config);
        List<PathElement> sent = List.copyOf(said.keySet());
        Map<PathElement, Optional<JsonNode>> known = new LinkedHashMap<>();
        for (JsonNode item : live) {
            // Of duplicates nobody knows which one is meant: the configuration's item takes the place of all of them.
            known.merge(type.step(item), Optional.of(item), (_, _) -> Optional.empty());
        }
        ArrayNode merged = Json.array();
        Set<PathElement> done = new HashSet<>();
        int from = 0;
        int to = 0;
        while (from < live.size() || to < sent.size()) {
            if (from < live.size()) {
                JsonNode item = live.get(from);
                PathElement step = type.step(item);
                if (!said.containsKey(step)) {
                    merged.add(item);
                    from++;
                    continue;
                }
                if (done.contains(step) || !nextShared(sent, to, known).equals(Optional.of(step))) {
                    from++;
                    continue;
                }
            }
            PathElement step = sent.get(to++);
            JsonNode item = said.getOrDefault(step, Json.object());
            Optional<JsonNode> old = known.getOrDefault(step, Optional.empty());
            if (old.isEmpty()) {
                check(type.items(), item);
            }
            merged.add(old.map(before -> value(type.items(), before, item)).orElse(item));
            done.add(step);
        }
        return merged;
    }

    private static Optional<PathElement> nextShared(
            List<PathElement> sent, int from, Map<PathElement, Optional<JsonNode>> known) {
        return sent.subList(from, sent.size()).stream()
                .filter(known::containsKey)
                .findFirst();
    }
}
