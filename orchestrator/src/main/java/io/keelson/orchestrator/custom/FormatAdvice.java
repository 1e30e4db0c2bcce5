package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Warns of formats in the schemas of a definition that nobody checks. Of those that it had before, its writer has heard already. */
final class FormatAdvice {

    private FormatAdvice() {}

    static void advise(Optional<ObjectNode> live, ObjectNode definition, Consumer<String> warn) {
        Set<String> unknown = unknown(definition);
        live.ifPresent(before -> unknown.removeAll(unknown(before)));
        unknown.forEach(format ->
                warn.accept("unrecognized format " + Json.array().add(format).get(0)));
    }

    private static Set<String> unknown(ObjectNode definition) {
        Set<String> unknown = new LinkedHashSet<>();
        Json.items(definition, "spec", "versions").forEach(version -> add(SchemaCheck.raw(version), unknown));
        return unknown;
    }

    /** A schema that is accepted is nested {@link SchemaCheck#MAX_DEPTH} levels deep at most. */
    private static void add(JsonNode schema, Set<String> unknown) {
        Json.string(schema, "format")
                .filter(format -> !format.isEmpty()
                        && !Formats.known(Json.string(schema, "type").orElse(""), format))
                .ifPresent(unknown::add);
        schema.path("properties").forEach(field -> add(field, unknown));
        for (String keyword : List.of("additionalProperties", "items", "not")) {
            Json.at(schema, keyword).filter(JsonNode::isObject).ifPresent(part -> add(part, unknown));
        }
        for (String keyword : List.of("allOf", "anyOf", "oneOf")) {
            Json.items(schema, keyword).forEach(branch -> add(branch, unknown));
        }
    }
}
