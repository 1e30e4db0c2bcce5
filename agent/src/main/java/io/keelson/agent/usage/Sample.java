package io.keelson.agent.usage;

import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ContainerUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One measurement.
 *
 * @param at when
 * @param cpuNanos of all cores of the machine, since it was started
 * @param memoryBytes of the machine that are in use
 * @param containers those that run
 */
record Sample(Instant at, long cpuNanos, long memoryBytes, Map<ContainerId, ContainerUsage> containers) {

    Sample {
        containers = Map.copyOf(containers);
    }

    /**
     * How much was used between two measurements.
     *
     * @param nanocores billionths of a core
     */
    record Rate(Instant at, Duration window, long nanocores, long memoryBytes) {}

    /** Of the machine. */
    Optional<Rate> since(Sample before) {
        return rate(before.at, before.cpuNanos, at, cpuNanos, memoryBytes);
    }

    /** Of a container; empty if it was not measured twice. */
    Optional<Rate> since(Sample before, ContainerId id) {
        return Optional.ofNullable(before.containers.get(id))
                .flatMap(then -> Optional.ofNullable(containers.get(id))
                        .flatMap(now -> rate(then.at(), then.cpuNanos(), now.at(), now.cpuNanos(), now.memoryBytes())));
    }

    private static Optional<Rate> rate(Instant then, long cpuThen, Instant now, long cpuNow, long memory) {
        Duration window = Duration.between(then, now);
        if (!window.isPositive()) {
            return Optional.empty();
        }
        // A process that ends takes its time with it where nobody waited for it.
        double used = Math.max(0, cpuNow - cpuThen);
        return Optional.of(new Rate(now, window, Math.round(used * 1e9 / window.toNanos()), memory));
    }
}
