package io.keelson.orchestrator.kind;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The API described for machines in OpenAPI 2, in the protobuf form that kubectl asks for: older ones before they apply anything, all of
 * them before they take a list of objects. It has the types of the built-in kinds and of those that are measured. Of paths it has what can be
 * patched, and that a patch may ask for strict validation; the older paths of watches; and those of what is measured. Field numbers are those of the gnostic project's {@code OpenAPIv2.proto}.
 */
final class OpenApiV2 {

    private static final String EXTENSION = "x-kubernetes-";
    private static final String QUERY = "query";

    private OpenApiV2() {}

    /** Writes the fields of a message. */
    @FunctionalInterface
    interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    /** The document about a table of kinds. */
    static byte[] document(Kinds kinds) {
        return message(out -> {
            out.writeString(1, "2.0");
            out.writeByteArray(2, message(info -> {
                info.writeString(1, "Keelson");
                info.writeString(2, "v1.36");
            }));
            out.writeByteArray(8, message(paths -> {
                for (Kind kind : kinds.all()) {
                    if (kind.persistent()) {
                        paths.writeByteArray(2, named(path(kind), patchable(kind)));
                    }
                }
                for (var path : read(kinds).properties()) {
                    paths.writeByteArray(2, named(path.getKey(), OpenApiV2Paths.item(path.getValue())));
                }
            }));
            out.writeByteArray(9, message(definitions -> {
                for (var definition : Definitions.builtIn().all().properties()) {
                    definitions.writeByteArray(1, named(definition.getKey(), schema(definition.getValue())));
                }
                for (Kind kind : MetricsKinds.ALL) {
                    for (var definition : MetricsKinds.definitions(kind).entrySet()) {
                        definitions.writeByteArray(1, named(definition.getKey(), schema(definition.getValue())));
                    }
                }
                definitions.writeByteArray(1, named(WatchPaths.EVENT, schema(WatchPaths.event())));
            }));
            out.writeByteArray(10, message(parameters -> {
                for (JsonNode parameter : WatchPaths.parameters()) {
                    String name = parameter.path("name").asString("");
                    parameters.writeByteArray(1, named(name, OpenApiV2Paths.parameter(parameter)));
                }
            }));
        });
    }

    /** The paths that are only read, in the form of OpenAPI 3. */
    private static ObjectNode read(Kinds kinds) {
        ObjectNode paths = Json.object();
        for (Kind kind : kinds.all()) {
            if (WatchPaths.has(kind)) {
                WatchPaths.add(paths, (kind.group().isEmpty() ? "api/" : "apis/") + kind.apiVersion(), kind);
            }
        }
        OpenApiDocument measured = new OpenApiDocument("apis/" + MetricsKinds.NODE.apiVersion());
        MetricsKinds.ALL.forEach(measured::add);
        return paths.setAll(measured.paths());
    }

    static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    /** An entry of a map. */
    static byte[] named(String name, byte[] value) {
        return message(entry -> {
            entry.writeString(1, name);
            entry.writeByteArray(2, value);
        });
    }

    private static String path(Kind kind) {
        return (kind.group().isEmpty() ? "/api/" : "/apis/") + kind.apiVersion()
                + (kind.namespaced() ? "/namespaces/{namespace}/" : "/") + kind.resource() + "/{name}";
    }

    /** A path at which an object can be patched, with a parameter for validation. */
    private static byte[] patchable(Kind kind) {
        ObjectNode of = Json.object().put("group", kind.group()).put("version", kind.version());
        of.put("kind", kind.kind());
        byte[] parameter = message(query -> {
            query.writeString(2, QUERY);
            query.writeString(4, "fieldValidation");
            query.writeString(6, "string");
        });
        byte[] patch = message(operation -> {
            // ParametersItem, Parameter and NonBodyParameter are choices, of which this is the first, second and third.
            operation.writeByteArray(8, nested(1, nested(2, nested(3, parameter))));
            operation.writeByteArray(13, extension("x-kubernetes-group-version-kind", of));
        });
        return nested(8, patch);
    }

    static byte[] nested(int field, byte[] value) {
        return message(out -> out.writeByteArray(field, value));
    }

    /** The value as YAML, of which JSON is a part. */
    static byte[] extension(String name, JsonNode value) {
        return named(name, message(any -> any.writeString(2, value.toString())));
    }

    private static byte[] schema(JsonNode definition) {
        return message(out -> {
            text(out, 1, Json.string(definition, "$ref").map(type -> "#/definitions/" + type));
            text(out, 2, Json.string(definition, "format"));
            text(out, 4, Json.string(definition, "description"));
            for (JsonNode name : Json.items(definition, "required")) {
                out.writeString(19, name.asString(""));
            }
            if (definition.path("additionalProperties").isObject()) {
                out.writeByteArray(21, nested(1, schema(definition.path("additionalProperties"))));
            }
            Optional<String> type = Json.string(definition, "type");
            if (type.isPresent()) {
                out.writeByteArray(22, message(value -> value.writeString(1, type.get())));
            }
            if (definition.path("items").isObject()) {
                out.writeByteArray(23, nested(1, schema(definition.path("items"))));
            }
            if (definition.path("properties").isObject()) {
                out.writeByteArray(25, message(properties -> {
                    for (var property : definition.path("properties").properties()) {
                        properties.writeByteArray(1, named(property.getKey(), schema(property.getValue())));
                    }
                }));
            }
            for (var keyword : definition.properties()) {
                if (keyword.getKey().startsWith(EXTENSION)) {
                    out.writeByteArray(31, extension(keyword.getKey(), keyword.getValue()));
                }
            }
        });
    }

    static void text(CodedOutputStream out, int field, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            out.writeString(field, value.get());
        }
    }
}
