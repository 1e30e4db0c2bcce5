package io.keelson.store.lease;

import io.keelson.store.mvcc.LeaseRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The ends of all leases on one monotonic clock, as the leader keeps them. Times are nanoseconds of that clock and always
 * given by the caller. Not thread safe.
 */
public final class LeaseClock {

    private record Term(long ttlSeconds, long endNanos) {}

    private final Map<Long, Term> terms = new HashMap<>();

    /** Begins again: every lease gets its full time and {@code extraNanos} more, because the last leader's clock is lost. */
    public void restart(Collection<LeaseRecord> leases, long nowNanos, long extraNanos) {
        terms.clear();
        for (LeaseRecord lease : leases) {
            granted(lease, nowNanos + extraNanos);
        }
    }

    /** A lease was granted at {@code nowNanos}. */
    public void granted(LeaseRecord lease, long nowNanos) {
        terms.put(lease.id(), new Term(lease.ttlSeconds(), nowNanos + TimeUnit.SECONDS.toNanos(lease.ttlSeconds())));
    }

    /** A lease is gone. */
    public void revoked(long id) {
        terms.remove(id);
    }

    /** Gives a lease its full time again; the TTL in seconds, or empty if there is no such lease or it has ended. */
    public OptionalLong renew(long id, long nowNanos) {
        @Nullable Term term = terms.get(id);
        if (term == null || term.endNanos - nowNanos <= 0) {
            return OptionalLong.empty();
        }
        granted(new LeaseRecord(id, term.ttlSeconds), nowNanos);
        return OptionalLong.of(term.ttlSeconds);
    }

    /** Whole seconds that remain, 0 when the lease has ended and is not revoked yet; empty if there is no such lease. */
    public OptionalLong remainingSeconds(long id, long nowNanos) {
        @Nullable Term term = terms.get(id);
        return term == null
                ? OptionalLong.empty()
                : OptionalLong.of(Math.max(0, TimeUnit.NANOSECONDS.toSeconds(term.endNanos - nowNanos)));
    }

    /** Leases that have ended and wait to be revoked, at most {@code max}. */
    public List<Long> due(long nowNanos, int max) {
        return terms.entrySet().stream()
                .filter(entry -> entry.getValue().endNanos - nowNanos <= 0)
                .map(Map.Entry::getKey)
                .sorted()
                .limit(max)
                .toList();
    }
}
