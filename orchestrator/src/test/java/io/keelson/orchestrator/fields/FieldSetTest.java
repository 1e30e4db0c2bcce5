package io.keelson.orchestrator.fields;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class FieldSetTest {

    private static FieldSet decode(String json) {
        return FieldsV1.decode(Json.parse(json));
    }

    @Test
    void aSetIsWrittenAsKubernetesWritesIt() {
        String json = "{\"f:metadata\":{\"f:finalizers\":{\"v:\\\"a<b\\\"\":{}},\"f:labels\":{\"f:app\":{},\".\":{}}},"
                + "\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"web\\\"}\":{\"f:image\":{},\"f:ports\":"
                + "{\"k:{\\\"containerPort\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{\"f:containerPort\":{},\".\":{}}},\".\":{}}},"
                + "\"f:list\":{\"i:2\":{},\"i:10\":{}}}}";
        String escaped = json.replace("a<b", "a\\\\u003cb");
        assertThat(FieldsV1.encode(decode(json)).toString()).isEqualTo(escaped);
        assertThat(decode(json).paths().stream().map(FieldPath::toString))
                .containsExactly(
                        ".metadata.labels",
                        ".metadata.finalizers[=\"a<b\"]",
                        ".metadata.labels.app",
                        ".spec.containers[name=\"web\"]",
                        ".spec.containers[name=\"web\"].image",
                        ".spec.containers[name=\"web\"].ports[containerPort=80,protocol=\"TCP\"]",
                        ".spec.containers[name=\"web\"].ports[containerPort=80,protocol=\"TCP\"].containerPort",
                        ".spec.list[2]",
                        ".spec.list[10]");
    }

    @Test
    void stepsOfAKindThatIsNotKnownAreLeftOut() {
        assertThat(decode("{\"x:new\":{\"f:a\":{}},\"f:b\":{}}")).isEqualTo(FieldSet.of(FieldPath.of("b")));
    }

    @Test
    void whatIsNoSetIsRefusedWithTheStep() {
        assertThatThrownBy(() -> decode("{\"f\":{}}")).hasMessage("\"f\" is no step to a field");
        assertThatThrownBy(() -> decode("{\"i:x\":{}}")).hasMessage("the index in \"i:x\" is no number");
        assertThatThrownBy(() -> decode("{\"k:3\":{}}")).hasMessage("the key in \"k:3\" is no object");
        assertThatThrownBy(() -> decode("{\"k:{\":{}}")).hasMessageContaining("what follows in \"k:{\"");
        assertThatThrownBy(() -> decode("{\"f:a\":1}")).hasMessage("a set of fields is an object, not a number");
    }

    @Test
    void aNumberIsTheSameStepInWhicheverForm() {
        PathElement whole = new PathElement.Value(new Literal(JsonNodeFactory.instance.numberNode(80L)));
        assertThat(new PathElement.Value(new Literal(JsonNodeFactory.instance.numberNode(80))))
                .isEqualTo(whole);
        assertThat(new PathElement.Value(new Literal(JsonNodeFactory.instance.numberNode(80.0))))
                .isEqualTo(whole);
    }

    @Test
    void treesGoWithAllTheirParts() {
        FieldSet set = decode("{\"f:spec\":{\"f:a\":{},\"f:b\":{}},\"f:status\":{\"f:c\":{\"f:d\":{}},\".\":{}}}");
        FieldSet status = FieldSet.of(FieldPath.of("status"));
        assertThat(set.withoutTrees(status).paths())
                .containsExactly(FieldPath.of("spec", "a"), FieldPath.of("spec", "b"));
        assertThat(set.onlyTrees(status).paths())
                .containsExactly(FieldPath.of("status"), FieldPath.of("status", "c", "d"));
        assertThat(set.difference(status).has(FieldPath.of("status", "c", "d"))).isTrue();
    }

    private static PathElement step(Random random) {
        JsonNode literal = random.nextBoolean()
                ? JsonNodeFactory.instance.numberNode(random.nextInt(3))
                : JsonNodeFactory.instance.stringNode("<" + random.nextInt(3));
        return switch (random.nextInt(5)) {
            case 0 -> new PathElement.Key(List.of(new PathElement.Key.Part("name", new Literal(literal))));
            case 1 -> new PathElement.Value(new Literal(literal));
            case 2 -> new PathElement.Index(random.nextInt(3));
            default -> new PathElement.Name("f" + random.nextInt(3));
        };
    }

    private static Set<FieldPath> paths(Random random) {
        Set<FieldPath> paths = new HashSet<>();
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            List<PathElement> steps = new ArrayList<>();
            int depth = 1 + random.nextInt(3);
            for (int j = 0; j < depth; j++) {
                steps.add(step(random));
            }
            paths.add(new FieldPath(steps));
        }
        return paths;
    }

    /** Sets of paths as Java has them are the judge. */
    @RepeatedTest(300)
    void theAlgebraIsThatOfSets(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Set<FieldPath> a = paths(random);
        Set<FieldPath> b = paths(random);
        FieldSet left = FieldSet.of(a);
        FieldSet right = FieldSet.of(b);
        assertThat(left.paths()).containsExactlyInAnyOrderElementsOf(a);
        assertThat(left.size()).isEqualTo(a.size());
        assertThat(FieldsV1.decode(FieldsV1.encode(left))).isEqualTo(left);
        assertThat(FieldsV1.decode(Json.parse(Json.write(FieldsV1.encode(left)))))
                .isEqualTo(left);

        Set<FieldPath> union = new HashSet<>(a);
        union.addAll(b);
        assertThat(left.union(right)).isEqualTo(FieldSet.of(union)).isEqualTo(right.union(left));
        Set<FieldPath> both = new HashSet<>(a);
        both.retainAll(b);
        assertThat(left.intersection(right)).isEqualTo(FieldSet.of(both)).isEqualTo(right.intersection(left));
        Set<FieldPath> rest = new HashSet<>(a);
        rest.removeAll(b);
        assertThat(left.difference(right)).isEqualTo(FieldSet.of(rest));
        b.forEach(path -> assertThat(left.has(path)).isEqualTo(a.contains(path)));

        Set<FieldPath> outside = new HashSet<>(a);
        outside.removeIf(path -> b.stream().anyMatch(tree -> begins(path, tree)));
        assertThat(left.withoutTrees(right)).isEqualTo(FieldSet.of(outside));
        Set<FieldPath> inside = new HashSet<>(a);
        inside.removeAll(outside);
        assertThat(left.onlyTrees(right)).isEqualTo(FieldSet.of(inside));
    }

    private static boolean begins(FieldPath path, FieldPath tree) {
        return path.elements().size() >= tree.elements().size()
                && path.elements().subList(0, tree.elements().size()).equals(tree.elements());
    }
}
