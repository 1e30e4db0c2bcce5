package io.keelson.orchestrator.view;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The fields of an object that nobody alters: two arrays, of which that of the names may be that of many objects. */
final class FixedFields extends AbstractMap<String, JsonNode> {

    /** Up to so many names are looked through one by one. */
    private static final int FEW = 16;

    private final String[] names;
    private final JsonNode[] values;

    private FixedFields(String[] names, JsonNode[] values) {
        this.names = names;
        this.values = values;
    }

    /** Fields in the order of the arrays, which are not to be changed any more; each name is there once. */
    static Map<String, JsonNode> of(String[] names, JsonNode[] values) {
        if (names.length <= FEW) {
            return new FixedFields(names, values);
        }
        Map<String, JsonNode> fields = LinkedHashMap.newLinkedHashMap(names.length);
        for (int i = 0; i < names.length; i++) {
            fields.put(names[i], values[i]);
        }
        return Collections.unmodifiableMap(fields);
    }

    @Override
    public int size() {
        return names.length;
    }

    @Override
    public @Nullable JsonNode get(Object name) {
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return values[i];
            }
        }
        return null;
    }

    @Override
    public boolean containsKey(Object name) {
        return get(name) != null;
    }

    @Override
    public Set<Entry<String, JsonNode>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return names.length;
            }

            @Override
            public Iterator<Entry<String, JsonNode>> iterator() {
                return new Entries();
            }
        };
    }

    private final class Entries implements Iterator<Entry<String, JsonNode>> {

        private int next;

        @Override
        public boolean hasNext() {
            return next < names.length;
        }

        @Override
        public Entry<String, JsonNode> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            int at = next++;
            return Map.entry(names[at], values[at]);
        }
    }
}
