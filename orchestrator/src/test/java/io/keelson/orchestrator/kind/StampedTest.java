package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class StampedTest {

    @Test
    void stampedBytesAreThoseOfTheTree() {
        for (long seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            ObjectNode object = object(random);
            byte[] stored = Json.write(object);
            long revision = random.nextLong(1, Long.MAX_VALUE);
            assertThat(new String(Stamped.bytes(stored, revision), StandardCharsets.UTF_8))
                    .as("seed %d", seed)
                    .isEqualTo(
                            new String(Json.write(Json.withResourceVersion(stored, revision)), StandardCharsets.UTF_8));
        }
    }

    @Test
    void metadataIsThatOfTheTree() {
        for (long seed = 0; seed < 1_000; seed++) {
            ObjectNode object = object(new Random(seed));
            byte[] bytes = Json.write(object);
            assertThat(new String(Stamped.metadata(bytes), StandardCharsets.UTF_8))
                    .as("seed %d", seed)
                    .isEqualTo(Json.parse(bytes).get("metadata").toString());
        }
        assertThat(new String(
                        Stamped.metadata(
                                "{\"kind\": \"K\", \"metadata\": {\"name\": \"a\"}}".getBytes(StandardCharsets.UTF_8)),
                        StandardCharsets.UTF_8))
                .isEqualTo("{\"name\":\"a\"}");
    }

    @Test
    void objectInAnotherFormIsStampedAllTheSame() {
        byte[] stored = "{ \"kind\": \"Pod\", \"metadata\": {\"name\": \"a\"}, \"apiVersion\": \"v1\" }"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(new String(Stamped.bytes(stored, 7), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"7\"}}");
    }

    @Test
    void versionIsReadWhole() {
        byte[] stored = "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(Stamped.isOf("apps/v1", stored)).isTrue();
        assertThat(Stamped.isOf("apps/v", stored)).isFalse();
        assertThat(Stamped.isOf("v1", stored)).isFalse();
        assertThat(Stamped.isOf("apps/v1", new byte[0])).isFalse();
    }

    private static ObjectNode object(Random random) {
        ObjectNode object = Json.object().put("apiVersion", text(random)).put("kind", text(random));
        ObjectNode metadata = Json.child(object, "metadata");
        for (String field : new String[] {
            "annotations", "creationTimestamp", "labels", "name", "namespace", "ownerReferences", "selfLink", "uid", "é"
        }) {
            if (random.nextBoolean()) {
                put(metadata, field, random, 3);
            }
        }
        put(object, "spec", random, 4);
        return object;
    }

    private static void put(ObjectNode into, String field, Random random, int depth) {
        switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0 -> into.put(field, text(random));
            case 1 -> into.put(field, random.nextInt());
            case 2 -> into.put(field, random.nextBoolean());
            case 3 -> into.put(field, random.nextDouble());
            case 4 -> {
                ObjectNode child = into.putObject(field);
                for (int i = random.nextInt(4); i > 0; i--) {
                    put(child, text(random), random, depth - 1);
                }
            }
            default -> {
                ArrayNode list = into.putArray(field);
                for (int i = random.nextInt(4); i > 0; i--) {
                    ObjectNode holder = Json.object();
                    put(holder, "x", random, depth - 1);
                    list.add(holder.get("x"));
                }
            }
        }
    }

    private static String text(Random random) {
        String signs = "a\"\\}{][,:é\n\u0001😀b";
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            int at = random.nextInt(signs.codePointCount(0, signs.length()));
            text.appendCodePoint(signs.codePointAt(signs.offsetByCodePoints(0, at)));
        }
        return text.toString();
    }
}
