package io.keelson.orchestrator.custom;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.cel.Budget;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Pruning, defaulting and validation by a structural schema. */
class StructuralTest {

    private static final long SEED = 4_711;

    private static final Structural CRON = Structural.of(Json.parse("""
            {"type": "object", "properties": {"spec": {"type": "object", "required": ["image"], "properties": {
              "cronSpec": {"type": "string", "pattern": "^(\\\\d+|\\\\*)(\\\\s+(\\\\d+|\\\\*)){4}$", "default": "* * * * *"},
              "image": {"type": "string", "minLength": 2, "maxLength": 5},
              "replicas": {"type": "integer", "minimum": 1, "maximum": 10, "default": 1},
              "ratio": {"type": "number", "exclusiveMaximum": true, "maximum": 1, "multipleOf": 0.25},
              "policy": {"type": "string", "enum": ["Allow", "Forbid"]},
              "port": {"x-kubernetes-int-or-string": true},
              "when": {"type": "string", "format": "date-time", "nullable": true},
              "tags": {"type": "array", "maxItems": 2, "x-kubernetes-list-type": "set", "items": {"type": "string"}},
              "rules": {"type": "array", "minItems": 1, "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["name", "protocol"], "items": {"type": "object", "required": ["name"],
                        "properties": {"name": {"type": "string"}, "protocol": {"type": "string", "default": "TCP"},
                                       "more": {"type": "object", "properties": {"x": {"type": "integer", "default": 3}}}}}},
              "labels": {"type": "object", "maxProperties": 2, "additionalProperties": {"type": "string"}},
              "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
                       "properties": {"known": {"type": "object", "properties": {"a": {"type": "string"}}}}},
              "template": {"type": "object", "x-kubernetes-embedded-resource": true,
                           "properties": {"spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}},
              "choice": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
                         "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}
            }}}}"""));

    private static ObjectNode spec(String text) {
        ObjectNode object = Json.parse("{\"apiVersion\":\"e.io/v1\",\"kind\":\"Cron\",\"metadata\":{\"name\":\"x\"}}");
        object.set("spec", Json.parse(text));
        return object;
    }

    private static List<String> wrong(String text) {
        return ValueCheck.check(CRON, spec(text)).stream().map(Cause::toString).toList();
    }

    @Test
    void whatIsNotSpecifiedGoes() {
        ObjectNode object = spec("""
                {"image": "ab", "foo": 1, "labels": {"any": "x"}, "free": {"a": {"b": 1}, "known": {"a": "1", "z": 2}},
                 "rules": [{"name": "n", "bar": 1}], "choice": {"a": "1", "c": {}},
                 "template": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"x": 1}, "more": 1}}""");
        assertThat(Pruning.prune(CRON, object))
                .containsExactlyInAnyOrder(
                        "spec.choice.c", "spec.foo", "spec.free.known.z", "spec.rules[0].bar", "spec.template.more");
        assertThat(object.path("spec")).isEqualTo(Json.parse("""
                {"image": "ab", "labels": {"any": "x"}, "free": {"a": {"b": 1}, "known": {"a": "1"}},
                 "rules": [{"name": "n"}], "choice": {"a": "1"},
                 "template": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"x": 1}}}"""));
        assertThat(object.has("metadata")).isTrue();
    }

    @Test
    void noPatternAndNoFormatTakesLongOverALongText() {
        Structural schema = Structural.of(Json.parse("""
                {"type": "object", "properties": {"p": {"type": "string", "pattern": "(a+)+$"}, "u": {"type": "string", "format": "uri"},
                 "h": {"type": "string", "format": "hostname"}}}"""));
        String text = "a".repeat(1_000_000);
        assertThat(ValueCheck.check(schema, Json.object().put("p", text + "!")).stream()
                        .map(Cause::field))
                .containsExactly("p");
        assertThat(ValueCheck.check(schema, Json.object().put("u", "/" + text).put("p", text)))
                .isEmpty();
        assertThat(ValueCheck.check(schema, Json.object().put("h", "a.".repeat(500_000))))
                .hasSize(1);
    }

    @Test
    void metadataOfWhatIsEmbeddedIsMetadata() {
        Structural schema = Structural.of(Json.parse("""
                {"type": "object", "properties": {"e": {"type": "object", "x-kubernetes-embedded-resource": true,
                 "x-kubernetes-preserve-unknown-fields": true}}}"""));
        ObjectNode object = Json.parse("""
                {"e": {"apiVersion": "v1", "kind": "K", "more": 1, "metadata": {"name": "n", "labels": {"a": "b"}, "foo": 1}}}""");
        assertThat(Pruning.prune(schema, object)).containsExactly("e.metadata.foo");
        assertThat(object).isEqualTo(Json.parse("""
                {"e": {"apiVersion": "v1", "kind": "K", "more": 1, "metadata": {"name": "n", "labels": {"a": "b"}}}}"""));
        Json.child(Json.child(object, "e"), "metadata").put("labels", 1);
        assertThat(ValueCheck.check(schema, object, ""))
                .extracting(Cause::toString)
                .containsExactly(
                        "e.metadata: Invalid value: {\"name\":\"n\",\"labels\":1}: field \"e.metadata.labels\" must be an"
                                + " object, but is the number 1");
    }

    /** Found by fuzz of requests, seed 70012, round 798. */
    @Test
    void aWholeNumberHas64Bits() {
        Structural schema = Structural.of(Json.parse("""
                {"type": "object", "properties": {"n": {"type": "integer"}, "f": {"type": "number"}},
                 "x-kubernetes-validations": [{"rule": "!has(self.n) || self.n < 100"}, {"rule": "!has(self.f) || self.f > 1.0"}]}"""));
        assertThat(ValueCheck.check(schema, Json.parse("{\"n\": 9223372036854775807}"), ""))
                .isEmpty();
        ObjectNode large = Json.parse("{\"n\": 9223372036854775808, \"f\": 9223372036854775808}");
        assertThat(ValueCheck.check(schema, large, ""))
                .extracting(Cause::toString)
                .containsExactly("n: Invalid value: \"number\": n in body must be of type integer: \"number\"");
        RuleSet rules = RuleSet.compile(schema, "", new ArrayList<>());
        assertThat(Rules.check(rules, Optional.empty(), large, Budget.ofObject()))
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void defaultsAreForWhatIsAbsentAndForNullsThatAreNoValues() {
        ObjectNode object = spec(
                "{\"image\": \"ab\", \"replicas\": null, \"when\": null, \"rules\": [{\"name\": \"n\", \"more\": {}}]}");
        Defaulting.apply(CRON, object);
        assertThat(object.path("spec")).isEqualTo(Json.parse("""
                {"image": "ab", "replicas": 1, "when": null, "cronSpec": "* * * * *",
                 "rules": [{"name": "n", "protocol": "TCP", "more": {"x": 3}}]}"""));
    }

    @Test
    void whatIsWrongIsToldInKubernetesWords() {
        assertThat(wrong("{\"image\": \"abc\"}")).isEmpty();
        assertThat(wrong("{}")).containsExactly("spec.image: Required value");
        assertThat(wrong("{\"image\": \"ab\", \"replicas\": \"3\"}"))
                .containsExactly(
                        "spec.replicas: Invalid value: \"string\": spec.replicas in body must be of type integer: \"string\"");
        assertThat(wrong("{\"image\": \"ab\", \"replicas\": 15}"))
                .containsExactly(
                        "spec.replicas: Invalid value: 15: spec.replicas in body should be less than or equal to 10");
        assertThat(wrong("{\"image\": \"ab\", \"replicas\": 0}"))
                .containsExactly(
                        "spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1");
        assertThat(wrong("{\"image\": \"ab\", \"replicas\": 2.0}")).isEmpty();
        assertThat(wrong("{\"image\": \"ab\", \"ratio\": 1}"))
                .containsExactly("spec.ratio: Invalid value: 1: spec.ratio in body should be less than 1");
        assertThat(wrong("{\"image\": \"ab\", \"ratio\": 0.3}"))
                .containsExactly("spec.ratio: Invalid value: 0.3: spec.ratio in body should be a multiple of 0.25");
        assertThat(wrong("{\"image\": \"ab\", \"cronSpec\": \"* *\"}"))
                .containsExactly("spec.cronSpec: Invalid value: \"* *\": spec.cronSpec in body should match"
                        + " '^(\\d+|\\*)(\\s+(\\d+|\\*)){4}$'");
        assertThat(wrong("{\"image\": \"a\"}"))
                .containsExactly(
                        "spec.image: Invalid value: \"a\": spec.image in body should be at least 2 chars long");
        assertThat(wrong("{\"image\": \"abcdef\"}"))
                .containsExactly("spec.image: Too long: may not be more than 5 bytes");
        assertThat(wrong("{\"image\": \"ab\", \"policy\": \"Deny\"}"))
                .containsExactly("spec.policy: Unsupported value: \"Deny\": supported values: \"Allow\", \"Forbid\"");
        assertThat(wrong("{\"image\": \"ab\", \"port\": 1.5}"))
                .containsExactly(
                        "spec.port: Invalid value: \"number\": spec.port in body must be of type integer,string: \"number\"");
        assertThat(wrong("{\"image\": \"ab\", \"when\": \"noon\"}"))
                .containsExactly(
                        "spec.when: Invalid value: \"noon\": spec.when in body must be of type date-time: \"noon\"");
        assertThat(wrong("{\"image\": \"ab\", \"when\": null}")).isEmpty();
        assertThat(wrong("{\"image\": \"ab\", \"policy\": null}"))
                .containsExactly(
                        "spec.policy: Invalid value: \"null\": spec.policy in body must be of type string: \"null\"");
        assertThat(wrong("{\"image\": \"ab\", \"tags\": [\"a\", \"b\", \"c\"]}"))
                .containsExactly("spec.tags: Too many: 3: must have at most 2 items");
        assertThat(wrong("{\"image\": \"ab\", \"rules\": []}"))
                .containsExactly("spec.rules: Invalid value: []: spec.rules in body should have at least 1 items");
        assertThat(wrong("{\"image\": \"ab\", \"rules\": [{}]}")).containsExactly("spec.rules[0].name: Required value");
        assertThat(wrong("{\"image\": \"ab\", \"labels\": {\"a\": \"1\", \"b\": \"2\", \"c\": \"3\"}}"))
                .containsExactly("spec.labels: Too many: 3: must have at most 2 items");
        assertThat(wrong("{\"image\": \"ab\", \"choice\": {}}"))
                .containsExactly(
                        "<nil>: Invalid value: \"\": \"spec.choice\" must validate one and only one schema (oneOf). Found none"
                                + " valid",
                        "spec.choice.a: Required value");
        assertThat(wrong("{\"image\": \"ab\", \"choice\": {\"a\": \"\", \"b\": \"\"}}"))
                .containsExactly(
                        "<nil>: Invalid value: \"\": \"spec.choice\" must validate one and only one schema (oneOf)."
                                + " Found 2 valid alternatives");
        assertThat(wrong("{\"image\": \"ab\", \"template\": {\"kind\": \"Pod\"}}"))
                .containsExactly("spec.template.apiVersion: Required value: must not be empty");
    }

    @Test
    void setsAndMapsHaveAnItemOnlyOnce() {
        assertThat(ListCheck.check(CRON, spec("{\"tags\": [\"a\", \"b\", \"a\"]}")))
                .extracting(Cause::toString)
                .containsExactly("spec.tags[2]: Duplicate value: \"a\"");
        assertThat(ListCheck.check(CRON, spec("""
                        {"rules": [{"name": "a"}, {"name": "a", "protocol": "UDP"}, {"name": "a", "protocol": "TCP"}]}""")))
                .extracting(Cause::toString)
                .containsExactly("spec.rules[2]: Duplicate value: {\"name\":\"a\",\"protocol\":\"TCP\"}");
    }

    @Test
    void pruningAndDefaultingTwiceIsAsOnce() {
        Random random = new Random(SEED);
        Schemas schemas = new Schemas(random);
        for (int i = 0; i < 3_000; i++) {
            ObjectNode raw = schemas.root();
            Structural schema = Structural.of(raw);
            ObjectNode object = schemas.anyObject();
            String about = "seed " + SEED + ", " + i + ": " + raw + " " + object;
            Pruning.prune(schema, object);
            Defaulting.apply(schema, object);
            ObjectNode once = object.deepCopy();
            assertThat(Pruning.prune(schema, object)).as(about).isEmpty();
            Defaulting.apply(schema, object);
            assertThat(object).as(about).isEqualTo(once);
        }
    }

    @Test
    void whatFitsFitsStillWithItsDefaults() {
        Random random = new Random(SEED);
        Schemas schemas = new Schemas(random);
        for (int i = 0; i < 3_000; i++) {
            ObjectNode raw = schemas.root();
            String about = "seed " + SEED + ", " + i + ": " + raw;
            assertThat(SchemaCheck.check(raw, "schema")).as(about).isEmpty();
            Structural schema = Structural.of(raw);
            ObjectNode object = (ObjectNode) schemas.value(raw);
            assertThat(ValueCheck.check(schema, object))
                    .as(about + " " + object)
                    .isEmpty();
            assertThat(Pruning.prune(schema, object)).as(about + " " + object).isEmpty();
            Defaulting.apply(schema, object);
            assertThat(ValueCheck.check(schema, object))
                    .as(about + " " + object)
                    .isEmpty();
        }
    }

    @Test
    void anyObjectIsJudgedBySomeSchemaWithoutAccident() {
        Random random = new Random(SEED);
        Schemas schemas = new Schemas(random);
        for (int i = 0; i < 3_000; i++) {
            ObjectNode raw = schemas.anyObject();
            ObjectNode schema = schemas.root();
            schema.setAll(raw);
            SchemaCheck.check(schema, "schema");
            SchemaCheck.check(schemas.anything(5), "schema");
            ObjectNode object = schemas.anyObject();
            Structural structural = Structural.of(schema);
            Pruning.prune(structural, object);
            Defaulting.apply(structural, object);
            ValueCheck.check(structural, object);
            ListCheck.check(structural, object);
        }
    }
}
