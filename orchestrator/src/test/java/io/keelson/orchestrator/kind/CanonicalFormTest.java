package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class CanonicalFormTest {

    private static final JsonMapper LIBRARY = new JsonMapper();

    /** Goal: what is written are the bytes of a tree in order, as the library writes it. Method: random trees, put in order as the rule says. */
    @Test
    void bytesAreThoseOfATreeInOrder() {
        for (long seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            ObjectNode object = object(random, 4);
            for (String name : List.of("kind", "spec", "metadata", "apiVersion")) {
                if (random.nextBoolean()) {
                    object.set(name, value(random, 3));
                }
            }
            assertThat(Json.text(object))
                    .as("seed %d", seed)
                    .isEqualTo(new String(LIBRARY.writeValueAsBytes(inOrder(object, true)), StandardCharsets.UTF_8));
        }
    }

    @Test
    void namesInsideAreInOrderAlsoWhereTheyAreThoseThatComeFirst() {
        assertThat(Json.text(Json.parse("{\"b\":{\"metadata\":1,\"kind\":2,\"a\":3},\"metadata\":null,\"a\":[]}")))
                .isEqualTo("{\"metadata\":null,\"a\":[],\"b\":{\"a\":3,\"kind\":2,\"metadata\":1}}");
    }

    private static JsonNode inOrder(JsonNode node, boolean whole) {
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>(whole ? List.of("apiVersion", "kind", "metadata") : List.of());
            new TreeSet<>(object.propertyNames())
                    .stream().filter(name -> !names.contains(name)).forEach(names::add);
            ObjectNode sorted = Json.object();
            for (String name : names) {
                if (object.has(name)) {
                    sorted.set(name, inOrder(object.get(name), false));
                }
            }
            return sorted;
        }
        if (node instanceof ArrayNode list) {
            ArrayNode sorted = Json.array();
            list.forEach(item -> sorted.add(inOrder(item, false)));
            return sorted;
        }
        return node;
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = Json.object();
        for (int i = random.nextInt(5); i > 0; i--) {
            object.set(text(random), value(random, depth - 1));
        }
        return object;
    }

    private static JsonNode value(Random random, int depth) {
        ArrayNode list = Json.array();
        switch (random.nextInt(depth > 0 ? 10 : 8)) {
            case 0 -> list.add(text(random).repeat(random.nextInt(3_000)));
            case 1 -> list.add(random.nextInt());
            case 2 -> list.add(random.nextLong());
            case 3 -> list.add(random.nextBoolean());
            case 4 -> list.add(random.nextBoolean() ? random.nextDouble() : random.nextInt(9) * 1e15);
            case 5 -> list.add(new BigInteger(90, random));
            case 6 -> list.add(new BigDecimal(new BigInteger(50, random), random.nextInt(30)));
            case 7 -> list.addNull();
            case 8 -> list.add(object(random, depth));
            default -> {
                ArrayNode inner = list.addArray();
                for (int i = random.nextInt(4); i > 0; i--) {
                    inner.add(value(random, depth - 1));
                }
            }
        }
        return list.get(0);
    }

    private static String text(Random random) {
        String signs = "aAzf:.\"\\}{,é\n\u0001\u2028😀";
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            int at = random.nextInt(signs.codePointCount(0, signs.length()));
            text.appendCodePoint(signs.codePointAt(signs.offsetByCodePoints(0, at)));
        }
        return text.toString();
    }
}
