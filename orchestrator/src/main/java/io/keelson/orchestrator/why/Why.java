package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Explains objects of every kind. */
public final class Why {

    /** Conditions that say of an object of any kind whether it is well. */
    private static final List<String> WELL = List.of("Ready", "Available", "Established", "Accepted", "Complete");

    private Why() {}

    /** Why the object is not as wished, or that it is; empty if there is no such object. */
    public static Optional<Explanation> explain(Cluster cluster, Ref ref) {
        return cluster.get(ref).map(object -> explain(cluster, object));
    }

    static Explanation explain(Cluster cluster, ClusterObject object) {
        if (object.terminating()) {
            return Endings.explain(cluster, object);
        }
        return switch (object.kind().kind()) {
            case "Pod" -> Pods.explain(cluster, object);
            case "Deployment" -> Deployments.explain(cluster, object);
            case "ReplicaSet", "ReplicationController", "StatefulSet" -> Workloads.explain(cluster, object);
            case "DaemonSet" -> Workloads.daemons(cluster, object);
            case "Job" -> Jobs.job(cluster, object);
            case "CronJob" -> Jobs.cronJob(object);
            case "Service" -> Services.explain(cluster, object);
            case "Ingress" -> Services.ingress(cluster, object);
            case "Node" -> Nodes.explain(object);
            case "PersistentVolumeClaim" -> Claims.explain(cluster, object);
            default -> byConditions(object);
        };
    }

    /** What can be said of a kind that nobody here knows. */
    private static Explanation byConditions(ClusterObject object) {
        Optional<JsonNode> bad = WELL.stream()
                .flatMap(type -> Pod.condition(object, type).stream())
                .filter(condition -> condition.path("status").asString("").equals("False"))
                .findFirst();
        return bad.map(condition -> Explanation.stuck(
                        object.ref(),
                        condition.path("type").asString("") + " is False",
                        Words.title(object) + " is not "
                                + condition.path("type").asString("") + Words.because(condition) + ".",
                        "What the condition names has to change."))
                .orElseGet(() -> Explanation.asWished(
                        object.ref(),
                        Words.title(object) + " is as wished"
                                + (Json.items(object.json(), "status", "conditions")
                                                .isEmpty()
                                        ? "."
                                        : ": no condition of it says otherwise.")));
    }
}
