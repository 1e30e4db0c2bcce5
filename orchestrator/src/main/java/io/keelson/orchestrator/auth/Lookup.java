package io.keelson.orchestrator.auth;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Finds objects of the core group, for rules that hang on whether one is there. */
@FunctionalInterface
public interface Lookup {

    /**
     * The object, if there is one.
     *
     * @param resource plural, such as {@code pods}
     * @param namespace empty for what is in none
     */
    Optional<ObjectNode> find(String resource, String namespace, String name);
}
