package io.keelson.orchestrator.registry;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What others make of an object that is to be stored, after its defaults are there and before it is validated. */
@FunctionalInterface
public interface Mutation {

    /** Leaves every object as it is. */
    Mutation NONE = (_, object) -> object;

    /**
     * Changes an object.
     *
     * @param live what is stored; empty for a new object
     * @param object what is to be stored, with all defaults; the callee's own
     * @return the object to go on with
     */
    ObjectNode apply(Optional<ObjectNode> live, ObjectNode object);
}
