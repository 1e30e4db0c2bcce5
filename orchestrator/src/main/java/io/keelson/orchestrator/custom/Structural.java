package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A structural schema: what a value's parts are, and what each must be. Also the form of the schemas in {@code allOf}, {@code anyOf},
 * {@code oneOf} and {@code not}, which say only what a value must be.
 *
 * @param type {@code object}, {@code array}, {@code string}, {@code integer}, {@code number}, {@code boolean}, or empty
 * @param nullable whether null is a value
 * @param intOrString whether a whole number or text is a value
 * @param preservesUnknown whether fields that are not specified stay
 * @param embedded whether the value is an object with apiVersion, kind and metadata of its own
 * @param properties the specified fields
 * @param additional the schema of each value of a map
 * @param additionalAllowed whether fields of any name are specified, with or without a schema
 * @param items the schema of each item of a list
 * @param byDefault the value where none is given
 * @param listType {@code atomic}, {@code set} or {@code map}
 * @param listKeys the fields that name an item of a list of type map
 * @param mapType {@code granular} or {@code atomic}
 * @param bounds what a value must be
 * @param rules expressions that must hold
 */
public record Structural(
        String type,
        boolean nullable,
        boolean intOrString,
        boolean preservesUnknown,
        boolean embedded,
        Map<String, Structural> properties,
        Optional<Structural> additional,
        boolean additionalAllowed,
        Optional<Structural> items,
        Optional<JsonNode> byDefault,
        String listType,
        List<String> listKeys,
        String mapType,
        Bounds bounds,
        List<Rule> rules) {

    /** What {@code metadata}, {@code apiVersion} and {@code kind} are at the root is said by the system. */
    public static final List<String> SYSTEM_FIELDS = List.of("apiVersion", "kind", "metadata");

    /**
     * Reads a schema in the form of OpenAPI. What is of a wrong type counts as absent: whether the schema makes sense is the question of
     * {@link SchemaCheck}.
     */
    public static Structural of(JsonNode schema) {
        Map<String, Structural> properties = new LinkedHashMap<>();
        Json.at(schema, "properties")
                .filter(JsonNode::isObject)
                .ifPresent(node ->
                        node.properties().forEach(entry -> properties.put(entry.getKey(), of(entry.getValue()))));
        Optional<JsonNode> additional = Json.at(schema, "additionalProperties");
        List<Rule> rules = new ArrayList<>();
        Json.items(schema, "x-kubernetes-validations").forEach(rule -> rules.add(Rule.of(rule)));
        return new Structural(
                text(schema, "type"),
                flag(schema, "nullable"),
                flag(schema, "x-kubernetes-int-or-string"),
                flag(schema, "x-kubernetes-preserve-unknown-fields"),
                flag(schema, "x-kubernetes-embedded-resource"),
                Collections.unmodifiableMap(properties),
                additional.filter(JsonNode::isObject).map(Structural::of),
                additional
                        .filter(node -> node.isObject() || node.booleanValue(false))
                        .isPresent(),
                Json.at(schema, "items").filter(JsonNode::isObject).map(Structural::of),
                Json.at(schema, "default"),
                text(schema, "x-kubernetes-list-type"),
                Json.items(schema, "x-kubernetes-list-map-keys").stream()
                        .map(key -> key.asString(""))
                        .toList(),
                text(schema, "x-kubernetes-map-type"),
                Bounds.of(schema),
                List.copyOf(rules));
    }

    private static String text(JsonNode schema, String field) {
        return Json.string(schema, field).orElse("");
    }

    private static boolean flag(JsonNode schema, String field) {
        return schema.path(field).booleanValue(false);
    }

    /** The schema of a field: the specified one, or that of all values of a map; empty if the field is not specified. */
    public Optional<Structural> field(String name) {
        Structural specified = properties.get(name);
        return specified != null ? Optional.of(specified) : additional;
    }

    /** Whether an object is anything to this schema: specified or not, its fields stay. */
    boolean open() {
        return preservesUnknown || (additionalAllowed && additional.isEmpty());
    }

    /** The schema of an object that is empty but for its kind. */
    public static Structural anything() {
        return of(Json.object().put("type", "object").put("x-kubernetes-preserve-unknown-fields", true));
    }
}
