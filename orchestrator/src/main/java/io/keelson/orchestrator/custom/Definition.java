package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Json;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A CustomResourceDefinition, read.
 *
 * @param name its name, which is plural and group
 * @param group API group of the kind
 * @param namespaced whether objects live in a namespace
 * @param spec names that it wants
 * @param accepted names that it has; their plural is empty as long as it has none
 * @param versions in the order in which they are written
 * @param conversion how objects go from one version to another
 * @param established whether the kind is served
 * @param terminating whether the definition is to go
 */
public record Definition(
        String name,
        String group,
        boolean namespaced,
        Naming spec,
        Naming accepted,
        List<Version> versions,
        Conversion conversion,
        boolean established,
        boolean terminating) {

    /** Holds a definition until its objects are gone. */
    public static final String FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

    /**
     * How a kind is called.
     *
     * @param plural in paths
     * @param singular for one
     * @param kind in objects
     * @param listKind of lists
     * @param shortNames what people type
     * @param categories groups of kinds
     */
    public record Naming(
            String plural,
            String singular,
            String kind,
            String listKind,
            List<String> shortNames,
            List<String> categories) {

        static Naming of(JsonNode node) {
            return new Naming(
                    text(node, "plural"),
                    text(node, "singular"),
                    text(node, "kind"),
                    text(node, "listKind"),
                    texts(node, "shortNames"),
                    texts(node, "categories"));
        }

        ObjectNode json() {
            ObjectNode node = Json.object();
            put(node, "plural", plural);
            put(node, "singular", singular);
            put(node, "kind", kind);
            put(node, "listKind", listKind);
            putAll(node, "shortNames", shortNames);
            putAll(node, "categories", categories);
            return node;
        }

        private static void put(ObjectNode node, String field, String value) {
            // Plural and kind are there even when they are empty.
            if (!value.isEmpty() || field.equals("plural") || field.equals("kind")) {
                node.put(field, value);
            }
        }

        private static void putAll(ObjectNode node, String field, List<String> values) {
            if (!values.isEmpty()) {
                var list = node.putArray(field);
                values.forEach(list::add);
            }
        }
    }

    /**
     * How the number of replicas is found in an object.
     *
     * @param specReplicas where the wish is
     * @param statusReplicas where the truth is
     * @param labelSelector where the selector is, as text, if anywhere
     */
    public record ScalePaths(JsonPath specReplicas, JsonPath statusReplicas, Optional<JsonPath> labelSelector) {}

    /**
     * One version.
     *
     * @param name such as {@code v1}
     * @param served whether there are paths for it
     * @param storage whether objects are stored in it
     * @param deprecationWarning what to tell who uses it; empty if it is not deprecated
     * @param schema what its objects are
     * @param status whether status is a subresource
     * @param scale how the subresource scale works, if there is one
     * @param columns of tables
     * @param selectable fields that a selector may ask
     * @param json as it is written
     */
    public record Version(
            String name,
            boolean served,
            boolean storage,
            Optional<String> deprecationWarning,
            Structural schema,
            boolean status,
            Optional<ScalePaths> scale,
            List<ColumnPath> columns,
            List<JsonPath> selectable,
            JsonNode json) {}

    /**
     * A column of tables.
     *
     * @param name its header
     * @param type string, integer, number, boolean or date
     * @param format such as {@code int32}; may be empty
     * @param priority 0 for always
     * @param path where the value is
     */
    public record ColumnPath(String name, String type, String format, int priority, JsonPath path) {}

    /** How objects go from one version to another. */
    public sealed interface Conversion {

        /** Only the version changes. */
        record None() implements Conversion {}

        /**
         * Somebody else is asked.
         *
         * @param json the part {@code webhook} of the definition
         */
        record Webhook(JsonNode json) implements Conversion {}
    }

    /** Reads a definition that has been checked. */
    public static Definition of(ObjectNode object) {
        JsonNode spec = object.path("spec");
        String group = text(spec, "group");
        Naming naming = Naming.of(spec.path("names"));
        JsonNode conversion = spec.path("conversion");
        return new Definition(
                text(object.path("metadata"), "name"),
                group,
                text(spec, "scope").equals("Namespaced"),
                naming,
                Naming.of(object.path("status").path("acceptedNames")),
                Json.items(spec, "versions").stream()
                        .map(version -> version(version, group, naming.kind(), newer(spec, text(version, "name"))))
                        .toList(),
                text(conversion, "strategy").equals("Webhook")
                        ? new Conversion.Webhook(conversion.path("webhook"))
                        : new Conversion.None(),
                holds(object, "Established"),
                Json.at(object, "metadata", "deletionTimestamp").isPresent());
    }

    static boolean holds(ObjectNode object, String condition) {
        return Json.items(object, "status", "conditions").stream()
                .anyMatch(entry -> text(entry, "type").equals(condition)
                        && text(entry, "status").equals("True"));
    }

    /** The newest served version that is not deprecated, if it is preferred to this one. */
    private static Optional<String> newer(JsonNode spec, String version) {
        return Json.items(spec, "versions").stream()
                .filter(other -> other.path("served").booleanValue(false)
                        && !other.path("deprecated").booleanValue(false))
                .map(other -> text(other, "name"))
                .filter(other -> VersionOrder.NEWEST_FIRST.compare(other, version) < 0)
                .min(VersionOrder.NEWEST_FIRST);
    }

    private static Version version(JsonNode node, String group, String kind, Optional<String> newer) {
        String name = text(node, "name");
        boolean deprecated = node.path("deprecated").booleanValue(false);
        return new Version(
                name,
                node.path("served").booleanValue(false),
                node.path("storage").booleanValue(false),
                deprecated
                        ? Json.string(node, "deprecationWarning")
                                .or(() -> Optional.of(group + "/" + name + " " + kind + " is deprecated"
                                        + newer.map(other -> "; use " + group + "/" + other + " " + kind)
                                                .orElse("")))
                        : Optional.empty(),
                Structural.of(SchemaCheck.raw(node)),
                Json.at(node, "subresources", "status").isPresent(),
                scale(node.path("subresources").path("scale")),
                Json.items(node, "additionalPrinterColumns").stream()
                        .flatMap(column -> column(column).stream())
                        .toList(),
                Json.items(node, "selectableFields").stream()
                        .flatMap(field -> JsonPath.parse(text(field, "jsonPath")).stream())
                        .toList(),
                node);
    }

    private static Optional<ScalePaths> scale(JsonNode node) {
        Optional<JsonPath> spec = JsonPath.parse(text(node, "specReplicasPath"));
        Optional<JsonPath> status = JsonPath.parse(text(node, "statusReplicasPath"));
        return spec.isPresent() && status.isPresent()
                ? Optional.of(new ScalePaths(spec.get(), status.get(), JsonPath.parse(text(node, "labelSelectorPath"))))
                : Optional.empty();
    }

    private static Optional<ColumnPath> column(JsonNode node) {
        return JsonPath.parse(text(node, "jsonPath"))
                .map(path -> new ColumnPath(
                        text(node, "name"),
                        text(node, "type"),
                        text(node, "format"),
                        node.path("priority").intValue(0),
                        path));
    }

    /** The version in which objects are stored; empty only if the definition was stored past the API. */
    public Optional<Version> storage() {
        return versions.stream().filter(Version::storage).findFirst();
    }

    private static String text(JsonNode node, String field) {
        return Json.string(node, field).orElse("");
    }

    private static List<String> texts(JsonNode node, String field) {
        return Json.items(node, field).stream().map(item -> item.asString("")).toList();
    }
}
