package io.keelson.orchestrator.control;

import static io.keelson.orchestrator.control.Workloads.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Picture;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StorageProtectionControllerTest {

    private static final String DELETED = ", \"deletionTimestamp\": \"2026-01-01T00:00:00Z\"";
    private static final Ref CLAIM =
            new Ref(Kinds.builtIn().byApiVersion("v1", "PersistentVolumeClaim").orElseThrow(), "shop", "data");
    private static final Ref VOLUME =
            new Ref(Kinds.builtIn().byApiVersion("v1", "PersistentVolume").orElseThrow(), "", "v1");

    private final StorageProtectionController controller = new StorageProtectionController();

    private static Picture claim(String deletion) {
        return Picture.empty().with("""
                {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "shop",
                 "finalizers": ["kubernetes.io/pvc-protection", "example.com/mine"]%s}}
                """.formatted(deletion));
    }

    private static String pod(String more) {
        return """
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "shop"}, "spec": {%s}}
                """.formatted(more);
    }

    private List<Action> look(Picture picture, Ref ref) {
        return controller.reconcile(picture.image(), ref, NOW);
    }

    private static final String NAMES =
            "\"volumes\": [{\"name\": \"v\", \"persistentVolumeClaim\": {\"claimName\": \"data\"}}]";

    @Test
    void aClaimThatStaysKeepsItsFinalizer() {
        assertThat(look(claim(""), CLAIM)).isEmpty();
    }

    @Test
    void aClaimGoesWhenNoPodOnANodeNamesIt() {
        assertThat(look(claim(DELETED).with(pod("\"nodeName\": \"n1\", " + NAMES)), CLAIM))
                .isEmpty();
        for (Picture picture : List.of(
                claim(DELETED), claim(DELETED).with(pod(NAMES)), claim(DELETED).with(pod("\"nodeName\": \"n1\"")))) {
            assertThat(look(picture, CLAIM))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Action.Patch.class,
                            patch -> assertThat(patch.patch())
                                    .hasToString("{\"metadata\":{\"finalizers\":[\"example.com/mine\"]}}"));
        }
    }

    @Test
    void aVolumeGoesWhenItIsNotBound() {
        String volume = """
                {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "v1", "finalizers": ["kubernetes.io/pv-protection"]%s},
                 "status": {"phase": "%s"}}
                """;
        assertThat(look(Picture.empty().with(volume.formatted(DELETED, "Bound")), VOLUME))
                .isEmpty();
        assertThat(look(Picture.empty().with(volume.formatted("", "Available")), VOLUME))
                .isEmpty();
        assertThat(look(Picture.empty().with(volume.formatted(DELETED, "Released")), VOLUME))
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.Patch.class,
                        patch -> assertThat(patch.patch()).hasToString("{\"metadata\":{\"finalizers\":[]}}"));
    }

    @Test
    void theLastPodThatGoesTouchesItsClaims() {
        String ephemeral = "\"volumes\": [{\"name\": \"own\", \"ephemeral\": {}}]";
        for (String spec : List.of(NAMES, ephemeral)) {
            Picture with = claim(DELETED).with(pod(spec));
            Ref ref = Picture.ref(Kinds.POD, "p");
            Change gone = new Change(
                    new Ref(Kinds.POD, "shop", "p"),
                    with.image().get(new Ref(Kinds.POD, "shop", "p")),
                    Optional.empty());
            assertThat(controller.touchedBy(gone, claim(DELETED).image()))
                    .as(ref.name())
                    .containsExactly(new Ref(CLAIM.kind(), "shop", spec.equals(NAMES) ? "data" : "p-own"));
        }
    }
}
