package io.keelson.orchestrator.registry;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What is to be done about a write. */
public sealed interface Prepared {

    /**
     * Store this.
     *
     * @param object the whole object, without a resourceVersion
     * @param warnings for the writer
     */
    record Store(ObjectNode object, List<String> warnings) implements Prepared {}

    /**
     * The object is so already: write nothing, so that its revision stays.
     *
     * @param warnings for the writer
     */
    record Unchanged(List<String> warnings) implements Prepared {}

    /**
     * Remove the object.
     *
     * @param last its last state, for the answer
     */
    record Remove(ObjectNode last) implements Prepared {}

    /** Do nothing and say why. */
    record Refuse(Rejection rejection) implements Prepared {}
}
