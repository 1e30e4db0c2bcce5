package io.keelson.orchestrator.control;

import static io.keelson.orchestrator.control.Workloads.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Picture;
import io.keelson.orchestrator.view.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class ReplicaSetControllerTest {

    private static final Ref SET = Picture.ref(Kinds.REPLICA_SET, "set");

    private static Picture set(int size) {
        return Picture.empty().with(Workloads.replicaSet("set", 1, size, size, size, "hello:1"), Picture.THEN);
    }

    private static List<Action> writes(Picture picture) {
        return new ReplicaSetController()
                .reconcile(picture.image(), SET, NOW).stream()
                        .map(action -> action instanceof Action.Announced announced ? announced.write() : action)
                        .toList();
    }

    private static <T extends Action> List<String> names(Picture picture, Class<T> type) {
        return writes(picture).stream()
                .filter(type::isInstance)
                .map(action -> action.ref().name())
                .toList();
    }

    @Test
    void missingPodsAreMadeUnderNamesThatAreTheSameNextTime() {
        Picture picture = set(3);

        List<String> names = names(picture, Action.Create.class);

        assertThat(names).hasSize(3).doesNotHaveDuplicates().allMatch(name -> name.matches("set-[a-z0-9]{5}"));
        assertThat(names(picture, Action.Create.class)).isEqualTo(names);
        Action.Create create = (Action.Create) writes(picture).getFirst();
        assertThat(Json.strings(create.object(), "metadata", "labels")).containsEntry("app", "web");
        assertThat(create.object()
                        .path("metadata")
                        .path("ownerReferences")
                        .get(0)
                        .path("uid")
                        .asString(""))
                .isEqualTo("uid-set");
        assertThat(create.onlyIf()).contains(new Action.Condition.Unchanged(SET, 1));
    }

    @Test
    void theNameOfAPodThatJustWentIsNotGivenAgain() {
        Picture picture = set(1);
        String name = names(picture, Action.Create.class).getFirst();
        picture.with(Workloads.pod("set", name, true), Picture.THEN).without(Picture.ref(Kinds.POD, name));

        assertThat(names(picture, Action.Create.class)).hasSize(1).doesNotContain(name);
    }

    @Test
    void terminatingAndFinishedPodsAreReplaced() {
        Picture picture = set(2);
        ObjectNode going = Workloads.pod("set", "set-a", true);
        Json.child(going, "metadata").put("deletionTimestamp", "2026-01-01T01:00:00Z");
        ObjectNode failed = Workloads.pod("set", "set-b", false);
        Json.child(failed, "status").put("phase", "Failed");
        picture.with(going, Picture.THEN).with(failed, Picture.THEN);

        assertThat(names(picture, Action.Create.class)).hasSize(2);
        assertThat(names(picture, Action.Delete.class)).isEmpty();
    }

    @Test
    void whoGoesFirst() {
        Picture picture = set(1);
        ObjectNode unbound = Workloads.pod("set", "unbound", false);
        Json.child(unbound, "spec").remove("nodeName");
        ObjectNode pending = Workloads.pod("set", "pending", false);
        Json.child(pending, "status").put("phase", "Pending");
        ObjectNode cheap = Workloads.pod("set", "cheap", true);
        Json.child(Json.child(cheap, "metadata"), "annotations")
                .put("controller.kubernetes.io/pod-deletion-cost", "-5");
        ObjectNode young = Workloads.pod("set", "young", true);
        Json.child(young, "metadata").put("creationTimestamp", "2026-01-01T00:59:59Z");
        for (ObjectNode pod : List.of(
                Workloads.pod("set", "steady", true),
                young,
                cheap,
                Workloads.pod("set", "unready", false),
                pending,
                unbound)) {
            picture.with(pod, Picture.THEN);
        }

        assertThat(names(picture, Action.Delete.class))
                .containsExactly("unbound", "pending", "unready", "cheap", "young");
    }

    @Test
    void aPodOfNobodyIsAdoptedAndOneThatFitsNoMoreIsReleased() {
        Picture picture = set(2);
        ObjectNode orphan = Workloads.pod("set", "orphan", true);
        Json.child(orphan, "metadata").remove("ownerReferences");
        ObjectNode stranger = Workloads.pod("set", "stranger", true);
        Json.child(stranger, "metadata").putObject("labels").put("app", "debug");
        picture.with(orphan, Picture.THEN).with(stranger, Picture.THEN);

        assertThat(writes(picture)).hasSize(2).allSatisfy(write -> {
            Action.Patch patch = (Action.Patch) write;
            int owners =
                    Json.items(patch.patch(), "metadata", "ownerReferences").size();
            assertThat(owners).isEqualTo(patch.ref().name().equals("orphan") ? 1 : 0);
        });
    }

    @Test
    void afterARefusalOnePodIsTriedAndTheConditionSaysWhy() {
        Picture picture = set(5);
        picture.image().refused(SET, Optional.of(new Refusal("Forbidden", "exceeded quota")));

        Action.Update status = (Action.Update) writes(picture).getFirst();
        assertThat(Json.items(status.object(), "status", "conditions"))
                .singleElement()
                .satisfies(condition -> {
                    assertThat(condition.path("type").asString("")).isEqualTo("ReplicaFailure");
                    assertThat(condition.path("reason").asString("")).isEqualTo("FailedCreate");
                    assertThat(condition.path("message").asString("")).isEqualTo("exceeded quota");
                });
    }

    @Test
    void statusCountsThePods() {
        Picture picture = set(3);
        Workloads.pods(picture, "set", 3, 2);

        Action.Update status = (Action.Update) writes(picture).getFirst();

        assertThat(Json.text((ObjectNode) status.object().path("status")))
                .isEqualTo("{\"availableReplicas\":2,\"fullyLabeledReplicas\":3,\"observedGeneration\":1,"
                        + "\"readyReplicas\":2,\"replicas\":3}");
    }

    @Test
    void aPodBecomesAvailableWhenItHasBeenReadyForLongEnough() {
        ObjectNode set = Workloads.replicaSet("set", 1, 1, 1, 1, "hello:1");
        Json.child(set, "spec").put("minReadySeconds", 7200);
        Picture picture = Picture.empty().with(set, Picture.THEN);
        Workloads.pods(picture, "set", 1, 1);

        assertThat(writes(picture))
                .contains(new Action.LookAgain(
                        SET, Instant.parse("2026-01-01T00:10:00Z").plusSeconds(7200)));
    }

    @Test
    void aTerminatingReplicaSetMakesNothing() {
        ObjectNode set = Workloads.replicaSet("set", 1, 3, 3, 3, "hello:1");
        Json.child(set, "metadata").put("deletionTimestamp", "2026-01-01T01:00:00Z");
        Picture picture = Picture.empty().with(set, Picture.THEN);

        assertThat(names(picture, Action.Create.class)).isEmpty();
    }
}
