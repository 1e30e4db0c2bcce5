package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.regex.RegexSyntaxException;
import io.keelson.orchestrator.regex.RegularExpression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether a schema is structural, and makes sense, in the words of Kubernetes' validation of definitions. */
final class SchemaCheck {

    /** Schemas may be nested this deep, so that walks over them end. */
    static final int MAX_DEPTH = 64;

    private static final List<String> TYPES = List.of("array", "boolean", "integer", "number", "object", "string");
    private static final Map<String, String> UNSUPPORTED = new LinkedHashMap<>();
    private static final Set<String> SCALARS = Set.of("string", "integer", "number", "boolean");

    static {
        for (String keyword :
                List.of("$ref", "additionalItems", "definitions", "dependencies", "id", "patternProperties")) {
            UNSUPPORTED.put(keyword, keyword + " is not supported");
        }
    }

    private final List<Cause> causes = new ArrayList<>();

    private SchemaCheck() {}

    /** Where a schema stands. */
    private enum Level {
        ROOT("at the root"),
        FIELD("for specified object fields"),
        ITEM("for specified array items");

        private final String words;

        Level(String words) {
            this.words = words;
        }
    }

    /** What is wrong with the schema of a version at a path. */
    static List<Cause> check(JsonNode schema, String path) {
        SchemaCheck check = new SchemaCheck();
        if (depth(schema) > MAX_DEPTH) {
            return List.of(Cause.forbidden(path, "schemas must not be nested deeper than " + MAX_DEPTH));
        }
        check.schema(schema, path, Level.ROOT);
        if (check.causes.isEmpty()) {
            check.defaults(Structural.of(schema), schema, path, true);
        }
        return check.causes;
    }

    private static int depth(JsonNode node) {
        int deepest = 0;
        for (JsonNode child : node) {
            deepest = Math.max(deepest, depth(child));
        }
        // A level of schemas is two of JSON: "properties" and the field's name.
        return node.isContainer() ? deepest + 1 : 0;
    }

    private void forbid(String path, String why) {
        causes.add(Cause.forbidden(path, why));
    }

    private void require(String path, String why) {
        causes.add(Cause.required(path, why));
    }

    private void refuse(String path, JsonNode value, String why) {
        causes.add(Cause.invalid(path, value.toString(), why));
    }

    private void schema(JsonNode schema, String path, Level level) {
        if (!schema.isObject()) {
            refuse(path, schema, "must be a schema object");
            return;
        }
        keywords(schema, path);
        type(schema, path, level);
        lists(schema, path);
        if (level == Level.ROOT || flag(schema, "x-kubernetes-embedded-resource")) {
            system(schema, path, level);
        }
        Json.at(schema, "properties")
                .ifPresent(properties -> properties
                        .properties()
                        .forEach(entry ->
                                schema(entry.getValue(), path + ".properties[" + entry.getKey() + "]", Level.FIELD)));
        Json.at(schema, "additionalProperties")
                .filter(JsonNode::isObject)
                .ifPresent(values -> schema(values, path + ".additionalProperties", Level.FIELD));
        Json.at(schema, "items").ifPresent(items -> {
            if (items.isArray()) {
                forbid(path + ".items", "items must be a schema object and not an array");
            } else {
                schema(items, path + ".items", Level.ITEM);
            }
        });
        junctors(schema, schema, path);
    }

    private static boolean flag(JsonNode schema, String field) {
        return schema.path(field).booleanValue(false);
    }

    /** Go has no difference between a map that is empty and none; one that is a pointer there is there. */
    private static boolean saysNothing(String keyword, JsonNode value) {
        return value.isString()
                ? value.stringValue().isEmpty()
                : value.isObject() && value.isEmpty() && !keyword.equals("additionalItems");
    }

    private void keywords(JsonNode schema, String path) {
        UNSUPPORTED.forEach((keyword, why) -> Json.at(schema, keyword)
                .filter(value -> !saysNothing(keyword, value))
                .ifPresent(_ -> forbid(path + "." + keyword, why)));
        if (flag(schema, "uniqueItems")) {
            forbid(
                    path + ".uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }
        Json.at(schema, "additionalProperties").ifPresent(additional -> {
            if (additional.isBoolean() && !additional.booleanValue()) {
                forbid(path + ".additionalProperties", "additionalProperties cannot be set to false");
            } else if (Json.at(schema, "properties").filter(p -> !p.isEmpty()).isPresent()) {
                forbid(path + ".additionalProperties", "additionalProperties and properties are mutual exclusive");
            }
        });
        Json.at(schema, "x-kubernetes-preserve-unknown-fields")
                .filter(value -> !value.booleanValue(false))
                .ifPresent(value ->
                        refuse(path + ".x-kubernetes-preserve-unknown-fields", value, "must be true or undefined"));
        pattern(schema, path);
    }

    private void pattern(JsonNode schema, String path) {
        Json.string(schema, "pattern").ifPresent(pattern -> {
            try {
                RegularExpression.compile(pattern);
            } catch (RegexSyntaxException e) {
                refuse(
                        path + ".pattern",
                        schema.get("pattern"),
                        "must be a valid regular expression, but isn't: " + e.problem());
            }
        });
    }

    private void type(JsonNode schema, String path, Level level) {
        String type = Json.string(schema, "type").orElse("");
        boolean embedded = flag(schema, "x-kubernetes-embedded-resource");
        boolean intOrString = flag(schema, "x-kubernetes-int-or-string");
        boolean preserves = flag(schema, "x-kubernetes-preserve-unknown-fields");
        if (embedded && !type.equals("object")) {
            String why = "must be object if x-kubernetes-embedded-resource is true";
            if (type.isEmpty()) {
                require(path + ".type", why);
            } else {
                refuse(path + ".type", schema.get("type"), why);
            }
        } else if (type.isEmpty() && !intOrString && !(preserves && level != Level.ROOT)) {
            require(path + ".type", "must not be empty " + level.words);
        } else if (level == Level.ROOT && !type.equals("object")) {
            refuse(path + ".type", schema.path("type"), "must be object at the root");
        } else if (type.equals("null")) {
            forbid(path + ".type", "type cannot be set to null, use nullable as an alternative");
        } else if (!type.isEmpty() && !TYPES.contains(type)) {
            causes.add(Cause.notSupported(path + ".type", schema.get("type").toString(), TYPES));
        }
        if (intOrString && !type.isEmpty()) {
            forbid(path + ".type", "must be empty if x-kubernetes-int-or-string is true");
        }
        if (type.equals("array") && Json.at(schema, "items").isEmpty()) {
            require(path + ".items", "must be specified");
        }
        if (!type.equals("array") && Json.at(schema, "items").isPresent()) {
            refuse(path + ".type", schema.path("type"), "must be array if items is specified");
        }
        boolean fields = Json.at(schema, "properties").isPresent()
                || Json.at(schema, "additionalProperties").isPresent();
        if (!type.equals("object") && !type.isEmpty() && fields) {
            refuse(
                    path + ".type",
                    schema.path("type"),
                    "must be object if properties or additionalProperties are specified");
        }
        if (embedded && Json.at(schema, "additionalProperties").isPresent()) {
            forbid(path + ".additionalProperties", "must not be used if x-kubernetes-embedded-resource is set");
        }
        if (embedded && !preserves && schema.path("properties").isEmpty()) {
            require(
                    path + ".properties",
                    "must not be empty if x-kubernetes-embedded-resource is true without"
                            + " x-kubernetes-preserve-unknown-fields");
        }
    }

    /** What a schema may say of apiVersion, kind and metadata of an object. */
    private void system(JsonNode schema, String path, Level level) {
        for (String field : List.of("apiVersion", "kind")) {
            Json.at(schema, "properties", field, "type")
                    .filter(type -> !type.asString("").equals("string"))
                    .ifPresent(type -> refuse(path + ".properties[" + field + "].type", type, "must be string"));
        }
        Optional<JsonNode> metadata = Json.at(schema, "properties", "metadata");
        if (metadata.isEmpty()) {
            return;
        }
        String at = path + ".properties[metadata]";
        Json.at(metadata.get(), "type")
                .filter(type -> !type.asString("").equals("object"))
                .ifPresent(type -> refuse(at + ".type", type, "must be object"));
        boolean more = metadata.get().propertyNames().stream()
                        .anyMatch(keyword ->
                                !Set.of("type", "properties", "description").contains(keyword))
                || metadata.get().path("properties").propertyNames().stream()
                        .anyMatch(name -> !Set.of("name", "generateName").contains(name));
        if (more && level == Level.ROOT) {
            forbid(
                    at,
                    "must not specify anything other than name and generateName, but metadata is implicitly specified");
        }
    }

    private void lists(JsonNode schema, String path) {
        String type = Json.string(schema, "type").orElse("");
        Json.string(schema, "x-kubernetes-map-type").ifPresent(mapType -> {
            if (!Set.of("atomic", "granular").contains(mapType)) {
                causes.add(Cause.notSupported(
                        path + ".x-kubernetes-map-type", "\"" + mapType + "\"", List.of("atomic", "granular")));
            }
            if (!type.equals("object")) {
                refuse(path + ".type", schema.path("type"), "must be object if x-kubernetes-map-type is specified");
            }
        });
        Optional<String> listType = Json.string(schema, "x-kubernetes-list-type");
        List<JsonNode> keys = Json.items(schema, "x-kubernetes-list-map-keys");
        if (listType.isPresent() && !type.equals("array")) {
            refuse(path + ".type", schema.path("type"), "must be array if x-kubernetes-list-type is specified");
        }
        switch (listType.orElse("")) {
            case "map" -> listMap(schema, keys, path);
            case "set" -> listSet(schema, path);
            case "", "atomic" -> {}
            default ->
                causes.add(Cause.notSupported(
                        path + ".x-kubernetes-list-type",
                        schema.get("x-kubernetes-list-type").toString(),
                        List.of("atomic", "map", "set")));
        }
        if (!keys.isEmpty() && !listType.equals(Optional.of("map"))) {
            String why = "must be map if x-kubernetes-list-map-keys is non-empty";
            if (listType.isEmpty()) {
                require(path + ".x-kubernetes-list-type", why);
            } else {
                refuse(path + ".x-kubernetes-list-type", schema.get("x-kubernetes-list-type"), why);
            }
        }
    }

    private void listSet(JsonNode schema, String path) {
        JsonNode items = schema.path("items");
        if (flag(items, "nullable")) {
            forbid(path + ".items.nullable", "cannot be nullable when x-kubernetes-list-type is set");
        }
        String type = items.path("type").asString("");
        if (type.equals("object")
                && !items.path("x-kubernetes-map-type").asString("").equals("atomic")) {
            refuse(
                    path + ".items.x-kubernetes-map-type",
                    items.path("x-kubernetes-map-type"),
                    "must be atomic as item of a list with x-kubernetes-list-type=set");
        }
        String listType = items.path("x-kubernetes-list-type").asString("");
        if (type.equals("array") && !Set.of("", "atomic").contains(listType)) {
            refuse(
                    path + ".items.x-kubernetes-list-type",
                    items.path("x-kubernetes-list-type"),
                    "must be atomic as item of a list with x-kubernetes-list-type=set");
        }
    }

    private void listMap(JsonNode schema, List<JsonNode> keys, String path) {
        if (keys.isEmpty()) {
            require(path + ".x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map");
        }
        JsonNode items = schema.path("items");
        if (!items.path("type").asString("").equals("object")) {
            refuse(
                    path + ".items.type",
                    items.path("type"),
                    "must be object if parent array's x-kubernetes-list-type is map");
            return;
        }
        List<String> required = Json.items(items, "required").stream()
                .map(name -> name.asString(""))
                .toList();
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i).asString("");
            JsonNode property = items.path("properties").path(key);
            String at = path + ".items.properties[" + key + "]";
            if (keys.indexOf(keys.get(i)) < i) {
                causes.add(Cause.duplicate(path + ".x-kubernetes-list-map-keys[" + i + "]", "\"" + key + "\""));
            } else if (property.isMissingNode()) {
                refuse(
                        path + ".x-kubernetes-list-map-keys[" + i + "]",
                        keys.get(i),
                        "entries must all be names of item properties");
            } else if (!SCALARS.contains(property.path("type").asString(""))) {
                refuse(
                        at + ".type",
                        property.path("type"),
                        "must be a scalar type if parent array's x-kubernetes-list-type is map");
            } else if (!required.contains(key) && !property.has("default")) {
                require(
                        at + ".default",
                        "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required"
                                + " property");
            }
        }
    }

    /** Within allOf and its kin only what a value must be can be said; what its parts are must be said outside. */
    private void junctors(JsonNode node, JsonNode outside, String path) {
        for (String keyword : List.of("allOf", "anyOf", "oneOf")) {
            int i = 0;
            for (JsonNode branch : Json.items(node, keyword)) {
                branch(branch, outside, path, path + "." + keyword + "[" + i++ + "]", intOrString(outside));
            }
        }
        Json.at(node, "not").ifPresent(branch -> branch(branch, outside, path, path + ".not", false));
    }

    private static boolean intOrString(JsonNode schema) {
        return flag(schema, "x-kubernetes-int-or-string");
    }

    private void branch(JsonNode branch, JsonNode outside, String outsidePath, String path, boolean mayType) {
        if (!branch.isObject()) {
            refuse(path, branch, "must be a schema object");
            return;
        }
        pattern(branch, path);
        for (String keyword : List.of("type", "description", "title", "default", "additionalProperties")) {
            boolean allowed = (mayType && keyword.equals("type"))
                    || (keyword.equals("additionalProperties") && outside.has("additionalProperties"));
            if (branch.has(keyword) && !allowed) {
                forbid(path + "." + keyword, "must be empty to be structural");
            }
        }
        for (String keyword : branch.propertyNames()) {
            boolean flag = keyword.equals("nullable") || keyword.startsWith("x-kubernetes-");
            if (flag && !keyword.equals("x-kubernetes-validations")) {
                forbid(path + "." + keyword, "must be false to be structural");
            }
        }
        Json.at(branch, "properties")
                .ifPresent(properties -> properties.properties().forEach(entry -> {
                    String name = entry.getKey();
                    JsonNode specified = outside.path("properties").path(name);
                    if (specified.isMissingNode()
                            && !outside.path("additionalProperties").isObject()) {
                        require(
                                outsidePath + ".properties[" + name + "]",
                                "because it is defined in " + path + ".properties[" + name + "]");
                        return;
                    }
                    boolean ofMap = specified.isMissingNode();
                    branch(
                            entry.getValue(),
                            ofMap ? outside.path("additionalProperties") : specified,
                            outsidePath + (ofMap ? ".additionalProperties" : ".properties[" + name + "]"),
                            path + ".properties[" + name + "]",
                            intOrString(specified));
                }));
        Json.at(branch, "items").ifPresent(items -> {
            if (!outside.has("items")) {
                require(outsidePath + ".items", "because it is defined in " + path + ".items");
                return;
            }
            branch(
                    items,
                    outside.get("items"),
                    outsidePath + ".items",
                    path + ".items",
                    intOrString(outside.get("items")));
        });
        for (String keyword : List.of("allOf", "anyOf", "oneOf")) {
            int i = 0;
            for (JsonNode deeper : Json.items(branch, keyword)) {
                branch(deeper, outside, outsidePath, path + "." + keyword + "[" + i++ + "]", mayType);
            }
        }
        Json.at(branch, "not").ifPresent(deeper -> branch(deeper, outside, outsidePath, path + ".not", false));
    }

    /** A default must be a value that could be stored as it is. */
    private void defaults(Structural schema, JsonNode raw, String path, boolean root) {
        schema.byDefault().ifPresent(value -> {
            String at = path + ".default";
            if (root) {
                forbid(at, "must not be set at the root");
                return;
            }
            JsonNode copy = value.deepCopy();
            List<String> pruned = Pruning.pruneValue(schema, copy);
            if (!pruned.isEmpty()) {
                refuse(at, value, "must not have unknown fields");
                return;
            }
            Defaulting.apply(schema, copy);
            ValueCheck.check(schema, copy, at).forEach(causes::add);
        });
        schema.properties().forEach((name, field) -> {
            boolean system = root && Structural.SYSTEM_FIELDS.contains(name);
            if (!system) {
                defaults(field, raw.path("properties").path(name), path + ".properties[" + name + "]", false);
            }
        });
        schema.additional()
                .ifPresent(values ->
                        defaults(values, raw.path("additionalProperties"), path + ".additionalProperties", false));
        schema.items().ifPresent(items -> defaults(items, raw.path("items"), path + ".items", false));
    }

    /** The schema of a version as it is written, or an empty object. */
    static ObjectNode raw(JsonNode version) {
        return Json.at(version, "schema", "openAPIV3Schema").orElseGet(Json::object) instanceof ObjectNode schema
                ? schema
                : Json.object();
    }
}
