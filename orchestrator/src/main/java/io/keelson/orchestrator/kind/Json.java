package io.keelson.orchestrator.kind;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The one way between bytes and trees. What it writes is canonical: equal objects have equal bytes. */
public final class Json {

    /** Objects and lists may be nested this deep. */
    public static final int MAX_DEPTH = 256;

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .build();

    private Json() {}

    /**
     * An object as it was sent.
     *
     * @param object the object; of a field that came twice the last
     * @param duplicates the fields that came twice
     */
    public record Decoded(ObjectNode object, List<FieldError> duplicates) {}

    /** An empty object. */
    public static ObjectNode object() {
        return NODES.objectNode();
    }

    /** An empty list. */
    public static ArrayNode array() {
        return NODES.arrayNode();
    }

    /**
     * Reads one object, in UTF-8.
     *
     * @throws MalformedJsonException if the bytes are not one JSON object, are nested deeper than {@link #MAX_DEPTH}, or have
     *     a field twice
     */
    public static ObjectNode parse(byte[] bytes) {
        Decoded decoded = decode(bytes);
        if (!decoded.duplicates().isEmpty()) {
            throw new MalformedJsonException(decoded.duplicates().getFirst().message());
        }
        return decoded.object();
    }

    /** Reads one object from text; see {@link #parse(byte[])}. */
    public static ObjectNode parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads one object and notes fields that come twice.
     *
     * @throws MalformedJsonException if the bytes are not one JSON object, or are nested deeper than {@link #MAX_DEPTH}
     */
    public static Decoded decode(byte[] bytes) {
        List<FieldError> duplicates = new ArrayList<>();
        JsonNode read = read(bytes, duplicates);
        if (read instanceof ObjectNode object) {
            return new Decoded(object, List.copyOf(duplicates));
        }
        throw new MalformedJsonException("must be a JSON object, but is " + typeOf(read));
    }

    /**
     * Reads any one value, such as a JSON patch, which is a list.
     *
     * @throws MalformedJsonException if the bytes are not one JSON value
     */
    public static JsonNode parseAny(byte[] bytes) {
        return read(bytes, new ArrayList<>());
    }

    private static JsonNode read(byte[] bytes, List<FieldError> duplicates) {
        try (JsonParser parser = MAPPER.createParser(bytes)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new MalformedJsonException("is empty, but must be a JSON object");
            }
            JsonNode value = value(parser, first, "", duplicates);
            if (parser.nextToken() != null) {
                throw malformed("has more after its end", parser.currentTokenLocation());
            }
            return value;
        } catch (JacksonException e) {
            throw malformed(e.getOriginalMessage(), e.getLocation());
        }
    }

    /** The place is not known when a bound on the whole text is exceeded. */
    private static MalformedJsonException malformed(String what, @Nullable TokenStreamLocation where) {
        String place = where == null ? "" : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")";
        return new MalformedJsonException("is not JSON: " + what + place);
    }

    private static JsonNode value(JsonParser parser, JsonToken token, String path, List<FieldError> duplicates) {
        return switch (token) {
            case START_OBJECT -> {
                ObjectNode object = object();
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    String child = path.isEmpty() ? name : path + "." + name;
                    JsonNode value = value(parser, parser.nextToken(), child, duplicates);
                    if (object.has(name)) {
                        duplicates.add(FieldError.duplicate(child));
                    }
                    object.set(name, value);
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode list = array();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    list.add(value(parser, next, path + "[" + list.size() + "]", duplicates));
                }
                yield list;
            }
            case VALUE_STRING -> NODES.stringNode(parser.getString());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            case VALUE_NUMBER_INT -> integer(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw malformed("unexpected " + token, parser.currentTokenLocation());
        };
    }

    /** One class of node for one size of number, so that equal numbers are equal nodes. */
    private static JsonNode integer(BigInteger number) {
        if (number.bitLength() < Integer.SIZE) {
            return NODES.numberNode(number.intValueExact());
        }
        return number.bitLength() < Long.SIZE ? NODES.numberNode(number.longValueExact()) : NODES.numberNode(number);
    }

    /**
     * Writes an object in canonical form: apiVersion, kind and metadata first, all other fields in the order of their names at
     * every level, no spaces.
     */
    public static byte[] write(ObjectNode object) {
        ObjectNode sorted = object();
        for (String first : List.of("apiVersion", "kind", "metadata")) {
            if (object.has(first)) {
                sorted.set(first, sorted(object.get(first)));
            }
        }
        return MAPPER.writeValueAsBytes(sorted(object, sorted));
    }

    /** {@link #write} as text. */
    public static String text(ObjectNode object) {
        return new String(write(object), StandardCharsets.UTF_8);
    }

    private static JsonNode sorted(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return sorted(object, object());
        }
        if (node instanceof ArrayNode list) {
            ArrayNode sorted = array();
            list.forEach(item -> sorted.add(sorted(item)));
            return sorted;
        }
        return node;
    }

    private static ObjectNode sorted(ObjectNode from, ObjectNode into) {
        Map<String, JsonNode> fields = new TreeMap<>();
        from.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        fields.forEach((name, value) -> {
            if (!into.has(name)) {
                into.set(name, sorted(value));
            }
        });
        return into;
    }

    /** A stored object with the revision at which it was stored. */
    public static ObjectNode withResourceVersion(byte[] stored, long revision) {
        ObjectNode object = parse(stored);
        child(object, "metadata").put("resourceVersion", Long.toString(revision));
        return object;
    }

    /** The object at a field; an empty one is put there if there is none, or something else. */
    public static ObjectNode child(ObjectNode parent, String field) {
        if (parent.get(field) instanceof ObjectNode object) {
            return object;
        }
        ObjectNode made = object();
        parent.set(field, made);
        return made;
    }

    /** The value at a path of field names; empty if a step is missing or null. */
    public static Optional<JsonNode> at(JsonNode from, String... path) {
        JsonNode node = from;
        for (String field : path) {
            JsonNode next = node.get(field);
            if (next == null || next.isNull()) {
                return Optional.empty();
            }
            node = next;
        }
        return Optional.of(node);
    }

    /** The text at a path of field names; empty if there is none, or it is no string. */
    public static Optional<String> string(JsonNode from, String... path) {
        return at(from, path).filter(JsonNode::isString).map(JsonNode::stringValue);
    }

    /** The whole number at a path of field names; empty if there is none. */
    public static Optional<Long> number(JsonNode from, String... path) {
        return at(from, path).filter(JsonNode::isIntegralNumber).map(JsonNode::longValue);
    }

    /** The items of the list at a path of field names; none if there is no list. */
    public static List<JsonNode> items(JsonNode from, String... path) {
        List<JsonNode> items = new ArrayList<>();
        at(from, path).filter(JsonNode::isArray).ifPresent(list -> list.forEach(items::add));
        return items;
    }

    /** The map of strings at a path of field names, such as labels; what is no string is left out. */
    public static Map<String, String> strings(JsonNode from, String... path) {
        Map<String, String> strings = new HashMap<>();
        at(from, path)
                .filter(JsonNode::isObject)
                .ifPresent(map -> map.properties().forEach(entry -> {
                    if (entry.getValue().isString()) {
                        strings.put(entry.getKey(), entry.getValue().stringValue());
                    }
                }));
        return strings;
    }

    /** The object without fields that are null, at every level: null means absent in Kubernetes' objects. */
    public static ObjectNode withoutNulls(ObjectNode object) {
        ObjectNode kept = object();
        object.properties().forEach(field -> {
            if (!field.getValue().isNull()) {
                kept.set(field.getKey(), itemsWithoutNulls(field.getValue()));
            }
        });
        return kept;
    }

    private static JsonNode itemsWithoutNulls(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return withoutNulls(object);
        }
        if (node instanceof ArrayNode list) {
            ArrayNode kept = array();
            list.forEach(item -> kept.add(itemsWithoutNulls(item)));
            return kept;
        }
        return node;
    }

    /** The JSON type of a node in words for messages: {@code a string}, {@code null}. */
    public static String typeOf(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT, POJO -> "an object";
            case ARRAY -> "a list";
            case STRING, BINARY -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case NULL, MISSING -> "null";
        };
    }
}
