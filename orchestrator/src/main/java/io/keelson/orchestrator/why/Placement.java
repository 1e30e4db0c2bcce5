package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.schedule.Decision;
import io.keelson.orchestrator.schedule.Reason;
import io.keelson.orchestrator.schedule.Scheduler;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Why a pod has no node: what the scheduler would say now, which may be newer than what it has written. */
final class Placement {

    private static final String OURS = "default-scheduler";

    private Placement() {}

    static Explanation explain(Cluster cluster, ClusterObject pod) {
        List<String> gates = Json.items(pod.json(), "spec", "schedulingGates").stream()
                .map(gate -> gate.path("name").asString(""))
                .toList();
        if (!gates.isEmpty()) {
            return Explanation.stuck(
                    pod.ref(),
                    "is held by scheduling gates",
                    Words.title(pod) + " is not scheduled before its scheduling gates are gone: "
                            + String.join(", ", gates) + ".",
                    "Whoever owns the gates has to remove them from spec.schedulingGates.");
        }
        String scheduler = pod.at("spec", "schedulerName").asString(OURS);
        if (!scheduler.equals(OURS)) {
            return Explanation.stuck(
                    pod.ref(),
                    "waits for " + scheduler,
                    Words.title(pod) + " waits for the scheduler " + scheduler + ", which has not placed it.",
                    "Run that scheduler, or leave spec.schedulerName out.");
        }
        Optional<Explanation> claim = References.claims(cluster, pod);
        if (claim.isPresent()) {
            return claim.get();
        }
        return switch (Scheduler.plan(cluster, List.of(pod)).getFirst()) {
            case Decision.Place place ->
                Explanation.underWay(
                        pod.ref(),
                        "is about to be placed",
                        Words.title(pod) + " is about to be placed on node " + place.node() + ".",
                        "The scheduler does so in a moment, if some server leads.");
            case Decision.Wait wait -> waits(pod, wait);
        };
    }

    private static Explanation waits(ClusterObject pod, Decision.Wait wait) {
        if (wait.nodes() == 0) {
            return Explanation.stuck(
                    pod.ref(),
                    "has no node",
                    Words.title(pod) + " has no node: there are no nodes.",
                    "Start a node: keelson agent.");
        }
        Reason most = wait.reasons().entrySet().stream()
                .max(Map.Entry.<Reason, Integer>comparingByValue()
                        .thenComparing(entry -> entry.getKey().text(), Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .orElse(Reason.Rule.UNSCHEDULABLE);
        String message = wait.message();
        return Explanation.stuck(
                pod.ref(),
                "has no node",
                Words.title(pod) + " fits on no node: " + message.substring(0, message.length() - 1) + ".",
                remedy(pod, most));
    }

    private static String remedy(ClusterObject pod, Reason reason) {
        return switch (reason) {
            case Reason.Insufficient(String resource) ->
                resource.equals("pods")
                        ? "Add a node, or delete pods: the nodes have as many pods as they may."
                        : "Lower the requests for " + resource + ", delete other pods, or add a node that has enough "
                                + resource + " left.";
            case Reason.UntoleratedTaint(String key, String value) ->
                key.startsWith("node.kubernetes.io/")
                        ? "The nodes have to get well: see keelson why node/NAME for one of them."
                        : "Give the pod a toleration for the taint " + key + (value.isEmpty() ? "" : "=" + value)
                                + ", or take the taint from a node.";
            case Reason.Rule rule ->
                switch (rule) {
                    case UNSCHEDULABLE -> "Uncordon a node, or add one.";
                    case NODE_AFFINITY ->
                        "Label a node so that it matches" + selector(pod) + ", or change what the pod asks of nodes.";
                    case HOST_PORTS -> "Use another hostPort, or add a node on which it is free.";
                    case POD_AFFINITY ->
                        "Start the pods that it wants to be near to, or make the affinity a preference.";
                    case POD_ANTI_AFFINITY, EXISTING_ANTI_AFFINITY ->
                        "Add a node, or make the anti-affinity a preference.";
                    case TOPOLOGY_SPREAD ->
                        "Make room in the emptier domains, raise maxSkew, or set whenUnsatisfiable to ScheduleAnyway.";
                    case TOPOLOGY_LABEL -> "Give the nodes the label that the topology spread constraint names.";
                };
        };
    }

    private static String selector(ClusterObject pod) {
        List<String> labels = Json.strings(pod.json(), "spec", "nodeSelector").entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .sorted()
                .toList();
        return labels.isEmpty() ? "" : " " + String.join(",", labels);
    }
}
