package io.keelson.orchestrator.kind;

import io.keelson.orchestrator.kind.Shape.ListOf;
import io.keelson.orchestrator.kind.Shape.MapOf;
import io.keelson.orchestrator.kind.Shape.Scalar;
import io.keelson.orchestrator.kind.Shape.Struct;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** What fields the objects of a kind have, and of which types. */
public final class Schema {

    /** A value in a message is cut after this many characters. */
    private static final int MAX_SHOWN = 60;

    private static final Pattern RFC_3339 =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}([.,]\\d+)?(Z|[+-]\\d{2}:\\d{2})");

    private static final String METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    private Schema() {}

    /**
     * What in the object does not fit the schema of its kind: unknown fields and values of a wrong type, at every level.
     * Whether fields are there that must be, and whether values make sense, {@link Validation} says. A null fits everywhere: it
     * means that the field is absent.
     *
     * @throws IllegalArgumentException if there is no schema for the kind
     */
    public static List<FieldError> check(Kind kind, JsonNode object) {
        return check(kind, object, MissingNode.getInstance());
    }

    /**
     * As the other one, but parts that an object shares with another of its kind are not looked at: for those who know what is wrong there, or
     * take it as it is.
     */
    public static List<FieldError> check(Kind kind, JsonNode object, JsonNode known) {
        List<FieldError> errors = new ArrayList<>();
        if (kind.custom().isPresent() && object instanceof ObjectNode node) {
            check(metadataShape(), node.path("metadata"), known.path("metadata"), "metadata", errors);
            errors.addAll(kind.custom().get().unknownFields(node));
            return errors;
        }
        check(shape(kind), object, known, "", errors);
        return errors;
    }

    /** The same of the metadata of an object, which stands at a path. */
    public static List<FieldError> metadata(JsonNode metadata, String path) {
        List<FieldError> errors = new ArrayList<>();
        check(metadataShape(), metadata, MissingNode.getInstance(), path, errors);
        return errors;
    }

    /** The form of the metadata of every object. */
    static Shape metadataShape() {
        return Definitions.builtIn().shape(METADATA);
    }

    /** Whether the metadata of an object has a field of this name. */
    public static boolean isMetadata(String field) {
        return metadataShape().field(field).isPresent();
    }

    /**
     * The form of the objects of a kind.
     *
     * @throws IllegalArgumentException if there is no schema for the kind
     */
    public static Shape shape(Kind kind) {
        return kind.strategy().shape().apply(kind);
    }

    /** What the build wrote about a kind that is part of Keelson. */
    static Shape builtIn(Kind kind) {
        Definitions definitions = Definitions.builtIn();
        return definitions
                .typeName(kind.group(), kind.version(), kind.kind())
                .map(definitions::shape)
                .orElseThrow(() -> new IllegalArgumentException("no schema for " + kind));
    }

    @SuppressWarnings("ReferenceEquality") // What is shared is meant, and not what is equal.
    private static void check(Shape shape, JsonNode value, JsonNode known, String path, List<FieldError> errors) {
        if (value == known || value.isNull() || value.isMissingNode()) {
            return;
        }
        switch (shape) {
            case Struct struct -> {
                if (!value.isObject()) {
                    errors.add(FieldError.wrongType(path, "an object", shown(value)));
                    return;
                }
                value.properties().forEach(entry -> {
                    String name = entry.getKey();
                    String child = path.isEmpty() ? name : path + "." + name;
                    Shape.Field field = struct.fields().get(name);
                    if (field == null) {
                        errors.add(FieldError.unknown(child));
                    } else {
                        check(field.shape(), entry.getValue(), known.path(name), child, errors);
                    }
                });
            }
            case MapOf map -> {
                if (!value.isObject()) {
                    errors.add(FieldError.wrongType(path, "an object", shown(value)));
                    return;
                }
                value.properties().forEach(entry -> {
                    String name = entry.getKey();
                    check(map.values(), entry.getValue(), known.path(name), path + "." + name, errors);
                });
            }
            case ListOf list -> {
                if (!value.isArray()) {
                    errors.add(FieldError.wrongType(path, "a list", shown(value)));
                    return;
                }
                for (int i = 0; i < value.size(); i++) {
                    check(list.items(), value.get(i), known.path(i), path + "[" + i + "]", errors);
                }
            }
            case Scalar scalar -> {
                if (!fits(scalar, value)) {
                    errors.add(FieldError.wrongType(path, scalar.words(), shown(value)));
                }
            }
        }
    }

    private static boolean fits(Scalar scalar, JsonNode value) {
        return switch (scalar) {
            case STRING -> value.isString();
            case BOOLEAN -> value.isBoolean();
            case INT32 -> value.isIntegralNumber() && value.canConvertToInt();
            case INT64 -> value.isIntegralNumber() && value.canConvertToLong();
            case NUMBER -> value.isNumber();
            case BYTES -> value.isString() && isBase64(value.stringValue());
            case TIME -> value.isString() && isTime(value.stringValue());
            case QUANTITY -> Quantity.parse(value).isPresent();
            case INT_OR_STRING -> value.isString() || (value.isIntegralNumber() && value.canConvertToInt());
            case ANY -> true;
        };
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getMimeDecoder().decode(text);
            return text.chars().allMatch(c -> c == '\n' || c == '\r' || isBase64Character(c));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isBase64Character(int c) {
        return (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '+'
                || c == '/'
                || c == '=';
    }

    /** RFC 3339, of which the library takes more: years beyond 9999, times without seconds. */
    private static boolean isTime(String text) {
        try {
            return RFC_3339.matcher(text).matches()
                    && !OffsetDateTime.parse(text).equals(OffsetDateTime.MIN);
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static String shown(JsonNode value) {
        String type = Json.typeOf(value);
        if (value.isContainer()) {
            return type;
        }
        String text = value.toString();
        return type.replaceFirst("an? ", "the ") + " "
                + (text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text);
    }
}
