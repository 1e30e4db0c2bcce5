package io.keelson.orchestrator.kind;

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

    /** The object as it is stored; {@code object} is of the version of the kind. */
    ObjectNode toStored(Kind kind, ObjectNode object);

    /** An object as a kind shows it, if it is not in that form already. */
    static ObjectNode read(Kind kind, ObjectNode stored) {
        boolean inForm =
                kind.apiVersion().equals(Json.string(stored, "apiVersion").orElse(""));
        ObjectNode object = inForm ? stored : kind.strategy().conversion().fromStored(kind, stored);
        return kind.custom().map(custom -> custom.shown(object)).orElse(object);
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
