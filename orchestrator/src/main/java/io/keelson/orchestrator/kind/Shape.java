package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The form of a value: what the schema says about it. */
public sealed interface Shape {

    /**
     * An object with known fields.
     *
     * @param name full name of the type, such as {@code io.k8s.api.core.v1.Container}
     * @param fields by name
     * @param required names of the fields that must be there
     * @param division whether each field has an owner of its own or the whole has one
     */
    record Struct(String name, Map<String, Field> fields, Set<String> required, Division division) implements Shape {

        /** A struct whose fields have owners of their own, as those of most types. */
        public Struct(String name, Map<String, Field> fields, Set<String> required) {
            this(name, fields, required, Division.Plain.GRANULAR);
        }
    }

    /** A list of equal items. */
    record ListOf(Shape items) implements Shape {}

    /** An object with any field names and equal values. */
    record MapOf(Shape values) implements Shape {}

    /** A value without parts. */
    enum Scalar implements Shape {
        /** Any text. */
        STRING("a string"),
        /** true or false. */
        BOOLEAN("a boolean"),
        /** A whole number of 32 bits. */
        INT32("a whole number (int32)"),
        /** A whole number of 64 bits. */
        INT64("a whole number (int64)"),
        /** Any number. */
        NUMBER("a number"),
        /** Bytes as text in base64. */
        BYTES("a string in base64"),
        /** A time in RFC 3339 form. */
        TIME("a time such as \"2026-01-01T00:00:00Z\""),
        /** An amount, as text or number. */
        QUANTITY("an amount such as \"500m\" or \"128Mi\""),
        /** A whole number of 32 bits, or any text. */
        INT_OR_STRING("a whole number or a string"),
        /** Anything. */
        ANY("anything");

        private final String words;

        Scalar(String words) {
            this.words = words;
        }

        /** What a value must be, for messages. */
        public String words() {
            return words;
        }
    }

    /** How a value is divided among those who set it: what of it has an owner of its own. */
    sealed interface Division {

        /** Divisions that need no more words. */
        enum Plain implements Division {
            /** The whole has one owner, and is replaced as a whole. */
            ATOMIC,
            /** Each field, or each key of a map, has an owner of its own. */
            GRANULAR,
            /** Each item of a list has an owner of its own, and is known by its value. */
            SET
        }

        /** Each item of a list has an owner of its own, and is known by the values of these fields; at least one. */
        record ByKeys(List<String> keys) implements Division {

            /** Keeps its own copy of the keys. */
            public ByKeys {
                keys = List.copyOf(keys);
            }
        }
    }

    /**
     * A field of a struct, with how it merges in a strategic merge patch.
     *
     * @param shape the form of its value
     * @param merges whether the items of its list are merged rather than replaced
     * @param retainsKeys whether a patch may name the keys to keep with {@code $retainKeys}
     * @param mergeKey the field by which items of a merged list are the same; empty for items without parts
     * @param division how the value is divided among its owners, if this is not what its shape says by itself: of a list that it is
     *     atomic, of all else that it is granular
     * @param keyDefault what the field is if it is a key of an item of a list, and is not there
     */
    record Field(
            Shape shape,
            boolean merges,
            boolean retainsKeys,
            Optional<String> mergeKey,
            Optional<Division> division,
            Optional<String> keyDefault) {

        /** A field that is owned as its shape says by itself. */
        public Field(Shape shape, boolean merges, boolean retainsKeys, Optional<String> mergeKey) {
            this(shape, merges, retainsKeys, mergeKey, Optional.empty(), Optional.empty());
        }

        /** A field that merges as its shape does by itself. */
        public static Field plain(Shape shape) {
            return new Field(shape, false, false, Optional.empty());
        }
    }

    /** The field of this name: of a struct the declared one, of a map the one that all have; else empty. */
    default Optional<Field> field(String name) {
        return switch (this) {
            case Struct struct -> Optional.ofNullable(struct.fields().get(name));
            case MapOf map -> Optional.of(Field.plain(map.values()));
            case ListOf list -> Optional.empty();
            case Scalar scalar -> Optional.empty();
        };
    }

    /** The form of each item of a list; {@link Scalar#ANY} when this is none. */
    default Shape items() {
        return this instanceof ListOf(Shape items) ? items : Scalar.ANY;
    }
}
