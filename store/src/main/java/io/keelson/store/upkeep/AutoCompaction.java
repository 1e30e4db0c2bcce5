package io.keelson.store.upkeep;

import io.keelson.store.StoreOptions.Compaction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * When history is given up without anybody asking, as etcd does it.
 *
 * <pre>
 *   PERIODIC, retention 1 h   every 6 min the revision is noted; from the first hour on, every hour: up to the note of an hour ago
 *   PERIODIC, retention 24 h  every 6 min the revision is noted; from the first day on, every hour: up to the note of a day ago
 *   PERIODIC, retention 10 s  every second the revision is noted; from the first 10 s on, every 10 s: up to the note of 10 s ago
 *   REVISION, retention 1000  every 5 min: up to 1,000 revisions before the newest
 * </pre>
 *
 * <p>What fails is tried again at the next note, or after 5 minutes. Every member notes, so that one that becomes the leader need not
 * begin anew. Times are nanoseconds of a monotonic clock, given by the caller. Not thread safe.
 */
public final class AutoCompaction {

    private static final long MAX_INTERVAL_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long REVISION_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final int NOTES_PER_INTERVAL = 10;

    private final Compaction compaction;
    private final long periodNanos;
    private final long noteNanos;
    /** Bounded: the notes of one period, ten an hour. */
    private final Deque<Long> notes = new ArrayDeque<>();

    private long lastNote;
    private long lastSuccess;
    private long lastRevision;
    private long waitNanos;

    /** Begins to count at {@code nowNanos}, with the revision of that moment. */
    public AutoCompaction(Compaction compaction, long nowNanos, long revision) {
        this.compaction = compaction;
        this.periodNanos = TimeUnit.MILLISECONDS.toNanos(compaction.retention());
        this.noteNanos = switch (compaction.mode()) {
            case PERIODIC -> Math.max(1, Math.min(periodNanos, MAX_INTERVAL_NANOS) / NOTES_PER_INTERVAL);
            case REVISION, OFF -> REVISION_INTERVAL_NANOS;
        };
        this.waitNanos = periodNanos;
        this.lastNote = nowNanos;
        this.lastSuccess = nowNanos;
        notes.add(revision);
    }

    /** The revision to compact at now, if there is one; to be asked often, and by members that do not lead as well. */
    public OptionalLong due(long nowNanos, long revision) {
        if (compaction.mode() == Compaction.Mode.OFF
                || compaction.retention() <= 0
                || nowNanos - lastNote < noteNanos) {
            return OptionalLong.empty();
        }
        lastNote = nowNanos;
        if (compaction.mode() == Compaction.Mode.REVISION) {
            long wanted = revision - compaction.retention();
            return wanted > 0 && wanted != lastRevision ? OptionalLong.of(wanted) : OptionalLong.empty();
        }
        long wanted = notes.getFirst();
        boolean waits = nowNanos - lastSuccess < waitNanos || wanted == lastRevision;
        notes.addLast(revision);
        if (notes.size() > periodNanos / noteNanos + 1) {
            notes.removeFirst();
        }
        return waits ? OptionalLong.empty() : OptionalLong.of(wanted);
    }

    /** The compaction at a revision is done, or somebody else has done as much. */
    public void compacted(long revision, long nowNanos) {
        lastRevision = revision;
        lastSuccess = nowNanos;
        waitNanos = Math.min(periodNanos, MAX_INTERVAL_NANOS);
    }
}
