package io.keelson.orchestrator.fields;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Compares two values of one type, field by field. */
public final class Comparing {

    private Comparing() {}

    /**
     * What differs.
     *
     * @throws FieldsException if an item of a list has nothing by which it is known
     */
    public static Comparison compare(FieldType type, ObjectNode before, ObjectNode after) {
        return type.divides(before) ? fields(type, before, after) : Comparison.NONE;
    }

    /** The differences of the parts of one value, in the making. Most values do not differ, and cost no memory. */
    private static final class Parts {
        private final Map<PathElement, FieldSet> added = new HashMap<>();
        private final Map<PathElement, FieldSet> modified = new HashMap<>();
        private final Map<PathElement, FieldSet> removed = new HashMap<>();

        void put(PathElement step, Comparison difference) {
            FieldSet.putUnlessEmpty(added, step, difference.added());
            FieldSet.putUnlessEmpty(modified, step, difference.modified());
            FieldSet.putUnlessEmpty(removed, step, difference.removed());
        }

        Comparison whole() {
            return new Comparison(
                    FieldSet.node(false, added), FieldSet.node(false, modified), FieldSet.node(false, removed));
        }
    }

    private static Comparison fields(FieldType type, ObjectNode before, ObjectNode after) {
        Parts parts = new Parts();
        before.properties().forEach(entry -> {
            String name = entry.getKey();
            JsonNode other = after.get(name);
            Comparison difference = other == null
                    ? gone(type.member(name), entry.getValue())
                    : both(type.member(name), entry.getValue(), other);
            if (!difference.isEmpty()) {
                parts.put(new PathElement.Name(name), difference);
            }
        });
        after.properties().forEach(entry -> {
            if (!before.has(entry.getKey())) {
                parts.put(new PathElement.Name(entry.getKey()), come(type.member(entry.getKey()), entry.getValue()));
            }
        });
        return parts.whole();
    }

    /** The value is new, with all its parts. */
    private static Comparison come(FieldType type, JsonNode value) {
        FieldSet whole = FieldSet.node(true, all(type, value));
        return new Comparison(whole, FieldSet.EMPTY, FieldSet.EMPTY);
    }

    private static Comparison gone(FieldType type, JsonNode value) {
        FieldSet whole = FieldSet.node(true, all(type, value));
        return new Comparison(FieldSet.EMPTY, FieldSet.EMPTY, whole);
    }

    /** Every part of a value, also those that are but containers. */
    private static Map<PathElement, FieldSet> all(FieldType type, JsonNode value) {
        Map<PathElement, FieldSet> parts = new HashMap<>();
        if (type.divides(value)) {
            value.properties()
                    .forEach(entry -> parts.put(
                            new PathElement.Name(entry.getKey()),
                            FieldSet.node(true, all(type.member(entry.getKey()), entry.getValue()))));
        } else if (value instanceof ArrayNode list && type.associative()) {
            index(type, list).forEach((step, items) -> {
                boolean one = items.size() == 1;
                parts.put(step, FieldSet.node(true, one ? all(type.items(), items.getFirst()) : Map.of()));
            });
        }
        return parts;
    }

    private static Comparison both(FieldType type, JsonNode before, JsonNode after) {
        if (before instanceof ObjectNode from && after instanceof ObjectNode to && type.divides(before)) {
            // Most parts are equal, and to see that takes no look at types.
            return from.equals(to) ? Comparison.NONE : fields(type, from, to);
        }
        if (before instanceof ArrayNode from && after instanceof ArrayNode to && type.associative()) {
            return from.equals(to) ? Comparison.NONE : items(type, from, to);
        }
        if (Values.equal(before, after)) {
            return Comparison.NONE;
        }
        // It was divided and is not any more, or the other way round: the parts have come or gone.
        return new Comparison(
                FieldSet.node(false, all(type, after)),
                FieldSet.node(true, Map.of()),
                FieldSet.node(false, all(type, before)));
    }

    private static Comparison items(FieldType type, ArrayNode before, ArrayNode after) {
        Map<PathElement, List<JsonNode>> from = index(type, before);
        Map<PathElement, List<JsonNode>> to = index(type, after);
        Parts parts = new Parts();
        from.forEach((step, items) -> parts.put(step, item(type.items(), items, to.getOrDefault(step, List.of()))));
        to.forEach((step, items) -> {
            if (!from.containsKey(step)) {
                parts.put(step, item(type.items(), List.of(), items));
            }
        });
        return parts.whole();
    }

    /** Lists by the step to each item; more than one item at a step are duplicates, which a server of old may have let in. */
    private static Map<PathElement, List<JsonNode>> index(FieldType type, ArrayNode list) {
        Map<PathElement, List<JsonNode>> index = new LinkedHashMap<>();
        for (JsonNode item : list) {
            index.computeIfAbsent(type.step(item), _ -> new ArrayList<>(1)).add(item);
        }
        return index;
    }

    /** Duplicates are compared as a whole, for nobody knows which is which. */
    private static Comparison item(FieldType type, List<JsonNode> before, List<JsonNode> after) {
        Optional<JsonNode> from = before.size() == 1 ? Optional.of(before.getFirst()) : Optional.empty();
        Optional<JsonNode> to = after.size() == 1 ? Optional.of(after.getFirst()) : Optional.empty();
        FieldSet itself = FieldSet.node(true, Map.of());
        if (before.size() > 1 && after.size() > 1) {
            boolean equal = Values.equal(before, after);
            return equal ? Comparison.NONE : new Comparison(FieldSet.EMPTY, itself, FieldSet.EMPTY);
        }
        if (before.size() > 1) {
            FieldSet added = to.map(value -> come(type, value).added()).orElse(FieldSet.EMPTY);
            return new Comparison(added, FieldSet.EMPTY, itself);
        }
        if (after.size() > 1) {
            FieldSet removed = from.map(value -> gone(type, value).removed()).orElse(FieldSet.EMPTY);
            return new Comparison(itself, FieldSet.EMPTY, removed);
        }
        if (from.isPresent() && to.isPresent()) {
            return both(type, from.get(), to.get());
        }
        return from.map(value -> gone(type, value))
                .or(() -> to.map(value -> come(type, value)))
                .orElse(Comparison.NONE);
    }
}
