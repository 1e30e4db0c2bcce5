package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.OwnerReference;
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
 * What belongs to nobody any more goes. Because the picture shows all kinds at one revision, an owner that is not in it is gone, without
 * asking anybody; an owner of a kind that the picture does not show counts as there.
 *
 * <pre>
 * background  the owner has gone: its dependents are deleted
 * foreground  finalizer foregroundDeletion: dependents first, the owner waits for those that block it
 * orphan      finalizer orphan: dependents are freed of the owner, then it goes
 * </pre>
 */
public final class GarbageCollector implements Controller {

    static final String FOREGROUND = "foregroundDeletion";
    static final String ORPHAN = "orphan";

    /** How many dependents one look deletes or frees at most; the next look goes on. */
    static final int BURST = 500;

    @Override
    public String name() {
        return "garbage-collector-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        ClusterObject newest = change.newest();
        if (change.after().isEmpty()) {
            Stream<Ref> dependents = cluster.ownedBy(newest.uid()).stream().map(ClusterObject::ref);
            return Stream.concat(dependents, owners(change, cluster));
        }
        boolean concerns = !newest.owners().isEmpty() || waits(newest);
        Stream<Ref> self = concerns ? Stream.of(change.ref()) : Stream.of();
        Stream<Ref> dependents = newest.finalizers().contains(FOREGROUND)
                ? cluster.ownedBy(newest.uid()).stream().map(ClusterObject::ref)
                : Stream.of();
        return Stream.of(self, dependents, owners(change, cluster)).flatMap(stream -> stream);
    }

    /** Owners that wait for something to become of their dependents. */
    private static Stream<Ref> owners(Change change, Cluster cluster) {
        return Stream.of(change.before(), change.after())
                .flatMap(Optional::stream)
                .flatMap(object -> object.owners().stream())
                .flatMap(owner -> cluster.byUid(owner.uid()).stream())
                .filter(GarbageCollector::waits)
                .map(ClusterObject::ref)
                .distinct();
    }

    private static boolean waits(ClusterObject object) {
        return object.terminating()
                && (object.finalizers().contains(FOREGROUND)
                        || object.finalizers().contains(ORPHAN));
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        Optional<ClusterObject> found = cluster.get(ref);
        if (found.isEmpty()) {
            return List.of();
        }
        ClusterObject object = found.get();
        if (object.terminating()) {
            if (object.finalizers().contains(ORPHAN)) {
                return orphan(cluster, object);
            }
            return object.finalizers().contains(FOREGROUND) ? foreground(cluster, object) : List.of();
        }
        return object.owners().isEmpty() ? List.of() : dependent(cluster, object);
    }

    private static List<Action> orphan(Cluster cluster, ClusterObject owner) {
        Collection<ClusterObject> dependents = dependents(cluster, owner);
        if (dependents.isEmpty()) {
            return List.of(withoutFinalizer(owner, ORPHAN));
        }
        return dependents.stream()
                .limit(BURST)
                .<Action>map(dependent -> Owners.withoutOwner(dependent, owner.uid()))
                .toList();
    }

    private static List<Action> foreground(Cluster cluster, ClusterObject owner) {
        Collection<ClusterObject> dependents = dependents(cluster, owner);
        boolean blocked = dependents.stream()
                .flatMap(dependent -> dependent.owners().stream())
                .anyMatch(reference -> reference.uid().equals(owner.uid()) && reference.blockOwnerDeletion());
        // The dependents themselves are looked at one by one; see dependent().
        return blocked ? List.of() : List.of(withoutFinalizer(owner, FOREGROUND));
    }

    private static Collection<ClusterObject> dependents(Cluster cluster, ClusterObject owner) {
        return cluster.ownedBy(owner.uid()).stream()
                .filter(dependent ->
                        owner.namespace().isEmpty() || owner.namespace().equals(dependent.namespace()))
                .toList();
    }

    private static Action withoutFinalizer(ClusterObject object, String finalizer) {
        ObjectNode patch = Json.object();
        ArrayNode left = patch.putObject("metadata").putArray("finalizers");
        Json.items(object.json(), "metadata", "finalizers").stream()
                .filter(there -> !there.asString("").equals(finalizer))
                .forEach(left::add);
        return new Action.Patch(object.ref(), object.revision(), patch);
    }

    /** What becomes of an object that has owners: nothing while one of them stays. */
    private static List<Action> dependent(Cluster cluster, ClusterObject object) {
        List<OwnerReference> staying = new ArrayList<>();
        List<OwnerReference> going = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        for (OwnerReference reference : object.owners()) {
            Optional<ClusterObject> owner = cluster.byUid(reference.uid())
                    .filter(there ->
                            there.namespace().isEmpty() || there.namespace().equals(object.namespace()));
            if (owner.isPresent()) {
                boolean goes =
                        owner.get().terminating() && owner.get().finalizers().contains(FOREGROUND);
                (goes ? going : staying).add(reference);
            } else if (cluster.kinds()
                    .byApiVersion(reference.apiVersion(), reference.kind())
                    .isEmpty()) {
                staying.add(reference);
            } else {
                absent.add(reference.uid());
            }
        }
        if (!staying.isEmpty()) {
            List<String> leave = Stream.concat(absent.stream(), going.stream().map(OwnerReference::uid))
                    .toList();
            return leave.isEmpty() ? List.of() : List.of(Owners.withoutOwners(object, leave));
        }
        boolean hasDependents = !cluster.ownedBy(object.uid()).isEmpty();
        Action.Propagation propagation =
                !going.isEmpty() && hasDependents ? Action.Propagation.FOREGROUND : Action.Propagation.BACKGROUND;
        Action delete = new Action.Delete(object.ref(), object.uid(), Optional.<Duration>empty(), propagation);
        return misplacedOwner(cluster, object)
                .<List<Action>>map(owner -> List.of(new Action.Announced(
                        delete,
                        Action.RecordEvent.warning(
                                object,
                                "OwnerRefInvalidNamespace",
                                "ownerRef [" + owner.apiVersion() + "/" + owner.kind() + ", namespace: "
                                        + object.namespace() + ", name: " + owner.name() + ", uid: " + owner.uid()
                                        + "] does not exist in namespace \"" + object.namespace() + "\""))))
                .orElse(List.of(delete));
    }

    private static Optional<OwnerReference> misplacedOwner(Cluster cluster, ClusterObject object) {
        return object.owners().stream()
                .filter(reference -> cluster.byUid(reference.uid()).isPresent())
                .filter(reference -> cluster.byUid(reference.uid())
                        .filter(owner -> !owner.namespace().isEmpty()
                                && !owner.namespace().equals(object.namespace()))
                        .isPresent())
                .findFirst();
    }
}
