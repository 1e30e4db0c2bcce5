package io.keelson.orchestrator.kind;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which fields Kubernetes' protobuf messages have, as the build wrote it. Read once, on first use. */
final class ProtobufTable {

    private static final String RESOURCE = "protobuf.txt";
    private static final Set<String> NUMBERS = Set.of("int32", "int64", "double", "bool");
    private static final Set<String> SCALARS = Set.of("string", "bytes", "int32", "int64", "double", "bool");

    /** How a field stands in JSON. */
    enum Form {
        /** A value; when zero it is as if absent. */
        PLAIN,
        /** A value; when present it is set, even if zero. */
        POINTER,
        /** A message whose fields are the parent's. */
        INLINE,
        /** A list. */
        MANY,
        /** A map from text. */
        MAP
    }

    /**
     * A field of a message.
     *
     * @param name in JSON as in protobuf
     * @param form how it stands in JSON
     * @param type of the value, of each item, or of each value of the map: a scalar's name, or a message's
     */
    record Field(String name, Form form, String type) {

        boolean isNumber() {
            return NUMBERS.contains(type);
        }

        boolean isMessage() {
            return !SCALARS.contains(type);
        }

        boolean isIntOrString() {
            return type.endsWith(".IntOrString");
        }
    }

    private final Map<String, String> roots = new HashMap<>();
    private final Map<String, NavigableMap<Integer, Field>> messages = new HashMap<>();

    private ProtobufTable(String text) {
        NavigableMap<Integer, Field> fields = new TreeMap<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "root" -> roots.put(words[1] + "/" + words[2], words[3]);
                case "message" -> {
                    fields = new TreeMap<>();
                    messages.put(words[1], fields);
                }
                default -> {
                    Form form = Form.valueOf(words[2].toUpperCase(Locale.ROOT));
                    fields.put(Integer.parseInt(words[0]), new Field(words[1], form, words[3]));
                }
            }
        }
    }

    private static final class Holder {
        static final ProtobufTable BUILT_IN = new ProtobufTable(read());

        private static String read() {
            try (InputStream stream = ProtobufTable.class.getResourceAsStream(RESOURCE)) {
                if (stream == null) {
                    throw new IllegalStateException("the class path lacks " + RESOURCE + ", which the build writes");
                }
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static ProtobufTable builtIn() {
        return Holder.BUILT_IN;
    }

    /** The message of an object's kind; options for requests are the same in every group. */
    Optional<String> root(String apiVersion, String kind) {
        return Optional.ofNullable(roots.get(apiVersion + "/" + kind))
                .or(() -> Optional.ofNullable(roots.get("*/" + kind)));
    }

    /** The fields of a message by number. */
    NavigableMap<Integer, Field> fields(String message) {
        return messages.getOrDefault(message, Collections.emptyNavigableMap());
    }
}
