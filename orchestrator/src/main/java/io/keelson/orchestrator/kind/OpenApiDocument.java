package io.keelson.orchestrator.kind;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAPI 3 document of one group and version, as it grows. */
final class OpenApiDocument {

    private static final String REF = "#/components/schemas/";
    private static final String STATUS = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";
    private static final String DELETE_OPTIONS = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";
    private static final String OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
    private static final String LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";
    private static final String PATCH = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";
    private static final List<String> PATCH_TYPES = List.of(
            "application/apply-patch+yaml",
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/strategic-merge-patch+json");

    private final Definitions definitions = Definitions.builtIn();
    private final String root;
    private final ObjectNode paths = Json.object();
    private final ObjectNode schemas = Json.object();
    private final Deque<String> open = new ArrayDeque<>(List.of(STATUS, DELETE_OPTIONS));

    /** An empty document for paths under {@code root}, such as {@code apis/apps/v1}. */
    OpenApiDocument(String root) {
        this.root = root;
    }

    /** Adds the paths and types of a kind. */
    void add(Kind kind) {
        String type = kind.custom()
                .map(custom -> custom(kind, custom))
                .or(() -> definitions.typeName(kind.group(), kind.version(), kind.kind()))
                .or(() -> Optional.of(kind).filter(MetricsKinds.ALL::contains).map(this::measured))
                .orElseThrow(() -> new IllegalArgumentException("no schema for " + kind));
        String list = type + "List";
        open.add(type);
        open.add(list);
        String all = "/" + root + "/" + (kind.namespaced() ? "namespaces/{namespace}/" : "") + kind.resource();
        ObjectNode collection = path(all, kind);
        if (kind.verbs().contains("list")) {
            operation(collection, "get", "list", kind, list);
            if (kind.namespaced()) {
                operation(paths.putObject("/" + root + "/" + kind.resource()), "get", "list", kind, list);
            }
        }
        if (kind.verbs().contains("create")) {
            body(operation(collection, "post", "post", kind, type), type);
        }
        if (kind.verbs().contains("deletecollection")) {
            operation(collection, "delete", "deletecollection", kind, STATUS);
        }
        if (kind.readable()) {
            ObjectNode one = path(all + "/{name}", kind);
            operation(one, "get", "get", kind, type);
            if (kind.persistent()) {
                changes(one, kind, type);
                body(operation(one, "delete", "delete", kind, STATUS), DELETE_OPTIONS);
            }
        }
        if (WatchPaths.has(kind)) {
            WatchPaths.add(paths, root, kind);
            schemas.set(WatchPaths.EVENT, WatchPaths.event());
        }
        for (Subresource subresource : Subresource.of(kind)) {
            String at = all + "/{name}/" + subresource.name();
            if (subresource.passesOn()) {
                passedOn(at, kind, subresource);
                passedOn(at + "/{path}", kind, subresource);
            } else {
                subresource(path(at, kind), kind, type, subresource);
            }
        }
    }

    /** Adds the type of a kind that is defined at run time, and of its lists; gives its name, which begins with the group, turned. */
    private String custom(Kind kind, Custom custom) {
        List<String> labels = Arrays.asList(kind.group().split("\\.", -1));
        Collections.reverse(labels);
        String type = String.join(".", labels) + "." + kind.version() + "." + kind.kind();
        open.add(OBJECT_META);
        open.add(LIST_META);
        ObjectNode schema = custom.openApi();
        ObjectNode properties = Json.child(schema, "properties");
        word(properties, "apiVersion", "The version of the schema of this object.");
        word(properties, "kind", "What this object is.");
        reference(properties.putObject("metadata"), OBJECT_META);
        groupVersionKind(schema, kind, kind.kind());
        schemas.set(type, schema);
        ObjectNode list = schemas.putObject(type + "List").put("type", "object");
        list.put("description", "A list of objects of the kind " + kind.kind() + ".");
        list.putArray("required").add("items");
        ObjectNode parts = list.putObject("properties");
        word(parts, "apiVersion", "The version of the schema of this list.");
        word(parts, "kind", "What this list is.");
        reference(parts.putObject("metadata"), LIST_META);
        ObjectNode items = parts.putObject("items").put("type", "array");
        items.putObject("items").put("$ref", REF + type);
        groupVersionKind(list, kind, kind.kind() + "List");
        return type;
    }

    /** Adds the types of a kind whose objects are measured; gives the name of that of its objects. */
    private String measured(Kind kind) {
        MetricsKinds.definitions(kind).forEach((name, definition) -> schemas.set(name, schema(name, definition)));
        return MetricsKinds.type(kind);
    }

    private static void word(ObjectNode properties, String name, String description) {
        properties.putObject(name).put("type", "string").put("description", description);
    }

    private static void reference(ObjectNode property, String type) {
        property.put("description", "What all objects have.")
                .putArray("allOf")
                .addObject()
                .put("$ref", REF + type);
    }

    private static void groupVersionKind(ObjectNode schema, Kind kind, String name) {
        schema.putArray("x-kubernetes-group-version-kind")
                .addObject()
                .put("group", kind.group())
                .put("version", kind.version())
                .put("kind", name);
    }

    private void passedOn(String at, Kind kind, Subresource subresource) {
        ObjectNode item = path(at, kind);
        ArrayNode parameters = (ArrayNode) item.get("parameters");
        if (at.endsWith("{path}")) {
            parameter(parameters, "path", "path", "string", "path to the resource");
        }
        for (String method : List.of("delete", "get", "head", "options", "patch", "post", "put")) {
            ObjectNode operation = item.putObject(method);
            operation.put(
                    "description",
                    "connect " + method.toUpperCase(Locale.ROOT) + " requests to " + subresource.name() + " of "
                            + kind.kind());
            operation.putArray("tags").add(root.replaceFirst("^apis?/", "").replace('/', '_'));
            operation
                    .putObject("responses")
                    .putObject("200")
                    .put("description", "OK")
                    .putObject("content")
                    .putObject("*/*")
                    .putObject("schema")
                    .put("type", "string");
            operation.put("x-kubernetes-action", "connect");
            operation
                    .putObject("x-kubernetes-group-version-kind")
                    .put("group", subresource.group())
                    .put("version", subresource.version())
                    .put("kind", subresource.kind());
        }
    }

    private void subresource(ObjectNode path, Kind kind, String type, Subresource subresource) {
        KindBuilder other = Kind.named(subresource.group(), subresource.version(), subresource.kind(), kind.resource());
        kind.custom().ifPresent(other::custom);
        Kind of = subresource.kind().equals(kind.kind()) ? kind : other.build();
        String subtype =
                definitions.typeName(of.group(), of.version(), of.kind()).orElse(type);
        open.add(subtype);
        if (subresource.verbs().contains("get")) {
            operation(path, "get", "get", of, subtype);
        }
        if (subresource.verbs().contains("create")) {
            body(operation(path, "post", "post", of, subtype), subtype);
        }
        if (subresource.verbs().contains("patch")) {
            changes(path, of, subtype);
        } else if (subresource.verbs().contains("update")) {
            body(operation(path, "put", "put", of, subtype), subtype);
        }
    }

    private void changes(ObjectNode path, Kind kind, String type) {
        body(operation(path, "put", "put", kind, type), type);
        ObjectNode content = operation(path, "patch", "patch", kind, type)
                .putObject("requestBody")
                .put("required", true)
                .putObject("content");
        PATCH_TYPES.stream()
                .filter(mediaType -> kind.custom().isEmpty() || !mediaType.contains("strategic"))
                .forEach(mediaType ->
                        content.putObject(mediaType).putObject("schema").put("$ref", REF + PATCH));
    }

    private ObjectNode path(String path, Kind kind) {
        ObjectNode item = paths.putObject(path);
        ArrayNode parameters = item.putArray("parameters");
        if (path.contains("{name}")) {
            parameter(parameters, "path", "name", "string", "name of the " + kind.kind());
        }
        if (path.contains("{namespace}")) {
            parameter(parameters, "path", "namespace", "string", "namespace of the object");
        }
        return item;
    }

    private static void parameter(ArrayNode parameters, String in, String name, String type, String description) {
        ObjectNode parameter = parameters.addObject();
        parameter.put("name", name).put("in", in).put("description", description);
        if (in.equals("path")) {
            parameter.put("required", true);
        }
        parameter.putObject("schema").put("type", type).put("uniqueItems", true);
    }

    private ObjectNode operation(ObjectNode path, String method, String action, Kind kind, String answer) {
        ObjectNode operation = path.putObject(method);
        operation.put("description", action + " " + kind.qualifiedResource());
        operation.putArray("tags").add(root.replaceFirst("^apis?/", "").replace('/', '_'));
        if (action.equals("list")) {
            ArrayNode parameters = operation.putArray("parameters");
            for (String name : List.of("continue", "fieldSelector", "labelSelector", "resourceVersion")) {
                parameter(parameters, "query", name, "string", "");
            }
            parameter(parameters, "query", "limit", "integer", "");
            parameter(parameters, "query", "watch", "boolean", "");
        } else if (!method.equals("get") && !method.equals("delete")) {
            ArrayNode parameters = operation.putArray("parameters");
            parameter(parameters, "query", "dryRun", "string", "All: go through everything but store nothing");
            parameter(parameters, "query", "fieldManager", "string", "who makes the change");
            if (method.equals("patch")) {
                parameter(parameters, "query", "force", "boolean", "for apply patches: take fields that others own");
            }
            parameter(
                    parameters,
                    "query",
                    "fieldValidation",
                    "string",
                    "what to do with unknown and duplicate fields: Ignore, Warn or Strict");
        }
        operation
                .putObject("responses")
                .putObject(method.equals("post") ? "201" : "200")
                .put("description", method.equals("post") ? "Created" : "OK")
                .putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .put("$ref", REF + answer);
        operation.put("x-kubernetes-action", action.toLowerCase(Locale.ROOT));
        operation
                .putObject("x-kubernetes-group-version-kind")
                .put("group", kind.group())
                .put("version", kind.version())
                .put("kind", kind.kind());
        return operation;
    }

    private static void body(ObjectNode operation, String type) {
        operation
                .putObject("requestBody")
                .putObject("content")
                .putObject("*/*")
                .putObject("schema")
                .put("$ref", REF + type);
    }

    /** The paths so far. */
    ObjectNode paths() {
        return paths.deepCopy();
    }

    /** The whole document, with every type that the paths lead to. */
    ObjectNode build() {
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String type = open.remove();
            if (seen.add(type)) {
                definitions.definition(type).ifPresent(definition -> schemas.set(type, schema(type, definition)));
            }
        }
        schemas.putObject(PATCH).put("type", "object").put("description", "A patch, in the form of its content type.");
        ObjectNode document = Json.object();
        document.put("openapi", "3.0.0");
        document.putObject("info").put("title", "Keelson").put("version", "v1.36");
        document.set("paths", paths);
        document.putObject("components").set("schemas", schemas);
        return document;
    }

    /** A definition in the form of OpenAPI 3, whose references stand alone: beside other keywords they go into an allOf. */
    private JsonNode schema(String type, ObjectNode definition) {
        ObjectNode schema = (ObjectNode) schema(definition);
        String name = type.substring(type.lastIndexOf('.') + 1);
        if (name.equals("IntOrString") || name.equals("Quantity")) {
            schema.remove("type");
            ArrayNode either = schema.putArray("oneOf");
            either.addObject().put("type", "string");
            either.addObject().put("type", name.equals("Quantity") ? "number" : "integer");
        }
        return schema;
    }

    private JsonNode schema(JsonNode definition) {
        if (definition instanceof ArrayNode list) {
            ArrayNode items = Json.array();
            list.forEach(item -> items.add(schema(item)));
            return items;
        }
        if (!(definition instanceof ObjectNode object)) {
            return definition;
        }
        ObjectNode schema = Json.object();
        for (var keyword : object.properties()) {
            if (keyword.getKey().equals("$ref") && keyword.getValue().isString()) {
                String type = keyword.getValue().stringValue();
                open.add(type);
                schema.putArray("allOf").addObject().put("$ref", REF + type);
            } else if (keyword.getKey().equals("properties")) {
                ObjectNode properties = schema.putObject("properties");
                keyword.getValue()
                        .properties()
                        .forEach(property -> properties.set(property.getKey(), schema(property.getValue())));
            } else {
                schema.set(keyword.getKey(), schema(keyword.getValue()));
            }
        }
        return schema;
    }
}
