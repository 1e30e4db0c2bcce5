package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.cel.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What expressions may know of a value by its schema. */
final class ValueTypes {

    private ValueTypes() {}

    /** The type of an object of a kind. */
    static Type ofRoot(Structural schema) {
        return object(schema, "self", true);
    }

    /**
     * The type of a value; empty if expressions cannot reach it, for the schema says nothing of it.
     *
     * @param name of the type, unique among those that are used together
     */
    static Optional<Type> of(Structural schema, String name) {
        if (schema.intOrString()) {
            return Optional.of(Type.Basic.DYN);
        }
        Bounds bounds = schema.bounds();
        return switch (schema.type()) {
            case "object" ->
                schema.additional().isPresent()
                        ? of(schema.additional().get(), name + ".@values")
                                .map(values -> new Type.MapOf(
                                        values, bounds.maxProperties().orElse(Type.MOST)))
                        : Optional.of(object(schema, name, schema.embedded()));
            case "array" ->
                schema.items()
                        .flatMap(items -> of(items, name + ".@items"))
                        .map(items -> new Type.ListOf(items, bounds.maxItems().orElse(Type.MOST)));
            case "string" -> Optional.of(text(bounds));
            case "integer" -> Optional.of(Type.Basic.INT);
            case "number" -> Optional.of(Type.Basic.DOUBLE);
            case "boolean" -> Optional.of(Type.Basic.BOOL);
            default -> Optional.empty();
        };
    }

    private static Type text(Bounds bounds) {
        return switch (bounds.format()) {
            case "date", "date-time" -> Type.Basic.TIMESTAMP;
            case "duration" -> Type.Basic.DURATION;
            case "byte" -> new Type.Bytes(bounds.maxLength().orElse(Type.MOST));
            default -> {
                long longest = bounds.values().stream()
                        .mapToLong(value -> value.asString("").length())
                        .max()
                        .orElse(Type.MOST);
                yield new Type.Text(Math.min(longest, bounds.maxLength().orElse(Type.MOST)));
            }
        };
    }

    private static Type object(Structural schema, String name, boolean resource) {
        Map<String, Type> fields = new LinkedHashMap<>();
        schema.properties()
                .forEach((field, value) -> of(value, name + "." + field).ifPresent(type -> fields.put(field, type)));
        if (resource) {
            fields.put("apiVersion", Type.text());
            fields.put("kind", Type.text());
            Map<String, Type> metadata = Map.of("name", new Type.Text(253), "generateName", new Type.Text(253));
            fields.put("metadata", new Type.ObjectOf(name + ".metadata", metadata));
        }
        return new Type.ObjectOf(name, Map.copyOf(fields));
    }
}
