package io.keelson.agent.pod;

import io.keelson.agent.runtime.ObservedContainer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** How long to wait before something is tried again. */
public final class Backoff {
    /** Annotation of a container: how many of its predecessors in a row ended soon. Kept there so that a new agent goes on counting. */
    public static final String STREAK = "io.keelson.container.streak";

    static final Duration CRASH_FIRST = Duration.ofSeconds(10);
    static final Duration CRASH_MAX = Duration.ofMinutes(5);
    /** A container that ran this long has proved itself: the counting starts anew. */
    static final Duration CRASH_FORGIVEN = Duration.ofMinutes(10);

    private Backoff() {}

    /** {@code first * 2^(count-1)}, at most {@code max}; zero for count 0. */
    public static Duration doubling(int count, Duration first, Duration max) {
        if (count <= 0) {
            return Duration.ZERO;
        }
        // 2^20 first delays are beyond any maximum in use; the bound keeps the shift from overflowing.
        var delay = first.multipliedBy(1L << Math.min(count - 1, 20));
        return delay.compareTo(max) > 0 ? max : delay;
    }

    /** 0, 10 s, 20 s, 40 s ... 5 min. */
    public static Duration crash(int count) {
        return doubling(count, CRASH_FIRST, CRASH_MAX);
    }

    /** The streak that the container's successor has: the first restart is at once, the second after 10 s. */
    static int nextStreak(ObservedContainer ended) {
        return ranLong(ended) ? 1 : streak(ended) + 1;
    }

    static int streak(ObservedContainer container) {
        try {
            return Math.max(0, Integer.parseInt(container.annotations().getOrDefault(STREAK, "0")));
        } catch (NumberFormatException e) {
            // Written by another program; without the count we begin anew.
            return 0;
        }
    }

    /** How long the ended container's successor has to wait after its end. */
    static Duration restartDelay(ObservedContainer ended) {
        return ranLong(ended) ? Duration.ZERO : crash(streak(ended));
    }

    static Instant restartAt(ObservedContainer ended) {
        return ended.finishedAt().orElse(ended.createdAt()).plus(restartDelay(ended));
    }

    private static boolean ranLong(ObservedContainer ended) {
        Optional<Duration> ran =
                ended.startedAt().flatMap(s -> ended.finishedAt().map(f -> Duration.between(s, f)));
        return ran.map(d -> d.compareTo(CRASH_FORGIVEN) >= 0).orElse(false);
    }
}
