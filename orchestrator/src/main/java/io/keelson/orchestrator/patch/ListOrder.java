package io.keelson.orchestrator.patch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Items of a merged list: what makes them the same, and in which order they stand. */
final class ListOrder {

    private ListOrder() {}

    /** What makes an item of a list the same item: its merge key's value, or itself when items have no parts. */
    static Function<JsonNode, Optional<JsonNode>> identity(Optional<String> mergeKey) {
        return item -> item.isObject() ? mergeKey.map(item::get).filter(key -> !key.isNull()) : Optional.of(item);
    }

    /**
     * Orders items as kubectl and the API server do: those that the author names stand as the author has them; each of the
     * others stands before the first of those that came after it in the live list, and no earlier than the others before it.
     *
     * @param items all items, others in the order of the live list
     * @param wanted identities in the author's order
     * @param live identities in the order of the live list
     */
    static List<JsonNode> order(
            List<JsonNode> items,
            List<JsonNode> wanted,
            List<JsonNode> live,
            Function<JsonNode, Optional<JsonNode>> identity) {
        Map<JsonNode, List<JsonNode>> byKey = new HashMap<>();
        for (JsonNode item : items) {
            identity.apply(item)
                    .ifPresent(key ->
                            byKey.computeIfAbsent(key, _ -> new ArrayList<>()).add(item));
        }
        List<JsonNode> named = new ArrayList<>();
        Set<JsonNode> wantedKeys = new LinkedHashSet<>(wanted);
        wantedKeys.forEach(key -> named.addAll(byKey.getOrDefault(key, List.of())));
        Map<JsonNode, Integer> places = new HashMap<>();
        for (int i = 0; i < live.size(); i++) {
            places.putIfAbsent(live.get(i), i);
        }
        ToIntFunction<JsonNode> place =
                item -> identity.apply(item).map(places::get).orElse(-1);
        List<JsonNode> ordered = new ArrayList<>();
        int next = 0;
        for (JsonNode item : items) {
            if (identity.apply(item).filter(wantedKeys::contains).isPresent()) {
                continue;
            }
            int at = place.applyAsInt(item);
            while (next < named.size() && (at < 0 || place.applyAsInt(named.get(next)) <= at)) {
                ordered.add(named.get(next++));
            }
            ordered.add(item);
        }
        ordered.addAll(named.subList(next, named.size()));
        return ordered;
    }

    /** The identities of the items of a list that have one. */
    static List<JsonNode> identities(ArrayNode list, Function<JsonNode, Optional<JsonNode>> identity) {
        List<JsonNode> identities = new ArrayList<>();
        list.forEach(item -> identity.apply(item).ifPresent(identities::add));
        return identities;
    }
}
