package io.keelson.orchestrator.kind;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
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

    /** A text may hold so many values: each takes many times the memory of its letters. */
    public static final int MAX_VALUES = 400_000;

    /** Fields that came twice are told up to this many. */
    private static final int MAX_DUPLICATES = 100;

    /** Most small answers fit into so many bytes. */
    private static final int FIRST_BYTES = 512;

    private static final String MANAGED_FIELDS = "managedFields";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final FieldNames NAMES = new FieldNames();
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    // The library keeps a table of all names that it has met, and copies it for each new one: objects
                    // with names of their own, such as labels, would make that the greater part of the work.
                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            // Bounded by the size of a request. What is stored may have longer names than what
                            // was sent: among who owns which field, the keys of items become a name.
                            .maxNameLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .build();

    private Json() {}

    /**
     * An object as it was sent.
     *
     * @param object the object; of a field that came twice the last
     * @param duplicates the fields that came twice, the first hundred
     */
    public record Decoded(ObjectNode object, List<FieldError> duplicates) {}

    /**
     * Any one value as it was sent.
     *
     * @param value the value; of a field that came twice the last
     * @param duplicates the fields that came twice, the first hundred
     */
    public record DecodedValue(JsonNode value, List<FieldError> duplicates) {}

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
        return checked(decode(bytes));
    }

    private static ObjectNode checked(Decoded decoded) {
        if (!decoded.duplicates().isEmpty()) {
            throw new MalformedJsonException(decoded.duplicates().getFirst().message());
        }
        return decoded.object();
    }

    /**
     * As {@link #parse(byte[])}, but without {@code metadata.managedFields}: for readers whose business it is not who owns what, since that
     * may be half of the object.
     */
    public static ObjectNode parseUnmanaged(byte[] bytes) {
        return checked(decode(bytes, new Reading(Parts.UNMANAGED)));
    }

    /**
     * As {@link #parseUnmanaged}, and of the rest apiVersion, kind and metadata only: what else there is must be JSON, but may have fields
     * twice.
     */
    public static ObjectNode parseHeader(byte[] bytes) {
        return checked(decode(bytes, new Reading(Parts.HEADER)));
    }

    /** Reads one object from text; see {@link #parse(byte[])}. */
    public static ObjectNode parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads one object and notes fields that come twice.
     *
     * @throws MalformedJsonException if the bytes are not one JSON object, are nested deeper than {@link #MAX_DEPTH}, or hold more than
     *     {@link #MAX_VALUES} values
     */
    public static Decoded decode(byte[] bytes) {
        return decode(bytes, new Reading(Parts.ALL));
    }

    private static Decoded decode(byte[] bytes, Reading reading) {
        JsonNode read = read(bytes, reading);
        if (read instanceof ObjectNode object) {
            return new Decoded(object, List.copyOf(reading.duplicates));
        }
        throw new MalformedJsonException("must be a JSON object, but is " + typeOf(read));
    }

    /**
     * Reads any one value, such as a JSON patch, which is a list.
     *
     * @throws MalformedJsonException if the bytes are not one JSON value
     */
    public static JsonNode parseAny(byte[] bytes) {
        return read(bytes, new Reading(Parts.ALL));
    }

    /** As {@link #parseAny}, and notes fields that come twice. */
    public static DecodedValue decodeAny(byte[] bytes) {
        Reading reading = new Reading(Parts.ALL);
        JsonNode value = read(bytes, reading);
        return new DecodedValue(value, List.copyOf(reading.duplicates));
    }

    private static JsonNode read(byte[] bytes, Reading reading) {
        try (JsonParser parser = MAPPER.createParser(Utf8.text(bytes))) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new MalformedJsonException("is empty, but must be a JSON object");
            }
            JsonNode value = reading.value(parser, first);
            if (parser.nextToken() != null) {
                throw malformed("has more after its end", parser.currentTokenLocation());
            }
            return value;
        } catch (StreamConstraintsException e) {
            // The library names its own settings.
            String what = String.valueOf(e.getOriginalMessage());
            throw what.startsWith("Document nesting depth")
                    ? new MalformedJsonException("is nested deeper than " + MAX_DEPTH)
                    : malformed(what.replaceAll(", from `[^`]*`", ""), e.getLocation());
        } catch (JacksonException e) {
            // The library adds where the value began, in words of its own that name no place.
            throw malformed(
                    String.valueOf(e.getOriginalMessage()).replaceAll("(?s) \\(start marker at .*", ""),
                    e.getLocation());
        }
    }

    /** The place is not known when a bound on the whole text is exceeded. */
    private static MalformedJsonException malformed(String what, @Nullable TokenStreamLocation where) {
        String place = where == null ? "" : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")";
        return new MalformedJsonException("is not JSON: " + what + place);
    }

    /** Where the reader stands, in words. */
    private static String path(TokenStreamContext context) {
        Deque<String> steps = new ArrayDeque<>();
        for (TokenStreamContext at = context; !at.inRoot(); at = at.getParent()) {
            if (at.inArray()) {
                steps.addFirst("[" + at.getCurrentIndex() + "]");
            } else {
                steps.addFirst((at.getParent().inRoot() ? "" : ".") + at.currentName());
            }
        }
        return String.join("", steps);
    }

    /** How much of an object is wanted. */
    private enum Parts {
        ALL,
        /** All but who owns what. */
        UNMANAGED,
        /** Of that what every object has. */
        HEADER
    }

    /** One text being read. */
    private static final class Reading {

        private final List<FieldError> duplicates = new ArrayList<>();
        private final Parts parts;
        private int values;

        Reading(Parts parts) {
            this.parts = parts;
        }

        JsonNode value(JsonParser parser, JsonToken token) {
            if (++values > MAX_VALUES) {
                throw malformed("has more than " + MAX_VALUES + " values", parser.currentTokenLocation());
            }
            return switch (token) {
                case START_OBJECT -> object(parser);
                case START_ARRAY -> {
                    ArrayNode list = array();
                    for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                        list.add(value(parser, next));
                    }
                    yield list;
                }
                case VALUE_STRING -> NODES.stringNode(parser.getString());
                case VALUE_TRUE -> NODES.booleanNode(true);
                case VALUE_FALSE -> NODES.booleanNode(false);
                case VALUE_NULL -> NODES.nullNode();
                case VALUE_NUMBER_INT -> integer(parser);
                case VALUE_NUMBER_FLOAT -> {
                    double number = parser.getDoubleValue();
                    if (!Double.isFinite(number)) {
                        throw malformed("has a number that is too large", parser.currentTokenLocation());
                    }
                    yield NODES.numberNode(number);
                }
                case END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                    throw malformed("unexpected " + token, parser.currentTokenLocation());
            };
        }

        private ObjectNode object(JsonParser parser) {
            ObjectNode object = Json.object();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                JsonToken token = parser.nextToken();
                if (parts != Parts.ALL && !isWanted(name, parser.streamReadContext())) {
                    parser.skipChildren();
                    continue;
                }
                @Nullable JsonNode before = object.replace(NAMES.shared(name), value(parser, token));
                if (before != null && duplicates.size() < MAX_DUPLICATES) {
                    duplicates.add(FieldError.duplicate(path(parser.streamReadContext())));
                }
            }
            return object;
        }

        private boolean isWanted(String name, TokenStreamContext context) {
            if (name.equals(MANAGED_FIELDS) && isMetadata(context)) {
                return false;
            }
            return parts != Parts.HEADER || CanonicalForm.FIRST.contains(name) || !isWhole(name, context);
        }

        /** Whether a field is one of the whole. Its value is being looked at, and may have begun. */
        private static boolean isWhole(String field, TokenStreamContext context) {
            TokenStreamContext object = field.equals(context.currentName()) ? context : context.getParent();
            return object.getNestingDepth() == 1;
        }

        /** Whether this is the metadata of the whole. The value of a field is being looked at, and may have begun. */
        private static boolean isMetadata(TokenStreamContext context) {
            TokenStreamContext object = MANAGED_FIELDS.equals(context.currentName()) ? context : context.getParent();
            TokenStreamContext around = object.getParent();
            return around.getNestingDepth() == 1 && "metadata".equals(around.currentName());
        }
    }

    /** The object with only what {@link #parseHeader} reads of it; its parts are the same. */
    public static ObjectNode header(ObjectNode object) {
        ObjectNode header = object();
        for (String field : CanonicalForm.FIRST) {
            if (object.has(field)) {
                header.set(field, object.get(field));
            }
        }
        return header;
    }

    /**
     * The labels of an object, of which no more is read than it takes to find them; what is no string is left out.
     *
     * @throws MalformedJsonException if what is read up to there is not JSON
     */
    public static Map<String, String> labels(byte[] object) {
        try (JsonParser parser = MAPPER.createParser(object)) {
            Map<String, String> labels = new HashMap<>();
            if (parser.nextToken() == JsonToken.START_OBJECT
                    && enters(parser, "metadata")
                    && enters(parser, "labels")) {
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    if (parser.nextToken() == JsonToken.VALUE_STRING) {
                        labels.put(name, parser.getString());
                    } else {
                        parser.skipChildren();
                    }
                }
            }
            return labels;
        } catch (JacksonException e) {
            throw malformed(e.getOriginalMessage(), e.getLocation());
        }
    }

    /** Goes from within one object into the one that is its field; whether there is one. */
    private static boolean enters(JsonParser parser, String field) {
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            JsonToken value = parser.nextToken();
            if (name.equals(field)) {
                return value == JsonToken.START_OBJECT;
            }
            parser.skipChildren();
        }
        return false;
    }

    /** One class of node for one size of number, so that equal numbers are equal nodes. */
    private static JsonNode integer(JsonParser parser) {
        return switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> NODES.numberNode(parser.getBigIntegerValue());
        };
    }

    /**
     * Writes an object in canonical form: apiVersion, kind and metadata first, all other fields in the order of their names at
     * every level, no spaces.
     */
    public static byte[] write(ObjectNode object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(FIRST_BYTES);
        try (JsonGenerator out = MAPPER.createGenerator(bytes)) {
            CanonicalForm.write(object, out);
        }
        return bytes.toByteArray();
    }

    /** {@link #write} as text. */
    public static String text(ObjectNode object) {
        return new String(write(object), StandardCharsets.UTF_8);
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

    /** The whole number at a path of field names; empty if there is none, or it is beyond 64 bits. */
    public static Optional<Long> number(JsonNode from, String... path) {
        return at(from, path)
                .filter(node -> node.isIntegralNumber() && node.canConvertToLong())
                .map(JsonNode::longValue);
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

    /** Whether two values are written alike: as {@code equals}, but that a number may be an int in one tree and a long in the other. */
    @SuppressWarnings("ReferenceEquality") // What is one and the same need not be looked through.
    public static boolean same(JsonNode one, JsonNode other) {
        if (one == other) {
            return true;
        }
        if (one instanceof ObjectNode object && other instanceof ObjectNode that) {
            if (object.size() != that.size()) {
                return false;
            }
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                JsonNode there = that.get(field.getKey());
                if (there == null || !same(field.getValue(), there)) {
                    return false;
                }
            }
            return true;
        }
        if (one instanceof ArrayNode list && other instanceof ArrayNode that) {
            if (list.size() != that.size()) {
                return false;
            }
            for (int i = 0; i < list.size(); i++) {
                if (!same(list.get(i), that.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return one.equals(other)
                || (one.isNumber() && other.isNumber() && one.toString().equals(other.toString()));
    }

    /** How deep objects and lists are nested; 0 for what is neither. Looks no deeper than {@code enough}. */
    public static int depth(JsonNode node, int enough) {
        int deepest = 0;
        if (node.isContainer() && enough > 0) {
            for (JsonNode child : node) {
                deepest = Math.max(deepest, depth(child, enough - 1));
            }
            deepest++;
        }
        return deepest;
    }

    /** A text in quotes, with what must be escaped in them. */
    public static String quoted(String text) {
        return array().add(text).get(0).toString();
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
