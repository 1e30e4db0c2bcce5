package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Deletion;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Why an object that is being deleted is still there. */
final class Endings {

    private Endings() {}

    static Explanation explain(Cluster cluster, ClusterObject object) {
        if (!object.finalizers().isEmpty()) {
            return finalizers(cluster, object);
        }
        if (object.kind().equals(Kinds.NAMESPACE)) {
            return namespace(cluster, object);
        }
        if (object.kind().equals(Kinds.POD)) {
            return pod(cluster, object);
        }
        return Explanation.underWay(
                object.ref(), "is being deleted", Words.title(object) + " is being deleted.", "It goes by itself.");
    }

    private static Explanation finalizers(Cluster cluster, ClusterObject object) {
        if (object.finalizers().contains(Deletion.FOREGROUND_FINALIZER)) {
            Optional<ClusterObject> holds = cluster.ownedBy(object.uid()).stream()
                    .filter(owned -> owned.owners().stream()
                            .anyMatch(owner -> owner.uid().equals(object.uid()) && owner.blockOwnerDeletion()))
                    .findFirst();
            if (holds.isPresent()) {
                return still(cluster, holds.get())
                        .causing(object.ref(), "is being deleted, after everything that it owns");
            }
        }
        String names = String.join(", ", object.finalizers().stream().sorted().toList());
        return Explanation.stuck(
                object.ref(),
                "is being deleted, held by " + names,
                Words.title(object) + " is being deleted and waits for "
                        + (object.finalizers().size() == 1 ? "the finalizer " : "the finalizers ") + names + ".",
                "Whoever owns the finalizer has to do its work and take it away; if nobody does any more, remove it"
                        + " from metadata.finalizers.");
    }

    private static Explanation namespace(Cluster cluster, ClusterObject namespace) {
        Collection<ClusterObject> left = cluster.in(namespace.name());
        Optional<ClusterObject> holds = left.stream()
                .max(Comparator.comparing(
                                (ClusterObject object) -> !object.finalizers().isEmpty())
                        .thenComparing(object -> object.kind().equals(Kinds.POD)));
        if (holds.isEmpty()) {
            return Explanation.underWay(
                    namespace.ref(),
                    "is being deleted",
                    Words.title(namespace) + " is being deleted and has nothing left in it.",
                    "It goes by itself.");
        }
        return still(cluster, holds.get())
                .causing(namespace.ref(), "is being deleted; " + Words.count(left.size(), "object") + " left in it");
    }

    /** Why something is still there that has to go. */
    private static Explanation still(Cluster cluster, ClusterObject object) {
        return object.terminating()
                ? explain(cluster, object)
                : Explanation.underWay(
                        object.ref(),
                        "is to be deleted",
                        Words.title(object) + " is about to be deleted.",
                        "It goes by itself.");
    }

    private static Explanation pod(Cluster cluster, ClusterObject pod) {
        String node = Pod.of(pod).nodeName();
        Optional<ClusterObject> on = node.isEmpty() ? Optional.empty() : cluster.get(new Ref(Kinds.NODE, "", node));
        if (!node.isEmpty() && on.isEmpty()) {
            return Explanation.stuck(
                    pod.ref(),
                    "is being deleted",
                    Words.title(pod) + " is being deleted, but its node " + node + " is not there any more to stop it.",
                    "Delete it at once: keelson delete " + Words.path(pod) + " --grace-period 0.");
        }
        if (on.isPresent() && !Nodes.explain(on.get()).isAsWished()) {
            return Nodes.explain(on.get()).causing(pod.ref(), "is being deleted; its node has to stop it");
        }
        long grace = Json.number(pod.json(), "metadata", "deletionGracePeriodSeconds")
                .orElse(0L);
        return Explanation.underWay(
                pod.ref(),
                "is being deleted",
                Words.title(pod) + " is being stopped by its node; it has " + Words.count(grace, "second")
                        + " for that.",
                "It goes by itself.");
    }
}
