package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Shape.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class SchemaTest {

    private static List<String> check(Kind kind, String json) {
        return Schema.check(kind, Json.parse(json)).stream()
                .map(FieldError::message)
                .toList();
    }

    @Test
    void everyKindHasASchema() {
        for (Kind kind : Kinds.builtIn().all()) {
            assertThat(check(
                            kind,
                            "{\"apiVersion\":\"" + kind.apiVersion() + "\",\"kind\":\"" + kind.kind()
                                    + "\",\"metadata\":{\"name\":\"x\",\"labels\":{\"a\":\"b\"}}}"))
                    .as(kind.toString())
                    .isEmpty();
        }
    }

    @Test
    void unknownFieldIsNamedWithItsPath() {
        assertThat(check(Kinds.DEPLOYMENT, """
                        {"spec":{"replica":3,"template":{"spec":{"containers":[{"name":"a","imagee":"b"}]}}},"foo":1}
                        """))
                .containsExactly(
                        "unknown field \"spec.replica\"",
                        "unknown field \"spec.template.spec.containers[0].imagee\"",
                        "unknown field \"foo\"");
    }

    /** Goal: what is shared needs no look. Method: both checks without what is wrong in the first, of pods some parts of which are shared. */
    @Test
    void partsThatAreSharedHaveNoOtherMistakesThanInTheFirst() {
        int wrong = 0;
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            ObjectNode first = pod(random, Json.object());
            ObjectNode second = pod(random, first);
            List<FieldError> old = Schema.check(Kinds.POD, first);
            List<FieldError> whole = new ArrayList<>(Schema.check(Kinds.POD, second));
            whole.removeAll(old);
            List<FieldError> beside = new ArrayList<>(Schema.check(Kinds.POD, second, first));
            beside.removeAll(old);
            assertThat(beside).as("seed %d", seed).isEqualTo(whole);
            wrong += whole.isEmpty() ? 0 : 1;
        }
        assertThat(wrong).isBetween(500, 1_900);
    }

    private static JsonNode drawn(Random random, String... values) {
        return Json.parse("{\"v\":" + values[random.nextInt(values.length)] + "}")
                .get("v");
    }

    /** Each part is now and then that of another pod. */
    private static ObjectNode pod(Random random, ObjectNode other) {
        ObjectNode pod = Json.object();
        for (String part : List.of("metadata", "spec", "oops")) {
            if (other.has(part) && random.nextBoolean()) {
                pod.set(part, other.get(part));
            }
        }
        if (!pod.has("metadata")) {
            ObjectNode metadata = Json.child(pod, "metadata");
            metadata.set("labels", drawn(random, "{}", "{\"a\":1}", "{\"a\":\"b\"}", "[]"));
            JsonNode finalizers = other.path("metadata").path("finalizers");
            metadata.set(
                    "finalizers",
                    finalizers.isArray() && random.nextBoolean()
                            ? finalizers
                            : drawn(random, "[]", "[1,\"a\"]", "\"a\"", "null"));
        }
        if (!pod.has("spec")) {
            ObjectNode spec = Json.child(pod, "spec");
            ArrayNode containers = spec.putArray("containers");
            for (int i = random.nextInt(3); i > 0; i--) {
                JsonNode known = other.path("spec").path("containers").path(random.nextInt(3));
                containers.add(
                        known.isObject() && random.nextBoolean()
                                ? known
                                : drawn(
                                        random,
                                        "{\"name\":\"a\"}",
                                        "{\"name\":1,\"b\":2}",
                                        "{\"ports\":[{\"hostPort\":\"x\"}]}"));
            }
        }
        if (random.nextInt(8) == 0) {
            pod.set("oops", drawn(random, "1", "{}"));
        }
        return pod;
    }

    @Test
    void wrongTypeNamesExpectedAndFound() {
        assertThat(check(Kinds.DEPLOYMENT, "{\"spec\":{\"replicas\":\"three\"}}"))
                .containsExactly("field \"spec.replicas\" must be a whole number (int32), but is the string \"three\"");
        assertThat(check(Kinds.POD, "{\"spec\":{\"containers\":{}}}"))
                .containsExactly("field \"spec.containers\" must be a list, but is an object");
        assertThat(check(Kinds.POD, "{\"metadata\":{\"labels\":{\"a\":1}}}"))
                .containsExactly("field \"metadata.labels.a\" must be a string, but is the number 1");
        assertThat(check(Kinds.DEPLOYMENT, "{\"spec\":{\"replicas\":3000000000}}"))
                .hasSize(1);
        assertThat(check(Kinds.DEPLOYMENT, "{\"spec\":{\"replicas\":1.5}}")).hasSize(1);
    }

    @Test
    void scalarsOfManyFormsFit() {
        assertThat(check(Kinds.POD, """
                        {"metadata":{"creationTimestamp":null,"deletionTimestamp":"2026-01-01T00:00:00Z"},
                         "spec":{"containers":[{"name":"a","resources":{"limits":{"cpu":1,"memory":"128Mi"}},
                           "livenessProbe":{"httpGet":{"port":"web"}},"readinessProbe":{"tcpSocket":{"port":80}}}]}}
                        """)).isEmpty();
        assertThat(check(Kinds.SECRET, "{\"data\":{\"a\":\"aGVsbG8=\"}}")).isEmpty();
        assertThat(check(Kinds.SECRET, "{\"data\":{\"a\":\"not base64!\"}}")).hasSize(1);
        assertThat(check(Kinds.LEASE, "{\"spec\":{\"renewTime\":\"2026-01-01T00:00:00.123456Z\"}}"))
                .isEmpty();
        assertThat(check(Kinds.LEASE, "{\"spec\":{\"renewTime\":\"yesterday\"}}"))
                .hasSize(1);
    }

    @Test
    void timesAreRfc3339() {
        for (String noRfc3339 : List.of(
                "+10000-01-01T00:00:00Z",
                "+1000000000-12-31T23:59:59Z",
                "-0001-01-01T00:00:00Z",
                "2026-01-01T00:00Z",
                "2026-01-01T00:00:00+01",
                "2026-01-01t00:00:00z")) {
            assertThat(check(Kinds.LEASE, "{\"spec\":{\"renewTime\":\"" + noRfc3339 + "\"}}"))
                    .as(noRfc3339)
                    .hasSize(1);
        }
    }

    @Test
    void listsKnowHowTheyMerge() {
        Optional<Field> containers = Schema.shape(Kinds.POD)
                .field("spec")
                .flatMap(spec -> spec.shape().field("containers"));
        assertThat(containers).hasValueSatisfying(field -> {
            assertThat(field.merges()).isTrue();
            assertThat(field.mergeKey()).contains("name");
            assertThat(field.shape().items().field("ports").flatMap(Field::mergeKey))
                    .contains("containerPort");
        });
    }

    @Test
    void aFieldSaysWhoMayOwnItsParts() {
        Shape spec = Schema.shape(Kinds.POD).field("spec").orElseThrow().shape();
        Shape.Field containers = spec.field("containers").orElseThrow();
        assertThat(containers.division()).contains(new Shape.Division.ByKeys(List.of("name")));
        Shape.Field ports = containers.shape().items().field("ports").orElseThrow();
        assertThat(ports.division()).contains(new Shape.Division.ByKeys(List.of("containerPort", "protocol")));
        assertThat(ports.shape().items().field("protocol").orElseThrow().keyDefault())
                .contains("TCP");
        assertThat(spec.field("nodeSelector").orElseThrow().division()).contains(Shape.Division.Plain.ATOMIC);
        assertThat(spec.field("tolerations").orElseThrow().division()).contains(Shape.Division.Plain.ATOMIC);
        Shape metadata = Schema.shape(Kinds.POD).field("metadata").orElseThrow().shape();
        assertThat(metadata.field("finalizers").orElseThrow().division()).contains(Shape.Division.Plain.SET);
        assertThat(metadata.field("labels").orElseThrow().division()).isEmpty();
        Shape selector = Schema.shape(Kinds.DEPLOYMENT)
                .field("spec")
                .orElseThrow()
                .shape()
                .field("selector")
                .orElseThrow()
                .shape();
        assertThat(selector)
                .isInstanceOfSatisfying(
                        Shape.Struct.class,
                        struct -> assertThat(struct.division()).isEqualTo(Shape.Division.Plain.ATOMIC));
    }
}
