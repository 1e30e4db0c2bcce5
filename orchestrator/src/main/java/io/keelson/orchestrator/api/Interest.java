package io.keelson.orchestrator.api;

import java.util.Optional;
import java.util.Set;

/**
 * What a watcher wants to be told.
 *
 * @param <T> how it is told of a change
 */
interface Interest<T> {

    /** The kinds' key prefixes. */
    Set<String> resources();

    /** How all keys that it wants to hear of begin. */
    String keys();

    /** Whether it may want to hear of a change, by the key alone. */
    boolean concerns(KeyChange change);

    /** What it is told of a change, if anything. */
    Optional<T> told(KeyChange change);

    /** Whether {@link #told} only computes; if not (it may call a webhook) the watcher itself must call it, and nobody waits for that. */
    boolean onlyComputes();

    /**
     * What a change must have to concern the watcher.
     *
     * @param values of which it must have one, before or after
     */
    record Mark(Trait trait, Set<String> values) {

        /** Keeps its own copy. */
        public Mark {
            values = Set.copyOf(values);
        }
    }

    /** By what it is found that a change may concern the watcher; empty if it must see every change to know. Always the same. */
    default Optional<Mark> mark() {
        return Optional.empty();
    }

    /** Key of the definition with which what is watched comes and goes. */
    default Optional<String> definition() {
        return Optional.empty();
    }
}
