package io.keelson.orchestrator.cel;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON as values of expressions. */
public final class Values {

    private Values() {}

    /** A value of any type, such as {@code request} has; objects are maps with their own field names. */
    public static Object of(JsonNode node) {
        return of(node, Type.Basic.DYN);
    }

    /**
     * A value of a type. What does not fit becomes what it would be without a type, so that the expression fails and not this. Fields
     * that an object's type does not have are left out.
     */
    public static Object of(JsonNode node, Type type) {
        if (node.isNull() || node.isMissingNode()) {
            return NullValue.NULL_VALUE;
        }
        return switch (type) {
            case Type.Basic basic -> basic(node, basic);
            case Type.Bytes _ -> node.isString() ? bytes(node.stringValue()) : plain(node);
            case Type.Text _ -> plain(node);
            case Type.ListOf list -> node.isArray() ? list(node, list.items()) : plain(node);
            case Type.MapOf map -> {
                if (!node.isObject()) {
                    yield plain(node);
                }
                Map<String, Object> values = new LinkedHashMap<>();
                node.properties().forEach(entry -> values.put(entry.getKey(), of(entry.getValue(), map.values())));
                yield values;
            }
            case Type.OptionalOf optional -> Optional.of(of(node, optional.value()));
            case Type.ObjectOf object -> {
                if (!node.isObject()) {
                    yield plain(node);
                }
                Map<String, Object> values = new LinkedHashMap<>();
                object.fields().forEach((name, field) -> {
                    JsonNode value = node.get(name);
                    Optional<String> escaped = FieldNames.escape(name);
                    if (value != null && escaped.isPresent()) {
                        values.put(escaped.get(), of(value, field));
                    }
                });
                yield values;
            }
        };
    }

    private static Object basic(JsonNode node, Type.Basic type) {
        return switch (type) {
            case BOOL, DYN, INT, AUTHORIZER, RESOURCE_CHECK -> plain(node);
            case DOUBLE -> node.isNumber() ? (Object) node.doubleValue() : plain(node);
            case TIMESTAMP -> node.isString() ? time(node.stringValue()) : plain(node);
            case DURATION ->
                node.isString()
                        ? Durations.parse(node.stringValue())
                                .<Object>map(span -> span)
                                .orElse(node.stringValue())
                        : plain(node);
        };
    }

    private static Object time(String text) {
        try {
            return text.length() == "2026-01-01".length()
                    ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                    : (Object) OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException noTime) {
            return text;
        }
    }

    private static Object bytes(String text) {
        try {
            return CelByteString.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException notBase64) {
            return text;
        }
    }

    private static List<Object> list(JsonNode node, Type items) {
        List<Object> values = new ArrayList<>();
        node.forEach(item -> values.add(of(item, items)));
        return values;
    }

    private static Object plain(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT, POJO -> {
                Map<String, Object> values = new LinkedHashMap<>();
                node.properties().forEach(entry -> values.put(entry.getKey(), of(entry.getValue())));
                yield values;
            }
            case ARRAY -> list(node, Type.Basic.DYN);
            case STRING, BINARY -> node.asString();
            // As Kubernetes reads JSON: what is beyond 64 bits is no whole number any more.
            case NUMBER ->
                node.isIntegralNumber() && node.canConvertToLong()
                        ? (Object) node.longValue()
                        : (Object) node.doubleValue();
            case BOOLEAN -> node.booleanValue();
            case NULL, MISSING -> NullValue.NULL_VALUE;
        };
    }

    /**
     * What an expression gives, as JSON: the way back from {@link #of}.
     *
     * @throws IllegalArgumentException if there is no such thing in JSON
     */
    public static JsonNode json(Object value) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (value) {
            case Boolean truth -> nodes.booleanNode(truth);
            case String text -> nodes.stringNode(text);
            case Long number ->
                (int) (long) number == number ? nodes.numberNode((int) (long) number) : nodes.numberNode(number);
            case UnsignedLong number -> nodes.numberNode(number.longValue());
            case Double number -> nodes.numberNode(number);
            case NullValue _ -> nodes.nullNode();
            case CelByteString bytes -> nodes.stringNode(Base64.getEncoder().encodeToString(bytes.toByteArray()));
            case Instant time -> nodes.stringNode(time.toString());
            case Iterable<?> items -> {
                ArrayNode array = nodes.arrayNode();
                items.forEach(item -> array.add(json(item)));
                yield array;
            }
            case Map<?, ?> map -> {
                ObjectNode object = nodes.objectNode();
                map.forEach((key, each) -> object.set(String.valueOf(key), json(each)));
                yield object;
            }
            default ->
                throw new IllegalArgumentException(
                        "a value of type " + value.getClass().getSimpleName() + " has no form in JSON");
        };
    }

    /** The value of an {@link Type.OptionalOf} that is not there. */
    public static Object absent() {
        return Optional.empty();
    }
}
