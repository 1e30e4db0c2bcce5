package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.ClusterObject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** The replica set that stands for one pod template of a deployment: its first form, and the annotations it is to carry. */
final class ReplicaSetTemplate {

    /** Annotations of the deployment that say something about it alone. */
    private static final Set<String> NOT_COPIED = Set.of(
            "kubectl.kubernetes.io/last-applied-configuration",
            Rollout.REVISION,
            Rollout.REVISION_HISTORY,
            Rollout.DESIRED,
            Rollout.MAX,
            "deprecated.deployment.rollback.to");

    private ReplicaSetTemplate() {}

    static ObjectNode of(Rollout rollout, Ref ref, String hash, int size) {
        ClusterObject deployment = rollout.deployment();
        ObjectNode template = (ObjectNode) deployment.at("spec", "template").deepCopy();
        Json.child(Json.child(template, "metadata"), "labels").put(Rollout.TEMPLATE_HASH, hash);
        ObjectNode selector = (ObjectNode) deployment.at("spec", "selector").deepCopy();
        Json.child(selector, "matchLabels").put(Rollout.TEMPLATE_HASH, hash);

        ObjectNode replicaSet =
                Json.object().put("apiVersion", Kinds.REPLICA_SET.apiVersion()).put("kind", Kinds.REPLICA_SET.kind());
        ObjectNode metadata =
                replicaSet.putObject("metadata").put("name", ref.name()).put("namespace", ref.namespace());
        metadata.set("labels", template.path("metadata").path("labels").deepCopy());
        ObjectNode annotations = metadata.putObject("annotations");
        copied(deployment).forEach(annotations::put);
        annotations
                .put(Rollout.DESIRED, Integer.toString(rollout.replicas()))
                .put(Rollout.MAX, Integer.toString(rollout.replicas() + rollout.maxSurge()))
                .put(Rollout.REVISION, Long.toString(rollout.newestRevision()));
        metadata.putArray("ownerReferences").add(Owners.reference(deployment));
        ObjectNode spec = replicaSet.putObject("spec").put("replicas", size);
        long minReady = Replicas.minReady(deployment).toSeconds();
        if (minReady > 0) {
            spec.put("minReadySeconds", minReady);
        }
        spec.set("selector", selector);
        spec.set("template", template);
        return replicaSet;
    }

    private static Map<String, String> copied(ClusterObject deployment) {
        Map<String, String> annotations = new TreeMap<>(Json.strings(deployment.json(), "metadata", "annotations"));
        annotations.keySet().removeAll(NOT_COPIED);
        return annotations;
    }

    /**
     * A patch that brings revision, copied annotations and minReadySeconds of the newest replica set up to date; empty if they are. When a
     * rollback makes an old one the newest again, the number that it had goes into its history.
     */
    static Optional<Action> annotations(Rollout rollout, Replicas newest) {
        ClusterObject replicaSet = newest.object();
        Map<String, String> wanted = copied(rollout.deployment());
        String revision = Long.toString(rollout.newestRevision());
        Optional<String> before = replicaSet.annotation(Rollout.REVISION);
        wanted.put(Rollout.REVISION, revision);
        if (before.isPresent() && !before.get().equals(revision)) {
            wanted.put(
                    Rollout.REVISION_HISTORY,
                    replicaSet
                            .annotation(Rollout.REVISION_HISTORY)
                            .map(history -> history + "," + before.get())
                            .orElse(before.get()));
        }
        ObjectNode patch = Json.object();
        wanted.forEach((key, value) -> {
            if (!replicaSet.annotation(key).equals(Optional.of(value))) {
                Json.child(Json.child(patch, "metadata"), "annotations").put(key, value);
            }
        });
        long minReady = Replicas.minReady(rollout.deployment()).toSeconds();
        if (Replicas.minReady(replicaSet).toSeconds() != minReady) {
            Json.child(patch, "spec").put("minReadySeconds", minReady);
        }
        return patch.isEmpty()
                ? Optional.empty()
                : Optional.of(new Action.Patch(replicaSet.ref(), replicaSet.revision(), patch));
    }
}
