package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import io.keelson.orchestrator.view.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Keeps as many pods as a replica set says: adopts and releases, makes what is missing, deletes what is too much. */
public final class ReplicaSetController implements Controller {

    /** How many pods one look makes or deletes at most; the next look goes on. */
    static final int BURST = 500;

    private static final int SUFFIX_LENGTH = 5;

    @Override
    public String name() {
        return "replicaset-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        if (change.ref().kind().equals(Kinds.REPLICA_SET)) {
            return Stream.of(change.ref());
        }
        if (!change.ref().kind().equals(Kinds.POD)) {
            return Stream.of();
        }
        return Stream.of(change.before(), change.after())
                .flatMap(Optional::stream)
                .flatMap(pod -> keepers(pod, cluster))
                .distinct();
    }

    private static Stream<Ref> keepers(ClusterObject pod, Cluster cluster) {
        Stream<ClusterObject> keepers = pod.controller()
                .map(owner -> cluster.byUid(owner.uid()).stream()
                        .filter(object -> object.kind().equals(Kinds.REPLICA_SET)))
                .orElseGet(() -> Owners.candidates(cluster, pod, Kinds.REPLICA_SET).stream());
        return keepers.map(ClusterObject::ref);
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        return cluster.get(ref)
                .map(replicaSet -> reconcile(cluster, replicaSet, now))
                .orElse(List.of());
    }

    private static List<Action> reconcile(Cluster cluster, ClusterObject replicaSet, Instant now) {
        Optional<LabelSelector> selector = Owners.selector(replicaSet);
        if (selector.isEmpty()) {
            return List.of();
        }
        List<Action> claims = Owners.claims(
                cluster,
                replicaSet,
                Kinds.POD,
                selector.get(),
                orphan -> !Pod.of(orphan).finished());
        if (!claims.isEmpty()) {
            // Whom it has is not settled, so neither is how many it lacks.
            return claims;
        }
        Replicas replicas = Replicas.of(cluster, replicaSet, Replicas.minReady(replicaSet), now);
        List<Action> status =
                status(cluster, replicas, selector.get(), now).stream().toList();
        List<Action> pods = replicaSet.terminating() ? List.of() : pods(cluster, replicas, now);
        // Pods are made only while the replica set is what it was, and a status would change it; so one after the
        // other.
        boolean statusFirst = cluster.refusal(replicaSet.ref()).isPresent() && !status.isEmpty();
        List<Action> actions = new ArrayList<>(pods.isEmpty() || statusFirst ? status : pods);
        replicas.nextAvailable().ifPresent(at -> actions.add(new Action.LookAgain(replicaSet.ref(), at)));
        return actions;
    }

    private static List<Action> pods(Cluster cluster, Replicas replicas, Instant now) {
        int missing = replicas.desired() - replicas.current();
        if (missing > 0) {
            return creates(cluster, replicas.object(), missing);
        }
        return missing < 0 ? deletes(cluster, replicas, -missing, now) : List.of();
    }

    /**
     * The missing pods under the first names that are free. Names follow from the owner's uid and a number, so a create that is tried
     * again, by whomever, makes no second pod. After a refusal only one is tried, until one succeeds.
     */
    private static List<Action> creates(Cluster cluster, ClusterObject replicaSet, int missing) {
        int wanted = cluster.refusal(replicaSet.ref()).isPresent() ? 1 : Math.min(missing, BURST);
        List<Action> creates = new ArrayList<>();
        for (int number = 0; creates.size() < wanted; number++) {
            String name = replicaSet.name() + "-" + NameHash.of(SUFFIX_LENGTH, replicaSet.uid(), number);
            Ref ref = new Ref(Kinds.POD, replicaSet.namespace(), name);
            if (cluster.get(ref).isEmpty() && !cluster.recentlyGone(ref)) {
                ObjectNode pod = pod(replicaSet, name);
                creates.add(new Action.Announced(
                        new Action.Create(ref, pod, Optional.of(Action.Condition.Unchanged.of(replicaSet))),
                        Action.RecordEvent.normal(replicaSet, "SuccessfulCreate", "Created pod: " + name)));
            }
        }
        return creates;
    }

    private static ObjectNode pod(ClusterObject replicaSet, String name) {
        ObjectNode pod = Json.object().put("apiVersion", Kinds.POD.apiVersion()).put("kind", Kinds.POD.kind());
        ObjectNode metadata = pod.putObject("metadata").put("name", name).put("namespace", replicaSet.namespace());
        for (String field : List.of("labels", "annotations", "finalizers")) {
            Json.at(replicaSet.json(), "spec", "template", "metadata", field)
                    .ifPresent(value -> metadata.set(field, value.deepCopy()));
        }
        metadata.putArray("ownerReferences").add(Owners.reference(replicaSet));
        Json.at(replicaSet.json(), "spec", "template", "spec").ifPresent(spec -> pod.set("spec", spec.deepCopy()));
        return pod;
    }

    private static List<Action> deletes(Cluster cluster, Replicas replicas, int tooMany, Instant now) {
        return DeletionOrder.firstToGo(cluster, replicas.pods(), now).stream()
                .limit(Math.min(tooMany, BURST))
                .<Action>map(pod -> new Action.Announced(
                        new Action.Delete(
                                pod.ref(),
                                pod.object().uid(),
                                Optional.<Duration>empty(),
                                Action.Propagation.BACKGROUND),
                        Action.RecordEvent.normal(
                                replicas.object(),
                                "SuccessfulDelete",
                                "Deleted pod: " + pod.ref().name())))
                .toList();
    }

    private static Optional<Action> status(Cluster cluster, Replicas replicas, LabelSelector selector, Instant now) {
        ClusterObject replicaSet = replicas.object();
        Map<String, String> templateLabels = Json.strings(replicaSet.json(), "spec", "template", "metadata", "labels");
        LabelSelector full = selector.matches(templateLabels) ? LabelSelector.ofLabels(templateLabels) : selector;
        ObjectNode status = Json.object().put("replicas", replicas.current());
        putIfPositive(status, "fullyLabeledReplicas", (int) replicas.pods().stream()
                .filter(pod -> full.matches(pod.object().labels()))
                .count());
        putIfPositive(status, "readyReplicas", replicas.ready());
        putIfPositive(status, "availableReplicas", replicas.available());
        status.put("observedGeneration", replicaSet.generation());
        Conditions conditions = new Conditions(replicaSet, now);
        Optional<Refusal> refusal =
                cluster.refusal(replicaSet.ref()).filter(why -> replicas.current() != replicas.desired());
        boolean news = refusal.isPresent() && !conditions.is("ReplicaFailure", "True");
        String reason = replicas.current() < replicas.desired() ? "FailedCreate" : "FailedDelete";
        refusal.ifPresentOrElse(
                why -> conditions.set("ReplicaFailure", "True", reason, why.message()),
                () -> conditions.remove("ReplicaFailure"));
        Statuses.putConditions(status, conditions);
        Optional<Action> update = Statuses.update(replicaSet, status);
        return !news
                ? update
                : update.map(write -> new Action.Announced(
                        write,
                        Action.RecordEvent.warning(
                                replicaSet,
                                reason,
                                "Error: " + refusal.map(Refusal::message).orElse(""))));
    }

    private static void putIfPositive(ObjectNode status, String field, int count) {
        if (count > 0) {
            status.put(field, count);
        }
    }
}
