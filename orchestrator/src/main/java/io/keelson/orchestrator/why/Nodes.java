package io.keelson.orchestrator.why;

import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Why a node is not well. */
final class Nodes {

    private static final List<String> PRESSURES =
            List.of("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable");

    private Nodes() {}

    static Explanation explain(ClusterObject node) {
        Optional<JsonNode> ready = Pod.condition(node, "Ready");
        String status =
                ready.map(condition -> condition.path("status").asString("")).orElse("Unknown");
        if (!status.equals("True")) {
            boolean silent = status.equals("Unknown");
            return Explanation.stuck(
                    node.ref(),
                    silent ? "does not answer" : "is not ready",
                    Words.title(node) + (silent ? " has stopped reporting its state" : " is not ready")
                            + ready.map(Words::because).orElse("") + ".",
                    silent
                            ? "Start the node or its agent again, or delete the Node so that its pods are made elsewhere."
                            : "See the agent's log on that machine.");
        }
        for (String type : PRESSURES) {
            Optional<JsonNode> pressure = Pod.condition(node, type)
                    .filter(condition -> condition.path("status").asString("").equals("True"));
            if (pressure.isPresent()) {
                return Explanation.stuck(
                        node.ref(),
                        type,
                        Words.title(node) + " reports " + type + Words.because(pressure.get()) + ".",
                        "Free the resource on that machine.");
            }
        }
        return Explanation.asWished(
                node.ref(),
                Words.title(node) + " is ready"
                        + (node.at("spec", "unschedulable").asBoolean(false)
                                ? "; it is cordoned, and gets no new pods."
                                : "."));
    }
}
