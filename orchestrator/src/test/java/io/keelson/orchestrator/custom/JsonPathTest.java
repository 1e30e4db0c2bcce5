package io.keelson.orchestrator.custom;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class JsonPathTest {

    private static final ObjectNode OBJECT = Json.parse("""
            {"metadata": {"labels": {"a.b/c": "l"}}, "spec": {"n": 3, "ports": [{"name": "a", "p": 1}, {"name": "b", "p": 2}]},
             "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Old", "status": "False"}]}}""");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ".spec.n | [3]",
                "{.spec.n} | [3]",
                "$.spec.n | [3]",
                ".spec.ports[0].name | [\"a\"]",
                ".spec.ports[-1].p | [2]",
                ".spec.ports[*].p | [1, 2]",
                ".spec.ports[7].p | []",
                ".status.conditions[?(@.type==\"Ready\")].status | [\"True\"]",
                ".spec.ports[?(@.p>1)].name | [\"b\"]",
                ".metadata.labels['a.b/c'] | [\"l\"]",
                ".metadata.labels.a\\.b/c | [\"l\"]",
                ".nothing.at.all | []",
            })
    void leadsTo(String path, String found) {
        assertThat(JsonPath.parse(path.strip()).orElseThrow().find(OBJECT)).hasToString(found);
    }

    @Test
    void whatIsNoPathIsNone() {
        for (String text :
                new String[] {"", "spec", ".spec[", ".spec..x", ".spec[?(@.a~1)]", "[", ".", "x".repeat(2_000)}) {
            assertThat(JsonPath.parse(text)).as(text).isEmpty();
        }
        long seed = 7;
        Random random = new Random(seed);
        String letters = ".[]'\"?(@)*=<>!0-9ab\\{}$";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(16); length > 0; length--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            JsonPath.parse(text.toString())
                    .ifPresent(path -> assertThat(path.find(OBJECT)).isNotNull());
        }
    }
}
