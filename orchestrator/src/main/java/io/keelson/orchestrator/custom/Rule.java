package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Json;
import tools.jackson.databind.JsonNode;

/**
 * An expression that must hold for a value: an entry of {@code x-kubernetes-validations}.
 *
 * @param rule the expression, in CEL
 * @param message what to say if it does not hold; may be empty
 * @param messageExpression an expression that gives that; may be empty
 * @param reason the kind of mistake, empty for an invalid value
 * @param fieldPath of which field below the value to say it; may be empty
 * @param optionalOldSelf whether the rule is judged when there is no value before, and {@code oldSelf} is optional
 */
public record Rule(
        String rule,
        String message,
        String messageExpression,
        String reason,
        String fieldPath,
        boolean optionalOldSelf) {

    static Rule of(JsonNode node) {
        return new Rule(
                text(node, "rule"),
                text(node, "message"),
                text(node, "messageExpression"),
                text(node, "reason"),
                text(node, "fieldPath"),
                node.path("optionalOldSelf").booleanValue(false));
    }

    private static String text(JsonNode node, String field) {
        return Json.string(node, field).orElse("");
    }
}
