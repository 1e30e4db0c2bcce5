package io.keelson.orchestrator.sets;

import io.keelson.orchestrator.kind.Ref;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What became of one object of a set.
 *
 * @param ref which
 * @param outcome in a word
 * @param before as it was; empty if it was not there
 * @param after as it is now; of a pruned object, as it was last
 * @param warnings for the writer
 */
public record Item(Ref ref, Outcome outcome, Optional<ObjectNode> before, ObjectNode after, List<String> warnings) {

    /** What became of an object. */
    public enum Outcome {
        /** There was nothing to change. */
        UNCHANGED,
        /** It was not there. */
        CREATED,
        /** It was there, and was changed. */
        CONFIGURED,
        /** It was deleted, or its deletion has begun. */
        PRUNED
    }

    /** Keeps its own copy of the warnings. */
    public Item {
        warnings = List.copyOf(warnings);
    }
}
