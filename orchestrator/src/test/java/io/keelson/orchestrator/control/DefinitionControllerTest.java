package io.keelson.orchestrator.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.custom.DefinedKinds;
import io.keelson.orchestrator.kind.Conversion;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.ClusterImage;
import io.keelson.orchestrator.view.ClusterObject;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class DefinitionControllerTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Ref TABS = new Ref(Kinds.CUSTOM_RESOURCE_DEFINITION, "", "tabs.e.io");

    private long revision = 1;

    private static ObjectNode definition(String plural, String kind) {
        return Json.parse("""
                {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                 "metadata": {"name": "%s.e.io", "uid": "uid-%s"},
                 "spec": {"group": "e.io", "scope": "Namespaced",
                  "names": {"plural": "%s", "singular": "%s", "kind": "%s", "listKind": "%sList"},
                  "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}]}}""".formatted(plural, plural, plural, plural, kind, kind));
    }

    private static ObjectNode established(ObjectNode definition) {
        ObjectNode status = Json.child(definition, "status");
        status.set("acceptedNames", definition.path("spec").path("names").deepCopy());
        status.putArray("conditions").addObject().put("type", "Established").put("status", "True");
        return definition;
    }

    private static ObjectNode ending(ObjectNode definition) {
        ObjectNode metadata = Json.child(definition, "metadata");
        metadata.put("deletionTimestamp", "2026-01-01T00:00:00Z");
        metadata.putArray("finalizers").add("mine.io/x").add("customresourcecleanup.apiextensions.k8s.io");
        return definition;
    }

    private ClusterImage image(ObjectNode... definitions) {
        List<DefinedKinds.Source> sources = List.of(definitions).stream()
                .map(object -> new DefinedKinds.Source(object, 7))
                .toList();
        ClusterImage image = new ClusterImage(
                DefinedKinds.none((_, _) -> Conversion.RELABEL).next(sources).kinds());
        for (ObjectNode definition : definitions) {
            String name = definition.path("metadata").path("name").asString();
            set(image, new Ref(Kinds.CUSTOM_RESOURCE_DEFINITION, "", name), definition);
        }
        return image;
    }

    private void set(ClusterImage image, Ref ref, ObjectNode object) {
        revision++;
        image.set(new ClusterObject(ref, object, revision, revision, NOW));
        image.reached(revision);
    }

    private static List<Action> look(ClusterImage image) {
        return new DefinitionController().reconcile(image, TABS, NOW);
    }

    private static String condition(Action action, String type) {
        JsonNode status = ((Action.Update) action).object().path("status");
        return Json.items(status, "conditions").stream()
                .filter(condition -> condition.path("type").asString("").equals(type))
                .map(condition -> condition.path("status").asString("") + " "
                        + condition.path("reason").asString(""))
                .findFirst()
                .orElse("");
    }

    @Test
    void namesThatNobodyHasAreGivenAndTheKindIsEstablished() {
        List<Action> actions = look(image(definition("tabs", "Tab")));
        assertThat(condition(actions.getFirst(), "NamesAccepted")).isEqualTo("True NoConflicts");
        assertThat(condition(actions.getFirst(), "Established")).isEqualTo("True InitialNamesAccepted");
        assertThat(((Action.Update) actions.getFirst())
                        .object()
                        .path("status")
                        .path("acceptedNames")
                        .path("plural")
                        .asString())
                .isEqualTo("tabs");
    }

    @Test
    void aKindThatAnotherHasIsNotEstablished() {
        List<Action> actions = look(image(definition("tabs", "Tab"), established(definition("others", "Tab"))));
        assertThat(condition(actions.getFirst(), "NamesAccepted")).isEqualTo("False KindConflict");
        assertThat(condition(actions.getFirst(), "Established")).isEqualTo("False NotAccepted");
    }

    @Test
    void aDefinitionThatGoesDeletesItsObjectsAndThenLosesOnlyItsOwnFinalizer() {
        ClusterImage image = image(ending(established(definition("tabs", "Tab"))));
        assertThat(((Action.Patch) look(image).getFirst()).patch())
                .hasToString("{\"metadata\":{\"finalizers\":[\"mine.io/x\"]}}");

        Kind kind = image.kinds().byResource("e.io", "v1", "tabs").orElseThrow();
        set(image, new Ref(kind, "default", "a"), Json.parse("""
                {"apiVersion": "e.io/v1", "kind": "Tab", "metadata": {"name": "a", "namespace": "default", "uid": "u"}}"""));
        List<Action> actions = look(image);
        assertThat(actions.getFirst()).isInstanceOf(Action.Delete.class);
        assertThat(condition(actions.getLast(), "Terminating")).isEqualTo("True InstanceDeletionInProgress");
        assertThat(actions).noneMatch(action -> action instanceof Action.Patch);
    }

    @Test
    void whatWasNeverServedHasNoObjects() {
        assertThat(look(image(ending(definition("tabs", "Tab")))))
                .singleElement()
                .isInstanceOf(Action.Patch.class);
    }
}
