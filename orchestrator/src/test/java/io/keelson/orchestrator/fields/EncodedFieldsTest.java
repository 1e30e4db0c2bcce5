package io.keelson.orchestrator.fields;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sets that are left as they are written, beside the sets that are read from them. */
class EncodedFieldsTest {

    private static final List<String> STEPS = List.of(
            "f:a",
            "f:b",
            "f:",
            "f:é<\"",
            "k:{\"name\":\"x\"}",
            "k:{\"name\":\"y\"}",
            "k:{\"containerPort\":80,\"protocol\":\"TCP\"}",
            "k:{\"a\":true,\"b\":false,\"c\":0}",
            "v:\"x\"",
            "v:\"x/y.z-1\"",
            "v:7");

    /** Written otherwise, or not at all. */
    private static final List<String> ODD_STEPS = List.of(
            ".",
            "i:0",
            "x:1",
            "k:{\"protocol\":\"TCP\",\"containerPort\":80}",
            "k:{ \"name\":\"x\"}",
            "k:{\"name\":\"\\u0078\"}",
            "k:{\"name\":\"<\"}",
            "k:{\"name\":\"x\",\"name\":\"x\"}",
            "k:{}",
            "k:{\"name\":1e2}",
            "k:{\"name\":null}",
            "k:{\"\":1}",
            "v:1.0",
            "v:007",
            "v: 7",
            "v:-0",
            "v:true ",
            "v:12345678901234567890",
            "v:\"&\"");

    private static ObjectNode tree(Random random, int depth, boolean odd) {
        ObjectNode node = Json.object();
        for (int i = random.nextInt(4); i > 0; i--) {
            boolean oddNow = odd && random.nextInt(12) == 0;
            List<String> steps = oddNow ? ODD_STEPS : STEPS;
            node.set(
                    steps.get(random.nextInt(steps.size())),
                    depth > 0 && random.nextBoolean() ? tree(random, depth - 1, odd) : Json.object());
        }
        if (!node.isEmpty() && depth < 3 && random.nextInt(3) == 0) {
            node.putObject(".");
        }
        return node;
    }

    @Test
    void whatIsPlainIsWrittenAsItWas() {
        int plain = 0;
        for (long seed = 0; seed < 20_000; seed++) {
            ObjectNode node = tree(new Random(seed), 3, true);
            if (EncodedFields.isPlain(node)) {
                plain++;
                assertThat(FieldsV1.encode(FieldsV1.decode(node)))
                        .as("seed %d", seed)
                        .isEqualTo(node);
            }
        }
        assertThat(plain).isBetween(8_000, 18_000);
    }

    @Test
    void whatKubernetesWritesOfCommonObjectsIsPlain() {
        for (long seed = 0; seed < 3_000; seed++) {
            assertThat(EncodedFields.isPlain(tree(new Random(seed), 3, false)))
                    .as("seed %d", seed)
                    .isTrue();
        }
        for (String odd : List.of("{\"f:a\":1}", "{\"f:a\":{\".\":{}}}", "{\".\":{},\"f:a\":{}}", "[]", "1")) {
            assertThat(EncodedFields.isPlain(Json.parseAny(odd.getBytes(StandardCharsets.UTF_8))))
                    .as(odd)
                    .isFalse();
        }
        ODD_STEPS.forEach(step -> assertThat(EncodedFields.isPlain(
                        Json.object().set("f:a", Json.object().set(step, Json.object()))))
                .as(step)
                .isFalse());
    }

    @Test
    void questionsAreAnsweredAsTheSetAnswersThem() {
        int met = 0;
        int had = 0;
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            ObjectNode node = tree(random, 3, false);
            FieldSet set = FieldsV1.decode(node);
            FieldSet other = random.nextBoolean()
                    ? FieldsV1.decode(tree(random, 3, false))
                    : FieldSet.of(some(set.paths(), random));
            boolean meets = !set.intersection(other).isEmpty();
            boolean hasAll = other.difference(set).isEmpty();
            assertThat(EncodedFields.meets(node, other)).as("seed %d", seed).isEqualTo(meets);
            assertThat(EncodedFields.hasAll(node, other)).as("seed %d", seed).isEqualTo(hasAll);
            Ownership owned = Ownership.decode(node, "v1", "");
            assertThat(owned.within(other)).isEqualTo(set.intersection(other));
            assertThat(owned.without(other).fields()).isEqualTo(set.difference(other));
            assertThat(owned.with(other, "v1", "").fields()).isEqualTo(set.union(other));
            assertThat(FieldsV1.decode(owned.without(other).encode())).isEqualTo(set.difference(other));
            assertThat(FieldsV1.decode(owned.with(other, "v1", "").encode())).isEqualTo(set.union(other));
            assertThat(owned.isEmpty()).isEqualTo(set.isEmpty());
            met += meets ? 1 : 0;
            had += hasAll ? 1 : 0;
        }
        assertThat(met).isBetween(4_000, 19_000);
        assertThat(had).isBetween(4_000, 19_000);
    }

    private static List<FieldPath> some(List<FieldPath> paths, Random random) {
        List<FieldPath> some = new ArrayList<>(paths);
        some.removeIf(_ -> random.nextBoolean());
        return some;
    }

    @Test
    void ownershipIsEqualHoweverItIsKept() {
        JsonNode node = Json.parse("{\"f:a\":{},\"f:b\":{\".\":{},\"f:c\":{}}}");
        JsonNode turned = Json.parse("{\"f:b\":{\"f:c\":{},\".\":{}},\"f:a\":{}}");
        Ownership kept = Ownership.decode(node, "v1", "t");
        assertThat(kept)
                .isEqualTo(Ownership.decode(turned, "v1", "t"))
                .isEqualTo(new Ownership(FieldsV1.decode(node), "v1", "t"))
                .hasSameHashCodeAs(new Ownership(FieldsV1.decode(node), "v1", "t"))
                .isNotEqualTo(Ownership.decode(node, "v2", "t"))
                .isNotEqualTo(Ownership.decode(node, "v1", "u"))
                .isNotEqualTo(Ownership.decode(Json.parse("{\"f:a\":{}}"), "v1", "t"));
    }
}
