package io.keelson.orchestrator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Picture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class NodeLifecycleControllerTest {

    private static final Ref NODE = Picture.ref(Kinds.NODE, "n1");
    private static final Instant THEN = Picture.THEN;

    private static String node(String ready, String spec) {
        return """
                {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}, "spec": {%s},
                 "status": {"conditions": [{"type": "Ready", "status": "%s", "lastTransitionTime": "2025-01-01T00:00:00Z"}]}}
                """.formatted(spec, ready);
    }

    private static String taints(String key) {
        return "\"taints\": [{\"key\": \"node.kubernetes.io/%s\", \"effect\": \"NoSchedule\", \"timeAdded\": \"%s\"}, "
                        .formatted(key, THEN)
                + "{\"key\": \"node.kubernetes.io/%s\", \"effect\": \"NoExecute\", \"timeAdded\": \"%s\"}]"
                        .formatted(key, THEN);
    }

    private static ObjectNode lease() {
        return Json.parse("""
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                 "metadata": {"name": "n1", "namespace": "kube-node-lease"}, "spec": {"renewTime": "2020-01-01T00:00:00.000000Z"}}
                """);
    }

    private static List<Action> look(Picture picture, Instant now) {
        return new NodeLifecycleController()
                .reconcile(picture.image(), NODE, now).stream()
                        .map(action -> action instanceof Action.Announced announced ? announced.write() : action)
                        .toList();
    }

    @Test
    void aNodeThatRenewsIsLookedAtAgainWhenItMightBeLost() {
        Picture picture = Picture.empty().with(node("True", "")).with(lease(), THEN.plusSeconds(5));

        // What the lease says of the time does not matter: clocks differ. It was seen at 5 s.
        assertThat(look(picture, THEN.plusSeconds(44)))
                .containsExactly(new Action.LookAgain(NODE, THEN.plusSeconds(45)));
    }

    @Test
    void aSilentNodeBecomesUnknownThenTaintedAndItsPodsNotReady() {
        Picture picture =
                Picture.empty().with(node("True", "")).with(lease(), THEN).with(Workloads.pod("set", "p", true), THEN);
        Instant lost = THEN.plusSeconds(40);

        Action.Update first = (Action.Update) look(picture, lost).getFirst();
        assertThat(Json.items(first.object(), "status", "conditions"))
                .hasSize(4)
                .allMatch(condition -> condition.path("status").asString("").equals("Unknown"));

        picture.with(first.object(), THEN);
        List<Action> next = look(picture, lost);
        assertThat(next).hasSize(2);
        assertThat(Json.items(((Action.Patch) next.getFirst()).patch(), "spec", "taints"))
                .extracting(taint -> taint.path("key").asString("") + ":"
                        + taint.path("effect").asString(""))
                .containsExactly(
                        "node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute");
        assertThat(next.getLast()).isInstanceOfSatisfying(Action.Update.class, update -> {
            assertThat(update.ref().name()).isEqualTo("p");
            assertThat(Json.items(update.object(), "status", "conditions")
                            .getFirst()
                            .path("status")
                            .asString(""))
                    .isEqualTo("False");
        });
    }

    @Test
    void aNodeThatHasNotSaidHowItIsHasAMinuteForIt() {
        String silent =
                "{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"n1\"}, \"spec\": {}, \"status\": {}}";
        Picture picture = Picture.empty().with(Json.parse(silent), THEN);
        Action.LookAgain later = new Action.LookAgain(NODE, THEN.plusSeconds(60));

        assertThat(look(picture, THEN)).containsExactly(later);
        assertThat(look(picture, THEN.plusSeconds(59))).containsExactly(later);

        Action.Update lost = (Action.Update) look(picture, THEN.plusSeconds(60)).getFirst();
        assertThat(Json.items(lost.object(), "status", "conditions"))
                .hasSize(4)
                .allMatch(condition -> condition.path("status").asString("").equals("Unknown"))
                .allMatch(condition -> condition.path("reason").asString("").equals("NodeStatusNeverUpdated"));
        picture.with(lost.object(), THEN);
        assertThat(Json.items(
                        ((Action.Patch) look(picture, THEN.plusSeconds(60)).getFirst()).patch(), "spec", "taints"))
                .extracting(taint -> taint.path("key").asString(""))
                .containsExactly("node.kubernetes.io/unreachable", "node.kubernetes.io/unreachable");
    }

    @Test
    void aLeaseOfANodeThatHasNotSaidHowItIsBeginsItsMinuteAnew() {
        String silent = "{\"apiVersion\": \"v1\", \"kind\": \"Node\", \"metadata\": {\"name\": \"n1\"}}";
        Picture picture = Picture.empty().with(Json.parse(silent), THEN).with(lease(), THEN.plusSeconds(30));
        assertThat(look(picture, THEN.plusSeconds(89)))
                .containsExactly(new Action.LookAgain(NODE, THEN.plusSeconds(90)));
        assertThat(look(picture, THEN.plusSeconds(90)).getFirst()).isInstanceOf(Action.Update.class);
    }

    @Test
    void aConditionThatWasNeverThereIsToldApartFromOneThatIsOld() {
        Picture picture = Picture.empty().with(node("True", "")).with(lease(), THEN);
        Action.Update lost = (Action.Update) look(picture, THEN.plusSeconds(40)).getFirst();
        assertThat(Json.items(lost.object(), "status", "conditions"))
                .extracting(condition -> condition.path("type").asString() + " "
                        + condition.path("reason").asString())
                .containsExactly(
                        "Ready NodeStatusUnknown",
                        "MemoryPressure NodeStatusNeverUpdated",
                        "DiskPressure NodeStatusNeverUpdated",
                        "PIDPressure NodeStatusNeverUpdated");
    }

    @Test
    void taintsGoWhenTheNodeIsReadyAgainAndThoseOfOthersStay() {
        String spec = taints("unreachable").replace("]", ", {\"key\": \"gpu\", \"effect\": \"NoSchedule\"}]");
        Picture picture = Picture.empty().with(node("True", spec)).with(lease(), THEN);

        Action.Patch patch = (Action.Patch) look(picture, THEN).getFirst();

        assertThat(Json.items(patch.patch(), "spec", "taints"))
                .extracting(taint -> taint.path("key").asString(""))
                .containsExactly("gpu");
    }

    @Test
    void aCordonedNodeGetsItsTaint() {
        Picture picture =
                Picture.empty().with(node("True", "\"unschedulable\": true")).with(lease(), THEN);

        Action.Patch patch = (Action.Patch) look(picture, THEN).getFirst();

        assertThat(patch.patch().path("spec").path("taints").get(0).path("key").asString(""))
                .isEqualTo("node.kubernetes.io/unschedulable");
    }

    @Test
    void podsAreEvictedWhenTheirTolerationEnds() {
        ObjectNode patient = Workloads.pod("set", "patient", false);
        Json.child(patient, "spec")
                .putArray("tolerations")
                .addObject()
                .put("key", "node.kubernetes.io/unreachable")
                .put("operator", "Exists")
                .put("effect", "NoExecute")
                .put("tolerationSeconds", 300);
        ObjectNode loyal = Workloads.pod("set", "loyal", false);
        Json.child(loyal, "spec").putArray("tolerations").addObject().put("operator", "Exists");
        Picture picture = Picture.empty()
                .with(node("Unknown", taints("unreachable")))
                .with(patient, THEN)
                .with(loyal, THEN);

        assertThat(look(picture, THEN.plusSeconds(299)))
                .contains(new Action.LookAgain(NODE, THEN.plusSeconds(300)))
                .noneMatch(action -> action instanceof Action.Delete);
        assertThat(look(picture, THEN.plusSeconds(300)))
                .filteredOn(action -> action instanceof Action.Delete)
                .extracting(action -> action.ref().name())
                .containsExactly("patient");
    }

    @Test
    void whoToleratesATaintForLongerThanCanBeCountedStaysAndIsInNobodysWay() {
        ObjectNode patient = Workloads.pod("set", "patient", true);
        Json.child(patient, "spec")
                .putArray("tolerations")
                .addObject()
                .put("operator", "Exists")
                .put("tolerationSeconds", Long.MAX_VALUE);
        Picture picture = Picture.empty()
                .with(node("Unknown", taints("unreachable")))
                .with(patient, THEN)
                .with(Workloads.pod("set", "other", true), THEN);

        assertThat(look(picture, THEN.plusSeconds(300)))
                .filteredOn(action -> action instanceof Action.Delete)
                .extracting(action -> action.ref().name())
                .containsExactly("other");
    }

    @Test
    void podsOfANodeThatIsNoMoreGoAtOnce() {
        Picture picture = Picture.empty().with(Workloads.pod("set", "p", true), THEN);
        Ref pod = Picture.ref(Kinds.POD, "p");

        assertThat(new PodGarbageController().reconcile(picture.image(), pod, THEN))
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.Delete.class,
                        delete -> assertThat(delete.grace()).contains(Duration.ZERO));
        picture.with(node("True", ""));
        assertThat(new PodGarbageController().reconcile(picture.image(), pod, THEN))
                .isEmpty();
    }
}
