package io.keelson.orchestrator.patch;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
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
        List<JsonNode> named = new ArrayList<>();
        for (JsonNode key : new LinkedHashSet<>(wanted)) {
            items.stream()
                    .filter(item -> identity.apply(item).filter(key::equals).isPresent())
                    .forEach(named::add);
        }
        Set<JsonNode> wantedKeys = Set.copyOf(wanted);
        List<JsonNode> ordered = new ArrayList<>();
        int next = 0;
        for (JsonNode item : items) {
            Optional<JsonNode> key = identity.apply(item);
            if (key.filter(wantedKeys::contains).isPresent()) {
                continue;
            }
            int place = key.map(live::indexOf).orElse(-1);
            while (next < named.size() && !isAfter(named.get(next), place, live, identity)) {
                ordered.add(named.get(next++));
            }
            ordered.add(item);
        }
        ordered.addAll(named.subList(next, named.size()));
        return ordered;
    }

    private static boolean isAfter(
            JsonNode item, int place, List<JsonNode> live, Function<JsonNode, Optional<JsonNode>> identity) {
        return place >= 0 && identity.apply(item).map(live::indexOf).orElse(-1) > place;
    }

    /** The identities of the items of a list that have one. */
    static List<JsonNode> identities(ArrayNode list, Function<JsonNode, Optional<JsonNode>> identity) {
        List<JsonNode> identities = new ArrayList<>();
        list.forEach(item -> identity.apply(item).ifPresent(identities::add));
        return identities;
    }
}
