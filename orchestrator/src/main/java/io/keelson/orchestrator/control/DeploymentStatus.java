package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import io.keelson.orchestrator.view.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a deployment says of itself; {@code kubectl rollout status} reads nothing else.
 *
 * @param replicas pods of all versions
 * @param updated pods of the newest
 * @param ready pods of all versions that are ready
 * @param available pods of all versions that have been ready for long enough
 * @param created the replica set that is being created at this moment
 */
record DeploymentStatus(int replicas, int updated, int ready, int available, Optional<String> created) {

    private static final String PROGRESSING = "Progressing";
    private static final String DEADLINE_EXCEEDED = "ProgressDeadlineExceeded";
    private static final String DONE = "NewReplicaSetAvailable";

    static DeploymentStatus of(Rollout rollout, Optional<String> created) {
        List<Replicas> all = rollout.all();
        return new DeploymentStatus(
                all.stream().mapToInt(Replicas::current).sum(),
                rollout.newest().map(Replicas::current).orElse(0),
                all.stream().mapToInt(Replicas::ready).sum(),
                all.stream().mapToInt(Replicas::available).sum(),
                created);
    }

    /** Whether the newest version is all there is, and as many as wished for are available. */
    boolean complete(Rollout rollout) {
        return created.isEmpty()
                && rollout.newest().isPresent()
                && updated == rollout.replicas()
                && replicas == rollout.replicas()
                && available == rollout.replicas();
    }

    /** Writes this status; empty if it is what stands there. */
    Optional<Action> update(Rollout rollout) {
        ClusterObject deployment = rollout.deployment();
        ObjectNode status = Json.object();
        if (rollout.collisionCount() > 0) {
            status.put("collisionCount", rollout.collisionCount());
        }
        status.put("observedGeneration", deployment.generation());
        put(status, "replicas", replicas);
        put(status, "updatedReplicas", updated);
        put(status, "readyReplicas", ready);
        put(status, "availableReplicas", available);
        int wanted = rollout.all().stream().mapToInt(Replicas::desired).sum();
        put(status, "unavailableReplicas", Math.max(0, wanted - available));
        Statuses.putConditions(status, conditions(rollout));
        return Statuses.update(deployment, status);
    }

    private static void put(ObjectNode status, String field, int count) {
        if (count > 0) {
            status.put(field, count);
        }
    }

    private Conditions conditions(Rollout rollout) {
        Conditions conditions = new Conditions(rollout.deployment(), rollout.now());
        if (available >= rollout.replicas() - rollout.maxUnavailable()) {
            conditions.setWithUpdateTime(
                    "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", false);
        } else {
            conditions.setWithUpdateTime(
                    "Available",
                    "False",
                    "MinimumReplicasUnavailable",
                    "Deployment does not have minimum availability.",
                    false);
        }
        failure(rollout)
                .ifPresentOrElse(
                        why -> conditions.setWithUpdateTime(
                                "ReplicaFailure", "True", why.reason(), why.message(), false),
                        () -> conditions.remove("ReplicaFailure"));
        if (rollout.progressDeadline().isEmpty()) {
            conditions.remove(PROGRESSING);
        } else {
            progress(rollout, conditions);
        }
        return conditions;
    }

    /** Why there is no replica set, or why a replica set has no pods. */
    private static Optional<Refusal> failure(Rollout rollout) {
        Optional<Refusal> noReplicaSet = rollout.newest().isPresent()
                ? Optional.empty()
                : rollout.refusal().map(why -> new Refusal("ReplicaSetCreateError", why.message()));
        return noReplicaSet.or(() -> rollout.all().reversed().stream()
                .flatMap(replicas -> Pod.condition(replicas.object(), "ReplicaFailure").stream())
                .map(why -> new Refusal(
                        why.path("reason").asString(""), why.path("message").asString("")))
                .findFirst());
    }

    private void progress(Rollout rollout, Conditions conditions) {
        String reason = conditions.reason(PROGRESSING);
        String name = created.or(() -> rollout.newest().map(Replicas::name)).orElse("");
        if (rollout.paused()) {
            if (!reason.equals(DEADLINE_EXCEEDED)) {
                set(conditions, "Unknown", "DeploymentPaused", "Deployment is paused", false);
            }
            return;
        }
        if (reason.equals("DeploymentPaused")) {
            set(conditions, "Unknown", "DeploymentResumed", "Deployment is resumed", true);
            return;
        }
        if (created.isPresent()) {
            set(conditions, "True", "NewReplicaSetCreated", "Created new replica set \"" + name + "\"", true);
        } else if (complete(rollout)) {
            set(conditions, "True", DONE, "ReplicaSet \"" + name + "\" has successfully progressed.", false);
        } else if (reason.equals(DONE) && updated == replicas && names(conditions, name)) {
            // Done before; that pods come and go afterwards is no rollout.
            return;
        } else if (reason.isEmpty() || (reason.equals(DONE) && !names(conditions, name))) {
            if (!name.isEmpty()) {
                set(conditions, "True", "FoundNewReplicaSet", "Found new replica set \"" + name + "\"", true);
            }
        } else if (isProgress(rollout.deployment())) {
            set(conditions, "True", "ReplicaSetUpdated", "ReplicaSet \"" + name + "\" is progressing.", true);
        } else if (deadline(rollout).filter(at -> !at.isAfter(rollout.now())).isPresent()) {
            set(
                    conditions,
                    "False",
                    DEADLINE_EXCEEDED,
                    "ReplicaSet \"" + name + "\" has timed out progressing.",
                    false);
        }
    }

    private static void set(Conditions conditions, String status, String reason, String message, boolean progress) {
        conditions.setWithUpdateTime(PROGRESSING, status, reason, message, progress);
    }

    private static boolean names(Conditions conditions, String replicaSet) {
        return conditions
                .get(PROGRESSING)
                .filter(condition -> condition.path("message").asString("").contains("\"" + replicaSet + "\""))
                .isPresent();
    }

    private boolean isProgress(ClusterObject deployment) {
        JsonNode before = deployment.at("status");
        int updatedBefore = before.path("updatedReplicas").asInt(0);
        return updated > updatedBefore
                || replicas - updated < before.path("replicas").asInt(0) - updatedBefore
                || ready > before.path("readyReplicas").asInt(0)
                || available > before.path("availableReplicas").asInt(0);
    }

    /** When the rollout counts as stuck if nothing moves until then; empty if it cannot. */
    private static Optional<Instant> deadline(Rollout rollout) {
        Optional<JsonNode> progressing = Pod.condition(rollout.deployment(), PROGRESSING);
        String reason = progressing
                .map(condition -> condition.path("reason").asString(""))
                .orElse("");
        if (rollout.paused() || reason.equals(DONE) || reason.equals(DEADLINE_EXCEEDED)) {
            return Optional.empty();
        }
        return progressing
                .flatMap(condition -> ClusterObject.instant(condition, "lastUpdateTime"))
                .flatMap(since -> rollout.progressDeadline().map(since::plus));
    }

    /** When time alone will change this status. */
    Optional<Instant> lookAgain(Rollout rollout) {
        Optional<Instant> nextAvailable = rollout.all().stream()
                .flatMap(replicas -> replicas.nextAvailable().stream())
                .min(Instant::compareTo);
        Optional<Instant> stuck = complete(rollout) ? Optional.empty() : deadline(rollout);
        if (nextAvailable.isEmpty() || stuck.isEmpty()) {
            return nextAvailable.or(() -> stuck);
        }
        return nextAvailable.get().isBefore(stuck.get()) ? nextAvailable : stuck;
    }
}
