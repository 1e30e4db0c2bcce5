package io.keelson.agent.loop;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waiting times between tries against the control plane: doubling, bounded, and spread so that nodes do not come all at once. */
final class Retry {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration MAX = Duration.ofSeconds(5);

    private final RandomGenerator random;
    private Duration next = FIRST;

    Retry(RandomGenerator random) {
        this.random = random;
    }

    void success() {
        next = FIRST;
    }

    /** Between half and all of the current waiting time. */
    Duration failure() {
        long millis = next.toMillis();
        var doubled = next.multipliedBy(2);
        next = doubled.compareTo(MAX) > 0 ? MAX : doubled;
        return Duration.ofMillis(millis / 2 + random.nextLong(millis / 2 + 1));
    }
}
