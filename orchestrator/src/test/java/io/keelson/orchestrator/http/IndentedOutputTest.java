package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class IndentedOutputTest {

    private static String of(String json) {
        return new String(IndentedOutput.of(json.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    @Test
    void eachLevelIsTwoSpacesAndWhatIsEmptyStaysClosed() {
        assertThat(of("{\"a\":[1,{\"b\":null},[]],\"c\":{},\"d\":\"x,{}[]:\\\\\\\"y\"}"))
                .isEqualTo("""
                {
                  "a": [
                    1,
                    {
                      "b": null
                    },
                    []
                  ],
                  "c": {},
                  "d": "x,{}[]:\\\\\\\"y"
                }""");
        assertThat(of("{}")).isEqualTo("{}");
        assertThat(of("\"a\"")).isEqualTo("\"a\"");
    }

    private static JsonNode random(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 3 : 5)) {
            case 0 -> Json.array().add(random.nextInt()).get(0);
            case 1 -> Json.array().add("\"\\{,[: é" + random.nextInt(9)).get(0);
            case 2 -> Json.array().add(random.nextBoolean()).get(0);
            case 3 -> {
                ArrayNode array = Json.array();
                for (int i = random.nextInt(4); i > 0; i--) {
                    array.add(random(random, depth + 1));
                }
                yield array;
            }
            default -> object(random, depth + 1);
        };
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = Json.object();
        for (int i = random.nextInt(4); i > 0; i--) {
            object.set("f\"" + i, random(random, depth + 1));
        }
        return object;
    }

    @Test
    void whateverIsWrittenMeansTheSameHoweverItIsCut() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            ObjectNode object = object(random, 0);
            byte[] json = Json.write(object);
            byte[] whole = IndentedOutput.of(json);
            assertThat((Object) Json.parse(whole)).as("seed %s", seed).isEqualTo(Json.parse(json));
            var pieces = new ByteArrayOutputStream();
            try (var out = new IndentedOutput(pieces)) {
                for (int at = 0; at < json.length; ) {
                    int length = Math.min(json.length - at, random.nextInt(7));
                    out.write(json, at, length);
                    at += length;
                }
            }
            assertThat(pieces.toByteArray()).as("seed %s", seed).isEqualTo(whole);
        }
    }
}
