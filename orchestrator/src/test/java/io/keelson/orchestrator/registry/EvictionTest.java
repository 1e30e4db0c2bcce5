package io.keelson.orchestrator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class EvictionTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String READY =
            "{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],\"phase\":\"Running\"}";

    private static ObjectNode pod(String status) {
        return Json.parse("{\"metadata\":{\"name\":\"p\",\"labels\":{\"app\":\"web\"}},\"status\":" + status + "}");
    }

    private static ObjectNode budget(String status) {
        return Json.parse("{\"metadata\":{\"name\":\"b\",\"generation\":2},\"spec\":{\"selector\":{\"matchLabels\":"
                + "{\"app\":\"web\"}}},\"status\":" + status + "}");
    }

    private static Rejection refusal(ObjectNode pod, ObjectNode... budgets) {
        Eviction.Verdict verdict = Eviction.judge(pod, List.of(budgets), NOW);
        assertThat(verdict).isInstanceOf(Eviction.Verdict.Refused.class);
        return ((Eviction.Verdict.Refused) verdict).rejection();
    }

    @Test
    void aPodThatNoBudgetSelectsMayGo() {
        ObjectNode other = Json.parse(
                "{\"metadata\":{\"name\":\"o\"},\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"db\"}}}}");
        ObjectNode nobody = Json.parse("{\"metadata\":{\"name\":\"o\"},\"spec\":{}}");
        assertThat(Eviction.judge(pod(READY), List.of(other, nobody), NOW)).isEqualTo(new Eviction.Verdict.Free());
    }

    @Test
    void aPodThatServesNobodyMayGoWhateverTheBudget() {
        ObjectNode none = budget("{\"observedGeneration\":2,\"disruptionsAllowed\":0}");
        for (String phase : List.of("Pending", "Succeeded", "Failed")) {
            assertThat(Eviction.judge(pod("{\"phase\":\"" + phase + "\"}"), List.of(none), NOW))
                    .as(phase)
                    .isEqualTo(new Eviction.Verdict.Free());
        }
    }

    @Test
    void aBudgetWithoutRoomRefusesAndSaysWhatItNeeds() {
        Rejection rejection = refusal(
                pod(READY),
                budget(
                        "{\"observedGeneration\":2,\"disruptionsAllowed\":0,\"desiredHealthy\":3,\"currentHealthy\":3}"));
        assertThat(rejection.reason()).isEqualTo(Reason.TOO_MANY_REQUESTS);
        assertThat(rejection.message()).isEqualTo("Cannot evict pod as it would violate the pod's disruption budget.");
        assertThat(rejection.details().orElseThrow().causes().getFirst().message())
                .isEqualTo("The disruption budget b needs 3 healthy pods and has 3 currently");
    }

    @Test
    void aBudgetThatIsNotCountedYetRefusesForTheTimeBeing() {
        Rejection rejection = refusal(pod(READY), budget("{\"observedGeneration\":1,\"disruptionsAllowed\":5}"));
        assertThat(rejection.details().orElseThrow().retryAfterSeconds()).isEqualTo(10);
        assertThat(rejection.details().orElseThrow().causes().getFirst().message())
                .isEqualTo("The disruption budget b is still being processed by the server.");
    }

    @Test
    void anEvictionTakesItsPlaceInTheBudget() {
        Eviction.Verdict verdict = Eviction.judge(
                pod(READY),
                List.of(budget("{\"observedGeneration\":2,\"disruptionsAllowed\":1,\"conditions\":[{\"type\":"
                        + "\"DisruptionAllowed\",\"status\":\"True\",\"reason\":\"SufficientPods\"}]}")),
                NOW);
        assertThat(verdict).isInstanceOf(Eviction.Verdict.Counted.class);
        ObjectNode status =
                (ObjectNode) ((Eviction.Verdict.Counted) verdict).budget().path("status");
        assertThat(status.path("disruptionsAllowed").asInt()).isZero();
        assertThat(status.path("disruptedPods").path("p").asString()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(status.path("conditions").path(0).path("reason").asString()).isEqualTo("InsufficientPods");
    }

    @Test
    void aPodThatIsNotReadyMayGoWhenEnoughOthersAre() {
        ObjectNode enough =
                budget("{\"observedGeneration\":2,\"disruptionsAllowed\":0,\"desiredHealthy\":1,\"currentHealthy\":1}");
        assertThat(Eviction.judge(pod("{\"phase\":\"Running\"}"), List.of(enough), NOW))
                .isEqualTo(new Eviction.Verdict.Free());
    }

    @Test
    void twoBudgetsOverOnePodAreOneTooMany() {
        ObjectNode one = budget("{}");
        assertThat(refusal(pod(READY), one, one).message())
                .isEqualTo(
                        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
    }
}
