package io.keelson.orchestrator.kind;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** What fields the objects of a kind have, and of which types. */
public final class Schema {

    private Schema() {}

    /**
     * What in the object does not fit the schema of its kind: unknown fields and values of a wrong type, at every level.
     * Whether fields are there that must be, and whether values make sense, {@link Validation} says.
     */
    public static List<FieldError> check(Kind kind, JsonNode object) {
        return List.of();
    }
}
