package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Removes pods that no agent will ever report on: bound to a node that is not there, or asked to go before they had one. */
public final class PodGarbageController implements Controller {

    @Override
    public String name() {
        return "pod-garbage-collector";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        if (change.ref().kind().equals(Kinds.POD)) {
            return change.after().map(ClusterObject::ref).stream();
        }
        if (change.ref().kind().equals(Kinds.NODE) && change.after().isEmpty()) {
            return cluster.podsOn(change.ref().name()).stream().map(ClusterObject::ref);
        }
        return Stream.of();
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        return cluster
                .get(ref)
                .map(Pod::of)
                .filter(pod -> abandoned(cluster, pod))
                .<Action>map(pod -> new Action.Delete(
                        pod.ref(), pod.object().uid(), Optional.of(Duration.ZERO), Action.Propagation.BACKGROUND))
                .stream()
                .toList();
    }

    private static boolean abandoned(Cluster cluster, Pod pod) {
        // A finalizer holds a pod for somebody else; asking again would not help.
        boolean held = pod.object().terminating() && !pod.object().finalizers().isEmpty();
        boolean unheld = !held;
        if (pod.nodeName().isEmpty()) {
            return unheld && pod.object().terminating();
        }
        return unheld && cluster.get(new Ref(Kinds.NODE, "", pod.nodeName())).isEmpty();
    }
}
