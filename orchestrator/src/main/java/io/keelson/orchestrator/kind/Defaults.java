package io.keelson.orchestrator.kind;

import tools.jackson.databind.node.ObjectNode;

/** The values that fields have when nobody says. */
public final class Defaults {

    private Defaults() {}

    /**
     * Puts the default values of the kind into an object, in place, and drops fields that are null. What must be allocated, such
     * as addresses and node ports, is not put here.
     */
    public static void apply(Kind kind, ObjectNode object) {
        ObjectNode kept = Json.withoutNulls(object);
        object.removeAll();
        object.setAll(kept);
    }
}
