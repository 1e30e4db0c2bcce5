package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Quantity;
import io.keelson.agent.runtime.Resources;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From requests and limits to the numbers that cgroups take; the kubelet's formulas. */
public final class CgroupValues {
    private static final long PERIOD_MICROS = 100_000;
    private static final long SHARES_MIN = 2;
    private static final long SHARES_MAX = 262_144;
    private static final long QUOTA_MIN_MICROS = 1_000;

    private CgroupValues() {}

    /** For one container. {@code nodeMemoryBytes} scales the OOM score of burstable ones. */
    public static Resources of(DesiredPod pod, Container container, long nodeMemoryBytes) {
        var limits = limits(container);
        var requests = requests(container);
        var cpuRequest = requests.getOrDefault("cpu", limits.get("cpu"));
        return new Resources(
                shares(millis(cpuRequest)),
                quota(millis(limits.get("cpu"))),
                PERIOD_MICROS,
                bytes(limits.get("memory")),
                oomScoreAdj(
                        QosClass.of(pod),
                        bytes(requests.getOrDefault("memory", limits.get("memory"))),
                        nodeMemoryBytes));
    }

    /** For the pod as a whole: sums; no limit as soon as one container has none. */
    public static Resources ofPod(DesiredPod pod, long nodeMemoryBytes) {
        List<Resources> each = pod.allContainers().stream()
                .filter(c -> !pod.isPlainInit(c))
                .map(c -> of(pod, c, nodeMemoryBytes))
                .toList();
        long shares = each.stream().mapToLong(Resources::cpuShares).sum();
        boolean quota = each.stream().allMatch(r -> r.cpuQuotaMicros() > 0);
        boolean memory = each.stream().allMatch(r -> r.memoryLimitBytes() > 0);
        // Init containers run one at a time before the others: the pod's limit must be enough for the largest.
        long initMemory = pod.initContainers().stream()
                .mapToLong(c -> bytes(limits(c).get("memory")))
                .max()
                .orElse(0);
        return new Resources(
                Math.clamp(shares, SHARES_MIN, SHARES_MAX),
                quota ? each.stream().mapToLong(Resources::cpuQuotaMicros).sum() : 0,
                PERIOD_MICROS,
                memory
                        ? Math.max(
                                initMemory,
                                each.stream()
                                        .mapToLong(Resources::memoryLimitBytes)
                                        .sum())
                        : 0,
                0);
    }

    static long shares(long milliCpu) {
        return milliCpu == 0 ? SHARES_MIN : Math.clamp(milliCpu * 1024 / 1000, SHARES_MIN, SHARES_MAX);
    }

    static long quota(long milliCpu) {
        return milliCpu == 0 ? 0 : Math.max(QUOTA_MIN_MICROS, milliCpu * PERIOD_MICROS / 1000);
    }

    /** Guaranteed -997, best effort 1000, burstable between: the larger the request, the safer. */
    static int oomScoreAdj(QosClass qos, long requestBytes, long nodeMemoryBytes) {
        return switch (qos) {
            case GUARANTEED -> -997;
            case BEST_EFFORT -> 1000;
            case BURSTABLE -> {
                long score = nodeMemoryBytes <= 0 ? 999 : 1000 - 1000 * requestBytes / nodeMemoryBytes;
                yield Math.clamp(score, 3, 999);
            }
        };
    }

    static Map<String, Quantity> limits(Container container) {
        var resources = container.getResources();
        return resources == null || resources.getLimits() == null ? Map.of() : resources.getLimits();
    }

    static Map<String, Quantity> requests(Container container) {
        var resources = container.getResources();
        return resources == null || resources.getRequests() == null ? Map.of() : resources.getRequests();
    }

    static long millis(@Nullable Quantity quantity) {
        return quantity == null
                ? 0
                : amount(quantity)
                        .movePointRight(3)
                        .setScale(0, RoundingMode.CEILING)
                        .longValue();
    }

    static long bytes(@Nullable Quantity quantity) {
        return quantity == null
                ? 0
                : amount(quantity).setScale(0, RoundingMode.CEILING).longValue();
    }

    static BigDecimal amount(Quantity quantity) {
        return quantity.getNumericalAmount();
    }
}
