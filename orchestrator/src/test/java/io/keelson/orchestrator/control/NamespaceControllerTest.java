package io.keelson.orchestrator.control;

import static io.keelson.orchestrator.control.Workloads.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Picture;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NamespaceControllerTest {

    private static final Ref SHOP = Picture.ref(Kinds.NAMESPACE, "shop");

    private static Picture shop(String deletion) {
        return Picture.empty().with("""
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"%s},
                 "spec": {"finalizers": ["kubernetes", "example.com/mine"]}}
                """.formatted(deletion));
    }

    private static final String DELETED = ", \"deletionTimestamp\": \"2026-01-01T00:00:00Z\"";

    private static List<Action> look(Picture picture) {
        return new NamespaceController().reconcile(picture.image(), SHOP, NOW);
    }

    @Test
    void aNamespaceThatStaysIsLeftAlone() {
        assertThat(look(shop("").with(configMap("")))).isEmpty();
    }

    private static String configMap(String deletion) {
        return """
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "shop"%s}}
                """.formatted(deletion);
    }

    @Test
    void contentGoesFirstAndTheStatusSaysWhatRemains() {
        List<Action> actions = look(shop(DELETED).with(configMap("")));

        assertThat(actions.getFirst())
                .isInstanceOfSatisfying(
                        Action.Delete.class,
                        delete -> assertThat(delete.ref().name()).isEqualTo("c"));
        assertThat(((Action.Update) actions.getLast()).object().path("status").toString())
                .contains("configmaps has 1 resource instances")
                .contains("Terminating");
        assertThat(look(shop(DELETED).with(configMap(DELETED)))).noneMatch(action -> action instanceof Action.Delete);
    }

    @Test
    void anEmptyNamespaceLosesOnlyOurFinalizer() {
        Action.Update update = (Action.Update) look(shop(DELETED)).getFirst();

        assertThat(update.subresource()).isEqualTo("finalize");
        assertThat(Json.items(update.object(), "spec", "finalizers"))
                .extracting(finalizer -> finalizer.asString(""))
                .containsExactly("example.com/mine");
    }
}
