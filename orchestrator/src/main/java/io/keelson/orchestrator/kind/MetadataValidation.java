package io.keelson.orchestrator.kind;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What every object has. */
final class MetadataValidation {

    /** All annotations of an object together, names and values. */
    private static final int MAX_ANNOTATIONS_BYTES = 256 * 1024;

    /** Kubernetes names the list here and not the place in it. */
    private static final String OWNERS = "metadata.ownerReferences";

    /** Of kinds that speak of the API itself Kubernetes takes finalizers without a path, and has one of its own. */
    private static final Set<String> UNCHECKED_GROUPS = Set.of("admissionregistration.k8s.io", "apiextensions.k8s.io");

    private static final Set<String> STANDARD_FINALIZERS = Set.of("foregroundDeletion", "kubernetes", "orphan");

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
            String path = "metadata.finalizers[" + i++ + "]";
            causes.invalid(path, text, Names.qualifiedNameProblems(text));
            if (!UNCHECKED_GROUPS.contains(kind.group())
                    && kind.custom().isEmpty()
                    && !text.contains("/")
                    && !STANDARD_FINALIZERS.contains(text)) {
                causes.invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
            }
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
        Optional<String> controller = Optional.empty();
        for (JsonNode owner : Json.items(metadata, "ownerReferences")) {
            for (String field : List.of("apiVersion", "kind", "name", "uid")) {
                if (Json.string(owner, field).orElse("").isEmpty()) {
                    String what = field.equals("apiVersion") ? "version must not be empty" : "must not be empty";
                    causes.add(Cause.invalid(OWNERS + "." + field, "\"\"", what));
                }
            }
            if (owner.path("apiVersion").asString("").equals("v1")
                    && owner.path("kind").asString("").equals("Event")) {
                causes.invalid(OWNERS, owner, "/v1, Kind=Event is disallowed from being an owner");
            }
            if (owner.path("controller").asBoolean(false)) {
                String name = owner.path("kind").asString("") + "/"
                        + owner.path("name").asString("");
                controller.ifPresent(first -> causes.invalid(
                        OWNERS,
                        metadata.path("ownerReferences"),
                        "Only one reference can have Controller set to true. Found \"true\" in references for " + first
                                + " and " + name));
                controller = Optional.of(controller.orElse(name));
            }
        }
    }
}
