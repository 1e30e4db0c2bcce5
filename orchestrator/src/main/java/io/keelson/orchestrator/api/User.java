package io.keelson.orchestrator.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Who asks.
 *
 * @param name such as {@code admin} or {@code system:node:n1}
 * @param groups such as {@code system:masters}
 * @param uid tells users apart that had the same name at different times; empty if nobody says
 * @param extra what the authenticator knows beyond that, such as the pod to which a token is bound
 */
public record User(String name, List<String> groups, String uid, Map<String, List<String>> extra) {

    /** The control plane itself: the loop, and what the server does by its own. */
    public static final User CONTROL_PLANE = new User("system:keelson", List.of("system:masters"));

    /** Keeps its own copies. */
    public User {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }

    /** A user of whom no more is known. */
    public User(String name, List<String> groups) {
        this(name, groups, "", Map.of());
    }

    /** The same user in more groups; none stands twice. */
    public User withGroups(List<String> more) {
        return new User(
                name, Stream.concat(groups.stream(), more.stream()).distinct().toList(), uid, extra);
    }

    /** The same user, of whom this is known besides. */
    public User withExtra(String key, String value) {
        Map<String, List<String>> more = new HashMap<>(extra);
        more.put(key, List.of(value));
        return new User(name, groups, uid, more);
    }
}
