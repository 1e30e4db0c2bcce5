package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Why something that makes pods has not as many ready as it should. */
final class Workloads {

    private Workloads() {}

    static Explanation explain(Cluster cluster, ClusterObject workload) {
        long desired = Json.number(workload.json(), "spec", "replicas").orElse(1L);
        return pods(cluster, workload, desired);
    }

    static Explanation daemons(Cluster cluster, ClusterObject workload) {
        return pods(
                cluster,
                workload,
                Json.number(workload.json(), "status", "desiredNumberScheduled").orElse(0L));
    }

    /** The pods that a workload has made and that count. */
    static List<ClusterObject> podsOf(Cluster cluster, ClusterObject workload) {
        return cluster.ownedBy(workload.uid()).stream()
                .filter(owned -> owned.kind().equals(Kinds.POD) && !owned.terminating())
                .toList();
    }

    private static Explanation pods(Cluster cluster, ClusterObject workload, long desired) {
        Optional<Explanation> unseen = unseen(workload);
        if (unseen.isPresent()) {
            return unseen.get();
        }
        List<ClusterObject> pods = podsOf(cluster, workload);
        long ready = pods.stream().filter(pod -> Pod.of(pod).ready()).count();
        String says = ready + " of " + desired + " pods ready";
        Optional<Explanation> worst = Pods.worst(cluster, pods);
        if (worst.isPresent()) {
            return worst.get().causing(workload.ref(), says);
        }
        if (pods.size() < desired) {
            return tooFew(workload, pods.size(), desired);
        }
        if (pods.size() > desired) {
            return Explanation.underWay(
                    workload.ref(),
                    says,
                    Words.title(workload) + " has " + Words.count(pods.size() - desired, "pod")
                            + " too many, which are about to be deleted.",
                    "They go by themselves.");
        }
        return Explanation.asWished(
                workload.ref(),
                Words.title(workload) + " is as wished: "
                        + (desired == 0
                                ? "it should have no pods, and has none."
                                : "all " + Words.count(desired, "pod") + " ready."));
    }

    private static Explanation tooFew(ClusterObject workload, long there, long desired) {
        Optional<JsonNode> failure = failure(workload);
        String says = there + " of " + Words.count(desired, "pod") + " made";
        return failure.map(condition -> cannotCreate(workload, says, condition))
                .orElseGet(() -> Explanation.underWay(
                        workload.ref(),
                        says,
                        Words.title(workload) + " has made " + there + " of " + Words.count(desired, "pod") + ".",
                        "The rest is made in a moment, if some server leads."));
    }

    static Optional<JsonNode> failure(ClusterObject workload) {
        return Pod.condition(workload, "ReplicaFailure")
                .filter(condition -> condition.path("status").asString("").equals("True"));
    }

    static Explanation cannotCreate(ClusterObject workload, String says, JsonNode condition) {
        String message = condition.path("message").asString("");
        String remedy;
        if (message.contains("exceeded quota")) {
            remedy = "Raise the ResourceQuota in namespace " + workload.namespace() + ", or delete what uses it up.";
        } else if (message.contains("being terminated")) {
            remedy = "The namespace " + workload.namespace() + " is being deleted; make it again when it is gone.";
        } else {
            remedy = "Mend the pod template, or what refuses its pods.";
        }
        return Explanation.stuck(
                workload.ref(),
                says,
                Words.title(workload) + " cannot make pods" + Words.because(condition) + ".",
                remedy);
    }

    /** Its controller has not seen the newest wish yet. */
    static Optional<Explanation> unseen(ClusterObject workload) {
        long observed =
                Json.number(workload.json(), "status", "observedGeneration").orElse(0L);
        if (observed >= workload.generation()) {
            return Optional.empty();
        }
        return Optional.of(Explanation.underWay(
                workload.ref(),
                "not looked at yet",
                Words.title(workload) + " was changed, and its controller has not looked at it since.",
                "It does so in a moment, if some server leads: see keelson status."));
    }
}
