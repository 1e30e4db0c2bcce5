package io.keelson.orchestrator.view;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes trees small that are kept for long: nobody can alter them, and parts of them that are equal are one and the same. Pods of one
 * template differ in little but names, times and addresses, so that most of a pod is shared with all others.
 *
 * <p>Parts are found again by a table of fixed size. A part that another one has put out of its place comes once more; nothing else depends
 * on it. One thread uses it.
 */
final class SharedTrees {

    /** Places for parts; what is there stays until another part takes the place, so this bounds what is held for nobody. */
    private static final int PLACES = 1 << 14;

    /** Longer texts have places of their own: a script among a template's arguments is in each of its pods. */
    private static final int SHORT_TEXT = 256;

    /** Places for those; with the longest of them some MiB may be held for nobody. */
    private static final int PLACES_OF_LONG_TEXTS = 1 << 10;

    /** Longer texts are seldom equal. */
    private static final int LONGEST_TEXT = 8 << 10;

    /** Larger objects and lists are not compared as wholes; their parts are. */
    private static final int MOST_PARTS = 64;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final @Nullable Object[] places = new @Nullable Object[PLACES];
    private final @Nullable Object[] longTexts = new @Nullable Object[PLACES_OF_LONG_TEXTS];

    /** How many parts of the tree at hand cannot be equal to others. */
    private int lonely;

    /** A tree that is equal to a given one, which is not kept and not changed. */
    ObjectNode shared(ObjectNode tree) {
        lonely = 0;
        return new ObjectNode(NODES, fields(tree).map());
    }

    private JsonNode part(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> object(object);
            case ArrayNode list -> list(list);
            default -> value(node);
        };
    }

    private JsonNode value(JsonNode value) {
        int length = value.isString() ? value.stringValue().length() : 0;
        if (length > LONGEST_TEXT) {
            lonely++;
            return value;
        }
        return value(value, length > SHORT_TEXT ? longTexts : places);
    }

    private static JsonNode value(JsonNode value, @Nullable Object[] places) {
        int place = place(value.hashCode(), places.length);
        if (places[place] instanceof JsonNode known && known.equals(value)) {
            return known;
        }
        places[place] = value;
        return value;
    }

    /** Fields of one object, whose values are shared already. */
    private static final class Fields {

        private final String[] names;
        private final JsonNode[] values;
        private final int hash;

        Fields(String[] names, JsonNode[] values, int hash) {
            this.names = names;
            this.values = values;
            this.hash = hash;
        }

        Map<String, JsonNode> map() {
            return FixedFields.of(names, values);
        }

        @SuppressWarnings("ReferenceEquality") // Equal parts are one, as far as they are known.
        boolean are(ObjectNode other) {
            if (other.size() != names.length) {
                return false;
            }
            for (int i = 0; i < names.length; i++) {
                if (other.get(names[i]) != values[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private Fields fields(ObjectNode object) {
        String[] names = new String[object.size()];
        JsonNode[] values = new JsonNode[names.length];
        int hash = 1;
        int i = 0;
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            names[i] = field.getKey();
            values[i] = part(field.getValue());
            hash = 31 * hash + System.identityHashCode(values[i]);
            i++;
        }
        String[] known = names(names);
        return new Fields(known, values, 31 * hash + Arrays.hashCode(known));
    }

    /** Names are the same in all objects of a form, and those of the JVM's literals where there are such: quick to compare. */
    private String[] names(String[] names) {
        int place = place(Arrays.hashCode(names));
        if (places[place] instanceof String[] known && Arrays.equals(known, names)) {
            return known;
        }
        Arrays.setAll(names, i -> names[i].intern());
        places[place] = names;
        return names;
    }

    private ObjectNode object(ObjectNode given) {
        int before = lonely;
        Fields fields = fields(given);
        if (lonely > before || given.size() > MOST_PARTS) {
            lonely = before + 1;
            return new ObjectNode(NODES, fields.map());
        }
        int place = place(fields.hash);
        if (places[place] instanceof ObjectNode known && fields.are(known)) {
            return known;
        }
        ObjectNode made = new ObjectNode(NODES, fields.map());
        places[place] = made;
        return made;
    }

    private ArrayNode list(ArrayNode given) {
        int before = lonely;
        JsonNode[] items = new JsonNode[given.size()];
        int hash = 7;
        for (int i = 0; i < items.length; i++) {
            items[i] = part(given.get(i));
            hash = 31 * hash + System.identityHashCode(items[i]);
        }
        if (lonely > before || items.length > MOST_PARTS) {
            lonely = before + 1;
            return new ArrayNode(NODES, List.of(items));
        }
        int place = place(hash);
        if (places[place] instanceof ArrayNode known && are(items, known)) {
            return known;
        }
        ArrayNode made = new ArrayNode(NODES, List.of(items));
        places[place] = made;
        return made;
    }

    @SuppressWarnings("ReferenceEquality") // Equal parts are one, as far as they are known.
    private static boolean are(JsonNode[] items, ArrayNode other) {
        if (other.size() != items.length) {
            return false;
        }
        for (int i = 0; i < items.length; i++) {
            if (other.get(i) != items[i]) {
                return false;
            }
        }
        return true;
    }

    private static int place(int hash) {
        return place(hash, PLACES);
    }

    /** One of so many places, a power of two. */
    private static int place(int hash, int places) {
        int mixed = hash * 0x9E3779B9;
        return (mixed >>> 16 ^ mixed) & (places - 1);
    }
}
