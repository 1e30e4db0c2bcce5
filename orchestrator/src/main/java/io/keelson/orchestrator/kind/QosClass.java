package io.keelson.orchestrator.kind;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Who is stopped first when a node runs out: BestEffort before Burstable before Guaranteed. */
public final class QosClass {

    private static final List<String> COUNTED = List.of("cpu", "memory");

    private QosClass() {}

    /** The class of a pod with this spec; requests that follow from limits need not be there. */
    public static String of(JsonNode podSpec) {
        List<JsonNode> containers = new ArrayList<>(Json.items(podSpec, "containers"));
        containers.addAll(Json.items(podSpec, "initContainers"));
        boolean anything = false;
        boolean guaranteed = !containers.isEmpty();
        for (JsonNode container : containers) {
            for (String resource : COUNTED) {
                Optional<BigDecimal> limit = amount(container, "limits", resource);
                Optional<BigDecimal> request =
                        amount(container, "requests", resource).or(() -> limit);
                anything |= limit.isPresent() || request.isPresent();
                guaranteed &= limit.isPresent()
                        && request.filter(amount -> amount.compareTo(limit.get()) == 0)
                                .isPresent();
            }
        }
        if (!anything) {
            return "BestEffort";
        }
        return guaranteed ? "Guaranteed" : "Burstable";
    }

    private static Optional<BigDecimal> amount(JsonNode container, String which, String resource) {
        return Json.at(container, "resources", which, resource)
                .flatMap(Quantity::parse)
                .filter(amount -> amount.signum() > 0);
    }
}
