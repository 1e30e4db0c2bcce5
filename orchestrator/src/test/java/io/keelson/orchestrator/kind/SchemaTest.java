package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Shape.Field;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
