package io.keelson.cli.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ManifestTest {

    private static List<String> problems(String text) {
        return Manifest.parse("f.yaml", text).problems().stream()
                .map(Problem::toString)
                .toList();
    }

    private static Document only(String text) {
        var parsed = Manifest.parse("f.yaml", text);
        assertThat(parsed.problems()).isEmpty();
        assertThat(parsed.documents()).hasSize(1);
        return parsed.documents().getFirst();
    }

    @Test
    void everyFieldKnowsItsLine() {
        var document = only("""
                # a comment
                apiVersion: v1
                kind: Pod
                metadata:
                  name: a
                spec:
                  containers:
                  - name: c
                    image: i
                  - name: d
                """);
        assertThat(document.line()).isEqualTo(2);
        assertThat(document.lineOf("kind")).isEqualTo(3);
        assertThat(document.lineOf("spec.containers[0].image")).isEqualTo(9);
        assertThat(document.lineOf("spec.containers[1].name")).isEqualTo(10);
        assertThat(document.lineOf("spec.containers[1].missing")).isEqualTo(10);
        assertThat(document.at("spec.nothing.at.all")).isEqualTo("f.yaml:6");
    }

    @Test
    void severalDocumentsCountLinesThrough() {
        var parsed = Manifest.parse(
                "f.yaml",
                "apiVersion: v1\nkind: A\nmetadata: {name: x}\n---\n# only a comment\n---\napiVersion: v1\nkind: B\nmetadata: {name: y}\n");
        assertThat(parsed.problems()).isEmpty();
        assertThat(parsed.documents()).extracting(Document::kind).containsExactly("A", "B");
        assertThat(parsed.documents().get(1).line()).isEqualTo(7);
    }

    @Test
    void duplicateKeysAreFoundWithBothLines() {
        assertThat(problems(
                        "apiVersion: v1\nkind: A\nmetadata:\n  name: x\n  name: y\ndata:\n  k: 1\n  l: 2\n  k: 3\n"))
                .containsExactly(
                        "f.yaml:5: metadata.name is given twice (first in line 4)",
                        "f.yaml:9: data.k is given twice (first in line 7)");
    }

    @Test
    void duplicateKeysInJsonAreFound() {
        assertThat(problems(
                        "{\"apiVersion\":\"v1\",\n\"kind\":\"A\",\n\"kind\":\"B\",\n\"metadata\":{\"name\":\"x\"}}"))
                .containsExactly("f.yaml:3: kind is given twice (first in line 2)");
    }

    @Test
    void whatEveryObjectNeedsIsMissedAtOnce() {
        assertThat(problems("metadata: {}\n"))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("f.yaml:1: apiVersion is missing"),
                        second -> assertThat(second).startsWith("f.yaml:1: kind is missing"),
                        third -> assertThat(third)
                                .isEqualTo("f.yaml:1: metadata.name is missing: every object needs a name"));
    }

    @Test
    void aNameThatLooksLikeANumberIsToldToBeQuoted() {
        assertThat(problems("apiVersion: v1\nkind: A\nmetadata:\n  name: 123\n"))
                .containsExactly("f.yaml:4: metadata.name must be text, not the number 123; put it in quotes");
    }

    @Test
    void brokenYamlNamesTheLine() {
        assertThat(problems("apiVersion: v1\nkind: [A\nmetadata: {name: x}\n"))
                .singleElement()
                .asString()
                .startsWith("f.yaml:3: this is not YAML: ");
        assertThat(problems("a:\n\tb: c\n"))
                .singleElement()
                .asString()
                .startsWith("f.yaml:2: ")
                .contains("tab");
    }

    @Test
    void textThatIsNoObjectIsRefused() {
        assertThat(problems("just text\n")).singleElement().asString().contains("this is the text \"just text\"");
        assertThat(problems("- a\n- b\n")).singleElement().asString().contains("this is a list");
    }

    @Test
    void emptyTextHoldsNothingAndIsNoMistake() {
        assertThat(Manifest.parse("f", "").documents()).isEmpty();
        assertThat(Manifest.parse("f", "---\n---\n# nothing\n").problems()).isEmpty();
    }

    @Test
    void aListCountsAsItsItems() {
        var parsed = Manifest.parse(
                "f.json",
                "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"x\"}},\n{\"apiVersion\":\"v1\",\"kind\":\"B\",\n\"metadata\":{\"name\":\"y\"}}]}");
        assertThat(parsed.problems()).isEmpty();
        assertThat(parsed.documents()).extracting(Document::name).containsExactly("x", "y");
        assertThat(parsed.documents().get(1).lineOf("metadata.name")).isEqualTo(4);
    }

    @Test
    void plainWordsMeanWhatTheyMeanToKubectl() {
        var data =
                only("apiVersion: v1\nkind: A\nmetadata: {name: x}\nd: {a: 0644, b: yes, c: 'yes', d: 1e3, e: ~, f: 0x1F, g: 1.5, h: 1_000, i: 12:30, j: '1', k: 0o17, l: 9223372036854775807}\n")
                        .object()
                        .path("d");
        assertThat(data.path("a").asInt()).isEqualTo(420);
        assertThat(data.path("b").asBoolean()).isTrue();
        assertThat(data.path("c").isString()).isTrue();
        assertThat(data.path("d").asDouble()).isEqualTo(1000.0);
        assertThat(data.path("e").isNull()).isTrue();
        assertThat(data.path("f").asInt()).isEqualTo(31);
        assertThat(data.path("g").asDouble()).isEqualTo(1.5);
        assertThat(data.path("h").isString()).isTrue();
        assertThat(data.path("i").asString()).isEqualTo("12:30");
        assertThat(data.path("j").isString()).isTrue();
        assertThat(data.path("k").asInt()).isEqualTo(15);
        assertThat(data.path("l").asLong()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void anchorsAndMergesAreResolved() {
        var data = only("apiVersion: v1\nkind: A\nmetadata: {name: x}\nbase: &b {p: 1, q: 2}\nd:\n  <<: *b\n  q: 3\n")
                .object()
                .path("d");
        assertThat(data.path("p").asInt()).isEqualTo(1);
        assertThat(data.path("q").asInt()).isEqualTo(3);
    }

    @Test
    void aBombOfAliasesIsRefused() {
        var text = new StringBuilder(
                "apiVersion: v1\nkind: A\nmetadata: {name: x}\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            text.append("a").append(i).append(": &a").append(i).append(" [");
            for (int j = 0; j < 10; j++)
                text.append(j == 0 ? "" : ", ").append("*a").append(i - 1);
            text.append("]\n");
        }
        assertThat(problems(text.toString()))
                .singleElement()
                .asString()
                .contains("more than " + Manifest.NODES_MAX + " values");
    }

    @Test
    void anAliasInsideItselfIsRefused() {
        assertThat(problems("apiVersion: v1\nkind: A\nmetadata: {name: x}\na: &a [*a]\n"))
                .singleElement()
                .asString()
                .contains("inside the thing that it names");
    }

    /** Goal: whatever is typed, there is an answer and never an exception. Method: a good manifest with random characters changed. */
    @Test
    void nothingThatIsTypedBreaksTheParser() {
        long seed = 42;
        var random = new Random(seed);
        var good =
                "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: {app: 'a'}\nspec:\n- x: \"y\"\n  z: |\n    text\n";
        var odd = "{}[]:,&*!|>'\"%@`#-?\t\n\\\0\u00e9 a0";
        for (int i = 0; i < 5_000; i++) {
            var text = new StringBuilder(good);
            for (int j = 0; j <= random.nextInt(4); j++)
                text.setCharAt(random.nextInt(text.length()), odd.charAt(random.nextInt(odd.length())));
            var parsed = Manifest.parse("f", text.toString());
            assertThat(parsed.documents().isEmpty()
                            && parsed.problems().isEmpty()
                            && !text.toString().isBlank())
                    .as("seed %d, text %s", seed, text)
                    .isFalse();
        }
    }
}
