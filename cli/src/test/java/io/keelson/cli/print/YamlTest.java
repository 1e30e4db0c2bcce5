package io.keelson.cli.print;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.cli.manifest.Manifest;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class YamlTest {

    private static String yaml(String json) {
        return Render.yaml(Render.parse(json));
    }

    @Test
    void objectsLookAsKubectlPrintsThem() {
        assertThat(
                        yaml(
                                "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"c\",\"args\":[\"a\",\"b c\"]}],\"empty\":{},\"none\":[]},\"num\":1,\"t\":true,\"z\":null}"))
                .isEqualTo("""
                        kind: Pod
                        spec:
                          containers:
                          - name: c
                            args:
                            - a
                            - b c
                          empty: {}
                          none: []
                        num: 1
                        t: true
                        z: null
                        """);
    }

    @Test
    void textThatCouldBeSomethingElseIsQuoted() {
        assertThat(
                        yaml(
                                "{\"a\":\"yes\",\"b\":\"1\",\"c\":\"\",\"d\":\"1e3\",\"e\":\"12:30\",\"f\":\"- x\",\"g\":\"a: b\",\"h\":\"#\",\"i\":\"null\",\"j\":\"it's\"}"))
                .isEqualTo(
                        "a: 'yes'\nb: '1'\nc: ''\nd: '1e3'\ne: '12:30'\nf: '- x'\ng: 'a: b'\nh: '#'\ni: 'null'\nj: \"it's\"\n");
    }

    @Test
    void quantitiesAndAddressesStayPlain() {
        assertThat(
                        yaml(
                                "{\"a\":\"200m\",\"b\":\"32Mi\",\"c\":\"25%\",\"d\":\"10.244.0.4\",\"e\":\"v1\",\"f\":\"app.kubernetes.io/name\"}"))
                .isEqualTo("a: 200m\nb: 32Mi\nc: 25%\nd: 10.244.0.4\ne: v1\nf: app.kubernetes.io/name\n");
    }

    @Test
    void linesBecomeABlock() {
        assertThat(yaml("{\"a\":\"one\\n two\\n\",\"b\":\"one\\ntwo\",\"c\":\"x\\n\\n\"}"))
                .isEqualTo("a: |\n  one\n   two\nb: |-\n  one\n  two\nc: |+\n  x\n\n");
    }

    /** Goal: what is printed reads back as the same. Method: random trees of awkward texts through the parser of manifests. */
    @Test
    void whatIsPrintedReadsBackTheSame() {
        long seed = 7;
        var random = new Random(seed);
        for (int i = 0; i < 3_000; i++) {
            var tree = tree(random, 0);
            var text = Render.yaml(tree);
            var read = Manifest.tree("f", text);
            assertThat(read.problems())
                    .as("seed %d, round %d, text:%n%s", seed, i, text)
                    .isEmpty();
            assertThat(read.tree())
                    .as("seed %d, round %d, text:%n%s", seed, i, text)
                    .isEqualTo(tree);
        }
    }

    private static JsonNode tree(Random random, int depth) {
        var nodes = JsonNodeFactory.instance;
        int choice = depth == 0 ? 0 : random.nextInt(depth > 3 ? 4 : 6);
        return switch (choice) {
            case 0, 5 -> {
                var object = nodes.objectNode();
                for (int i = random.nextInt(4); i >= 0; i--) object.set(text(random), tree(random, depth + 1));
                yield object;
            }
            case 1 -> nodes.numberNode(random.nextInt());
            case 2 -> nodes.booleanNode(random.nextBoolean());
            case 4 -> {
                var list = nodes.arrayNode();
                for (int i = random.nextInt(4); i > 0; i--) list.add(tree(random, depth + 1));
                yield list;
            }
            default -> nodes.stringNode(text(random));
        };
    }

    private static String text(Random random) {
        var parts = new String[] {
            "a", "0", "1", ":", " ", "-", "#", "\n", "'", "\"", "\\", "yes", "~", "\t", "{", "[", ",", "%", "&", "*",
            "!", "|", ">", "é", "\u0001", ".", "e", "x", "_", "+", "=", "<<", "m", "?", "@"
        };
        var text = new StringBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) text.append(parts[random.nextInt(parts.length)]);
        return text.toString();
    }
}
