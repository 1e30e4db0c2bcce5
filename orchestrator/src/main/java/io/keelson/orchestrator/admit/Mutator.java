package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.registry.Rejection;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A plugin that fills in or changes what is to be stored. */
@FunctionalInterface
interface Mutator {

    /**
     * Changes an object in place, if the write concerns it.
     *
     * @param object what is to be stored, the same as the request's
     * @return why the write is refused; empty if it is not
     */
    Optional<Rejection> mutate(Request request, ObjectNode object, Facts facts);
}
