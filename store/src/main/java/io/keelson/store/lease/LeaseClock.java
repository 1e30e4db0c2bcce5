package io.keelson.store.lease;

import io.keelson.store.mvcc.LeaseRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The ends of all leases on one monotonic clock, as the leader keeps them. Times are nanoseconds of that clock and always
 * given by the caller. A look costs as much as there is to do, however many leases there are. Not thread safe.
 *
 * <pre>
 *   granted, renewed ------ 5 min ------ note ------ 5 min ------ note ... ------ end ------ due, until revoked
 * </pre>
 */
public final class LeaseClock {

    /** How often what is left of a long lease is noted in the log, so that a new leader does not give it its full time again; as etcd. */
    public static final long NOTE_SECONDS = 300;

    private static final long NOTE_NANOS = TimeUnit.SECONDS.toNanos(NOTE_SECONDS);

    /** @param noted whether the log holds less than the full time */
    private record Term(long ttlSeconds, long endNanos, long noteNanos, boolean noted) {}

    private record At(long nanos, long id) {}

    private static final Comparator<At> BY_TIME =
            Comparator.comparingLong(At::nanos).thenComparingLong(At::id);

    private final Map<Long, Term> terms = new HashMap<>();
    private final TreeSet<At> ends = new TreeSet<>(BY_TIME);
    /** When to note what is left; only of leases that have more than that to live. */
    private final TreeSet<At> notes = new TreeSet<>(BY_TIME);

    /**
     * Begins again: every lease gets what the log knows to be left, or its full time, and {@code extraNanos} more, because the last
     * leader's clock is lost.
     */
    public void restart(Collection<LeaseRecord> leases, long nowNanos, long extraNanos) {
        terms.clear();
        ends.clear();
        notes.clear();
        for (LeaseRecord lease : leases) {
            set(
                    lease.id(),
                    lease.ttlSeconds(),
                    lease.secondsFromLog(),
                    nowNanos + extraNanos,
                    lease.remainingSeconds() > 0);
        }
    }

    /** A lease was granted at {@code nowNanos}. */
    public void granted(LeaseRecord lease, long nowNanos) {
        set(lease.id(), lease.ttlSeconds(), lease.ttlSeconds(), nowNanos, false);
    }

    private void set(long id, long ttlSeconds, long leftSeconds, long nowNanos, boolean noted) {
        revoked(id);
        long end = nowNanos + TimeUnit.SECONDS.toNanos(leftSeconds);
        var term = new Term(ttlSeconds, end, nowNanos + NOTE_NANOS, noted);
        terms.put(id, term);
        ends.add(new At(end, id));
        if (leftSeconds > NOTE_SECONDS) {
            notes.add(new At(term.noteNanos, id));
        }
    }

    /** A lease is gone. */
    public void revoked(long id) {
        Term term = terms.remove(id);
        if (term != null) {
            ends.remove(new At(term.endNanos, id));
            notes.remove(new At(term.noteNanos, id));
        }
    }

    /** The log now holds this of a lease; its end stays as it is. */
    public void noted(LeaseRecord lease) {
        terms.computeIfPresent(
                lease.id(),
                (_, term) -> new Term(term.ttlSeconds, term.endNanos, term.noteNanos, lease.remainingSeconds() > 0));
    }

    /** Whether the log holds less than the full time of a lease: that must be taken back before a renewal is promised. */
    public boolean isNoted(long id) {
        Term term = terms.get(id);
        return term != null && term.noted;
    }

    /** Gives a lease its full time again; the TTL in seconds, or empty if there is no such lease or it has ended. */
    public OptionalLong renew(long id, long nowNanos) {
        @Nullable Term term = terms.get(id);
        if (term == null || term.endNanos - nowNanos <= 0) {
            return OptionalLong.empty();
        }
        set(id, term.ttlSeconds, term.ttlSeconds, nowNanos, term.noted);
        return OptionalLong.of(term.ttlSeconds);
    }

    /** Whether a lease is there and has ended: it waits to be revoked. */
    public boolean hasEnded(long id, long nowNanos) {
        Term term = terms.get(id);
        return term != null && term.endNanos - nowNanos <= 0;
    }

    /** Whole seconds that remain, 0 when the lease has ended and is not revoked yet; empty if there is no such lease. */
    public OptionalLong remainingSeconds(long id, long nowNanos) {
        @Nullable Term term = terms.get(id);
        return term == null
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, TimeUnit.NANOSECONDS.toSeconds(term.endNanos - nowNanos)));
    }

    /** Leases that have ended and wait to be revoked, the longest ended first, at most {@code max}. */
    public List<Long> due(long nowNanos, int max) {
        return ends.stream()
                .takeWhile(end -> end.nanos - nowNanos <= 0)
                .limit(max)
                .map(At::id)
                .toList();
    }

    /**
     * Notes to make now of what is left of leases, rounded up, at most {@code max}; each is given once, and again after {@link
     * #NOTE_SECONDS}.
     */
    public List<LeaseRecord> dueNotes(long nowNanos, int max) {
        var due = new ArrayList<LeaseRecord>();
        while (due.size() < max && !notes.isEmpty() && notes.first().nanos - nowNanos <= 0) {
            long id = notes.removeFirst().id;
            terms.computeIfPresent(id, (_, term) -> {
                long left = term.endNanos - nowNanos;
                var next = new Term(term.ttlSeconds, term.endNanos, nowNanos + NOTE_NANOS, term.noted);
                if (left > 0) {
                    long seconds = TimeUnit.NANOSECONDS.toSeconds(left - 1) + 1;
                    due.add(new LeaseRecord(id, term.ttlSeconds, seconds));
                    if (left > NOTE_NANOS) {
                        notes.add(new At(next.noteNanos, id));
                    }
                }
                return next;
            });
        }
        return due;
    }
}
