package io.keelson.orchestrator.kind;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What every object has. */
final class MetadataValidation {

    /** All annotations of an object together, names and values. */
    private static final int MAX_ANNOTATIONS_BYTES = 256 * 1024;

    private MetadataValidation() {}

    static void validate(Kind kind, ObjectNode object, Causes causes) {
        Optional<JsonNode> metadata = Json.at(object, "metadata").filter(JsonNode::isObject);
        if (metadata.isEmpty()) {
            causes.add(Cause.required("metadata.name", "name or generateName is required"));
            return;
        }
        name(kind, metadata.get(), causes);
        template(metadata.get(), "metadata", causes);
        ownerReferences(metadata.get(), causes);
        int i = 0;
        for (JsonNode finalizer : Json.items(metadata.get(), "finalizers")) {
            String text = finalizer.asString("");
            causes.invalid("metadata.finalizers[" + i++ + "]", text, Names.qualifiedNameProblems(text));
        }
    }

    /** Labels and annotations, of objects and of templates. */
    static void template(JsonNode metadata, String path, Causes causes) {
        causes.labels(metadata, path, "labels");
        int size = 0;
        for (var annotation : Json.strings(metadata, "annotations").entrySet()) {
            String key = annotation.getKey().toLowerCase(Locale.ROOT);
            causes.invalid(path + ".annotations", annotation.getKey(), Names.qualifiedNameProblems(key));
            size += annotation.getKey().getBytes(StandardCharsets.UTF_8).length
                    + annotation.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (size > MAX_ANNOTATIONS_BYTES) {
            causes.add(Cause.tooLong(path + ".annotations", MAX_ANNOTATIONS_BYTES));
        }
    }

    private static void name(Kind kind, JsonNode metadata, Causes causes) {
        String name = Json.string(metadata, "name").orElse("");
        if (name.isEmpty()) {
            causes.add(Cause.required("metadata.name", "name or generateName is required"));
            return;
        }
        causes.invalid("metadata.name", name, kind.strategy().nameProblems().apply(name));
    }

    private static void ownerReferences(JsonNode metadata, Causes causes) {
        int i = 0;
        int controllers = 0;
        for (JsonNode owner : Json.items(metadata, "ownerReferences")) {
            String path = "metadata.ownerReferences[" + i++ + "]";
            for (String field : List.of("apiVersion", "kind", "name", "uid")) {
                if (Json.string(owner, field).orElse("").isEmpty()) {
                    causes.add(Cause.required(path + "." + field, "must not be empty"));
                }
            }
            controllers += owner.path("controller").asBoolean(false) ? 1 : 0;
        }
        if (controllers > 1) {
            causes.add(new Cause(
                    "FieldValueInvalid",
                    "metadata.ownerReferences",
                    "Invalid value: Only one reference can have Controller set to true"));
        }
    }
}
