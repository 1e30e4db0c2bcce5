package io.keelson.orchestrator.control;

import static io.keelson.orchestrator.control.Workloads.NOW;
import static io.keelson.orchestrator.control.Workloads.rolling;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.ClusterImage;
import io.keelson.orchestrator.view.Picture;
import io.keelson.orchestrator.view.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class DeploymentControllerTest {

    private static final Ref WEB = Picture.ref(Kinds.DEPLOYMENT, "web");

    private static List<Action> writes(Picture picture) {
        return writes(picture, NOW);
    }

    private static List<Action> writes(Picture picture, Instant now) {
        return new DeploymentController()
                .reconcile(picture.image(), WEB, now).stream()
                        .map(action -> action instanceof Action.Announced announced ? announced.write() : action)
                        .filter(action -> !(action instanceof Action.LookAgain))
                        .toList();
    }

    /** New sizes of replica sets by name. */
    private static Map<String, Integer> sizes(List<Action> writes) {
        Map<String, Integer> sizes = new TreeMap<>();
        for (Action write : writes) {
            if (write instanceof Action.Patch patch
                    && patch.patch().path("spec").has("replicas")) {
                sizes.put(
                        patch.ref().name(),
                        patch.patch().path("spec").path("replicas").asInt(-1));
            }
        }
        return sizes;
    }

    private static JsonNode status(List<Action> writes) {
        return writes.stream()
                .filter(write -> write instanceof Action.Update)
                .map(write -> ((Action.Update) write).object().path("status"))
                .findFirst()
                .orElseGet(Json::object);
    }

    private static String reason(JsonNode status, String type) {
        return Json.items(status, "conditions").stream()
                .filter(condition -> condition.path("type").asString("").equals(type))
                .map(condition -> condition.path("status").asString("") + " "
                        + condition.path("reason").asString(""))
                .findFirst()
                .orElse("");
    }

    private static ObjectNode numbered(ObjectNode deployment, int revision) {
        Json.child(Json.child(deployment, "metadata"), "annotations").put(Rollout.REVISION, Integer.toString(revision));
        return deployment;
    }

    /** An old version with all its pods, and the deployment already at the next template. */
    private static Picture midway(int replicas, String strategy, int newSize, int newReady, int oldSize, int oldReady) {
        Picture picture = Picture.empty()
                .with(numbered(Workloads.deployment(replicas, "hello:2", strategy), 2), Picture.THEN)
                .with(Workloads.replicaSet("old", 1, oldSize, replicas, replicas + 1, "hello:1"), Picture.THEN)
                .with(Workloads.replicaSet("young", 2, newSize, replicas, replicas + 1, "hello:2"), Picture.THEN);
        Workloads.pods(picture, "old", oldSize, oldReady);
        Workloads.pods(picture, "young", newSize, newReady);
        return picture;
    }

    @Test
    void newDeploymentGetsAReplicaSetNamedByItsTemplate() {
        Picture picture = Picture.empty().with(Workloads.deployment(3, "hello:1", rolling("1", "1")), Picture.THEN);

        List<Action> writes = writes(picture);

        Action.Create create = (Action.Create) writes.getFirst();
        String hash = create.ref().name().substring("web-".length());
        assertThat(hash).matches("[bcdfghjklmnpqrstvwxz2456789]{10}");
        JsonNode replicaSet = create.object();
        assertThat(replicaSet.path("spec").path("replicas").asInt(0)).isEqualTo(3);
        assertThat(Json.strings(replicaSet, "spec", "selector", "matchLabels"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("app", "web", "pod-template-hash", hash));
        assertThat(Json.strings(replicaSet, "spec", "template", "metadata", "labels"))
                .containsEntry("pod-template-hash", hash);
        assertThat(Json.strings(replicaSet, "metadata", "annotations"))
                .containsEntry(Rollout.REVISION, "1")
                .containsEntry(Rollout.DESIRED, "3")
                .containsEntry(Rollout.MAX, "4");
        assertThat(create.onlyIf()).contains(new Action.Condition.Exists(WEB, 1));
        assertThat(reason(status(writes), "Progressing")).isEqualTo("True NewReplicaSetCreated");
        assertThat(reason(status(writes), "Available")).isEqualTo("False MinimumReplicasUnavailable");
        assertThat(writes(picture)).as("the same again").isEqualTo(writes);
    }

    @Test
    void rollingUpdateGrowsByTheSurgeFirst() {
        Picture picture = midway(4, rolling("1", "0"), 0, 0, 4, 4);

        assertThat(sizes(writes(picture))).isEqualTo(Map.of("young", 1));
    }

    @Test
    void oldPodsGoOnlyAsNewOnesAreAvailable() {
        assertThat(sizes(writes(midway(4, rolling("1", "0"), 1, 0, 4, 4)))).isEmpty();
        assertThat(sizes(writes(midway(4, rolling("1", "0"), 1, 1, 4, 4)))).isEqualTo(Map.of("old", 3));
    }

    @Test
    void oldPodsThatServeNobodyGoAtOnce() {
        assertThat(sizes(writes(midway(4, rolling("0", "1"), 0, 0, 4, 2)))).isEqualTo(Map.of("old", 3));
    }

    @Test
    void terminatingOldPodsDoNotMakeRoomBeforeTheReplicaSetShrank() {
        // Told to shrink to 3, but it still has 4: one more would be six pods of five.
        Picture picture = midway(4, rolling("1", "0"), 1, 1, 4, 4)
                .with(Workloads.replicaSet("old", 1, 3, 4, 5, "hello:1"), Picture.THEN);

        assertThat(sizes(writes(picture))).isEmpty();
    }

    @Test
    void percentagesRoundTheSurgeUpAndTheMissingDown() {
        Picture picture =
                Picture.empty().with(Workloads.deployment(10, "hello:1", rolling("\"25%\"", "\"25%\"")), Picture.THEN);
        Rollout rollout = Rollout.of(picture.image(), picture.image().get(WEB).orElseThrow(), NOW);

        assertThat(rollout.maxSurge()).isEqualTo(3);
        assertThat(rollout.maxUnavailable()).isEqualTo(2);
    }

    @Test
    void withoutSurgeOnePodMayBeMissing() {
        Picture picture =
                Picture.empty().with(Workloads.deployment(1, "hello:1", rolling("0", "\"25%\"")), Picture.THEN);
        Rollout rollout = Rollout.of(picture.image(), picture.image().get(WEB).orElseThrow(), NOW);

        assertThat(rollout.maxUnavailable()).isEqualTo(1);
    }

    @Test
    void recreateWaitsUntilTheLastOldPodHasEnded() {
        String recreate = "\"strategy\": {\"type\": \"Recreate\"},";
        Picture picture = Picture.empty()
                .with(Workloads.deployment(2, "hello:2", recreate), Picture.THEN)
                .with(Workloads.replicaSet("old", 1, 2, 2, 2, "hello:1"), Picture.THEN);
        Workloads.pods(picture, "old", 2, 2);
        assertThat(sizes(writes(picture))).isEqualTo(Map.of("old", 0));

        picture.with(Workloads.replicaSet("old", 1, 0, 2, 2, "hello:1"), Picture.THEN);
        assertThat(writes(picture)).noneMatch(write -> write instanceof Action.Create);

        picture.without(Picture.ref(Kinds.POD, "old-0")).without(Picture.ref(Kinds.POD, "old-1"));
        assertThat(writes(picture)).anyMatch(write -> write instanceof Action.Create);
    }

    @Test
    void pausedDeploymentScalesButDoesNotRoll() {
        String paused = "\"paused\": true," + rolling("1", "1");
        Picture picture = midway(4, paused, 0, 0, 4, 4);
        assertThat(sizes(writes(picture))).isEmpty();
        assertThat(reason(status(writes(picture)), "Progressing")).isEqualTo("Unknown DeploymentPaused");

        picture.with(numbered(Workloads.deployment(6, "hello:2", paused), 2), Picture.THEN);
        assertThat(sizes(writes(picture))).isEqualTo(Map.of("old", 6));
    }

    @Test
    void scalingInTheMiddleOfARolloutIsSharedInProportion() {
        Picture picture = midway(10, rolling("1", "1"), 3, 3, 8, 8)
                .with(numbered(Workloads.deployment(20, "hello:2", rolling("1", "1")), 2), Picture.THEN);

        // 11 pods become 21: of the ten more, the larger set gets the larger part.
        assertThat(sizes(writes(picture))).isEqualTo(Map.of("old", 15, "young", 6));
    }

    @Test
    void nothingGrowsBeforeEverythingElseHasShrunk() {
        // Four pods where three may be; by proportion the young one would get one more.
        Picture picture = midway(1, rolling("1", "1"), 1, 1, 3, 3)
                .with(numbered(Workloads.deployment(2, "hello:2", rolling("1", "1")), 2), Picture.THEN);
        assertThat(sizes(writes(picture))).isEqualTo(Map.of("old", 1));

        // Told to shrink, but its pods are still there.
        picture.with(Workloads.replicaSet("old", 1, 1, 2, 3, "hello:1"), Picture.THEN);
        assertThat(sizes(writes(picture))).isEmpty();
    }

    @Test
    void rollbackMakesAnOldReplicaSetTheNewestAgain() {
        Picture picture = midway(4, rolling("1", "0"), 4, 4, 0, 0)
                .with(numbered(Workloads.deployment(4, "hello:1", rolling("1", "0")), 2), Picture.THEN);

        List<Action> writes = writes(picture);

        assertThat(writes)
                .filteredOn(write -> write.ref().name().equals("old"))
                .singleElement()
                .satisfies(write -> {
                    Map<String, String> annotations =
                            Json.strings(((Action.Patch) write).patch(), "metadata", "annotations");
                    assertThat(annotations)
                            .containsEntry(Rollout.REVISION, "3")
                            .containsEntry(Rollout.REVISION_HISTORY, "1");
                });
        assertThat(writes)
                .filteredOn(write -> write.ref().equals(WEB))
                .singleElement()
                .isInstanceOf(Action.Patch.class);
    }

    @Test
    void emptyReplicaSetsBeyondTheHistoryLimitGoOldestFirst() {
        Picture picture = Picture.empty()
                .with(
                        numbered(
                                Workloads.deployment(1, "hello:9", "\"revisionHistoryLimit\": 1," + rolling("1", "1")),
                                4),
                        Picture.THEN)
                .with(Workloads.replicaSet("young", 4, 1, 1, 2, "hello:9"), Picture.THEN);
        Workloads.pods(picture, "young", 1, 1);
        for (int revision = 1; revision <= 3; revision++) {
            picture.with(Workloads.replicaSet("old" + revision, revision, 0, 1, 2, "hello:" + revision), Picture.THEN);
        }

        assertThat(writes(picture).stream()
                        .filter(write -> write instanceof Action.Delete)
                        .map(write -> write.ref().name()))
                .containsExactly("old1", "old2");
    }

    @Test
    void aTakenNameMovesTheCollisionCountOn() {
        Picture picture = Picture.empty().with(Workloads.deployment(3, "hello:1", rolling("1", "1")), Picture.THEN);
        String taken = ((Action.Create) writes(picture).getFirst()).ref().name();
        ObjectNode foreign = Workloads.replicaSet(taken, 1, 0, 1, 1, "other");
        Json.child(foreign, "metadata").remove("ownerReferences");
        Json.child(foreign, "metadata").putObject("labels").put("app", "other");
        picture.with(foreign, Picture.THEN);

        assertThat(status(writes(picture)).path("collisionCount").asInt(0)).isEqualTo(1);
        picture.with(
                withStatus(Workloads.deployment(3, "hello:1", rolling("1", "1")), "{\"collisionCount\": 1}"),
                Picture.THEN);
        assertThat(((Action.Create) writes(picture).getFirst()).ref().name()).isNotEqualTo(taken);
    }

    private static ObjectNode withStatus(ObjectNode object, String status) {
        object.set("status", Json.parse(status));
        return object;
    }

    @Test
    void completeRolloutSaysSoInTheWordsOfKubectl() {
        Picture picture = midway(2, rolling("1", "1"), 2, 2, 0, 0);

        JsonNode status = status(writes(picture));

        assertThat(reason(status, "Progressing")).isEqualTo("True NewReplicaSetAvailable");
        assertThat(reason(status, "Available")).isEqualTo("True MinimumReplicasAvailable");
        assertThat(status.path("observedGeneration").asInt(0)).isEqualTo(1);
        for (String field : List.of("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")) {
            assertThat(status.path(field).asInt(0)).as(field).isEqualTo(2);
        }
        assertThat(status.has("unavailableReplicas")).isFalse();
    }

    @Test
    void rolloutWithoutProgressRunsIntoItsDeadline() {
        String progressing = """
                {"replicas": 2, "updatedReplicas": 2, "conditions": [{"type": "Progressing", "status": "True",
                 "reason": "ReplicaSetUpdated", "message": "ReplicaSet \\"young\\" is progressing.",
                 "lastUpdateTime": "2026-01-01T00:00:00Z", "lastTransitionTime": "2026-01-01T00:00:00Z"}]}
                """;
        Picture picture = midway(2, rolling("1", "1"), 2, 0, 0, 0);
        picture.with(
                withStatus(numbered(Workloads.deployment(2, "hello:2", rolling("1", "1")), 2), progressing),
                Picture.THEN);

        Instant early = Picture.THEN.plusSeconds(599);
        assertThat(reason(status(writes(picture, early)), "Progressing")).isEqualTo("True ReplicaSetUpdated");
        assertThat(new DeploymentController().reconcile(picture.image(), WEB, early))
                .contains(new Action.LookAgain(WEB, Picture.THEN.plusSeconds(600)));
        assertThat(reason(status(writes(picture, Picture.THEN.plusSeconds(600))), "Progressing"))
                .isEqualTo("False ProgressDeadlineExceeded");
    }

    @Test
    void availabilityWaitsForMinReadySeconds() {
        String minReady = "\"minReadySeconds\": 60," + rolling("1", "0");
        Picture picture = midway(1, minReady, 1, 1, 1, 1);
        ObjectNode young = Workloads.replicaSet("young", 2, 1, 1, 2, "hello:2");
        Json.child(young, "spec").put("minReadySeconds", 60);
        picture.with(young, Picture.THEN);
        Instant ready = Instant.parse("2026-01-01T00:10:00Z");

        assertThat(sizes(writes(picture, ready.plusSeconds(59)))).isEmpty();
        assertThat(sizes(writes(picture, ready.plusSeconds(60)))).isEqualTo(Map.of("old", 0));
    }

    @Test
    void aReplicaSetOfNobodyThatFitsIsAdopted() {
        ObjectNode orphan = Workloads.replicaSet("young", 1, 3, 3, 4, "hello:1");
        Json.child(orphan, "metadata").remove("ownerReferences");
        Picture picture = Picture.empty()
                .with(Workloads.deployment(3, "hello:1", rolling("1", "1")), Picture.THEN)
                .with(orphan, Picture.THEN);

        assertThat(writes(picture)).singleElement().isInstanceOfSatisfying(Action.Patch.class, patch -> {
            assertThat(patch.ref().name()).isEqualTo("young");
            assertThat(Json.items(patch.patch(), "metadata", "ownerReferences")
                            .getFirst()
                            .path("uid")
                            .asString(""))
                    .isEqualTo("uid-web");
        });
    }

    @Test
    void aReplicaSetThatIsRefusedShowsInTheDeployment() {
        Picture picture = Picture.empty().with(Workloads.deployment(3, "hello:1", rolling("1", "1")), Picture.THEN);
        picture.image().refused(WEB, Optional.of(new Refusal("Invalid", "spec.template: no good")));

        assertThat(reason(status(writes(picture)), "ReplicaFailure")).isEqualTo("True ReplicaSetCreateError");
    }

    @Test
    void podsReplicaSetsAndDeploymentsTouchTheDeployment() {
        ClusterImage image = midway(1, rolling("1", "1"), 1, 1, 0, 0).image();
        DeploymentController controller = new DeploymentController();
        for (Ref ref : List.of(WEB, Picture.ref(Kinds.REPLICA_SET, "young"), Picture.ref(Kinds.POD, "young-0"))) {
            assertThat(controller.touchedBy(new Change(ref, Optional.empty(), image.get(ref)), image))
                    .as("%s", ref)
                    .containsExactly(WEB);
        }
    }
}
