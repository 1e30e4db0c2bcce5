package io.keelson.orchestrator.kind;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.keelson.orchestrator.kind.ProtobufTable.Field;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Bodies of the content type {@code application/vnd.kubernetes.protobuf}, which kubectl sends for built-in kinds since 1.32, as
 * JSON trees. Go writes fields that are no pointers even when they are zero; those are dropped, as they are in JSON.
 */
public final class Protobuf {

    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    /** Structs that Go writes always, so that empty they say nothing. */
    private static final Set<String> NO_POINTERS = Set.of(
            "metadata",
            "spec",
            "status",
            "strategy",
            "updateStrategy",
            "jobTemplate",
            "deprecatedSource",
            "names",
            "resources",
            "loadBalancer",
            "source",
            "nodeInfo",
            "daemonEndpoints",
            "kubeletEndpoint",
            "state",
            "lastState",
            "conditions");

    private Protobuf() {}

    /** Whether a body begins as Kubernetes' protobuf bodies do. */
    public static boolean isProtobuf(byte[] body) {
        return body.length >= MAGIC.length && Arrays.mismatch(MAGIC, body) == MAGIC.length;
    }

    /**
     * The object in a body: one of a built-in kind, a Scale, or options such as DeleteOptions.
     *
     * @throws MalformedJsonException if the body is no such message, or of a kind that is not known
     */
    public static ObjectNode decode(byte[] body) {
        if (!isProtobuf(body)) {
            throw new MalformedJsonException("is not Kubernetes protobuf: it does not begin with k8s and a zero");
        }
        try {
            return envelope(CodedInputStream.newInstance(body, MAGIC.length, body.length - MAGIC.length));
        } catch (IOException | DateTimeException e) {
            throw new MalformedJsonException("is not Kubernetes protobuf: " + e.getMessage());
        }
    }

    /** A {@code runtime.Unknown}: typeMeta (apiVersion, kind) in field 1, the object in field 2. */
    private static ObjectNode envelope(CodedInputStream in) throws IOException {
        String apiVersion = "";
        String kind = "";
        byte[] raw = {};
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> {
                    CodedInputStream meta = CodedInputStream.newInstance(in.readByteArray());
                    for (int inner = meta.readTag(); inner != 0; inner = meta.readTag()) {
                        switch (WireFormat.getTagFieldNumber(inner)) {
                            case 1 -> apiVersion = meta.readString();
                            case 2 -> kind = meta.readString();
                            default -> meta.skipField(inner);
                        }
                    }
                }
                case 2 -> raw = in.readByteArray();
                default -> in.skipField(tag);
            }
        }
        Optional<String> message = ProtobufTable.builtIn().root(apiVersion, kind);
        if (message.isEmpty()) {
            throw new MalformedJsonException(
                    "holds a " + apiVersion + " " + kind + ", of which the protobuf form is not known: send JSON");
        }
        ObjectNode object = Json.object().put("apiVersion", apiVersion).put("kind", kind);
        message(message.get(), raw, object, 0);
        return object;
    }

    private static void message(String type, byte[] bytes, ObjectNode into, int depth) throws IOException {
        if (depth > Json.MAX_DEPTH) {
            throw new MalformedJsonException("is nested deeper than " + Json.MAX_DEPTH);
        }
        Map<Integer, Field> fields = ProtobufTable.builtIn().fields(type);
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            Field field = fields.get(WireFormat.getTagFieldNumber(tag));
            if (field == null) {
                // Of a newer version than ours. Protobuf has no strict validation: Kubernetes drops it, too.
                in.skipField(tag);
            } else {
                field(field, WireFormat.getTagWireType(tag), in, into, depth);
            }
        }
    }

    private static void field(Field field, int wireType, CodedInputStream in, ObjectNode into, int depth)
            throws IOException {
        switch (field.form()) {
            case INLINE -> message(field.type(), in.readByteArray(), into, depth + 1);
            case MAP -> entry(field, in.readByteArray(), Json.child(into, field.name()), depth);
            case MANY -> {
                ArrayNode list =
                        into.get(field.name()) instanceof ArrayNode before ? before : into.putArray(field.name());
                boolean packed = wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED && field.isNumber();
                if (packed) {
                    CodedInputStream numbers = CodedInputStream.newInstance(in.readByteArray());
                    while (!numbers.isAtEnd()) {
                        list.add(value(field.type(), numbers, depth));
                    }
                } else {
                    list.add(value(field.type(), in, depth));
                }
            }
            case POINTER -> into.set(field.name(), value(field.type(), in, depth));
            case PLAIN -> {
                JsonNode value = value(field.type(), in, depth);
                if (says(field, value)) {
                    into.set(field.name(), value);
                }
            }
        }
    }

    private static boolean says(Field field, JsonNode value) {
        return switch (value.getNodeType()) {
            case STRING -> !value.stringValue().isEmpty();
            case NUMBER -> field.isIntOrString() || value.doubleValue() != 0;
            case BOOLEAN -> value.booleanValue();
            case OBJECT -> !value.isEmpty() || !NO_POINTERS.contains(field.name());
            case NULL, MISSING -> false;
            case ARRAY, BINARY, POJO -> true;
        };
    }

    private static void entry(Field field, byte[] bytes, ObjectNode map, int depth) throws IOException {
        String key = "";
        JsonNode value = field.isMessage() ? Json.object() : NODES.stringNode("");
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> key = in.readString();
                case 2 -> value = value(field.type(), in, depth);
                default -> in.skipField(tag);
            }
        }
        map.set(key, value);
    }

    private static JsonNode value(String type, CodedInputStream in, int depth) throws IOException {
        return switch (type) {
            case "string" -> NODES.stringNode(in.readString());
            case "bool" -> NODES.booleanNode(in.readBool());
            case "int32" -> NODES.numberNode(in.readInt32());
            case "int64" -> number(in.readInt64());
            case "double" -> NODES.numberNode(in.readDouble());
            case "bytes" -> NODES.stringNode(Base64.getEncoder().encodeToString(in.readByteArray()));
            default -> struct(type, in.readByteArray(), depth);
        };
    }

    /** As the codec for JSON does it: one class of node for one size of number. */
    private static JsonNode number(long number) {
        return (int) number == number ? NODES.numberNode((int) number) : NODES.numberNode(number);
    }

    private static JsonNode struct(String type, byte[] bytes, int depth) throws IOException {
        return switch (type.substring(type.lastIndexOf('.') + 1)) {
            case "Quantity" -> NODES.stringNode(scalars(bytes).text);
            case "IntOrString" -> {
                // type = 1 (1 for text), intVal = 2, strVal = 3
                Scalars scalars = scalars(bytes);
                yield scalars.first == 1 ? NODES.stringNode(scalars.text) : NODES.numberNode((int) scalars.second);
            }
            case "Time" -> time(bytes, DateTimeFormatter.ISO_INSTANT);
            case "MicroTime" -> time(bytes, MICROS);
            case "FieldsV1" -> Json.parse(scalars(bytes).text);
            case "JSON", "RawExtension" -> any(scalars(bytes).text);
            case "ExtraValue" -> {
                ObjectNode list = Json.object();
                message(type, bytes, list, depth + 1);
                yield list.has("items") ? list.path("items") : Json.array();
            }
            case "JSONSchemaPropsOrArray" -> first(type, bytes, depth, "schema", "jSONSchemas");
            case "JSONSchemaPropsOrStringArray" -> first(type, bytes, depth, "schema", "property");
            // A schema counts, and only without one whether anything is allowed.
            case "JSONSchemaPropsOrBool" -> first(type, bytes, depth, "schema", "allows");
            default -> {
                ObjectNode object = Json.object();
                message(type, bytes, object, depth + 1);
                yield object;
            }
        };
    }

    private static JsonNode any(String text) {
        return text.isEmpty() ? NODES.nullNode() : Json.parseAny(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A message that stands for one of its fields: the first that is there; false if none is. */
    private static JsonNode first(String type, byte[] bytes, int depth, String... fields) throws IOException {
        ObjectNode object = Json.object();
        message(type, bytes, object, depth + 1);
        for (String field : fields) {
            if (object.has(field)) {
                return object.path(field);
            }
        }
        return NODES.booleanNode(false);
    }

    private static JsonNode time(byte[] bytes, DateTimeFormatter format) throws IOException {
        Scalars scalars = scalars(bytes);
        if (bytes.length == 0 || scalars.first == 0) {
            return NODES.nullNode();
        }
        Instant instant = format == MICROS
                ? Instant.ofEpochSecond(scalars.first, scalars.second)
                : Instant.ofEpochSecond(scalars.first);
        return NODES.stringNode(format.format(instant));
    }

    /** The numbers in fields 1 and 2 and the text, whichever field it is in, of a small message. */
    private static final class Scalars {
        private long first;
        private long second;
        private String text = "";
    }

    private static Scalars scalars(byte[] bytes) throws IOException {
        Scalars scalars = new Scalars();
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                scalars.text = new String(in.readByteArray(), StandardCharsets.UTF_8);
            } else if (WireFormat.getTagFieldNumber(tag) == 1) {
                scalars.first = in.readInt64();
            } else {
                scalars.second = in.readInt64();
            }
        }
        return scalars;
    }
}
