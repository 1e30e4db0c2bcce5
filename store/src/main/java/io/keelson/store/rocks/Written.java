package io.keelson.store.rocks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was written last, for the thread that writes: it decides each entry on the newest state, and would else ask the database each time for
 * numbers that it wrote itself a moment ago. Not for other threads.
 */
final class Written {

    private final Map<String, Proposed> proposers = new HashMap<>();
    private long revision;
    private long compactRevision;

    Written(long revision, long compactRevision) {
        this.revision = revision;
        this.compactRevision = compactRevision;
    }

    /** The store's newest revision. */
    long revision() {
        return revision;
    }

    /** The revision below which nothing is answered any more, 0 if there is none. */
    long compactRevision() {
        return compactRevision;
    }

    /**
     * What was applied last of what a member proposed, null if nothing was.
     *
     * @param stored looks it up in the database, the first time
     */
    @Nullable
    Proposed by(String member, Function<String, @Nullable Proposed> stored) {
        return proposers.computeIfAbsent(member, stored);
    }

    /** An entry is in the database, with all that is told of it here. */
    void entry(long newRevision, long newCompactRevision, List<Proposed> proposed) {
        revision = newRevision;
        compactRevision = newCompactRevision;
        for (Proposed each : proposed) {
            proposers.put(each.member(), each);
        }
    }
}
