package io.keelson.orchestrator.patch;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** A list whose items are found by what makes them the same; of several that are the same the first is changed. */
final class MergedList {

    private final Function<JsonNode, Optional<JsonNode>> identity;
    private final List<Optional<JsonNode>> items = new ArrayList<>();
    private final Map<JsonNode, List<Integer>> places = new HashMap<>();

    MergedList(Function<JsonNode, Optional<JsonNode>> identity) {
        this.identity = identity;
    }

    void keep(JsonNode item) {
        identity.apply(item)
                .ifPresent(key ->
                        places.computeIfAbsent(key, _ -> new ArrayList<>()).add(items.size()));
        items.add(Optional.of(item));
    }

    void remove(JsonNode key) {
        List<Integer> gone = places.remove(key);
        if (gone != null) {
            gone.forEach(place -> items.set(place, Optional.empty()));
        }
    }

    void merge(JsonNode key, Function<Optional<JsonNode>, JsonNode> becomes) {
        List<Integer> found = places.get(key);
        if (found == null) {
            places.put(key, new ArrayList<>(List.of(items.size())));
            items.add(Optional.of(becomes.apply(Optional.empty())));
        } else {
            items.set(found.getFirst(), Optional.of(becomes.apply(items.get(found.getFirst()))));
        }
    }

    ArrayNode list() {
        ArrayNode list = Json.array();
        items.forEach(item -> item.ifPresent(list::add));
        return list;
    }
}
