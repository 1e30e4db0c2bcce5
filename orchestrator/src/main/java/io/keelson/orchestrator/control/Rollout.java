package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A deployment and its replica sets at one revision.
 *
 * @param deployment the deployment
 * @param newest the replica set whose template is the deployment's, if it is there
 * @param old all others, oldest first
 * @param refusal why the last write on behalf of the deployment was refused
 * @param now when this is
 */
record Rollout(
        ClusterObject deployment,
        Optional<Replicas> newest,
        List<Replicas> old,
        Optional<Refusal> refusal,
        Instant now) {

    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
    static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
    static final String MAX = "deployment.kubernetes.io/max-replicas";
    static final String TEMPLATE_HASH = "pod-template-hash";

    private static final int HASH_LENGTH = 10;

    static Rollout of(Cluster cluster, ClusterObject deployment, Instant now) {
        Duration minReady = Replicas.minReady(deployment);
        List<Replicas> all = Owners.controlled(cluster, deployment, Kinds.REPLICA_SET).stream()
                .map(replicaSet -> Replicas.of(cluster, replicaSet, minReady, now))
                .sorted(Comparator.comparing(
                                (Replicas replicas) -> replicas.object().creationTimestamp())
                        .thenComparing(Replicas::name))
                .toList();
        JsonNode template = withoutHash(deployment.at("spec", "template"));
        Optional<Replicas> newest = all.stream()
                .filter(replicas ->
                        withoutHash(replicas.object().at("spec", "template")).equals(template))
                .findFirst();
        List<Replicas> old = all.stream()
                .filter(replicas -> !newest.equals(Optional.of(replicas)))
                .toList();
        return new Rollout(deployment, newest, old, cluster.refusal(deployment.ref()), now);
    }

    /** A pod template as the user wrote it: without the label that the deployment adds. */
    static JsonNode withoutHash(JsonNode template) {
        JsonNode copy = template.deepCopy();
        if (copy.path("metadata").path("labels") instanceof ObjectNode labels) {
            labels.remove(TEMPLATE_HASH);
        }
        return copy;
    }

    /** Stands for the template in names and labels; the collision count is in it, so that a clash has a way out. */
    String templateHash() {
        ObjectNode wrapped = Json.object();
        wrapped.set("template", deployment.at("spec", "template"));
        return NameHash.of(HASH_LENGTH, Json.text(wrapped), collisionCount());
    }

    int collisionCount() {
        return Json.number(deployment.json(), "status", "collisionCount")
                .orElse(0L)
                .intValue();
    }

    /** All replica sets, oldest first, the newest template last. */
    List<Replicas> all() {
        return Stream.concat(old.stream(), newest.stream()).toList();
    }

    int replicas() {
        return Replicas.desired(deployment);
    }

    boolean paused() {
        return deployment.at("spec", "paused").asBoolean(false);
    }

    boolean recreate() {
        return deployment.at("spec", "strategy", "type").asString("").equals("Recreate");
    }

    /** How many pods there may be above the number wished for; a part of a pod counts as one. */
    int maxSurge() {
        return recreate() ? 0 : share("maxSurge", true);
    }

    /** How many of the pods wished for may be missing; a part of a pod counts as none, but with no surge at least one may. */
    int maxUnavailable() {
        if (recreate()) {
            return 0;
        }
        int unavailable = share("maxUnavailable", false);
        return unavailable == 0 && maxSurge() == 0 ? 1 : Math.min(unavailable, replicas());
    }

    private int share(String field, boolean up) {
        JsonNode value = deployment.at("spec", "strategy", "rollingUpdate", field);
        if (value.isIntegralNumber()) {
            return Math.max(0, value.intValue());
        }
        String text = value.asString("25%");
        if (!text.matches("[0-9]{1,9}%")) {
            return 0;
        }
        long percent = Long.parseLong(text.substring(0, text.length() - 1));
        return (int) ((percent * replicas() + (up ? 99 : 0)) / 100);
    }

    int maxReplicas() {
        return replicas() == 0 ? 0 : replicas() + maxSurge();
    }

    /** How long a rollout may make no progress; empty for ever. */
    Optional<Duration> progressDeadline() {
        return Json.number(deployment.json(), "spec", "progressDeadlineSeconds")
                .filter(seconds -> seconds < Integer.MAX_VALUE)
                .map(Duration::ofSeconds);
    }

    int revisionHistoryLimit() {
        return Json.number(deployment.json(), "spec", "revisionHistoryLimit")
                .orElse(10L)
                .intValue();
    }

    /** The revision that the newest template has, or is to have: above all old ones. */
    long newestRevision() {
        long highestOld = old.stream()
                .mapToLong(replicas -> revision(replicas.object()))
                .max()
                .orElse(0);
        long own = newest.map(replicas -> revision(replicas.object())).orElse(0L);
        return Math.max(own, highestOld + 1);
    }

    static long revision(ClusterObject object) {
        return annotatedNumber(object, REVISION).orElse(0);
    }

    static OptionalInt annotatedNumber(ClusterObject object, String annotation) {
        try {
            return object.annotation(annotation).stream()
                    .mapToInt(Integer::parseInt)
                    .findFirst();
        } catch (NumberFormatException notANumber) {
            return OptionalInt.empty();
        }
    }
}
