package io.keelson.agent.pod;

import java.math.BigDecimal;

/**
 * What pods may know of their node.
 *
 * @param address its own address
 * @param cpus whole and part CPUs that pods may use
 * @param memoryBytes that pods may use
 * @param diskBytes that pods may use
 */
public record NodeFacts(String name, String address, BigDecimal cpus, long memoryBytes, long diskBytes) {
    BigDecimal allocatable(String resource) {
        return switch (resource) {
            case "cpu" -> cpus;
            case "memory" -> BigDecimal.valueOf(memoryBytes);
            case "ephemeral-storage" -> BigDecimal.valueOf(diskBytes);
            default -> BigDecimal.ZERO;
        };
    }
}
