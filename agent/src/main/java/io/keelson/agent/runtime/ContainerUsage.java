package io.keelson.agent.runtime;

import java.time.Instant;

/**
 * What a running container has used.
 *
 * @param at when it was measured
 * @param cpuNanos of all cores, since the container's start
 * @param memoryBytes in use now, without what the kernel could take back at once
 */
public record ContainerUsage(ContainerId id, Instant at, long cpuNanos, long memoryBytes) {}
