package io.keelson.orchestrator.kind;

import io.keelson.orchestrator.kind.Shape.Division;
import io.keelson.orchestrator.kind.Shape.Field;
import io.keelson.orchestrator.kind.Shape.ListOf;
import io.keelson.orchestrator.kind.Shape.MapOf;
import io.keelson.orchestrator.kind.Shape.Scalar;
import io.keelson.orchestrator.kind.Shape.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The schema of the built-in kinds as the build wrote it: definitions by full type name. Read once, on first use. */
final class Definitions {

    private static final String RESOURCE = "schemas.json";

    private final ObjectNode definitions;
    private final Map<String, Shape> shapes = new HashMap<>();
    private final Map<String, String> typeNames = new HashMap<>();

    private Definitions(ObjectNode definitions) {
        this.definitions = definitions;
        definitions
                .properties()
                .forEach(definition -> Json.items(definition.getValue(), "x-kubernetes-group-version-kind")
                        .forEach(kind -> typeNames.put(groupVersionKind(kind), definition.getKey())));
        definitions.propertyNames().forEach(this::shape);
    }

    private static final class Holder {
        static final Definitions BUILT_IN = new Definitions(read());

        private static ObjectNode read() {
            try (InputStream stream = Definitions.class.getResourceAsStream(RESOURCE)) {
                if (stream == null) {
                    throw new IllegalStateException("the class path lacks " + RESOURCE + ", which the build writes");
                }
                return Json.parse(stream.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static Definitions builtIn() {
        return Holder.BUILT_IN;
    }

    private static String groupVersionKind(JsonNode node) {
        return Json.string(node, "group").orElse("") + "/"
                + Json.string(node, "version").orElse("") + "/"
                + Json.string(node, "kind").orElse("");
    }

    /** The full name of a kind's type. */
    Optional<String> typeName(String group, String version, String kind) {
        return Optional.ofNullable(typeNames.get(group + "/" + version + "/" + kind));
    }

    /** All definitions by type name, as the build wrote them; not to be changed. */
    ObjectNode all() {
        return definitions;
    }

    /** The definition of a type, as the build wrote it. */
    Optional<ObjectNode> definition(String typeName) {
        return Optional.ofNullable((ObjectNode) definitions.get(typeName));
    }

    /** The form of a type's values. */
    Shape shape(String typeName) {
        Shape known = shapes.get(typeName);
        if (known != null) {
            return known;
        }
        JsonNode definition = definitions.get(typeName);
        if (definition == null) {
            throw new IllegalArgumentException("no type " + typeName + " in the schema");
        }
        if (definition.has("properties")) {
            return struct(typeName, definition);
        }
        shapes.put(typeName, scalar(typeName));
        return scalar(typeName);
    }

    private static Scalar scalar(String typeName) {
        return switch (typeName.substring(typeName.lastIndexOf('.') + 1)) {
            case "Time", "MicroTime" -> Scalar.TIME;
            case "Quantity" -> Scalar.QUANTITY;
            case "IntOrString" -> Scalar.INT_OR_STRING;
            default -> Scalar.ANY;
        };
    }

    /** Known before its fields are, for a type may have fields of its own type. */
    private Struct struct(String typeName, JsonNode definition) {
        Set<String> required = new LinkedHashSet<>();
        Json.items(definition, "required").forEach(name -> required.add(name.asString()));
        Map<String, Field> fields = new LinkedHashMap<>();
        Struct struct = new Struct(
                typeName,
                Collections.unmodifiableMap(fields),
                Set.copyOf(required),
                mapType(definition).orElse(Division.Plain.GRANULAR));
        shapes.put(typeName, struct);
        definition
                .path("properties")
                .properties()
                .forEach(property -> fields.put(property.getKey(), field(property.getValue())));
        return struct;
    }

    private Field field(JsonNode property) {
        List<String> strategies = List.of(
                Json.string(property, "x-kubernetes-patch-strategy").orElse("").split(","));
        return new Field(
                shape(property),
                strategies.contains("merge"),
                strategies.contains("retainKeys"),
                Json.string(property, "x-kubernetes-patch-merge-key"),
                mapType(property).or(() -> listType(property)),
                Json.string(property, "default"));
    }

    private static Optional<Division> mapType(JsonNode definition) {
        return Json.string(definition, "x-kubernetes-map-type")
                .map(type -> type.equals("atomic") ? Division.Plain.ATOMIC : Division.Plain.GRANULAR);
    }

    private static Optional<Division> listType(JsonNode property) {
        return Json.string(property, "x-kubernetes-list-type").map(type -> switch (type) {
            case "map" ->
                new Division.ByKeys(Json.items(property, "x-kubernetes-list-map-keys").stream()
                        .map(JsonNode::asString)
                        .toList());
            case "set" -> Division.Plain.SET;
            default -> Division.Plain.ATOMIC;
        });
    }

    private Shape shape(JsonNode property) {
        Optional<String> type = Json.string(property, "$ref");
        if (type.isPresent()) {
            return shape(type.get());
        }
        String format = Json.string(property, "format").orElse("");
        return switch (Json.string(property, "type").orElse("")) {
            case "string" -> format.equals("byte") ? Scalar.BYTES : Scalar.STRING;
            case "boolean" -> Scalar.BOOLEAN;
            case "integer" -> format.equals("int64") ? Scalar.INT64 : Scalar.INT32;
            case "number" -> Scalar.NUMBER;
            case "array" -> new ListOf(shape(property.path("items")));
            case "object" ->
                property.has("additionalProperties")
                        ? new MapOf(shape(property.path("additionalProperties")))
                        : Scalar.ANY;
            default -> Scalar.ANY;
        };
    }
}
