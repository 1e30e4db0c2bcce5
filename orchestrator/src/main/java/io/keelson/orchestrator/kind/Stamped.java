package io.keelson.orchestrator.kind;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Gives stored objects their resourceVersion without reading them as trees: what was stored goes out as it is, with a field more. Knows only
 * the canonical form, see {@link Json#write}: no spaces, and {@code apiVersion}, {@code kind}, {@code metadata} first.
 */
public final class Stamped {

    private static final byte[] API_VERSION = bytes("{\"apiVersion\":\"");
    private static final byte[] KIND = bytes(",\"kind\":\"");
    private static final byte[] METADATA = bytes(",\"metadata\":{");
    private static final byte[] FIELD = bytes("resourceVersion");

    private Stamped() {}

    /**
     * What {@code Json.write(Json.withResourceVersion(stored, revision))} would give.
     *
     * @param stored an object in canonical form, without a resourceVersion
     */
    public static byte[] bytes(byte[] stored, long revision) {
        int begin = beginOfMetadata(stored);
        if (begin < 0) {
            return Json.write(Json.withResourceVersion(stored, revision));
        }
        int at = place(stored, begin);
        boolean first = at == begin;
        boolean last = stored[at] == '}';
        byte[] field =
                bytes((first ? "" : last ? "," : "") + "\"resourceVersion\":\"" + revision + "\"" + (last ? "" : ","));
        byte[] stamped = new byte[stored.length + field.length];
        System.arraycopy(stored, 0, stamped, 0, at);
        System.arraycopy(field, 0, stamped, at, field.length);
        System.arraycopy(stored, at, stamped, at + field.length, stored.length - at);
        return stamped;
    }

    /**
     * The metadata of an object, as they are in it.
     *
     * @param json an object in canonical form
     */
    public static byte[] metadata(byte[] json) {
        int begin = beginOfMetadata(json);
        return begin < 0
                ? bytes(Json.parse(json).path("metadata").toString())
                : Arrays.copyOfRange(json, begin - 1, endOfValue(json, begin - 1));
    }

    /** Whether an object says that it is of this version, such as {@code apps/v1}. */
    public static boolean isOf(String apiVersion, byte[] stored) {
        byte[] wanted = bytes(apiVersion + "\"");
        return startsWith(stored, 0, API_VERSION) && startsWith(stored, API_VERSION.length, wanted);
    }

    /** Where the first field of the metadata begins, -1 if it is not where it should be. */
    private static int beginOfMetadata(byte[] json) {
        if (!startsWith(json, 0, API_VERSION)) {
            return -1;
        }
        int at = endOfString(json, API_VERSION.length);
        if (!startsWith(json, at, KIND)) {
            return -1;
        }
        at = endOfString(json, at + KIND.length);
        return startsWith(json, at, METADATA) ? at + METADATA.length : -1;
    }

    /** Where the field belongs, fields being in order: before the first that is greater, or at the end. */
    private static int place(byte[] json, int begin) {
        int at = begin;
        while (json[at] == '"') {
            int end = endOfString(json, at + 1);
            if (isGreater(json, at + 1, end - 1)) {
                return at;
            }
            int after = endOfValue(json, end + 1);
            if (json[after] == '}') {
                return after;
            }
            at = after + 1;
        }
        return at;
    }

    private static boolean isGreater(byte[] json, int from, int to) {
        return Arrays.compareUnsigned(json, from, to, FIELD, 0, FIELD.length) > 0;
    }

    /** Behind the quote that ends a string, whose first character is given. */
    private static int endOfString(byte[] json, int from) {
        int at = from;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    /** Behind a value. */
    private static int endOfValue(byte[] json, int from) {
        int at = from;
        int depth = 0;
        do {
            switch (json[at]) {
                case '"' -> at = endOfString(json, at + 1) - 1;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {}
            }
            at++;
        } while (depth > 0 || (json[at] != ',' && json[at] != '}' && json[at] != ']'));
        return at;
    }

    private static boolean startsWith(byte[] json, int from, byte[] what) {
        return json.length >= from + what.length && Arrays.equals(json, from, from + what.length, what, 0, what.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
