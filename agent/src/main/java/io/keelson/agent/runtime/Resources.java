package io.keelson.agent.runtime;

/**
 * Values for cgroups, computed from requests and limits.
 *
 * @param cpuShares cgroup v1 weight, 2 to 262144; 0: leave it
 * @param cpuQuotaMicros CPU time per period; 0: no limit
 * @param cpuPeriodMicros length of the period, normally 100000
 * @param memoryLimitBytes 0: no limit
 * @param oomScoreAdj -998 to 1000. A runtime without the right to lower it raises negative values to 0.
 */
public record Resources(
        long cpuShares, long cpuQuotaMicros, long cpuPeriodMicros, long memoryLimitBytes, int oomScoreAdj) {
    public static final Resources NONE = new Resources(0, 0, 0, 0, 0);
}
