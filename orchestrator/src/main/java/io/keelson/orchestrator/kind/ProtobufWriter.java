package io.keelson.orchestrator.kind;

import io.keelson.orchestrator.kind.ProtobufTable.Field;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON trees as bodies of the content type {@code application/vnd.kubernetes.protobuf}, as {@link Protobuf} reads them. Fields that the
 * protobuf form does not know are left out, as are those of the wrong type, which no object has that was judged.
 */
public final class ProtobufWriter {

    /** What the content type is called. */
    public static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final String LIST = "List";
    private static final String LIST_META = "k8s.io.apimachinery.pkg.apis.meta.v1.ListMeta";

    private ProtobufWriter() {}

    /** Whether there is a protobuf form of objects of a kind. */
    public static boolean knows(String apiVersion, String kind) {
        return root(apiVersion, kind).isPresent();
    }

    private static Optional<String> root(String apiVersion, String kind) {
        return ProtobufTable.builtIn().root(apiVersion, kind);
    }

    /**
     * An object, or a list of objects of one kind, as a body.
     *
     * @throws IllegalArgumentException if there is no such form of its kind
     */
    public static byte[] write(ObjectNode object) {
        BackwardBytes out = new BackwardBytes();
        String apiVersion = Json.string(object, "apiVersion").orElse("");
        String kind = Json.string(object, "kind").orElse("");
        Optional<String> message = root(apiVersion, kind);
        if (message.isPresent()) {
            message(message.get(), object, out);
        } else {
            String items = Optional.of(kind)
                    .filter(name -> name.endsWith(LIST))
                    .flatMap(name -> root(apiVersion, name.substring(0, name.length() - LIST.length())))
                    .orElseThrow(() ->
                            new IllegalArgumentException("there is no protobuf form of " + apiVersion + " " + kind));
            for (JsonNode item : Json.items(object, "items").reversed()) {
                message(items, 2, item, out);
            }
            message(LIST_META, 1, Json.child(object, "metadata"), out);
        }
        out.delimited(2, 0);
        head(apiVersion, kind, out);
        return out.toByteArray();
    }

    /** What stands before the object in a body: which kind it is. */
    private static void head(String apiVersion, String kind, BackwardBytes out) {
        int before = out.size();
        out.text(2, kind);
        out.text(1, apiVersion);
        out.delimited(1, before);
        out.prepend(MAGIC);
    }

    /** An object as an item of a list whose beginning is {@link #listHead}: with the number of its field, and its length. */
    public static byte[] item(ObjectNode object) {
        BackwardBytes out = new BackwardBytes();
        String apiVersion = Json.string(object, "apiVersion").orElse("");
        String kind = Json.string(object, "kind").orElse("");
        message(root(apiVersion, kind).orElseThrow(), 2, object, out);
        return out.toByteArray();
    }

    /**
     * The beginning of a list.
     *
     * @param list without items
     * @param size of all items that follow, in bytes
     */
    public static byte[] listHead(ObjectNode list, long size) {
        BackwardBytes metadata = new BackwardBytes();
        message(LIST_META, 1, Json.child(list, "metadata"), metadata);
        BackwardBytes out = new BackwardBytes();
        out.prepend(metadata.toByteArray());
        out.begin(2, size + metadata.size());
        head(
                Json.string(list, "apiVersion").orElse(""),
                Json.string(list, "kind").orElse(""),
                out);
        return out.toByteArray();
    }

    /**
     * An event of a watch, as a piece of a stream: its length in four bytes, and then a {@code meta.v1.WatchEvent} in which the object is
     * a body of its own.
     */
    public static byte[] event(String type, ObjectNode object) {
        BackwardBytes out = new BackwardBytes();
        out.bytes(1, write(object));
        out.delimited(2, 0);
        out.text(1, type);
        out.prepend(ByteBuffer.allocate(Integer.BYTES).putInt(out.size()).array());
        return out.toByteArray();
    }

    private static void message(String type, int number, JsonNode object, BackwardBytes out) {
        int before = out.size();
        message(type, object, out);
        out.delimited(number, before);
    }

    private static void message(String type, JsonNode object, BackwardBytes out) {
        // Written from behind.
        ProtobufTable.builtIn().fields(type).descendingMap().forEach((number, field) -> {
            if (field.form() == ProtobufTable.Form.INLINE) {
                inline(number, field, object, out);
            } else {
                JsonNode value = object.path(field.name());
                if (!value.isMissingNode() && (!value.isNull() || field.type().endsWith(".v1.JSON"))) {
                    field(number, field, value, out);
                }
            }
        });
    }

    /** A message whose fields are the parent's in JSON; left out if there is none of them. */
    private static void inline(int number, Field field, JsonNode parent, BackwardBytes out) {
        int before = out.size();
        message(field.type(), parent, out);
        if (out.size() > before) {
            out.delimited(number, before);
        }
    }

    private static void field(int number, Field field, JsonNode value, BackwardBytes out) {
        switch (field.form()) {
            case MANY -> {
                for (JsonNode item : value.valueStream().toList().reversed()) {
                    value(field.type(), number, item, out);
                }
            }
            case MAP ->
                value.properties().forEach(entry -> {
                    int before = out.size();
                    value(field.type(), 2, entry.getValue(), out);
                    out.text(1, entry.getKey());
                    out.delimited(number, before);
                });
            case PLAIN, POINTER -> value(field.type(), number, value, out);
            case INLINE -> throw new IllegalArgumentException(field.name() + " is no value");
        }
    }

    private static void value(String type, int number, JsonNode value, BackwardBytes out) {
        switch (type) {
            case "string" -> out.text(number, value.asString(""));
            case "bool" -> out.number(number, value.booleanValue(false) ? 1 : 0);
            case "int32", "int64" -> out.number(number, value.asLong(0));
            case "double" -> out.real(number, value.asDouble(0));
            case "bytes" -> out.bytes(number, Base64.getMimeDecoder().decode(value.asString("")));
            default -> {
                int before = out.size();
                struct(type, value, out);
                out.delimited(number, before);
            }
        }
    }

    /** What is a message in protobuf, and in JSON perhaps not. */
    private static void struct(String type, JsonNode value, BackwardBytes out) {
        switch (type.substring(type.lastIndexOf('.') + 1)) {
            case "Quantity" -> out.text(1, value.asString(""));
            case "IntOrString" -> {
                if (value.isString()) {
                    out.text(3, value.stringValue());
                    out.number(1, 1);
                } else {
                    out.number(2, value.asLong(0));
                    out.number(1, 0);
                }
            }
            case "Time", "MicroTime" -> time(value, out);
            case "FieldsV1", "JSON", "RawExtension" ->
                out.bytes(1, value.toString().getBytes(StandardCharsets.UTF_8));
            case "ExtraValue" ->
                value.valueStream().toList().reversed().forEach(item -> out.text(1, item.asString("")));
            case "JSONSchemaPropsOrArray" -> either(type, value, "jSONSchemas", out);
            case "JSONSchemaPropsOrStringArray" -> either(type, value, "property", out);
            case "JSONSchemaPropsOrBool" -> {
                if (value.isObject()) {
                    message(type, Json.object().set("schema", value).put("allows", true), out);
                } else {
                    message(type, Json.object().set("allows", value), out);
                }
            }
            default -> message(type, value, out);
        }
    }

    /** A schema, or a list of something. */
    private static void either(String type, JsonNode value, String list, BackwardBytes out) {
        message(type, Json.object().set(value.isArray() ? list : "schema", value), out);
    }

    private static void time(JsonNode value, BackwardBytes out) {
        try {
            var time = OffsetDateTime.parse(value.asString("")).toInstant();
            long seconds = time.getEpochSecond();
            int nanos = time.getNano();
            if (nanos > 0) {
                out.number(2, nanos);
            }
            out.number(1, seconds);
        } catch (DateTimeException notATime) {
            // An empty message is the time that is not set.
        }
    }
}
