package io.keelson.orchestrator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.patch.Patches;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/** Of a built-in kind nothing is stored that it does not have, whoever sends it by whichever way; what is stored so already stays usable. */
class UnknownFieldsTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Given GIVEN = new Given(NOW, "uid-1", "bcdfg");

    private static ObjectNode pod(String metadata, String spec, String container, String status) {
        return Json.parse("""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","labels":{"foo":"kept"} %s},
                 "spec":{"nodeSelector":{"foo":"kept"},"containers":[{"name":"c","image":"i" %s}] %s},
                 "status":{"phase":"Running" %s}}""".formatted(metadata, container, spec, status));
    }

    private static ObjectNode stored(Prepared prepared) {
        assertThat(prepared).isInstanceOf(Prepared.Store.class);
        return ((Prepared.Store) prepared).object();
    }

    private static ObjectNode live(ObjectNode sent) {
        ObjectNode live = stored(Registry.create(Kinds.POD, "default", sent, FieldValidation.STRICT, GIVEN));
        Json.child(live, "metadata").put("resourceVersion", "7");
        return live;
    }

    /** A pod as it was stored before unknown fields were dropped. */
    private static ObjectNode odd() {
        ObjectNode odd = live(pod("", "", "", ""));
        Json.child(odd, "spec").put("foo", 1);
        return odd;
    }

    private static ObjectNode withoutVersion(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        Json.child(copy, "metadata").remove("resourceVersion");
        return copy;
    }

    @ParameterizedTest
    @EnumSource(names = {"IGNORE", "WARN"})
    void aNewObjectHasOnlyWhatItsKindHas(FieldValidation validation) {
        ObjectNode sent = pod(",\"foo\":{}", ",\"foo\":[1]", ",\"foo\":{\"image\":\"x\"}", "")
                .put("foo", 1);
        ObjectNode before = sent.deepCopy();
        Prepared prepared = Registry.create(Kinds.POD, "default", sent, validation, GIVEN);
        assertThat(stored(prepared)).isEqualTo(withoutVersion(live(pod("", "", "", ""))));
        assertThat(sent).isEqualTo(before);
        List<String> warnings = ((Prepared.Store) prepared).warnings();
        assertThat(warnings).hasSize(validation == FieldValidation.WARN ? 4 : 0);
    }

    @Test
    void aChangeOfTheWholeAndOfAPartHasOnlyWhatTheKindHas() {
        ObjectNode live = live(pod("", "", "", ""));
        ObjectNode sent = live.deepCopy();
        Json.child(Json.child(sent, "metadata"), "labels").put("new", "label");
        Json.child(sent, "spec").put("foo", 1);
        Json.child(sent, "status").put("phase", "Failed").put("foo", 1);
        ObjectNode whole = stored(Registry.update(Kinds.POD, "", live, sent, FieldValidation.IGNORE));
        assertThat(whole.path("spec")).isEqualTo(live.path("spec"));
        assertThat(whole.at("/metadata/labels/new").asString()).isEqualTo("label");
        ObjectNode part = stored(Registry.update(Kinds.POD, "status", live, sent, FieldValidation.IGNORE));
        assertThat(part.path("spec")).isEqualTo(live.path("spec"));
        assertThat(part.path("status").has("foo")).isFalse();
        assertThat(part.at("/status/phase").asString()).isEqualTo("Failed");
    }

    @Test
    void aPatchThatAddsNothingElseIsNoWrite() {
        ObjectNode live = live(pod("", "", "", ""));
        ObjectNode patched = (ObjectNode) Patches.merge(live, Json.parse("{\"spec\":{\"foo\":1}}"));
        Reading reading = new Reading(FieldValidation.WARN, List.of(), Optional.of(() -> ""));
        Prepared prepared = Registry.update(Kinds.POD, "", live, patched, reading, Mutation.NONE);
        assertThat(prepared).isEqualTo(new Prepared.Unchanged(List.of("unknown field \"spec.foo\"")));
    }

    @Test
    void anEphemeralContainerHasOnlyWhatContainersHave() {
        ObjectNode live = live(pod("", "", "", ""));
        ObjectNode sent = live.deepCopy();
        Json.child(sent, "spec")
                .putArray("ephemeralContainers")
                .addObject()
                .put("name", "look")
                .put("image", "i")
                .put("foo", 1);
        ObjectNode after = stored(Registry.update(Kinds.POD, "ephemeralcontainers", live, sent, FieldValidation.WARN));
        assertThat(after.at("/spec/ephemeralContainers/0/name").asString()).isEqualTo("look");
        assertThat(after.at("/spec/ephemeralContainers/0").has("foo")).isFalse();
    }

    @Test
    void whatIsStoredWithThemCanBeChangedByWhoSendsThemBackAndByWhoDoesNot() {
        for (boolean back : new boolean[] {true, false}) {
            ObjectNode sent = odd();
            if (!back) {
                Json.child(sent, "spec").remove("foo");
            }
            Json.child(Json.child(sent, "metadata"), "labels").put("new", "label");
            Prepared prepared = Registry.update(Kinds.POD, "", odd(), sent, FieldValidation.STRICT);
            assertThat(stored(prepared).path("spec").has("foo")).isFalse();
            assertThat(stored(prepared).at("/metadata/labels/new").asString()).isEqualTo("label");
        }
        ObjectNode failed = odd();
        Json.child(failed, "status").put("phase", "Failed");
        ObjectNode after = stored(Registry.update(Kinds.POD, "status", odd(), failed, FieldValidation.STRICT));
        assertThat(after.at("/status/phase").asString()).isEqualTo("Failed");
    }

    @Test
    void objectsOfFreeFormKeepAllFields() {
        Kind revision =
                Kinds.builtIn().byApiVersion("apps/v1", "ControllerRevision").orElseThrow();
        ObjectNode sent = Json.parse("""
                {"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"r"},"revision":1,
                 "data":{"any":{"thing":[{"goes":1}]}},"foo":1}""");
        ObjectNode after = stored(Registry.create(revision, "default", sent, FieldValidation.IGNORE, GIVEN));
        assertThat(after.at("/data/any/thing/0/goes").asInt()).isEqualTo(1);
        assertThat(after.has("foo")).isFalse();
    }
}
