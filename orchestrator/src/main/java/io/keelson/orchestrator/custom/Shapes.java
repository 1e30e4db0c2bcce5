package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Shape;
import io.keelson.orchestrator.kind.Shape.Division;
import io.keelson.orchestrator.kind.Shape.Field;
import io.keelson.orchestrator.kind.Shape.Scalar;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A structural schema as the form by which objects are merged and owned. */
final class Shapes {

    private Shapes() {}

    /**
     * The form of the objects of a kind.
     *
     * @param metadata the form of what all objects have
     */
    static Shape of(Structural root, String name, Shape metadata) {
        Map<String, Field> fields = new LinkedHashMap<>();
        fields.put("apiVersion", Field.plain(Scalar.STRING));
        fields.put("kind", Field.plain(Scalar.STRING));
        fields.put("metadata", Field.plain(metadata));
        root.properties().forEach((field, schema) -> fields.putIfAbsent(field, field(schema, name + "." + field)));
        return new Shape.Struct(
                name, Map.copyOf(fields), Set.copyOf(root.bounds().required()));
    }

    private static Field field(Structural schema, String name) {
        return new Field(
                shape(schema, name),
                false,
                false,
                Optional.empty(),
                division(schema),
                schema.byDefault().filter(value -> value.isValueNode()).map(value -> value.asString()));
    }

    private static Optional<Division> division(Structural schema) {
        return switch (schema.listType()) {
            case "set" -> Optional.of(Division.Plain.SET);
            case "map" -> Optional.of(new Division.ByKeys(schema.listKeys()));
            default ->
                schema.mapType().equals("atomic") || schema.type().equals("array")
                        ? Optional.of(Division.Plain.ATOMIC)
                        : Optional.empty();
        };
    }

    private static Shape shape(Structural schema, String name) {
        if (schema.intOrString()) {
            return Scalar.INT_OR_STRING;
        }
        return switch (schema.type()) {
            case "object" -> {
                if (schema.additional().isPresent()) {
                    yield new Shape.MapOf(shape(schema.additional().get(), name + ".values"));
                }
                if (schema.open() || schema.properties().isEmpty()) {
                    yield Scalar.ANY;
                }
                Map<String, Field> fields = new LinkedHashMap<>();
                schema.properties().forEach((field, value) -> fields.put(field, field(value, name + "." + field)));
                yield new Shape.Struct(
                        name,
                        Map.copyOf(fields),
                        Set.copyOf(schema.bounds().required()),
                        schema.mapType().equals("atomic") ? Division.Plain.ATOMIC : Division.Plain.GRANULAR);
            }
            case "array" ->
                new Shape.ListOf(schema.items()
                        .map(items -> shape(items, name + ".items"))
                        .orElse(Scalar.ANY));
            case "string" -> Scalar.STRING;
            case "boolean" -> Scalar.BOOLEAN;
            case "integer" -> Scalar.INT64;
            case "number" -> Scalar.NUMBER;
            default -> Scalar.ANY;
        };
    }
}
