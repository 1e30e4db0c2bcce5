package io.keelson.orchestrator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.patch.Patches;
import io.keelson.orchestrator.view.Picture;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class RootCaControllerTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Ref NAMESPACE = Picture.ref(Kinds.NAMESPACE, "default");
    private static final Ref PUBLISHED = Picture.ref(Kinds.CONFIG_MAP, "kube-root-ca.crt");

    private final RootCaController controller = new RootCaController("PEM");

    private static Picture namespace(String more) {
        return Picture.empty()
                .with("{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"default\" %s}}"
                        .formatted(more));
    }

    private static String configMap(String name, String description, String data) {
        return """
                {"apiVersion": "v1", "kind": "ConfigMap",
                 "metadata": {"name": "%s", "annotations": {"kubernetes.io/description": "%s"}}, "data": %s}
                """.formatted(name, description, data);
    }

    private List<Action> actions(Picture picture) {
        return controller.reconcile(picture.image(), NAMESPACE, NOW);
    }

    @Test
    void aNamespaceGetsTheCertificatesOfTheAuthorities() {
        Picture picture = namespace("");
        assertThat(actions(picture)).singleElement().isInstanceOfSatisfying(Action.Create.class, create -> {
            assertThat(create.ref()).isEqualTo(PUBLISHED);
            assertThat(create.object().at("/data").toString()).isEqualTo("{\"ca.crt\":\"PEM\"}");
            assertThat(create.object()
                            .at("/metadata/annotations")
                            .path("kubernetes.io/description")
                            .asString(""))
                    .startsWith("Contains a CA bundle that can be used to verify the kube-apiserver");
            assertThat(create.onlyIf()).isPresent();
            picture.with(create.object(), NOW);
        });
        assertThat(actions(picture)).isEmpty();
    }

    @Test
    void aNamespaceThatIsToGoGetsNothingNew() {
        assertThat(actions(namespace(", \"deletionTimestamp\": \"2026-01-01T00:00:00Z\"")))
                .isEmpty();
    }

    @Test
    void whatWasChangedIsPutRightAndAnotherDescriptionStays() {
        Picture picture = namespace("").with(configMap("kube-root-ca.crt", "mine", "{\"ca.crt\": \"PEM\"}"));
        assertThat(actions(picture)).isEmpty();
        List<String> wrong = List.of(
                configMap("kube-root-ca.crt", "mine", "{\"ca.crt\": \"other\"}"),
                configMap("kube-root-ca.crt", "mine", "{\"ca.crt\": \"PEM\", \"more\": \"x\"}"),
                configMap("kube-root-ca.crt", "mine", "{}"),
                configMap("kube-root-ca.crt", "", "{\"ca.crt\": \"PEM\"}"));
        for (String each : wrong) {
            picture.with(each);
            Action.Patch patch = (Action.Patch) actions(picture).getFirst();
            ObjectNode live = picture.image().get(PUBLISHED).orElseThrow().json();
            ObjectNode put = (ObjectNode) Patches.merge(live, patch.patch());
            assertThat(put.at("/data").toString()).as(each).isEqualTo("{\"ca.crt\":\"PEM\"}");
            picture.with(put, NOW);
            assertThat(actions(picture)).as(each).isEmpty();
        }
    }

    @Test
    void onlyThisConfigMapAndNamespacesConcernIt() {
        Picture picture =
                namespace("").with(configMap("other", "", "{}")).with(configMap("kube-root-ca.crt", "", "{}"));
        assertThat(controller.touchedBy(picture.image().remove(PUBLISHED).orElseThrow(), picture.image()))
                .containsExactly(NAMESPACE);
        assertThat(controller.touchedBy(
                        picture.image()
                                .remove(Picture.ref(Kinds.CONFIG_MAP, "other"))
                                .orElseThrow(),
                        picture.image()))
                .isEmpty();
    }
}
