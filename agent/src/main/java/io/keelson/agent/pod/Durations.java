package io.keelson.agent.pod;

import java.time.Duration;

/** Durations as Kubernetes writes them in messages. */
final class Durations {
    private Durations() {}

    /** {@code 10s}, {@code 1m20s}, {@code 5m0s}. */
    static String brief(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
    }
}
