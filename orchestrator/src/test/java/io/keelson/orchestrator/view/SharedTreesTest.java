package io.keelson.orchestrator.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class SharedTreesTest {

    private static final String POD = """
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "%s", "labels": {"app": "web", "tier": "front"}},
             "spec": {"containers": [{"name": "main", "image": "registry.example.com/web:1", "ports": [{"containerPort": 80}],
              "resources": {"requests": {"cpu": "10m"}}}], "nodeName": "%s"}}""";

    private final SharedTrees trees = new SharedTrees();

    @Test
    void partsThatAreEqualAreOne() {
        ObjectNode one = trees.shared(Json.parse(POD.formatted("a", "n1")));
        ObjectNode other = trees.shared(Json.parse(POD.formatted("b", "n2")));
        assertThat(other.at("/spec/containers")).isSameAs(one.at("/spec/containers"));
        assertThat(other.at("/metadata/labels")).isSameAs(one.at("/metadata/labels"));
        assertThat(other.at("/spec/nodeName").stringValue()).isEqualTo("n2");
        assertThat(other.at("/metadata/name").stringValue()).isEqualTo("b");
    }

    @Test
    void whatIsSharedCannotBeAltered() {
        ObjectNode tree = trees.shared(Json.parse(POD.formatted("a", "n1")));
        assertThatThrownBy(() -> tree.put("more", 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((ObjectNode) tree.get("spec")).remove("nodeName"))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((ArrayNode) tree.at("/spec/containers")).add(1))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aCopyCanBeAlteredAndLeavesTheSharedTreeAsItIs() {
        ObjectNode tree = trees.shared(Json.parse(POD.formatted("a", "n1")));
        ObjectNode copy = tree.deepCopy();
        ((ObjectNode) copy.at("/spec/containers/0")).put("image", "another");
        assertThat(tree.at("/spec/containers/0/image").stringValue()).isEqualTo("registry.example.com/web:1");
    }

    /** As in the pods of a template whose container runs a script. */
    @Test
    void scriptsThatAreEqualAreOne() {
        String text = "{\"name\": \"%s\", \"command\": [\"sh\", \"-c\", \"%s\"]}";
        ObjectNode one = trees.shared(Json.parse(text.formatted("a", "x".repeat(3_000))));
        ObjectNode other = trees.shared(Json.parse(text.formatted("b", "x".repeat(3_000))));
        ObjectNode third = trees.shared(Json.parse(text.formatted("c", "x".repeat(3_001))));
        assertThat(other.get("command")).isSameAs(one.get("command"));
        assertThat(third.at("/command/2").stringValue()).hasSize(3_001);
    }

    /** Long texts, large objects and long lists are not shared, and their neighbours are. */
    @Test
    void largePartsStayAlone() {
        String text = "{\"annotations\": {\"long\": \"%s\"}, \"labels\": {\"a\": \"b\"}}".formatted("x".repeat(10_000));
        ObjectNode one = trees.shared(Json.parse(text));
        ObjectNode other = trees.shared(Json.parse(text));
        assertThat(other.get("annotations")).isEqualTo(one.get("annotations")).isNotSameAs(one.get("annotations"));
        assertThat(other.get("labels")).isSameAs(one.get("labels"));
    }

    /** Of few names and values, so that parts are often equal, and often nearly. */
    @Test
    void everyTreeIsEqualToWhatItIsMadeOf() {
        Random random = new Random(7);
        List<ObjectNode> kept = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            ObjectNode given = object(random, 4);
            texts.add(given.toString());
            ObjectNode shared = trees.shared(given);
            assertThat((JsonNode) shared).isEqualTo(given);
            assertThat((JsonNode) given).isEqualTo(shared);
            assertThat(shared.hashCode()).isEqualTo(given.hashCode());
            assertThat(Json.write(shared)).isEqualTo(Json.write(given));
            kept.add(shared);
        }
        // Nor does a later tree change an earlier one; the order of fields is that of an equal tree.
        for (int i = 0; i < kept.size(); i++) {
            assertThat((JsonNode) kept.get(i)).isEqualTo(Json.parse(texts.get(i)));
        }
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = Json.object();
        int size = random.nextInt(20) == 0 ? 100 : random.nextInt(4);
        for (int i = 0; i < size; i++) {
            object.set("f" + random.nextInt(size > 4 ? 200 : 4), value(random, depth - 1));
        }
        return object;
    }

    private static JsonNode value(Random random, int depth) {
        if (depth > 0 && random.nextInt(3) > 0) {
            if (random.nextBoolean()) {
                return object(random, depth);
            }
            ArrayNode list = Json.array();
            int size = random.nextInt(20) == 0 ? 80 : random.nextInt(4);
            for (int i = 0; i < size; i++) {
                list.add(value(random, depth - 1));
            }
            return list;
        }
        ArrayNode one = Json.array();
        return switch (random.nextInt(7)) {
            case 0 -> one.add("text" + random.nextInt(3)).get(0);
            case 1 -> one.add(random.nextInt(3)).get(0);
            case 2 -> one.add(random.nextInt(3) + 10_000_000_000L).get(0);
            case 3 -> one.add(random.nextInt(3) + 0.5).get(0);
            case 4 -> one.add(random.nextBoolean()).get(0);
            case 5 -> one.add("y".repeat(255 + random.nextInt(3))).get(0);
            default -> one.addNull().get(0);
        };
    }
}
