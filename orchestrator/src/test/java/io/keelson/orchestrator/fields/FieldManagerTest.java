package io.keelson.orchestrator.fields;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.fields.FieldManager.Applied;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Schema;
import io.keelson.orchestrator.kind.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class FieldManagerTest {

    private static final Scope ALL = new Scope.AllBut(FieldSet.EMPTY);

    /** One object and its owners, to which things happen at times that go on. */
    private static final class State {
        private final FieldType type;
        private final String version;
        private ObjectNode object = Json.object();
        private ManagedFields owners = ManagedFields.NONE;
        private int clock;

        State(Kind kind) {
            this(FieldType.of(Schema.shape(kind)), kind.apiVersion());
        }

        State(FieldType type, String version) {
            this.type = type;
            this.version = version;
        }

        private Write write(Manager manager) {
            clock++;
            return new Write(manager, version, ALL, "2026-01-01T00:00:%02dZ".formatted(clock));
        }

        Applied tryApply(String manager, String config, boolean force) {
            return FieldManager.apply(
                    type, write(Manager.applying(manager, "")), object, Json.parse(config), owners, force);
        }

        private State merged(Applied applied) {
            assertThat(applied).isInstanceOf(Applied.Merged.class);
            Applied.Merged merged = (Applied.Merged) applied;
            object = Json.withoutNulls(merged.object());
            owners = merged.owners();
            return this;
        }

        State apply(String manager, String config) {
            return merged(tryApply(manager, config, false));
        }

        State force(String manager, String config) {
            return merged(tryApply(manager, config, true));
        }

        State update(String manager, String to) {
            ObjectNode changed = Json.parse(to);
            Write write = write(Manager.updating(manager, version, ""));
            owners = object.isEmpty()
                    ? FieldManager.create(type, write, changed, owners)
                    : FieldManager.update(type, write, object, changed, owners);
            object = changed;
            return this;
        }

        List<String> ownedBy(Manager manager) {
            return owners.of(manager).map(Ownership::fields).orElse(FieldSet.EMPTY).paths().stream()
                    .map(FieldPath::toString)
                    .toList();
        }

        List<String> applied(String manager) {
            return ownedBy(Manager.applying(manager, ""));
        }

        List<String> updated(String manager) {
            return ownedBy(Manager.updating(manager, version, ""));
        }

        List<String> conflicts(String manager, String config) {
            return tryApply(manager, config, false) instanceof Applied.Refused(List<Conflict> conflicts)
                    ? conflicts.stream()
                            .map(conflict -> conflict.manager() + " " + conflict.field())
                            .toList()
                    : List.of();
        }

        void is(String json) {
            assertThat(object).isEqualTo(Json.parse(json));
        }
    }

    private static String map(String data) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"},\"data\":" + data + "}";
    }

    private static String pod(String spec) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"},\"spec\":" + spec + "}";
    }

    private static State configMap() {
        return new State(Kinds.CONFIG_MAP);
    }

    @Test
    void anApplierOwnsWhatItApplies() {
        State state = configMap().apply("a", map("{\"k\":\"1\",\"l\":\"2\"}"));
        state.is(map("{\"k\":\"1\",\"l\":\"2\"}"));
        assertThat(state.applied("a")).containsExactly(".data.k", ".data.l");
    }

    @Test
    void whatIsNotAppliedAnyMoreGoes() {
        State state = configMap().apply("a", map("{\"k\":\"1\",\"l\":\"2\"}")).apply("a", map("{\"l\":\"2\"}"));
        state.is(map("{\"l\":\"2\"}"));
        assertThat(state.applied("a")).containsExactly(".data.l");
        state.apply("a", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}");
        state.is("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"}}");
        assertThat(state.owners.isEmpty()).isTrue();
    }

    @Test
    void whatTwoApplyBelongsToBothAndStaysUntilBothHaveLeftIt() {
        State state = configMap().apply("a", map("{\"k\":\"1\"}")).apply("b", map("{\"k\":\"1\"}"));
        assertThat(state.applied("a")).containsExactly(".data.k");
        assertThat(state.applied("b")).containsExactly(".data.k");
        state.apply("a", map("{\"m\":\"3\"}"));
        state.is(map("{\"k\":\"1\",\"m\":\"3\"}"));
        state.apply("b", map("{\"n\":\"4\"}"));
        state.is(map("{\"m\":\"3\",\"n\":\"4\"}"));
    }

    @Test
    void whatAnUpdaterOwnsTooStays() {
        State state = configMap()
                .update("u", map("{\"k\":\"1\"}"))
                .apply("a", map("{\"k\":\"1\",\"l\":\"2\"}"))
                .apply("a", map("{\"l\":\"2\"}"));
        state.is(map("{\"k\":\"1\",\"l\":\"2\"}"));
        assertThat(state.updated("u")).containsExactly(".data", ".data.k");
    }

    @Test
    void anotherValueForWhatSomebodyOwnsIsAConflict() {
        State state =
                configMap().apply("a", map("{\"k\":\"1\",\"l\":\"2\"}")).update("u", map("{\"k\":\"1\",\"l\":\"3\"}"));
        assertThat(state.applied("a")).containsExactly(".data.k");
        assertThat(state.updated("u")).containsExactly(".data.l");
        assertThat(state.conflicts("b", map("{\"k\":\"9\",\"l\":\"9\"}")))
                .containsExactly("\"a\" .data.k", "\"u\" using v1 .data.l");
        assertThat(state.conflicts("b", map("{\"k\":\"1\",\"l\":\"9\"}"))).containsExactly("\"u\" using v1 .data.l");
        assertThat(state.conflicts("b", map("{\"k\":\"1\",\"l\":\"3\"}"))).isEmpty();
    }

    @Test
    void forceTakesTheField() {
        State state = configMap().apply("a", map("{\"k\":\"1\",\"l\":\"1\"}")).force("b", map("{\"k\":\"2\"}"));
        state.is(map("{\"k\":\"2\",\"l\":\"1\"}"));
        assertThat(state.applied("a")).containsExactly(".data.l");
        assertThat(state.applied("b")).containsExactly(".data.k");
        assertThat(state.conflicts("a", map("{\"k\":\"1\",\"l\":\"1\"}"))).containsExactly("\"b\" .data.k");
    }

    @Test
    void whatAnUpdateRemovesBelongsToNobody() {
        State state = configMap().apply("a", map("{\"k\":\"1\",\"l\":\"1\"}")).update("u", map("{\"l\":\"1\"}"));
        assertThat(state.applied("a")).containsExactly(".data.l");
        assertThat(state.updated("u")).isEmpty();
    }

    @Test
    void aNewObjectBelongsToItsCreatorButNotItsNameAndPlaceholders() {
        State state = new State(Kinds.DEPLOYMENT).update("u", """
                {"apiVersion":"apps/v1","kind":"Deployment",
                 "metadata":{"name":"x","namespace":"d","uid":"1","labels":{"a":"b"},"resourceVersion":"3"},
                 "spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}},
                  "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i","resources":{}}]}}}}
                """);
        assertThat(state.updated("u"))
                .containsExactly(
                        ".metadata.labels",
                        ".metadata.labels.a",
                        ".spec.replicas",
                        ".spec.selector",
                        ".spec.strategy.rollingUpdate",
                        ".spec.strategy.type",
                        ".spec.strategy.rollingUpdate.maxSurge",
                        ".spec.template.metadata.labels",
                        ".spec.template.metadata.labels.a",
                        ".spec.template.spec.containers[name=\"c\"]",
                        ".spec.template.spec.containers[name=\"c\"].image",
                        ".spec.template.spec.containers[name=\"c\"].name",
                        ".spec.template.spec.containers[name=\"c\"].resources");
    }

    @Test
    void itemsOfListsAreKnownByTheirKeysAndMergedByThem() {
        State state = new State(Kinds.POD)
                .apply("a", pod("{\"containers\":[{\"name\":\"m\",\"image\":\"i\"},{\"name\":\"n\",\"image\":\"i\"}]}"))
                .apply(
                        "b",
                        pod(
                                "{\"containers\":[{\"name\":\"side\",\"image\":\"s\"},{\"name\":\"n\",\"env\":[{\"name\":\"E\"}]}]}"));
        state.is(pod("{\"containers\":[{\"name\":\"m\",\"image\":\"i\"},{\"name\":\"side\",\"image\":\"s\"},"
                + "{\"name\":\"n\",\"image\":\"i\",\"env\":[{\"name\":\"E\"}]}]}"));
        assertThat(state.applied("b"))
                .containsExactly(
                        ".spec.containers[name=\"n\"]",
                        ".spec.containers[name=\"side\"]",
                        ".spec.containers[name=\"n\"].name",
                        ".spec.containers[name=\"n\"].env[name=\"E\"]",
                        ".spec.containers[name=\"n\"].env[name=\"E\"].name",
                        ".spec.containers[name=\"side\"].image",
                        ".spec.containers[name=\"side\"].name");
        state.apply("b", pod("{\"containers\":[{\"name\":\"side\",\"image\":\"s\"}]}"));
        state.is(pod("{\"containers\":[{\"name\":\"m\",\"image\":\"i\"},{\"name\":\"side\",\"image\":\"s\"},"
                + "{\"name\":\"n\",\"image\":\"i\"}]}"));
        state.apply("a", pod("{\"containers\":[{\"name\":\"n\",\"image\":\"i\"}]}"));
        state.is(pod("{\"containers\":[{\"name\":\"side\",\"image\":\"s\"},{\"name\":\"n\",\"image\":\"i\"}]}"));
    }

    @Test
    void aKeyThatIsNotThereIsItsDefault() {
        State state = new State(Kinds.POD)
                .apply(
                        "a",
                        pod("{\"containers\":[{\"name\":\"m\",\"ports\":[{\"containerPort\":80},"
                                + "{\"containerPort\":80,\"protocol\":\"UDP\"}]}]}"));
        assertThat(state.applied("a"))
                .contains(
                        ".spec.containers[name=\"m\"].ports[containerPort=80,protocol=\"TCP\"]",
                        ".spec.containers[name=\"m\"].ports[containerPort=80,protocol=\"UDP\"].protocol")
                .doesNotContain(".spec.containers[name=\"m\"].ports[containerPort=80,protocol=\"TCP\"].protocol");
        state.apply(
                "b",
                pod(
                        "{\"containers\":[{\"name\":\"m\",\"ports\":[{\"containerPort\":80,\"protocol\":\"TCP\",\"name\":\"h\"}]}]}"));
        assertThat(state.object.at("/spec/containers/0/ports").size()).isEqualTo(2);
    }

    @Test
    void theDefaultOfAKeyIsOfTheTypeOfTheKey() {
        Shape.Field port = new Shape.Field(
                Shape.Scalar.INT32, false, false, Optional.empty(), Optional.empty(), Optional.of("80"));
        Shape item = new Shape.Struct("Item", Map.of("port", port), Set.of());
        FieldType list = new FieldType(new Shape.ListOf(item), new Shape.Division.ByKeys(List.of("port")));
        assertThat(list.step(Json.object())).isEqualTo(list.step(Json.object().put("port", 80)));
    }

    @Test
    void itemsOfSetsAreOwnedOneByOne() {
        String both = "{\"metadata\":{\"finalizers\":[\"a\",\"b\"]}}";
        State state = configMap()
                .apply("a", "{\"metadata\":{\"finalizers\":[\"a\"]}}")
                .apply("b", "{\"metadata\":{\"finalizers\":[\"b\"]}}");
        state.is(both);
        state.apply("a", "{\"metadata\":{}}");
        state.is("{\"metadata\":{\"finalizers\":[\"b\"]}}");
        assertThat(state.applied("b")).containsExactly(".metadata.finalizers[=\"b\"]");
    }

    @Test
    void whatIsAtomicIsOwnedAndReplacedAsAWhole() {
        State state = new State(Kinds.SERVICE).apply("a", "{\"spec\":{\"selector\":{\"k\":\"1\",\"l\":\"1\"}}}");
        assertThat(state.applied("a")).containsExactly(".spec.selector");
        assertThat(state.conflicts("b", "{\"spec\":{\"selector\":{\"k\":\"1\"}}}"))
                .containsExactly("\"a\" .spec.selector");
        state.force("b", "{\"spec\":{\"selector\":{\"m\":\"1\"}}}").is("{\"spec\":{\"selector\":{\"m\":\"1\"}}}");
        State pod = new State(Kinds.POD).apply("a", pod("{\"tolerations\":[{\"key\":\"a\"},{\"key\":\"b\"}]}"));
        assertThat(pod.applied("a")).containsExactly(".spec.tolerations");
        pod.apply("a", pod("{\"tolerations\":[{\"key\":\"b\"}]}")).is(pod("{\"tolerations\":[{\"key\":\"b\"}]}"));
    }

    @Test
    void ofATypeThatIsNotKnownMapsAreDividedAndListsAreNot() {
        State state = new State(FieldType.DEDUCED, "example.org/v1")
                .apply("a", "{\"spec\":{\"x\":{\"y\":1},\"list\":[{\"name\":\"a\"}]}}");
        assertThat(state.applied("a")).containsExactly(".spec", ".spec.list", ".spec.x", ".spec.x.y");
        assertThat(state.conflicts("b", "{\"spec\":{\"list\":[{\"name\":\"b\"}]}}"))
                .containsExactly("\"a\" .spec.list");
        state.apply("b", "{\"spec\":{\"x\":{\"z\":2}}}").apply("a", "{\"spec\":{\"list\":[{\"name\":\"a\"}]}}");
        state.is("{\"spec\":{\"x\":{\"z\":2},\"list\":[{\"name\":\"a\"}]}}");
        state.force("b", "{\"spec\":{\"x\":\"a text now\"}}");
        state.is("{\"spec\":{\"x\":\"a text now\",\"list\":[{\"name\":\"a\"}]}}");
    }

    @Test
    void anEmptyMapThatIsAppliedIsOwnedAndStays() {
        State state = new State(Kinds.POD).apply("a", pod("{\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}]}"));
        state.is(pod("{\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}]}"));
        assertThat(state.applied("a")).contains(".spec.volumes[name=\"v\"].emptyDir");
        state.apply("a", pod("{\"volumes\":[{\"name\":\"v\",\"configMap\":{\"name\":\"c\"}}]}"));
        state.is(pod("{\"volumes\":[{\"name\":\"v\",\"configMap\":{\"name\":\"c\"}}]}"));
    }

    @Test
    void whatIsAppliedEmptyStaysEmpty() {
        State state = configMap().apply("a", map("{\"k\":\"1\"}")).apply("a", map("{}"));
        state.is(map("{}"));
        assertThat(state.applied("a")).containsExactly(".data");
        state.apply("a", map("{}")).is(map("{}"));
    }

    @Test
    void nullTakesALeafAwayAndOwnsIt() {
        State state = configMap().update("u", map("{\"k\":\"1\",\"l\":\"1\"}")).force("a", map("{\"k\":null}"));
        state.is(map("{\"l\":\"1\"}"));
        assertThat(state.applied("a")).containsExactly(".data.k");
        assertThat(state.updated("u")).containsExactly(".data", ".data.l");
    }

    /** As sigs.k8s.io/structured-merge-diff: a leaf is compared as null, while a divided value stays as it is. */
    @Test
    void nullForWhatAnotherOwnsIsAConflict() {
        State state = configMap().update("u", map("{\"k\":\"1\"}"));
        assertThat(state.conflicts("a", map("{\"k\":null}"))).containsExactly("\"u\" using v1 .data.k");
        State pod = new State(Kinds.POD)
                .apply(
                        "u",
                        pod(
                                "{\"hostname\":\"h\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}],\"nodeSelector\":{\"a\":\"b\"}}"));
        assertThat(pod.conflicts("a", pod("{\"hostname\":null}"))).containsExactly("\"u\" .spec.hostname");
        assertThat(pod.conflicts("a", pod("{\"containers\":[{\"name\":\"c\",\"image\":null}]}")))
                .containsExactly("\"u\" .spec.containers[name=\"c\"].image");
        pod.apply("a", pod("{\"containers\":null}"));
        assertThat(pod.object.at("/spec/containers/0/image").asString()).isEqualTo("i");
    }

    @Test
    void nullForWhatIsNotThereIsNoConflict() {
        State state = new State(Kinds.POD).apply("u", pod("{\"hostname\":null}"));
        state.apply("a", pod("{\"hostname\":null}"));
        assertThat(state.applied("a")).containsExactly(".spec.hostname");
    }

    @Test
    void anItemTwiceOrWithoutAKeyIsRefusedInAConfiguration() {
        State state = new State(Kinds.POD);
        assertThatThrownBy(() -> state.apply("a", pod("{\"containers\":[{\"name\":\"c\"},{\"name\":\"c\"}]}")))
                .isInstanceOf(FieldsException.class)
                .hasMessage("duplicate entries for key [name=\"c\"]");
        assertThatThrownBy(() -> state.apply("a", pod("{\"containers\":[{\"image\":\"i\"}]}")))
                .hasMessageStartingWith("associative list with keys has an element that omits all key fields");
    }

    @Test
    void duplicatesThatAreThereAlreadyAreKeptUntilSomebodyAppliesTheItem() {
        String twice = pod(
                "{\"containers\":[{\"name\":\"c\",\"env\":[{\"name\":\"E\",\"value\":\"1\"},{\"name\":\"E\",\"value\":\"2\"}]}]}");
        State state = new State(Kinds.POD).update("u", twice);
        assertThat(state.updated("u")).contains(".spec.containers[name=\"c\"].env[name=\"E\"]");
        state.apply("a", pod("{\"containers\":[{\"name\":\"c\",\"env\":[{\"name\":\"F\",\"value\":\"3\"}]}]}"));
        assertThat(state.object.at("/spec/containers/0/env").size()).isEqualTo(3);
        state.force("a", pod("{\"containers\":[{\"name\":\"c\",\"env\":[{\"name\":\"E\",\"value\":\"3\"}]}]}"));
        state.is(pod("{\"containers\":[{\"name\":\"c\",\"env\":[{\"name\":\"E\",\"value\":\"3\"}]}]}"));
    }

    @Test
    void theTimeMovesOnlyWithAChange() {
        State state = configMap().apply("a", map("{\"k\":\"1\"}"));
        ManagedFields before = state.owners;
        assertThat(state.apply("a", map("{\"k\":\"1\"}")).owners).isEqualTo(before);
        assertThat(state.update("u", map("{\"k\":\"1\"}")).owners).isEqualTo(before);
        state.apply("a", map("{\"k\":\"2\"}"));
        assertThat(state.owners.of(Manager.applying("a", "")).orElseThrow().time())
                .isEqualTo("2026-01-01T00:00:04Z");
    }

    @Test
    void anObjectThatNobodyKeptTrackOfIsTrackedFromTheFirstApplyOn() {
        State state = configMap();
        state.object = Json.parse(map("{\"k\":\"1\",\"l\":\"1\"}"));
        state.update("u", map("{\"k\":\"2\",\"l\":\"1\"}"));
        assertThat(state.owners.isEmpty()).isTrue();
        assertThat(state.conflicts("a", map("{\"k\":\"3\"}")))
                .containsExactly("\"before-first-apply\" using v1 .data.k");
        state.apply("a", map("{\"k\":\"2\"}"));
        assertThat(state.updated("before-first-apply")).containsExactly(".data", ".data.k", ".data.l");
    }

    @Test
    void manyUpdatersBecomeOneOfOldAndAppliersAreLeftAlone() {
        State state = configMap().apply("a", map("{\"a\":\"1\"}"));
        String data = "\"a\":\"1\"";
        for (int i = 0; i < 14; i++) {
            data += ",\"k" + i + "\":\"1\"";
            state.update("u" + i, map("{" + data + "}"));
        }
        assertThat(state.owners.owners()).hasSize(FieldManager.MAX_UPDATE_MANAGERS + 1);
        assertThat(state.updated("ancient-changes"))
                .containsExactly(".data.k0", ".data.k1", ".data.k2", ".data.k3", ".data.k4");
        assertThat(state.updated("u5")).containsExactly(".data.k5");
        assertThat(state.applied("a")).containsExactly(".data.a");
    }

    @Test
    void aScopeKeepsAnEndpointToItsPart() {
        FieldType type = FieldType.of(Schema.shape(Kinds.DEPLOYMENT));
        FieldSet status = FieldSet.of(FieldPath.of("status"));
        ObjectNode before = Json.parse("{\"spec\":{\"replicas\":1},\"status\":{\"replicas\":1}}");
        ObjectNode after = Json.parse("{\"spec\":{\"replicas\":2},\"status\":{\"replicas\":2}}");
        Manager manager = Manager.updating("u", "apps/v1", "status");
        Manager other = Manager.applying("a", "");
        ManagedFields owners =
                new ManagedFields(Map.of(other, new Ownership(Mentioned.in(type, before), "apps/v1", "")));
        ManagedFields through = FieldManager.update(
                type, new Write(manager, "apps/v1", new Scope.Only(status), "t"), before, after, owners);
        assertThat(through.of(manager).orElseThrow().fields().paths())
                .containsExactly(FieldPath.of("status", "replicas"));
        assertThat(through.of(other).orElseThrow().fields().paths()).containsExactly(FieldPath.of("spec", "replicas"));
        ManagedFields main = FieldManager.update(
                type,
                new Write(Manager.updating("u", "apps/v1", ""), "apps/v1", new Scope.AllBut(status), "t"),
                before,
                after,
                owners);
        assertThat(main.of(other).orElseThrow().fields().paths()).containsExactly(FieldPath.of("status", "replicas"));
    }

    @Test
    void ownersAreWrittenAppliesFirstAndThenTheOldest() {
        State state = configMap()
                .update("u", map("{\"k\":\"1\"}"))
                .apply("b", map("{\"l\":\"1\"}"))
                .update("t", map("{\"k\":\"1\",\"l\":\"1\",\"m\":\"1\"}"))
                .apply("a", map("{\"n\":\"1\"}"));
        assertThat(Stream.of("b", "a", "u", "t"))
                .containsExactlyElementsOf(Json.items(Json.object().set("x", state.owners.encode()), "x").stream()
                        .map(entry -> entry.get("manager").asString())
                        .toList());
        assertThat(state.owners.encode().get(2).toString())
                .isEqualTo(
                        "{\"apiVersion\":\"v1\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:data\":{\"f:k\":{},\".\":{}}},"
                                + "\"manager\":\"u\",\"operation\":\"Update\",\"time\":\"2026-01-01T00:00:01Z\"}");
        assertThat(ManagedFields.decode(List.copyOf(state.owners.encode().values())))
                .isEqualTo(state.owners);
    }

    @Test
    void anEntryThatIsNoneIsNamed() {
        assertThatThrownBy(() -> ManagedFields.decode(List.of(Json.parse("{\"manager\":\"a\"}"))))
                .hasMessage("managedFields[0]: apiVersion must not be empty");
        assertThatThrownBy(() -> ManagedFields.decode(List.of(
                        Json.parse("{\"apiVersion\":\"v1\",\"fieldsType\":\"FieldsV1\",\"operation\":\"Eat\"}"))))
                .hasMessage("managedFields[0]: operation must be `Apply` or `Update`");
        assertThatThrownBy(() -> ManagedFields.decode(List.of(Json.parse("{\"apiVersion\":\"v1\"}"))))
                .hasMessage("managedFields[0]: invalid fieldsType \"\"");
    }
}
