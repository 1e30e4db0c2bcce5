package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Probe;
import io.keelson.agent.pod.Probes.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One probe's life as a value: when it is due, and what its results add up to.
 *
 * @param verdict what counts now
 * @param inARow equal results since the last other one
 * @param lastSuccess what the last result was; nothing before the first
 * @param lastAt when the last one began
 */
public record ProbeCount(Verdict verdict, int inARow, Optional<Boolean> lastSuccess, Optional<Instant> lastAt) {
    /** No result yet; {@code verdict} is what holds until there is one. */
    public static ProbeCount startingWith(Verdict verdict) {
        return new ProbeCount(verdict, 0, Optional.empty(), Optional.empty());
    }

    /** When the probe is due, for a container started at {@code startedAt}. */
    public Instant dueAt(Probe probe, Instant startedAt) {
        return lastAt.map(last -> last.plus(period(probe)))
                .orElseGet(() -> startedAt.plusSeconds(positive(probe.getInitialDelaySeconds(), 0)));
    }

    /** After one more result. A verdict changes only when the threshold of equal results is reached. */
    public ProbeCount after(Probe probe, boolean success, Instant begunAt) {
        int row = lastSuccess.equals(Optional.of(success)) ? inARow + 1 : 1;
        int threshold = success ? positive(probe.getSuccessThreshold(), 1) : positive(probe.getFailureThreshold(), 3);
        var next = row >= threshold ? (success ? Verdict.SUCCESS : Verdict.FAILURE) : verdict;
        return new ProbeCount(next, row, Optional.of(success), Optional.of(begunAt));
    }

    public static Duration period(Probe probe) {
        return Duration.ofSeconds(Math.max(1, positive(probe.getPeriodSeconds(), 10)));
    }

    public static Duration timeout(Probe probe) {
        return Duration.ofSeconds(Math.max(1, positive(probe.getTimeoutSeconds(), 1)));
    }

    private static int positive(Integer value, int whenAbsent) {
        return value == null || value <= 0 ? whenAbsent : value;
    }
}
