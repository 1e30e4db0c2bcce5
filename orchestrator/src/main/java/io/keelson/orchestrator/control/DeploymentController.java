package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rolls a deployment from one pod template to the next by shrinking and growing replica sets, one small step at a look.
 *
 * <pre>  claim replica sets -> (paused | scaled) resize -> else step of the strategy -> status</pre>
 */
public final class DeploymentController implements Controller {

    @Override
    public String name() {
        return "deployment-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        if (change.ref().kind().equals(Kinds.DEPLOYMENT)) {
            return Stream.of(change.ref());
        }
        Stream<ClusterObject> forms = Stream.of(change.before(), change.after()).flatMap(Optional::stream);
        if (change.ref().kind().equals(Kinds.REPLICA_SET)) {
            return forms.flatMap(replicaSet -> keepers(replicaSet, cluster)).distinct();
        }
        if (change.ref().kind().equals(Kinds.POD)) {
            return forms.flatMap(pod -> pod.controller().stream())
                    .flatMap(owner -> cluster.byUid(owner.uid()).stream())
                    .filter(owner -> owner.kind().equals(Kinds.REPLICA_SET))
                    .flatMap(replicaSet -> keepers(replicaSet, cluster))
                    .distinct();
        }
        return Stream.of();
    }

    private static Stream<Ref> keepers(ClusterObject replicaSet, Cluster cluster) {
        Stream<ClusterObject> keepers = replicaSet
                .controller()
                .map(owner -> cluster.byUid(owner.uid()).stream()
                        .filter(object -> object.kind().equals(Kinds.DEPLOYMENT)))
                .orElseGet(() -> Owners.candidates(cluster, replicaSet, Kinds.DEPLOYMENT).stream());
        return keepers.map(ClusterObject::ref);
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        return cluster.get(ref)
                .map(deployment -> reconcile(cluster, deployment, now))
                .orElse(List.of());
    }

    private static List<Action> reconcile(Cluster cluster, ClusterObject deployment, Instant now) {
        Optional<LabelSelector> selector = Owners.selector(deployment);
        if (selector.isEmpty()) {
            return List.of();
        }
        List<Action> claims = Owners.claims(cluster, deployment, Kinds.REPLICA_SET, selector.get(), replicaSet -> true);
        if (!claims.isEmpty()) {
            return claims;
        }
        Rollout rollout = Rollout.of(cluster, deployment, now);
        List<Action> steps = deployment.terminating() ? List.of() : steps(cluster, rollout);
        List<Action> actions = new ArrayList<>(steps);
        boolean wroteDeployment = steps.stream().anyMatch(step -> step.ref().equals(deployment.ref()));
        DeploymentStatus status = DeploymentStatus.of(rollout, creates(steps));
        if (!wroteDeployment) {
            status.update(rollout).ifPresent(actions::add);
        }
        status.lookAgain(rollout)
                .map(at -> new Action.LookAgain(deployment.ref(), at))
                .ifPresent(actions::add);
        return actions;
    }

    private static Optional<String> creates(List<Action> steps) {
        return steps.stream()
                .map(step -> step instanceof Action.Announced announced ? announced.write() : step)
                .filter(step -> step instanceof Action.Create)
                .map(step -> step.ref().name())
                .findFirst();
    }

    private static List<Action> steps(Cluster cluster, Rollout rollout) {
        List<Action> annotated = revisions(rollout);
        if (!annotated.isEmpty()) {
            return annotated;
        }
        List<Action> steps;
        if (rollout.paused() || Resizing.isDue(rollout)) {
            steps = Resizing.steps(rollout);
        } else {
            steps = rollout.recreate() ? recreate(cluster, rollout) : rolling(cluster, rollout);
        }
        return steps.isEmpty() ? cleanup(rollout) : steps;
    }

    private static List<Action> rolling(Cluster cluster, Rollout rollout) {
        Optional<Action> grown = rollout.newest().isPresent()
                ? RollingUpdate.grow(rollout)
                : create(cluster, rollout, RollingUpdate.size(rollout));
        return grown.map(List::of).orElseGet(() -> RollingUpdate.shrink(rollout));
    }

    /** All old pods must have ended before the first new one begins. */
    private static List<Action> recreate(Cluster cluster, Rollout rollout) {
        List<Action> shrunk = rollout.old().stream()
                .filter(replicas -> replicas.desired() > 0)
                .map(replicas -> Scale.to(rollout, replicas, 0))
                .toList();
        boolean oldPodsRun = rollout.old().stream()
                .flatMap(replicas -> Owners.controlled(cluster, replicas.object(), Kinds.POD).stream())
                .anyMatch(pod -> !Pod.of(pod).finished());
        if (!shrunk.isEmpty() || oldPodsRun) {
            return shrunk;
        }
        if (rollout.newest().isEmpty()) {
            return create(cluster, rollout, rollout.replicas()).stream().toList();
        }
        return rollout
                .newest()
                .filter(replicas -> replicas.desired() != rollout.replicas())
                .map(replicas -> Scale.to(rollout, replicas, rollout.replicas()))
                .stream()
                .toList();
    }

    /** The replica set for the template as it is now. If its name is taken by another one, the collision count moves on first. */
    private static Optional<Action> create(Cluster cluster, Rollout rollout, int size) {
        ClusterObject deployment = rollout.deployment();
        String hash = rollout.templateHash();
        Ref ref = new Ref(Kinds.REPLICA_SET, deployment.namespace(), deployment.name() + "-" + hash);
        if (cluster.get(ref).isPresent()) {
            ObjectNode status = Json.child(deployment.json().deepCopy(), "status");
            return Statuses.update(deployment, status.put("collisionCount", rollout.collisionCount() + 1));
        }
        ObjectNode replicaSet = ReplicaSetTemplate.of(rollout, ref, hash, size);
        Action.Create create = new Action.Create(ref, replicaSet, Optional.of(Action.Condition.Exists.of(deployment)));
        if (size == 0) {
            return Optional.of(create);
        }
        return Optional.of(new Action.Announced(
                create,
                Action.RecordEvent.normal(
                        deployment,
                        "ScalingReplicaSet",
                        "Scaled up replica set " + ref.name() + " from 0 to " + size)));
    }

    /** Numbers the newest replica set above all others, and gives the deployment its number. */
    private static List<Action> revisions(Rollout rollout) {
        List<Action> patches = new ArrayList<>();
        rollout.newest().ifPresent(newest -> {
            ReplicaSetTemplate.annotations(rollout, newest).ifPresent(patches::add);
            String revision = Long.toString(rollout.newestRevision());
            ClusterObject deployment = rollout.deployment();
            if (!deployment.annotation(Rollout.REVISION).equals(Optional.of(revision))) {
                ObjectNode patch = Json.object();
                patch.putObject("metadata").putObject("annotations").put(Rollout.REVISION, revision);
                patches.add(new Action.Patch(deployment.ref(), deployment.revision(), patch));
            }
        });
        return patches;
    }

    /** Old replica sets beyond the history limit go, once the rollout is complete and they are empty. */
    private static List<Action> cleanup(Rollout rollout) {
        if (!DeploymentStatus.of(rollout, Optional.empty()).complete(rollout)) {
            return List.of();
        }
        List<Replicas> empty = rollout.old().stream()
                .filter(replicas -> replicas.desired() == 0
                        && replicas.current() == 0
                        && replicas.object().at("status", "replicas").asInt(0) == 0
                        && !replicas.object().terminating())
                .sorted(Comparator.comparingLong((Replicas replicas) -> Rollout.revision(replicas.object())))
                .toList();
        return empty.stream()
                .limit(Math.max(0, empty.size() - rollout.revisionHistoryLimit()))
                .<Action>map(replicas -> new Action.Delete(
                        replicas.object().ref(),
                        replicas.object().uid(),
                        Optional.<Duration>empty(),
                        Action.Propagation.BACKGROUND))
                .toList();
    }
}
