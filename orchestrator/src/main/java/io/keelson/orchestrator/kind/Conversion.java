package io.keelson.orchestrator.kind;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Between the version of a kind that is stored and another that is served. Objects that are given are not changed. */
public interface Conversion {

    /** Versions that differ in name only. */
    Conversion RELABEL = new Conversion() {
        @Override
        public ObjectNode fromStored(Kind kind, ObjectNode object) {
            return relabelled(kind, object);
        }

        @Override
        public ObjectNode toStored(Kind kind, ObjectNode object) {
            return relabelled(kind.stored(), object);
        }
    };

    /** The object as the kind shows it; {@code object} is of whichever version it was stored in. */
    ObjectNode fromStored(Kind kind, ObjectNode object);

    /** As {@link #fromStored} for many, in their order; for a conversion that costs less for many at once. */
    default List<ObjectNode> allFromStored(Kind kind, List<ObjectNode> objects) {
        return objects.stream().map(object -> fromStored(kind, object)).toList();
    }

    /** The object as it is stored; {@code object} is of the version of the kind. */
    ObjectNode toStored(Kind kind, ObjectNode object);

    /** An object as a kind shows it, if it is not in that form already. */
    static ObjectNode read(Kind kind, ObjectNode stored) {
        ObjectNode object =
                isOf(kind, stored) ? stored : kind.strategy().conversion().fromStored(kind, stored);
        return kind.custom().map(custom -> custom.shown(object)).orElse(object);
    }

    /** As {@link #read} for many, in their order. */
    static List<ObjectNode> readAll(Kind kind, List<ObjectNode> stored) {
        List<ObjectNode> others =
                stored.stream().filter(object -> !isOf(kind, object)).toList();
        Iterator<ObjectNode> converted = others.isEmpty()
                ? Collections.emptyIterator()
                : kind.strategy().conversion().allFromStored(kind, others).iterator();
        return stored.stream()
                .map(object -> isOf(kind, object) ? object : converted.next())
                .map(object -> kind.custom().map(custom -> custom.shown(object)).orElse(object))
                .toList();
    }

    private static boolean isOf(Kind kind, ObjectNode object) {
        return kind.apiVersion().equals(Json.string(object, "apiVersion").orElse(""));
    }

    /** An object in the form in which it is stored. */
    static ObjectNode write(Kind kind, ObjectNode object) {
        return kind.storedAs().isEmpty() ? object : kind.strategy().conversion().toStored(kind, object);
    }

    /** The same object, said to be of another version. */
    static ObjectNode relabelled(Kind kind, ObjectNode object) {
        return object.deepCopy().put("apiVersion", kind.apiVersion());
    }
}
