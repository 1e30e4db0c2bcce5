package io.keelson.orchestrator.control;

import static io.keelson.orchestrator.control.Workloads.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Eviction;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Picture;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** A budget and pods in, its status out. */
final class DisruptionControllerTest {

    private static final Ref BUDGET = Picture.ref(Kinds.POD_DISRUPTION_BUDGET, "b");

    private static ObjectNode budget(String spec, String status) {
        return Json.parse(
                ("{'apiVersion':'policy/v1','kind':'PodDisruptionBudget','metadata':{'name':'b','generation':3},"
                                + "'spec':{'selector':{'matchLabels':{'app':'web'}}," + spec + "},'status':{" + status
                                + "}}")
                        .replace('\'', '"'));
    }

    private static Picture web(int replicas, int pods, int ready) {
        Picture picture = Picture.empty()
                .with(Workloads.deployment(replicas, "i", ""), Picture.THEN)
                .with(Workloads.replicaSet("web-a", 1, replicas, replicas, replicas, "i"), Picture.THEN);
        Workloads.pods(picture, "web-a", pods, ready);
        return picture;
    }

    private static List<Action> actions(Picture picture, Instant now) {
        return new DisruptionController().reconcile(picture.image(), BUDGET, now);
    }

    private static ObjectNode status(Picture picture, Instant now) {
        for (Action action : actions(picture, now)) {
            Action write = action instanceof Action.Announced announced ? announced.write() : action;
            if (write instanceof Action.Update update) {
                assertThat(update.subresource()).isEqualTo("status");
                return Json.child(update.object(), "status");
            }
        }
        throw new AssertionError("no status");
    }

    private static String counts(ObjectNode status) {
        return status.path("currentHealthy") + "/" + status.path("desiredHealthy") + " of "
                + status.path("expectedPods") + ", " + status.path("disruptionsAllowed") + " may go";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "minAvailable":2      | 3 | 3 | 3 | 3/2 of 3, 1 may go
            "minAvailable":3      | 3 | 3 | 3 | 3/3 of 3, 0 may go
            "minAvailable":5      | 3 | 3 | 3 | 3/5 of 3, 0 may go
            "minAvailable":"50%"  | 3 | 3 | 3 | 3/2 of 3, 1 may go
            "minAvailable":"100%" | 3 | 3 | 3 | 3/3 of 3, 0 may go
            "maxUnavailable":1    | 3 | 3 | 3 | 3/2 of 3, 1 may go
            "maxUnavailable":1    | 3 | 3 | 2 | 2/2 of 3, 0 may go
            "maxUnavailable":1    | 5 | 3 | 3 | 3/4 of 5, 0 may go
            "maxUnavailable":"34%"| 3 | 3 | 3 | 3/1 of 3, 2 may go
            "maxUnavailable":"0%" | 3 | 3 | 3 | 3/3 of 3, 0 may go
            "maxUnavailable":9    | 3 | 3 | 1 | 1/0 of 3, 1 may go
            "minAvailable":0      | 0 | 0 | 0 | 0/0 of 0, 0 may go
            """, quoteCharacter = '`')
    void whatMayGoFollowsFromWhatIsThereAndHowLargeItsWorkloadIs(
            String spec, int replicas, int pods, int ready, String counts) {
        Picture picture = web(replicas, pods, ready).with(budget(spec, ""), Picture.THEN);
        assertThat(counts(status(picture, NOW))).isEqualTo(counts);
    }

    @Test
    void theConditionSaysSoAndNothingIsWrittenTwice() {
        Picture picture = web(3, 3, 3).with(budget("'minAvailable':2", ""), Picture.THEN);
        ObjectNode status = status(picture, NOW);
        assertThat(Json.number(status, "observedGeneration")).contains(3L);
        assertThat(Json.items(status, "conditions").getFirst().toString())
                .isEqualTo(
                        "{\"type\":\"DisruptionAllowed\",\"status\":\"True\",\"lastTransitionTime\":\"2026-01-01T01:00:00Z\","
                                + "\"reason\":\"SufficientPods\",\"message\":\"\",\"observedGeneration\":3}");
        ObjectNode counted = budget("'minAvailable':2", "");
        counted.set("status", status);
        assertThat(actions(picture.with(counted, Picture.THEN), NOW.plusSeconds(60)))
                .isEmpty();
    }

    @Test
    void aPodThatAnEvictionHasLetGoCountsAsGoneForTwoMinutes() {
        String noted = "'disruptedPods':{'web-a-0':'2026-01-01T00:59:00Z','other':'2026-01-01T00:59:00Z'}";
        Picture picture = web(3, 3, 3).with(budget("'minAvailable':2", noted), Picture.THEN);
        ObjectNode status = status(picture, NOW);
        assertThat(counts(status)).isEqualTo("2/2 of 3, 0 may go");
        assertThat(status.path("disruptedPods").toString()).isEqualTo("{\"web-a-0\":\"2026-01-01T00:59:00Z\"}");
        assertThat(actions(picture, NOW)).contains(new Action.LookAgain(BUDGET, Instant.parse("2026-01-01T01:01:01Z")));
        ObjectNode later = status(picture, NOW.plusSeconds(61));
        assertThat(counts(later)).isEqualTo("3/2 of 3, 1 may go");
        assertThat(later.has("disruptedPods")).isFalse();
    }

    @Test
    void aPodThatIsGoingIsNotedNoMore() {
        ObjectNode going = Workloads.pod("web-a", "web-a-0", true);
        Json.child(going, "metadata").put("deletionTimestamp", "2026-01-01T01:00:00Z");
        Picture picture = web(3, 3, 3)
                .with(going, Picture.THEN)
                .with(budget("'minAvailable':2", "'disruptedPods':{'web-a-0':'2026-01-01T00:59:59Z'}"), Picture.THEN);
        ObjectNode status = status(picture, NOW);
        assertThat(counts(status)).isEqualTo("2/2 of 3, 0 may go");
        assertThat(status.has("disruptedPods")).isFalse();
    }

    @Test
    void whileADeploymentRollsItIsThePercentageOfTheWhole() {
        Picture picture = web(4, 2, 2)
                .with(Workloads.replicaSet("web-b", 2, 3, 4, 5, "j"), Picture.THEN)
                .with(budget("'maxUnavailable':'25%'", ""), Picture.THEN);
        Workloads.pods(picture, "web-b", 3, 2);
        assertThat(counts(status(picture, NOW))).isEqualTo("4/3 of 4, 1 may go");
    }

    @Test
    void podsThatNobodyManagesAreOfNoSize() {
        ObjectNode bare = Workloads.pod("web-a", "bare", true);
        Json.child(bare, "metadata").remove("ownerReferences");
        Picture picture = Picture.empty().with(bare, Picture.THEN).with(budget("'minAvailable':1", ""), Picture.THEN);
        assertThat(counts(status(picture, NOW))).isEqualTo("1/1 of 1, 0 may go");
        picture.with(budget("'maxUnavailable':1", ""), Picture.THEN);
        assertThat(counts(status(picture, NOW))).isEqualTo("1/0 of 0, 0 may go");
    }

    @Test
    void whoseSizeIsNotKnownMayNotGo() {
        Picture picture = Picture.empty().with(budget("'maxUnavailable':1", "'disruptionsAllowed':4"), Picture.THEN);
        Workloads.pods(picture, "gone", 1, 1);
        Action.Announced announced = (Action.Announced) actions(picture, NOW).getFirst();
        assertThat(announced.event().reason()).isEqualTo("CalculateExpectedPodCountFailed");
        ObjectNode status = status(picture, NOW);
        assertThat(Json.number(status, "disruptionsAllowed")).contains(0L);
        assertThat(Json.items(status, "conditions").getFirst().toString())
                .contains("\"reason\":\"SyncFailed\"", "found no controllers for pod \\\"gone-0\\\"");
    }

    @Test
    void whatTouchesABudget() {
        Picture picture = web(1, 1, 1).with(budget("'minAvailable':1", ""), Picture.THEN);
        var cluster = picture.image();
        var controller = new DisruptionController();
        var pod = cluster.get(Picture.ref(Kinds.POD, "web-a-0")).orElseThrow();
        assertThat(controller.touchedBy(new Change(pod.ref(), Optional.of(pod), Optional.empty()), cluster))
                .containsExactly(BUDGET);
        var deployment = cluster.get(Picture.ref(Kinds.DEPLOYMENT, "web")).orElseThrow();
        assertThat(controller.touchedBy(
                        new Change(deployment.ref(), Optional.of(deployment), Optional.of(deployment)), cluster))
                .containsExactly(BUDGET);
        picture.with(
                Json.parse(
                        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\",\"labels\":{\"app\":\"db\"}}}"),
                Picture.THEN);
        var other = picture.image().get(Picture.ref(Kinds.POD, "x")).orElseThrow();
        assertThat(controller.touchedBy(new Change(other.ref(), Optional.empty(), Optional.of(other)), picture.image()))
                .isEmpty();
    }

    @Test
    void anEvictionIsLetThroughByWhatWasCounted() {
        Picture picture = web(3, 3, 3).with(budget("'minAvailable':2", ""), Picture.THEN);
        ObjectNode counted = budget("'minAvailable':2", "");
        counted.set("status", status(picture, NOW));
        ObjectNode pod = Workloads.pod("web-a", "web-a-0", true);
        var verdict = Eviction.judge(pod, List.of(counted), NOW);
        assertThat(verdict).isInstanceOf(Eviction.Verdict.Counted.class);
        ObjectNode told = ((Eviction.Verdict.Counted) verdict).budget();
        assertThat(Eviction.judge(Workloads.pod("web-a", "web-a-1", true), List.of(told), NOW))
                .isInstanceOf(Eviction.Verdict.Refused.class);
        picture.with(told, Picture.THEN);
        // The eviction has written what the count would have become by itself.
        assertThat(actions(picture, NOW))
                .allMatch(action -> action instanceof Action.LookAgain
                        || counts(status(picture, NOW)).equals("2/2 of 3, 0 may go"));
    }
}
