package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Empties a namespace that is to go, and lets it go when nothing is left in it. */
public final class NamespaceController implements Controller {

    /** How many objects one look deletes at most; the next look goes on. */
    static final int BURST = 500;

    private static final String FINALIZER = "kubernetes";

    @Override
    public String name() {
        return "namespace-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        if (change.ref().kind().equals(Kinds.NAMESPACE)) {
            return Stream.of(change.ref());
        }
        if (change.ref().namespace().isEmpty()) {
            return Stream.of();
        }
        Ref namespace = new Ref(Kinds.NAMESPACE, "", change.ref().namespace());
        return cluster.get(namespace).filter(ClusterObject::terminating).map(ClusterObject::ref).stream();
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        return cluster.get(ref)
                .filter(ClusterObject::terminating)
                .map(namespace -> reconcile(cluster, namespace, now))
                .orElse(List.of());
    }

    private static List<Action> reconcile(Cluster cluster, ClusterObject namespace, Instant now) {
        Collection<ClusterObject> content = cluster.in(namespace.name());
        if (content.isEmpty()) {
            return finish(namespace);
        }
        List<Action> actions = new ArrayList<>(content.stream()
                .filter(object -> !object.terminating())
                .limit(BURST)
                .map(object -> new Action.Delete(
                        object.ref(), object.uid(), Optional.<Duration>empty(), Action.Propagation.BACKGROUND))
                .toList());
        status(namespace, content, now).ifPresent(actions::add);
        return actions;
    }

    private static List<Action> finish(ClusterObject namespace) {
        List<JsonNode> finalizers = Json.items(namespace.json(), "spec", "finalizers");
        if (finalizers.stream().noneMatch(finalizer -> finalizer.asString("").equals(FINALIZER))) {
            return List.of();
        }
        ObjectNode changed = namespace.json().deepCopy();
        ArrayNode left = Json.child(changed, "spec").putArray("finalizers");
        finalizers.stream()
                .filter(finalizer -> !finalizer.asString("").equals(FINALIZER))
                .forEach(left::add);
        return List.of(new Action.Update(namespace.ref(), "finalize", namespace.revision(), changed));
    }

    private static Optional<Action> status(ClusterObject namespace, Collection<ClusterObject> content, Instant now) {
        Map<String, Long> byResource = content.stream()
                .collect(Collectors.groupingBy(
                        object -> object.kind().qualifiedResource(), TreeMap::new, Collectors.counting()));
        String remaining = byResource.entrySet().stream()
                .map(entry -> entry.getKey() + " has " + entry.getValue() + " resource instances")
                .collect(Collectors.joining(", "));
        Conditions conditions = new Conditions(namespace, now);
        conditions.set(
                "NamespaceContentRemaining",
                "True",
                "SomeResourcesRemain",
                "Some resources are remaining: " + remaining);
        boolean held = content.stream().anyMatch(object -> !object.finalizers().isEmpty());
        conditions.set(
                "NamespaceFinalizersRemaining",
                held ? "True" : "False",
                held ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
                held
                        ? "Some content in the namespace has finalizers remaining"
                        : "All content-preserving finalizers finished");
        ObjectNode status = Json.object().put("phase", "Terminating");
        Statuses.putConditions(status, conditions);
        return Statuses.update(namespace, status);
    }
}
