package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.ClientConfigCheck;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Names;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether a CustomResourceDefinition makes sense; its schemas are the question of {@link SchemaCheck} and {@link RuleCheck}. */
public final class DefinitionCheck {

    /** A schema must not be larger, in bytes of JSON. */
    static final int MAX_SCHEMA_BYTES = 1_000_000;

    private static final String APPROVED = "api-approved.kubernetes.io";
    private static final int MAX_SELECTABLE = 8;

    /** A value in a message is cut after this many characters. */
    private static final int MAX_SHOWN = 60;

    private static final Set<String> REVIEWS = Set.of("v1", "v1beta1");
    private static final List<String> COLUMN_TYPES = List.of("boolean", "date", "integer", "number", "string");
    private static final List<String> COLUMN_FORMATS =
            List.of("byte", "date", "date-time", "double", "float", "int32", "int64", "password");

    private final List<Cause> causes = new ArrayList<>();

    private DefinitionCheck() {}

    /**
     * What is wrong with a definition that has its default values already.
     *
     * @param live the definition as it is stored, for an update
     */
    public static List<Cause> check(Optional<ObjectNode> live, ObjectNode definition) {
        DefinitionCheck check = new DefinitionCheck();
        // What was stored before anybody looked so closely may stay: it must be possible to label it, and to let it go.
        boolean same = live.filter(before -> before.path("spec").equals(definition.path("spec")))
                .isPresent();
        if (!same) {
            check.spec(definition);
        }
        check.authorities(live, definition);
        live.ifPresent(before -> check.update(before, definition));
        return check.causes;
    }

    private static String text(JsonNode node, String... path) {
        return Json.string(node, path).orElse("");
    }

    private static String quoted(String text) {
        return Json.array().add(text).get(0).toString();
    }

    private void refuse(String path, String value, List<String> problems) {
        if (!problems.isEmpty()) {
            causes.add(Cause.invalid(path, quoted(value), String.join(",", problems)));
        }
    }

    private void spec(ObjectNode definition) {
        JsonNode spec = definition.path("spec");
        String name = text(definition, "metadata", "name");
        String group = text(spec, "group");
        if (!name.equals(text(spec, "names", "plural") + "." + group)) {
            causes.add(Cause.invalid("metadata.name", quoted(name), "must be spec.names.plural+\".\"+spec.group"));
        }
        group(definition, group);
        switch (text(spec, "scope")) {
            case "" -> causes.add(Cause.required("spec.scope", ""));
            case "Cluster", "Namespaced" -> {}
            default ->
                causes.add(Cause.notSupported(
                        "spec.scope", quoted(text(spec, "scope")), List.of("Cluster", "Namespaced")));
        }
        if (spec.path("preserveUnknownFields").booleanValue(false)) {
            causes.add(Cause.invalid(
                    "spec.preserveUnknownFields",
                    "true",
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema"
                            + " instead"));
        }
        names(spec.path("names"));
        versions(spec);
        conversion(spec.path("conversion"));
    }

    private void group(ObjectNode definition, String group) {
        if (group.isEmpty()) {
            causes.add(Cause.required("spec.group", ""));
            return;
        }
        List<String> problems = Names.dns1123SubdomainProblems(group);
        refuse("spec.group", group, problems);
        if (problems.isEmpty() && group.indexOf('.') < 0) {
            refuse("spec.group", group, List.of("should be a domain with at least one dot"));
        }
        boolean isProtected = group.equals("k8s.io")
                || group.endsWith(".k8s.io")
                || group.equals("kubernetes.io")
                || group.endsWith(".kubernetes.io");
        if (isProtected && text(definition, "metadata", "annotations", APPROVED).isEmpty()) {
            causes.add(Cause.required(
                    "metadata.annotations[" + APPROVED + "]",
                    "protected groups must have approval annotation \"" + APPROVED
                            + "\", see https://github.com/kubernetes/enhancements/pull/1111"));
        }
    }

    private void names(JsonNode names) {
        for (String field : List.of("plural", "singular", "kind", "listKind")) {
            String path = "spec.names." + field;
            String value = text(names, field);
            if (value.isEmpty()) {
                causes.add(Cause.required(path, ""));
                continue;
            }
            boolean mixed = field.equals("kind") || field.equals("listKind");
            List<String> problems = Names.dns1035LabelProblems(mixed ? value.toLowerCase(Locale.ROOT) : value);
            refuse(
                    path,
                    value,
                    mixed
                            ? problems.stream()
                                    .map(problem -> "may have mixed case, but should otherwise match: " + problem)
                                    .toList()
                            : problems);
        }
        if (!text(names, "kind").isEmpty() && text(names, "kind").equals(text(names, "listKind"))) {
            refuse("spec.names.listKind", text(names, "listKind"), List.of("kind and listKind may not be the same"));
        }
        for (String field : List.of("shortNames", "categories")) {
            int i = 0;
            for (JsonNode entry : Json.items(names, field)) {
                refuse(
                        "spec.names." + field + "[" + i++ + "]",
                        entry.asString(""),
                        Names.dns1035LabelProblems(entry.asString("")));
            }
        }
    }

    private void versions(JsonNode spec) {
        List<JsonNode> versions = Json.items(spec, "versions");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < versions.size(); i++) {
            String path = "spec.versions[" + i + "]";
            String name = text(versions.get(i), "name");
            refuse(path + ".name", name, Names.dns1035LabelProblems(name));
            names.add(name);
            version(versions.get(i), path);
        }
        String all = versions.stream()
                .map(version -> quoted(text(version, "name")))
                .collect(Collectors.joining(",", "[", "]"));
        if (names.size() < versions.size()) {
            causes.add(Cause.invalid("spec.versions", all, "must contain unique version names"));
        }
        if (versions.stream()
                        .filter(version -> version.path("storage").booleanValue(false))
                        .count()
                != 1) {
            causes.add(Cause.invalid("spec.versions", all, "must have exactly one version marked as storage version"));
        }
    }

    private void version(JsonNode version, String path) {
        Optional<JsonNode> schema = Json.at(version, "schema", "openAPIV3Schema");
        String schemaPath = path + ".schema.openAPIV3Schema";
        if (schema.isEmpty()) {
            causes.add(Cause.required(schemaPath, "schemas are required"));
        } else if (schema.get() instanceof ObjectNode written) {
            schema(written, schemaPath);
        } else {
            causes.add(Cause.invalid(schemaPath, schema.get().toString(), "must be a schema object"));
        }
        Json.string(version, "deprecationWarning").ifPresent(warning -> {
            if (!version.path("deprecated").booleanValue(false)) {
                refuse(path + ".deprecationWarning", warning, List.of("can only be set for deprecated versions"));
            } else if (warning.isEmpty() || warning.length() > 256) {
                refuse(path + ".deprecationWarning", warning, List.of("must be between 1 and 256 characters"));
            } else if (warning.codePoints().anyMatch(Character::isISOControl)) {
                refuse(
                        path + ".deprecationWarning",
                        warning,
                        List.of("must only contain printable UTF-8 characters; non-printable character found"));
            }
        });
        Json.at(version, "subresources", "scale").ifPresent(scale -> scale(scale, path + ".subresources.scale"));
        int i = 0;
        for (JsonNode column : Json.items(version, "additionalPrinterColumns")) {
            column(column, path + ".additionalPrinterColumns[" + i++ + "]");
        }
        selectable(version, path);
    }

    private void schema(ObjectNode schema, String path) {
        int size = Json.write(schema).length;
        if (size > MAX_SCHEMA_BYTES) {
            causes.add(Cause.tooLong(path, MAX_SCHEMA_BYTES));
            return;
        }
        List<Cause> wrong = SchemaCheck.check(schema, path);
        causes.addAll(wrong);
        if (wrong.isEmpty()) {
            causes.addAll(RuleCheck.check(Structural.of(schema), path));
        }
    }

    private void scale(JsonNode scale, String path) {
        path(scale, path, "specReplicasPath", ".spec", true);
        path(scale, path, "statusReplicasPath", ".status", true);
        path(scale, path, "labelSelectorPath", ".status", false);
    }

    private void path(JsonNode scale, String path, String field, String under, boolean required) {
        String given = text(scale, field);
        if (given.isEmpty()) {
            if (required) {
                causes.add(Cause.required(path + "." + field, ""));
            }
            return;
        }
        Optional<JsonPath> parsed = JsonPath.parse(given);
        if (!given.startsWith(".")) {
            refuse(path + "." + field, given, List.of("must be a simple json path starting with ."));
        } else if (parsed.isEmpty() || !parsed.get().simple()) {
            refuse(path + "." + field, given, List.of("must be a json path in the dot notation"));
        } else if (!given.startsWith(under + ".")
                && !(field.equals("labelSelectorPath") && given.startsWith(".spec."))) {
            refuse(path + "." + field, given, List.of("should be a json path under " + under));
        }
    }

    private void column(JsonNode column, String path) {
        if (text(column, "name").isEmpty()) {
            causes.add(Cause.required(path + ".name", ""));
        }
        String type = text(column, "type");
        if (type.isEmpty()) {
            causes.add(Cause.required(path + ".type", "must be one of " + String.join(",", COLUMN_TYPES)));
        } else if (!COLUMN_TYPES.contains(type)) {
            causes.add(Cause.invalid(path + ".type", quoted(type), "must be one of " + String.join(",", COLUMN_TYPES)));
        }
        String format = text(column, "format");
        if (!format.isEmpty() && !COLUMN_FORMATS.contains(format)) {
            causes.add(Cause.invalid(
                    path + ".format", quoted(format), "must be one of " + String.join(",", COLUMN_FORMATS)));
        }
        jsonPath(column, path);
    }

    private Optional<JsonPath> jsonPath(JsonNode node, String path) {
        String given = text(node, "jsonPath");
        if (given.isEmpty()) {
            causes.add(Cause.required(path + ".jsonPath", ""));
            return Optional.empty();
        }
        Optional<JsonPath> parsed = JsonPath.parse(given);
        if (!given.startsWith(".") || parsed.isEmpty()) {
            refuse(path + ".jsonPath", given, List.of("must be a simple json path starting with ."));
            return Optional.empty();
        }
        return parsed;
    }

    private void selectable(JsonNode version, String path) {
        List<JsonNode> fields = Json.items(version, "selectableFields");
        if (fields.size() > MAX_SELECTABLE) {
            causes.add(new Cause(
                    "FieldValueTooMany",
                    path + ".selectableFields",
                    "Too many: " + fields.size() + ": must have at most " + MAX_SELECTABLE + " items"));
        }
        Structural schema = Structural.of(SchemaCheck.raw(version));
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < fields.size(); i++) {
            String at = path + ".selectableFields[" + i + "]";
            Optional<JsonPath> parsed = jsonPath(fields.get(i), at);
            if (parsed.isEmpty()) {
                continue;
            }
            String given = parsed.get().toString();
            Optional<Structural> leaf = Optional.of(schema);
            for (String name : parsed.get().fields()) {
                leaf = leaf.flatMap(
                        value -> Optional.ofNullable(value.properties().get(name)));
            }
            if (!parsed.get().simple() || given.startsWith(".metadata.")) {
                refuse(at + ".jsonPath", given, List.of("must be a simple json path that is not under metadata"));
            } else if (leaf.filter(
                            value -> Set.of("string", "boolean", "integer").contains(value.type()))
                    .isEmpty()) {
                refuse(
                        at + ".jsonPath",
                        given,
                        List.of(
                                "must point to a field of type string, boolean or integer. Enum string fields and strings"
                                        + " with formats are allowed."));
            } else if (!seen.add(given)) {
                causes.add(Cause.duplicate(at + ".jsonPath", quoted(given)));
            }
        }
    }

    private void conversion(JsonNode conversion) {
        String strategy = text(conversion, "strategy");
        Optional<JsonNode> webhook = Json.at(conversion, "webhook");
        switch (strategy) {
            case "None" ->
                webhook.ifPresent(_ -> causes.add(Cause.forbidden(
                        "spec.conversion.webhook", "should not be set when strategy is not set to Webhook")));
            case "Webhook" -> webhook(webhook);
            default ->
                causes.add(
                        Cause.notSupported("spec.conversion.strategy", quoted(strategy), List.of("None", "Webhook")));
        }
    }

    private void webhook(Optional<JsonNode> webhook) {
        Optional<JsonNode> client = webhook.flatMap(node -> Json.at(node, "clientConfig"));
        if (client.isEmpty()) {
            causes.add(
                    Cause.required("spec.conversion.webhook.clientConfig", "required when strategy is set to Webhook"));
        } else {
            ClientConfigCheck.check(client.get(), "spec.conversion.webhook.clientConfig")
                    .forEach(causes::add);
        }
        List<JsonNode> reviews = webhook.map(node -> Json.items(node, "conversionReviewVersions"))
                .orElse(List.of());
        if (reviews.isEmpty()) {
            causes.add(Cause.required("spec.conversion.webhook.conversionReviewVersions", ""));
        } else if (reviews.stream().noneMatch(review -> REVIEWS.contains(review.asString("")))) {
            causes.add(Cause.invalid(
                    "spec.conversion.webhook.conversionReviewVersions",
                    reviews.toString(),
                    "must include at least one of v1, v1beta1"));
        }
    }

    /** Who vouches for the webhook; what was stored before anybody looked at it may stay. */
    private void authorities(Optional<ObjectNode> live, ObjectNode definition) {
        String[] path = {"spec", "conversion", "webhook", "clientConfig", "caBundle"};
        String bundle = text(definition, path);
        boolean stays = live.filter(before -> text(before, path).equals(bundle)).isPresent();
        if (bundle.isEmpty() || stays) {
            return;
        }
        try {
            byte[] pem = Base64.getMimeDecoder().decode(bundle);
            if (!CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem))
                    .isEmpty()) {
                return;
            }
        } catch (CertificateException | IllegalArgumentException e) {
            // Said below: what Java says of it means nothing to who wrote the definition.
        }
        refuse(
                String.join(".", path),
                bundle.length() <= MAX_SHOWN ? bundle : bundle.substring(0, MAX_SHOWN) + "...",
                List.of("unable to load root certificates: data does not contain any valid RSA or ECDSA certificates"));
    }

    private void update(ObjectNode live, ObjectNode definition) {
        JsonNode before = live.path("spec");
        JsonNode after = definition.path("spec");
        immutable(before, after, "group");
        immutable(before, after, "names", "plural");
        if (Definition.holds(live, "Established")) {
            immutable(before, after, "scope");
            immutable(before, after, "names", "kind");
        }
        Set<String> names = Json.items(after, "versions").stream()
                .map(version -> text(version, "name"))
                .collect(Collectors.toSet());
        int i = 0;
        for (JsonNode stored : Json.items(definition, "status", "storedVersions")) {
            if (!names.contains(stored.asString(""))) {
                refuse(
                        "status.storedVersions[" + i + "]",
                        stored.asString(""),
                        List.of("must appear in spec.versions"));
            }
            i++;
        }
    }

    private void immutable(JsonNode before, JsonNode after, String... path) {
        if (!text(before, path).equals(text(after, path))) {
            refuse("spec." + String.join(".", path), text(after, path), List.of("field is immutable"));
        }
    }
}
