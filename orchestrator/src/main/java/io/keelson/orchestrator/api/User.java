package io.keelson.orchestrator.api;

import java.util.List;

/**
 * Who asks.
 *
 * @param name such as {@code admin} or {@code system:node:n1}
 * @param groups such as {@code system:masters}
 */
public record User(String name, List<String> groups) {

    /** The control plane itself: the loop, and what the server does by its own. */
    public static final User CONTROL_PLANE = new User("system:keelson", List.of("system:masters"));

    /** Keeps its own copy of the groups. */
    public User {
        groups = List.copyOf(groups);
    }
}
