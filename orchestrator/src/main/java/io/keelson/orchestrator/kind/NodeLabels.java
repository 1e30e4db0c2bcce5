package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Labels of nodes that are deprecated, and who selects by them. */
final class NodeLabels {

    private static final Map<String, String> DEPRECATED = Map.of(
            "beta.kubernetes.io/arch", "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
            "beta.kubernetes.io/os", "deprecated since v1.14; use \"kubernetes.io/os\" instead",
            "failure-domain.beta.kubernetes.io/region",
                    "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
            "failure-domain.beta.kubernetes.io/zone",
                    "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
            "beta.kubernetes.io/instance-type",
                    "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
            "app.kubernetes.io/created-by", "deprecated since v1.9",
            "scheduler.alpha.kubernetes.io/preferAvoidPods",
                    "deprecated since v1.22; use Taints and Tolerations instead",
            "node-role.kubernetes.io/master", "use \"node-role.kubernetes.io/control-plane\" instead");

    private NodeLabels() {}

    /** What is to be said of a label; empty if it is fine. */
    static Optional<String> deprecated(String label) {
        return Optional.ofNullable(DEPRECATED.get(label));
    }

    /** The labels of a map that are deprecated, in alphabetical order, each with what is to be said. */
    static void each(JsonNode map, BiConsumer<String, String> found) {
        new TreeSet<>(map.propertyNames())
                .forEach(label -> deprecated(label).ifPresent(why -> found.accept(label, why)));
    }

    /** Of the expressions of a selector. */
    static void expressions(String path, JsonNode selector, Consumer<String> warn) {
        List<JsonNode> expressions = Json.items(selector, "matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            String key = Json.string(expressions.get(i), "key").orElse("");
            String at = path + ".matchExpressions[" + i + "].key: " + key + " is ";
            deprecated(key).ifPresent(why -> warn.accept(at + why));
        }
    }

    /** Of the terms of a node affinity that must hold. */
    static void terms(String path, JsonNode required, Consumer<String> warn) {
        List<JsonNode> terms = Json.items(required, "nodeSelectorTerms");
        for (int i = 0; i < terms.size(); i++) {
            expressions(path + ".nodeSelectorTerms[" + i + "]", terms.get(i), warn);
        }
    }
}
