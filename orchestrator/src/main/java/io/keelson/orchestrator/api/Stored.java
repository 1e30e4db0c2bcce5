package io.keelson.orchestrator.api;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * An object as it is in the store.
 *
 * @param object the object, with {@code metadata.resourceVersion}; the caller's own, to change as it likes
 * @param revision the revision at which it was written, equal to its resourceVersion
 * @param warnings what the writer should know though the write succeeded; empty for reads
 */
public record Stored(ObjectNode object, long revision, List<String> warnings) {

    /** Keeps its own copy of the warnings. */
    public Stored {
        warnings = List.copyOf(warnings);
    }

    /** Without warnings. */
    public Stored(ObjectNode object, long revision) {
        this(object, revision, List.of());
    }
}
