package io.keelson.orchestrator.admission;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where there was nothing, and at which revision. Who decides by that need not look again, if the commit compares: when nothing that is under a
 * prefix has been written after a revision at which there was nothing, there is nothing. Thread safe.
 */
final class KnownEmpty {

    /** Beyond this everything is forgotten, and looked at again. */
    static final int MAX_PREFIXES = 4_096;

    private final Map<String, Long> revisions = new ConcurrentHashMap<>();

    /** A revision at which there was nothing under a prefix; empty if none is known. */
    Optional<Long> at(String prefix) {
        return Optional.ofNullable(revisions.get(prefix));
    }

    void note(String prefix, long revision) {
        if (revisions.size() >= MAX_PREFIXES) {
            forget();
        }
        revisions.merge(prefix, revision, Math::max);
    }

    /** Something is not as it was: what was decided by this may not go through. */
    void forget() {
        revisions.clear();
    }
}
