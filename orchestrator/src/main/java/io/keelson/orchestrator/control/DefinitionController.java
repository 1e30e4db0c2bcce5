package io.keelson.orchestrator.control;

import io.keelson.orchestrator.custom.Acceptance;
import io.keelson.orchestrator.custom.Definition;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
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
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Gives names to CustomResourceDefinitions, of which no two in a group may have the same, and establishes those that have theirs. Of a
 * definition that is to go it deletes the objects first.
 */
public final class DefinitionController implements Controller {

    /** How many objects one look deletes at most; the next look goes on. */
    static final int BURST = 500;

    private static final Duration TABLE_PATIENCE = Duration.ofMillis(500);

    @Override
    public String name() {
        return "customresourcedefinition-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        if (change.ref().kind().equals(Kinds.CUSTOM_RESOURCE_DEFINITION)) {
            // A name that one gives up another may wait for.
            return Stream.concat(
                    Stream.of(change.ref()), refs(cluster, change.ref().name()));
        }
        Kind kind = change.ref().kind();
        if (kind.custom().isEmpty() || change.after().isPresent()) {
            return Stream.of();
        }
        return cluster
                .get(new Ref(Kinds.CUSTOM_RESOURCE_DEFINITION, "", kind.qualifiedResource()))
                .filter(ClusterObject::terminating)
                .map(ClusterObject::ref)
                .stream();
    }

    private static Stream<Ref> refs(Cluster cluster, String name) {
        String group = name.substring(name.indexOf('.') + 1);
        return cluster.all(Kinds.CUSTOM_RESOURCE_DEFINITION).stream()
                .map(ClusterObject::ref)
                .filter(ref -> ref.name().endsWith("." + group) && !ref.name().equals(name));
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        return cluster.get(ref)
                .map(object -> object.terminating() ? end(cluster, object, now) : names(cluster, object, now))
                .orElse(List.of());
    }

    private static Definition definition(ClusterObject object) {
        return object.reading(Definition.class, whole -> Definition.of(whole.json()));
    }

    private static List<Action> names(Cluster cluster, ClusterObject object, Instant now) {
        Definition definition = definition(object);
        Acceptance acceptance = Acceptance.of(
                definition,
                cluster.all(Kinds.CUSTOM_RESOURCE_DEFINITION).stream()
                        .map(DefinitionController::definition)
                        .toList());
        Conditions conditions = new Conditions(object, now);
        if (acceptance.all()) {
            conditions.set("NamesAccepted", "True", "NoConflicts", "no conflicts found");
        } else {
            conditions.set("NamesAccepted", "False", acceptance.conflict(), acceptance.message());
        }
        if (acceptance.all() && !definition.established()) {
            conditions.set("Established", "True", "InitialNamesAccepted", "the initial names have been accepted");
        } else if (!definition.established()) {
            conditions.set("Established", "False", "NotAccepted", "not all names are accepted");
        }
        ObjectNode status = object.json().path("status") instanceof ObjectNode old ? old.deepCopy() : Json.object();
        status.set("acceptedNames", acceptance.json());
        status.set("conditions", conditions.toJson());
        return Statuses.update(object, status).stream().toList();
    }

    private static List<Action> end(Cluster cluster, ClusterObject object, Instant now) {
        if (!object.finalizers().contains(Definition.FINALIZER)) {
            return List.of();
        }
        Definition definition = definition(object);
        Optional<Kind> kind = cluster.kinds()
                .byKeyPrefix("/registry/" + definition.group() + "/"
                        + definition.spec().plural() + "/");
        if (definition.established() && kind.isEmpty()) {
            // The picture does not show these objects yet.
            return List.of(new Action.LookAgain(object.ref(), now.plus(TABLE_PATIENCE)));
        }
        Collection<ClusterObject> instances = kind.map(cluster::all).orElse(List.of());
        if (instances.isEmpty()) {
            return List.of(release(object));
        }
        List<Action> actions = new ArrayList<>(instances.stream()
                .filter(instance -> !instance.terminating())
                .limit(BURST)
                .map(instance -> new Action.Delete(
                        instance.ref(), instance.uid(), Optional.<Duration>empty(), Action.Propagation.BACKGROUND))
                .toList());
        Conditions conditions = new Conditions(object, now);
        conditions.set("Terminating", "True", "InstanceDeletionInProgress", "CustomResource deletion is in progress");
        ObjectNode status = object.json().path("status") instanceof ObjectNode old ? old.deepCopy() : Json.object();
        status.set("conditions", conditions.toJson());
        Statuses.update(object, status).ifPresent(actions::add);
        return actions;
    }

    private static Action release(ClusterObject object) {
        ObjectNode patch = Json.object();
        ArrayNode left = patch.putObject("metadata").putArray("finalizers");
        Json.items(object.json(), "metadata", "finalizers").stream()
                .filter(finalizer -> !finalizer.asString("").equals(Definition.FINALIZER))
                .forEach(left::add);
        return new Action.Patch(object.ref(), object.revision(), patch);
    }
}
