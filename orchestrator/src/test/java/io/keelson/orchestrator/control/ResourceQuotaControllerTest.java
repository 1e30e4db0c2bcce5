package io.keelson.orchestrator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Picture;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResourceQuotaControllerTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Kind QUOTA =
            Kinds.builtIn().byApiVersion("v1", "ResourceQuota").orElseThrow();
    private static final Ref ONE = Picture.ref(QUOTA, "q");

    private final ResourceQuotaController controller = new ResourceQuotaController();

    private static String pod(String name, String phase) {
        return """
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "%s"}, "status": {"phase": "%s"},
                 "spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": "500m"}}}]}}
                """.formatted(name, phase);
    }

    private static Picture quota() {
        return Picture.empty().with("""
                {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"},
                 "spec": {"hard": {"pods": "4", "requests.cpu": "4"}}}
                """);
    }

    @Test
    void whatIsThereIsCounted() {
        Picture picture =
                quota().with(pod("a", "Running")).with(pod("b", "Pending")).with(pod("c", "Failed"));
        List<Action> actions = controller.reconcile(picture.image(), ONE, NOW);
        assertThat(actions).hasSize(1);
        assertThat(actions.getFirst()).isInstanceOfSatisfying(Action.Update.class, update -> {
            assertThat(update.subresource()).isEqualTo("status");
            assertThat(update.object().at("/status/used").toString())
                    .isEqualTo("{\"pods\":\"2\",\"requests.cpu\":\"1\"}");
            assertThat(update.object().at("/status/hard").toString())
                    .isEqualTo("{\"pods\":\"4\",\"requests.cpu\":\"4\"}");
        });
    }

    @Test
    void aQuotaThatIsCountedIsLeftAlone() {
        Picture picture = Picture.empty().with("""
                {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"},
                 "spec": {"hard": {"pods": "4"}}, "status": {"hard": {"pods": "4"}, "used": {"pods": "0"}}}
                """);
        assertThat(controller.reconcile(picture.image(), ONE, NOW)).isEmpty();
    }

    @Test
    void onlyWhatCountsDifferentlyIsAReasonToCountAgain() {
        ClusterObject pending = object(pod("a", "Pending"));
        ClusterObject running = object(pod("a", "Running"));
        ClusterObject failed = object(pod("a", "Failed"));
        Picture picture = quota();
        assertThat(touched(picture, Optional.of(pending), Optional.of(running))).isEmpty();
        assertThat(touched(picture, Optional.of(running), Optional.of(failed))).containsExactly(ONE);
        assertThat(touched(picture, Optional.of(running), Optional.empty())).containsExactly(ONE);
        assertThat(touched(Picture.empty(), Optional.of(running), Optional.empty()))
                .isEmpty();
    }

    private List<Ref> touched(Picture picture, Optional<ClusterObject> before, Optional<ClusterObject> after) {
        return controller
                .touchedBy(new Change(Picture.ref(Kinds.POD, "a"), before, after), picture.image())
                .toList();
    }

    private static ClusterObject object(String json) {
        return new ClusterObject(Picture.ref(Kinds.POD, "a"), Json.parse(json), 1, 1, NOW);
    }
}
