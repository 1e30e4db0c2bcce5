package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Why a deployment is not rolled out. */
final class Deployments {

    private static final String REVISION = "deployment.kubernetes.io/revision";

    private Deployments() {}

    static Explanation explain(Cluster cluster, ClusterObject deployment) {
        Optional<Explanation> unseen = Workloads.unseen(deployment);
        if (unseen.isPresent()) {
            return unseen.get();
        }
        long desired = Json.number(deployment.json(), "spec", "replicas").orElse(1L);
        long updated = count(deployment, "updatedReplicas");
        long available = count(deployment, "availableReplicas");
        long all = count(deployment, "replicas");
        if (updated == desired && available == desired && all == desired) {
            return Explanation.asWished(
                    deployment.ref(),
                    Words.title(deployment) + " is as wished: "
                            + (desired == 0
                                    ? "it should have no pods, and has none."
                                    : "all " + Words.count(desired, "pod") + " up to date and available."));
        }
        String says = updated + " of " + desired + " pods up to date, " + available + " available";
        Optional<ClusterObject> newest = newest(cluster, deployment);
        Optional<Explanation> failure =
                Workloads.failure(deployment).map(condition -> Workloads.cannotCreate(deployment, says, condition));
        Optional<Explanation> ofPods = newest.map(set -> Workloads.explain(cluster, set))
                .filter(explanation -> !explanation.isAsWished())
                .map(explanation -> explanation.causing(deployment.ref(), says));
        if (ofPods.filter(explanation -> explanation.state() == Explanation.State.STUCK)
                .isPresent()) {
            return ofPods.get();
        }
        if (failure.isPresent()) {
            return failure.get();
        }
        if (deployment.at("spec", "paused").asBoolean(false)) {
            return Explanation.stuck(
                    deployment.ref(),
                    "paused; " + says,
                    Words.title(deployment) + " is paused in the middle of a rollout.",
                    "Set spec.paused to false: kubectl rollout resume deployment/" + deployment.name() + ".");
        }
        return ofPods.or(() -> older(cluster, deployment, newest, says))
                .orElseGet(() -> Explanation.underWay(
                        deployment.ref(),
                        says,
                        Words.title(deployment) + " is being rolled out: " + says + ".",
                        "It goes on by itself: keelson rollout status deployment/" + deployment.name() + "."));
    }

    /** Pods of a replica set that is on its way out may hold the rollout, too. */
    private static Optional<Explanation> older(
            Cluster cluster, ClusterObject deployment, Optional<ClusterObject> newest, String says) {
        return sets(cluster, deployment).stream()
                .filter(set -> newest.filter(set::equals).isEmpty())
                .map(set -> Workloads.explain(cluster, set))
                .filter(explanation -> explanation.state() == Explanation.State.STUCK)
                .findFirst()
                .map(explanation -> explanation.causing(deployment.ref(), says));
    }

    private static List<ClusterObject> sets(Cluster cluster, ClusterObject deployment) {
        return cluster.ownedBy(deployment.uid()).stream()
                .filter(owned -> owned.kind().equals(Kinds.REPLICA_SET))
                .toList();
    }

    private static Optional<ClusterObject> newest(Cluster cluster, ClusterObject deployment) {
        return sets(cluster, deployment).stream()
                .max(Comparator.comparingLong((ClusterObject set) -> revision(set))
                        .thenComparing(ClusterObject::creationTimestamp));
    }

    private static long revision(ClusterObject set) {
        return set.annotation(REVISION)
                .filter(text -> text.matches("[0-9]{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    private static long count(ClusterObject deployment, String field) {
        return Json.number(deployment.json(), "status", field).orElse(0L);
    }
}
