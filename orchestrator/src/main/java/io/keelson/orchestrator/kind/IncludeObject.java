package io.keelson.orchestrator.kind;

import java.util.Optional;

/** How much of each object a table carries beside its cells: the query parameter {@code includeObject}. */
public enum IncludeObject {
    /** Nothing. */
    NONE("None"),
    /** A PartialObjectMetadata. */
    METADATA("Metadata"),
    /** The whole object. */
    OBJECT("Object");

    private final String word;

    IncludeObject(String word) {
        this.word = word;
    }

    /** The value for a query parameter; absent and empty mean {@link #METADATA}; empty result if there is no such value. */
    public static Optional<IncludeObject> of(String word) {
        if (word.isEmpty()) {
            return Optional.of(METADATA);
        }
        for (IncludeObject value : values()) {
            if (value.word.equals(word)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
