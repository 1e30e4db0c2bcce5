package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Custom;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.OwnerReference;
import io.keelson.orchestrator.view.Pod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** How many pods of a disruption budget must stay healthy. */
sealed interface Quorum {

    /**
     * So many.
     *
     * @param healthy must stay
     * @param expected are to be there when all is well
     */
    record Needed(int healthy, int expected) implements Quorum {}

    /** It cannot be said, as a percentage is of something that is not known. */
    record Unknown(String why) implements Quorum {}

    /** What a budget says of its pods. The words are Kubernetes'. */
    static Quorum of(Cluster cluster, ClusterObject budget, List<Pod> pods) {
        Optional<JsonNode> maxUnavailable = Json.at(budget.json(), "spec", "maxUnavailable");
        Optional<JsonNode> minAvailable = Json.at(budget.json(), "spec", "minAvailable");
        if (maxUnavailable.isEmpty() && minAvailable.filter(JsonNode::isNumber).isPresent()) {
            return new Needed(minAvailable.get().intValue(), pods.size());
        }
        // Neither: nobody is expected, and so nobody may go.
        if (maxUnavailable.isEmpty() && minAvailable.isEmpty()) {
            return new Needed(0, 0);
        }
        Map<String, Integer> sizes = new LinkedHashMap<>();
        for (Pod pod : pods) {
            Optional<OwnerReference> owner = pod.object().controller();
            if (owner.isPresent()) {
                Optional<ClusterObject> workload = workload(cluster, owner.get());
                if (workload.isEmpty()) {
                    return new Unknown(
                            "found no controllers for pod \"" + pod.ref().name() + "\"");
                }
                if (!workload.get().kind().subresources().contains("scale")) {
                    return new Unknown(
                            workload.get().kind().qualifiedResource() + " does not implement the scale subresource");
                }
                sizes.put(workload.get().uid(), size(workload.get()));
            }
        }
        int expected = sizes.values().stream().mapToInt(Integer::intValue).sum();
        int healthy = maxUnavailable
                .map(most -> Math.max(0, expected - scaled(most, expected)))
                .orElseGet(() -> scaled(minAvailable.get(), expected));
        return new Needed(healthy, expected);
    }

    /** Of a replica set that belongs to a deployment the deployment counts: while it rolls, neither replica set has the whole size. */
    private static Optional<ClusterObject> workload(Cluster cluster, OwnerReference owner) {
        Optional<ClusterObject> direct = cluster.byUid(owner.uid());
        return direct.filter(object -> object.kind().equals(Kinds.REPLICA_SET))
                .flatMap(ClusterObject::controller)
                .flatMap(above -> cluster.byUid(above.uid()))
                .filter(above -> above.kind().equals(Kinds.DEPLOYMENT))
                .or(() -> direct);
    }

    private static int size(ClusterObject workload) {
        return workload.kind()
                .custom()
                .flatMap(Custom::scale)
                .map(paths -> (int) paths.wished(workload.json()))
                .orElseGet(() -> Replicas.desired(workload));
    }

    /** A number, or a percentage of a size, rounded up. */
    private static int scaled(JsonNode value, int of) {
        if (value.isNumber()) {
            return value.intValue();
        }
        String text = value.asString("");
        long percent = Long.parseLong(text.substring(0, text.length() - 1));
        return (int) ((percent * of + 99) / 100);
    }
}
