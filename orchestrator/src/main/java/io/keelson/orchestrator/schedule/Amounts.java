package io.keelson.orchestrator.schedule;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Quantity;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongBinaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * Amounts of resources by name: cpu in thousandths of a core, memory and storage in bytes, all else in pieces.
 *
 * @param byName positive amounts only
 */
record Amounts(Map<String, Long> byName) {

    static final String CPU = "cpu";
    static final String MEMORY = "memory";
    static final String PODS = "pods";

    static final Amounts NONE = new Amounts(Map.of());

    /** Keeps its own copy, in the order of the names. */
    Amounts {
        byName = new TreeMap<>(byName);
    }

    /** Reads a resource list such as {@code requests} or {@code allocatable}; what is no quantity counts as nothing. */
    static Amounts of(JsonNode resources) {
        Map<String, Long> amounts = new TreeMap<>();
        resources.properties().forEach(entry -> {
            long amount = amount(entry.getKey(), entry.getValue());
            if (amount > 0) {
                amounts.put(entry.getKey(), amount);
            }
        });
        return new Amounts(amounts);
    }

    private static long amount(String name, JsonNode quantity) {
        return Quantity.parse(quantity)
                .map(number -> name.equals(CPU) ? number.movePointRight(3) : number)
                .map(number -> number.setScale(0, RoundingMode.CEILING).longValue())
                .orElse(0L);
    }

    /** What one container asks for; a limit counts where there is no request. */
    static Amounts requested(JsonNode container) {
        Amounts limits = of(container.path("resources").path("limits"));
        Amounts requests = of(container.path("resources").path("requests"));
        return limits.overlaid(requests);
    }

    /**
     * What a pod asks for: its containers together, or one of its init containers alone if that is more. Sidecars (init containers that
     * restart) go on running beside all that follow. A container that is to have less than it has got counts with that until its node says
     * otherwise; as in Kubernetes.
     */
    static Amounts requested(JsonNode spec, JsonNode status, boolean plusOnePod) {
        Amounts running = NONE;
        Amounts peak = NONE;
        for (JsonNode container : Json.items(spec, "initContainers")) {
            Amounts own = requested(container).max(got(status, "initContainerStatuses", container));
            if (container.path("restartPolicy").asString("").equals("Always")) {
                running = running.plus(own);
                peak = peak.max(running);
            } else {
                peak = peak.max(running.plus(own));
            }
        }
        for (JsonNode container : Json.items(spec, "containers")) {
            running = running.plus(requested(container).max(got(status, "containerStatuses", container)));
        }
        Amounts pod = peak.max(running)
                .overlaid(of(spec.path("resources").path("requests")))
                .plus(of(spec.path("overhead")));
        return plusOnePod ? pod.plus(new Amounts(Map.of(PODS, 1L))) : pod;
    }

    /** What the node says that a container has got; nothing if it does not say. */
    private static Amounts got(JsonNode status, String list, JsonNode container) {
        return Json.items(status, list).stream()
                .filter(each -> each.path("name").equals(container.path("name")))
                .findFirst()
                .map(Amounts::requested)
                .orElse(NONE);
    }

    long get(String name) {
        return byName.getOrDefault(name, 0L);
    }

    Amounts plus(Amounts other) {
        return combined(other, Long::sum);
    }

    Amounts max(Amounts other) {
        return combined(other, Long::max);
    }

    private Amounts combined(Amounts other, LongBinaryOperator operator) {
        Map<String, Long> result = new TreeMap<>(byName);
        other.byName.forEach((name, amount) -> result.merge(name, amount, operator::applyAsLong));
        return new Amounts(result);
    }

    /** The other amounts, and these where the other has none. */
    private Amounts overlaid(Amounts other) {
        Map<String, Long> result = new TreeMap<>(byName);
        result.putAll(other.byName);
        return new Amounts(result);
    }
}
