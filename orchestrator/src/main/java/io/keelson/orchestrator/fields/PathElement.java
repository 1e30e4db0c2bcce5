package io.keelson.orchestrator.fields;

import java.util.List;
import java.util.stream.Collectors;

/** One step from a value to a part of it. Ordered as Kubernetes sorts fields: names, keys, values, indices. */
public sealed interface PathElement extends Comparable<PathElement> {

    /** To the field of an object, or the value of a map. */
    record Name(String name) implements PathElement {
        @Override
        public String toString() {
            return "." + name;
        }
    }

    /**
     * To the item of a list in which these fields have these values.
     *
     * @param parts sorted by name
     */
    record Key(List<Part> parts) implements PathElement {

        /** One field by which an item is known. */
        public record Part(String name, Literal value) implements Comparable<Part> {
            @Override
            public int compareTo(Part other) {
                int names = name.compareTo(other.name);
                return names != 0 ? names : value.compareTo(other.value);
            }

            @Override
            public String toString() {
                return name + "=" + value;
            }
        }

        /** Sorts the parts. */
        public Key {
            parts = parts.stream().sorted().toList();
        }

        @Override
        public String toString() {
            return parts.stream().map(Part::toString).collect(Collectors.joining(",", "[", "]"));
        }
    }

    /** To the item of a set that is this value. */
    record Value(Literal value) implements PathElement {
        @Override
        public String toString() {
            return "[=" + value + "]";
        }
    }

    /** To an item of a list by its place. */
    record Index(int index) implements PathElement {
        @Override
        public String toString() {
            return "[" + index + "]";
        }
    }

    @Override
    default int compareTo(PathElement other) {
        return switch (this) {
            case Name(String name) when other instanceof Name(String otherName) -> name.compareTo(otherName);
            case Key(var parts) when other instanceof Key(var otherParts) -> compare(parts, otherParts);
            case Value(Literal value) when other instanceof Value(Literal otherValue) -> value.compareTo(otherValue);
            case Index(int index) when other instanceof Index(int otherIndex) -> Integer.compare(index, otherIndex);
            case Name _, Key _, Value _, Index _ -> Integer.compare(rank(this), rank(other));
        };
    }

    private static int compare(List<Key.Part> a, List<Key.Part> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int parts = a.get(i).compareTo(b.get(i));
            if (parts != 0) {
                return parts;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private static int rank(PathElement element) {
        return switch (element) {
            case Name _ -> 0;
            case Key _ -> 1;
            case Value _ -> 2;
            case Index _ -> 3;
        };
    }
}
