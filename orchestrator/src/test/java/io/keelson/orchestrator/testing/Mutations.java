package io.keelson.orchestrator.testing;

import io.keelson.orchestrator.kind.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes what is right wrong, a little, by chance: bytes, text and trees. */
public final class Mutations {

    /** How often a fuzz test tries; more with {@code -Dkeelson.fuzz.rounds=200000}. */
    private static final int ROUNDS = Integer.getInteger("keelson.fuzz.rounds", 0);

    private static final long SEED = Long.getLong("keelson.seed", 20_261_129L);

    private static final List<String> NODES = List.of(
            "null",
            "true",
            "0",
            "-1",
            "1",
            "65536",
            "2147483648",
            "9223372036854775808",
            "-9223372036854775809",
            "1e300",
            "0.5",
            "\"\"",
            "\"a\"",
            "\"-1\"",
            "\"1000000000000000000000000\"",
            "\"25%\"",
            "\"2026-01-01T00:00:00Z\"",
            "\"9999999999-99-99T99:99:99Z\"",
            "\"a/b/c\"",
            "\"..\"",
            "\"*\"",
            "\"100Mi\"",
            "\"1e99999999\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"10.0.0.0/33\"",
            "\"::1\"",
            "[]",
            "{}",
            "[null]",
            "[[]]",
            "[{}]",
            "{\"\":\"\"}",
            "{\"a\":{\"a\":[1]}}",
            "{\"name\":\"x\"}",
            "{\"$patch\":\"delete\"}",
            "{\"$patch\":\"replace\"}",
            "{\"matchLabels\":{\"a\":\"b\"}}",
            "[\"a\",\"a\"]",
            "[1,\"1\",null]",
            "-2147483648",
            "2147483647",
            "9223372036854775807",
            "1e18",
            "\"9223372036854775807\"",
            "\"-1n\"",
            "\"9E\"",
            "\"4294967297%\"",
            "\"0000-01-01T00:00:00Z\"",
            "\"9999-12-31T23:59:59.999999999Z\"",
            "\"+1000000000-12-31T23:59:59.999999999Z\"",
            "\"a=b,\"",
            "[\"\"]",
            "[null,{\"name\":\"x\"}]",
            "{\"a\":null}");

    private final Random random;
    private final List<String> words;

    /** Draws from a source of chance, and puts some of these words into text now and then. */
    public Mutations(Random random, List<String> words) {
        this.random = random;
        this.words = words;
    }

    /** How many rounds a test makes. */
    public static int rounds(int usual) {
        return ROUNDS == 0 ? usual : ROUNDS;
    }

    /** With which seed a fuzz test begins; {@code -Dkeelson.seed} for another. */
    public static long seed() {
        return SEED;
    }

    /** Some bytes changed, taken away, doubled or put in. */
    public byte[] of(byte[] bytes) {
        byte[] result = bytes;
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            result = once(result);
        }
        return result;
    }

    private byte[] once(byte[] bytes) {
        int at = random.nextInt(bytes.length + 1);
        int length = random.nextInt(Math.min(16, bytes.length - at) + 1);
        byte[] middle = switch (random.nextInt(6)) {
            case 0 -> new byte[0];
            case 1 -> repeated(Arrays.copyOfRange(bytes, at, at + length), 1 + random.nextInt(4));
            case 2 -> new byte[] {(byte) random.nextInt(256)};
            case 3 ->
                repeated(
                        words.isEmpty() ? new byte[] {0} : word().getBytes(StandardCharsets.UTF_8),
                        1 + random.nextInt(3));
            case 4 -> {
                byte[] flipped = Arrays.copyOfRange(bytes, at, at + length);
                if (length > 0) {
                    flipped[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
                }
                yield flipped;
            }
            default -> {
                int from = random.nextInt(bytes.length + 1);
                yield Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + random.nextInt(24)));
            }
        };
        byte[] result = Arrays.copyOf(bytes, bytes.length - length + middle.length);
        System.arraycopy(middle, 0, result, at, middle.length);
        System.arraycopy(bytes, at + length, result, at + middle.length, bytes.length - at - length);
        return result;
    }

    private static byte[] repeated(byte[] piece, int times) {
        byte[] all = new byte[piece.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(piece, 0, all, i * piece.length, piece.length);
        }
        return all;
    }

    private String word() {
        return words.get(random.nextInt(words.size()));
    }

    /** As {@link #of(byte[])}, of text. */
    public String of(String text) {
        return new String(of(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    /** Some values replaced by others, moved, doubled or taken away. */
    public ObjectNode of(ObjectNode object) {
        ObjectNode result = object.deepCopy();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            List<JsonNode> places = new ArrayList<>();
            containers(result, places);
            JsonNode place = places.get(random.nextInt(places.size()));
            if (place instanceof ObjectNode fields) {
                change(fields, places);
            } else if (place instanceof ArrayNode items) {
                change(items);
            }
        }
        return result;
    }

    private static void containers(JsonNode node, List<JsonNode> into) {
        if (node.isContainer()) {
            into.add(node);
            node.forEach(child -> containers(child, into));
        }
    }

    private void change(ObjectNode object, List<JsonNode> places) {
        List<String> names = new ArrayList<>(object.propertyNames());
        String name = names.isEmpty() ? "x" : names.get(random.nextInt(names.size()));
        switch (random.nextInt(6)) {
            case 0 -> object.remove(name);
            case 1 -> object.set(word(name), node());
            case 2 -> object.set(name, places.get(random.nextInt(places.size())).deepCopy());
            case 3 -> {
                if (object.get(name) != null && object.get(name).isString()) {
                    object.put(name, of(object.get(name).stringValue()));
                }
            }
            default -> object.set(name, node());
        }
    }

    private String word(String otherwise) {
        return words.isEmpty() ? otherwise : word();
    }

    private void change(ArrayNode list) {
        int at = random.nextInt(list.size() + 1);
        if (list.isEmpty() || at == list.size() || random.nextInt(3) == 0) {
            list.insert(
                    at,
                    list.isEmpty()
                            ? node()
                            : list.get(random.nextInt(list.size())).deepCopy());
        } else if (random.nextBoolean()) {
            list.set(at, node());
        } else {
            list.remove(at);
        }
    }

    /** Any value. */
    public JsonNode node() {
        return Json.parseAny(NODES.get(random.nextInt(NODES.size())).getBytes(StandardCharsets.UTF_8));
    }
}
