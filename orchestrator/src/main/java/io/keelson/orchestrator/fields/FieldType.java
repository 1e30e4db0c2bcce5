package io.keelson.orchestrator.fields;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Shape;
import io.keelson.orchestrator.kind.Shape.Division;
import io.keelson.orchestrator.kind.Shape.Field;
import io.keelson.orchestrator.kind.Shape.ListOf;
import io.keelson.orchestrator.kind.Shape.MapOf;
import io.keelson.orchestrator.kind.Shape.Scalar;
import io.keelson.orchestrator.kind.Shape.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * How the values at one place are divided among their owners. Where nothing is known of the values, objects are divided by field and all
 * else is owned as a whole, which structured-merge-diff calls a deduced type.
 *
 * @param shape the form of the values
 * @param division what of a value has an owner of its own
 */
public record FieldType(Shape shape, Division division) {

    /** Of values of which nothing is known. */
    public static final FieldType DEDUCED = of(Scalar.ANY);

    /** The type of values of a form that says by itself how it is divided. */
    public static FieldType of(Shape shape) {
        return new FieldType(
                shape,
                switch (shape) {
                    case Struct struct -> struct.division();
                    case MapOf _ -> Division.Plain.GRANULAR;
                    case ListOf _ -> Division.Plain.ATOMIC;
                    case Scalar scalar -> scalar == Scalar.ANY ? Division.Plain.GRANULAR : Division.Plain.ATOMIC;
                });
    }

    private static FieldType of(Field field) {
        return field.division()
                .map(division -> new FieldType(field.shape(), division))
                .orElseGet(() -> of(field.shape()));
    }

    /** Whether a value is divided by its fields. */
    boolean divides(JsonNode value) {
        return value instanceof ObjectNode && division == Division.Plain.GRANULAR;
    }

    /** Whether values are lists that are divided by their items. */
    boolean associative() {
        return shape instanceof ListOf && (division == Division.Plain.SET || division instanceof Division.ByKeys);
    }

    /** The type of a field of a value that is divided by its fields. */
    FieldType member(String name) {
        return shape.field(name).map(FieldType::of).orElse(DEDUCED);
    }

    /** Whether values have this field by their schema, and not because somebody put it there as into a map. */
    boolean declares(String name) {
        return shape instanceof Struct struct && struct.fields().containsKey(name);
    }

    /** The type of the items of a list. */
    FieldType items() {
        return of(shape.items());
    }

    /** The type one step further; where the step does not fit, {@link #DEDUCED}. */
    FieldType at(PathElement element) {
        return switch (element) {
            case PathElement.Name(String name) -> member(name);
            case PathElement.Key _, PathElement.Value _, PathElement.Index _ -> items();
        };
    }

    /**
     * The step to an item of a list that is divided by its items.
     *
     * @throws FieldsException if the item has nothing by which it is known
     */
    PathElement step(JsonNode item) {
        if (!(division instanceof Division.ByKeys(List<String> keys))) {
            if (item.isContainer() || item.isNull()) {
                throw new FieldsException("an item of a set must be a plain value");
            }
            return new PathElement.Value(new Literal(item));
        }
        if (!(item instanceof ObjectNode object)) {
            throw new FieldsException("associative list with keys may not have non-map elements");
        }
        List<PathElement.Key.Part> parts = new ArrayList<>(keys.size());
        for (String key : keys) {
            key(object, key).ifPresent(value -> parts.add(new PathElement.Key.Part(key, new Literal(value))));
        }
        if (parts.isEmpty()) {
            throw new FieldsException("associative list with keys has an element that omits all key fields " + keys
                    + " (and doesn't have default values for any key fields)");
        }
        return new PathElement.Key(parts);
    }

    private Optional<JsonNode> key(ObjectNode item, String name) {
        JsonNode value = item.get(name);
        if (value != null && !value.isNull()) {
            return Optional.of(value);
        }
        return shape.items().field(name).flatMap(field -> field.keyDefault().map(text -> literal(field.shape(), text)));
    }

    private static JsonNode literal(Shape shape, String text) {
        boolean quoted =
                shape != Scalar.INT32 && shape != Scalar.INT64 && shape != Scalar.NUMBER && shape != Scalar.BOOLEAN;
        return quoted ? new StringNode(text) : Json.parseAny(text.getBytes(StandardCharsets.UTF_8));
    }
}
