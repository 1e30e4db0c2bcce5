package io.keelson.orchestrator.schedule;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.ClusterObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a pod asks of a node's labels. */
final class NodeAffinity {

    private NodeAffinity() {}

    /** Whether the node has what {@code nodeSelector} and the required node affinity ask for. */
    static boolean matches(ClusterObject pod, ClusterObject node) {
        Map<String, String> selector = Json.strings(pod.json(), "spec", "nodeSelector");
        if (!node.labels().entrySet().containsAll(selector.entrySet())) {
            return false;
        }
        Optional<JsonNode> required = Json.at(
                pod.json(), "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
        return required.map(affinity ->
                        Json.items(affinity, "nodeSelectorTerms").stream().anyMatch(term -> term(term, node)))
                .orElse(true);
    }

    /** The weights of all preferred terms that the node meets, together. */
    static long preference(ClusterObject pod, ClusterObject node) {
        long weight = 0;
        for (JsonNode preferred : Json.items(
                pod.json(), "spec", "affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution")) {
            if (term(preferred.path("preference"), node)) {
                weight += preferred.path("weight").asLong(0);
            }
        }
        return weight;
    }

    /** All expressions of a term must hold; a term without any matches nothing. */
    private static boolean term(JsonNode term, ClusterObject node) {
        List<JsonNode> expressions = Json.items(term, "matchExpressions");
        List<JsonNode> fields = Json.items(term, "matchFields");
        return !(expressions.isEmpty() && fields.isEmpty())
                && expressions.stream()
                        .allMatch(expression -> holds(
                                expression,
                                Optional.ofNullable(
                                        node.labels().get(expression.path("key").asString("")))))
                && fields.stream()
                        .allMatch(field -> field.path("key").asString("").equals("metadata.name")
                                && holds(field, Optional.of(node.name())));
    }

    private static boolean holds(JsonNode expression, Optional<String> value) {
        List<String> values = Json.items(expression, "values").stream()
                .map(each -> each.asString(""))
                .toList();
        return switch (expression.path("operator").asString("")) {
            case "In" -> value.filter(values::contains).isPresent();
            case "NotIn" -> value.filter(values::contains).isEmpty();
            case "Exists" -> value.isPresent();
            case "DoesNotExist" -> value.isEmpty();
            case "Gt" -> compare(value, values).filter(sign -> sign > 0).isPresent();
            case "Lt" -> compare(value, values).filter(sign -> sign < 0).isPresent();
            default -> false;
        };
    }

    private static Optional<Integer> compare(Optional<String> value, List<String> values) {
        if (value.isEmpty() || values.size() != 1) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.compare(Long.parseLong(value.get()), Long.parseLong(values.getFirst())));
        } catch (NumberFormatException notWhole) {
            return Optional.empty();
        }
    }
}
