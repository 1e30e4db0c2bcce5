package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Why a pod is not ready. */
final class Pods {

    private Pods() {}

    static Explanation explain(Cluster cluster, ClusterObject pod) {
        if (pod.terminating()) {
            return Endings.explain(cluster, pod);
        }
        Pod reading = Pod.of(pod);
        if (reading.phase().equals("Succeeded")) {
            return Explanation.asWished(
                    pod.ref(), Words.title(pod) + " has done its work: all its containers ended well.");
        }
        if (reading.phase().equals("Failed")) {
            return failed(pod);
        }
        if (reading.nodeName().isEmpty()) {
            return Placement.explain(cluster, pod);
        }
        Optional<ClusterObject> node = cluster.get(new Ref(Kinds.NODE, "", reading.nodeName()));
        if (node.isEmpty()) {
            return Explanation.stuck(
                    pod.ref(),
                    "is on node " + reading.nodeName(),
                    Words.title(pod) + " is bound to the node " + reading.nodeName() + ", which is not there.",
                    "Start a node of that name, or delete the pod.");
        }
        Explanation ofNode = Nodes.explain(node.get());
        if (Pod.condition(node.get(), "Ready")
                .filter(ready -> ready.path("status").asString("").equals("True"))
                .isEmpty()) {
            return ofNode.causing(pod.ref(), "is on node " + reading.nodeName());
        }
        if (reading.ready()) {
            return Explanation.asWished(
                    pod.ref(), Words.title(pod) + " is running and ready on node " + reading.nodeName() + ".");
        }
        return References.missing(cluster, pod)
                .or(() -> Containers.explain(pod))
                .or(() -> gates(pod))
                .orElseGet(() -> Explanation.underWay(
                        pod.ref(),
                        "is starting",
                        Words.title(pod) + " is starting on node " + reading.nodeName() + ".",
                        "It gets ready by itself, or its containers will say why not."));
    }

    private static Explanation failed(ClusterObject pod) {
        String reason = pod.at("status", "reason").asString("");
        if (!reason.isEmpty()) {
            return Explanation.stuck(
                    pod.ref(),
                    "Failed: " + reason,
                    Words.title(pod) + " has failed, " + reason + Words.because(pod.at("status")) + ".",
                    "A pod that has failed does not start again: delete it, and mend what the reason names.");
        }
        return Containers.ended(pod)
                .orElseGet(() -> Explanation.stuck(
                        pod.ref(),
                        "Failed",
                        Words.title(pod) + " has failed.",
                        "A pod that has failed does not start again: delete it."));
    }

    private static Optional<Explanation> gates(ClusterObject pod) {
        for (JsonNode gate : Json.items(pod.json(), "spec", "readinessGates")) {
            String type = gate.path("conditionType").asString("");
            boolean open = Pod.condition(pod, type)
                    .filter(condition -> condition.path("status").asString("").equals("True"))
                    .isPresent();
            if (!open) {
                return Optional.of(Explanation.stuck(
                        pod.ref(),
                        "waits for " + type,
                        Words.title(pod) + " runs, but its readiness gate " + type + " is not True.",
                        "Whoever owns the condition " + type + " has to set it in the pod's status."));
            }
        }
        return Optional.empty();
    }

    /** The one that most needs help: what is stuck before what is under way; among equals the first by name. */
    static Optional<Explanation> worst(Cluster cluster, Collection<ClusterObject> pods) {
        return pods.stream()
                .map(pod -> explain(cluster, pod))
                .filter(explanation -> !explanation.isAsWished())
                .min(Comparator.comparing(Explanation::state, Comparator.reverseOrder()));
    }
}
