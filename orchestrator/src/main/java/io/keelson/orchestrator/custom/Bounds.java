package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.regex.RegexSyntaxException;
import io.keelson.orchestrator.regex.RegularExpression;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a value must be, whatever its parts are.
 *
 * @param format of text or a number, such as {@code date-time}; one that is not known counts as none
 * @param maximum of a number
 * @param exclusiveMaximum whether the maximum itself is too much
 * @param minimum of a number
 * @param exclusiveMinimum whether the minimum itself is too little
 * @param multipleOf of what a number must be a multiple
 * @param maxLength of text, in code points
 * @param minLength of text, in code points
 * @param pattern that is found in text, of RE2
 * @param maxItems of a list
 * @param minItems of a list
 * @param uniqueItems whether no item of a list may be there twice
 * @param maxProperties of an object
 * @param minProperties of an object
 * @param required fields that an object must have
 * @param values that are allowed; all if there are none
 * @param allOf all must hold
 * @param anyOf at least one must hold, if there are any
 * @param oneOf exactly one must hold, if there are any
 * @param not must not hold
 */
public record Bounds(
        String format,
        Optional<BigDecimal> maximum,
        boolean exclusiveMaximum,
        Optional<BigDecimal> minimum,
        boolean exclusiveMinimum,
        Optional<BigDecimal> multipleOf,
        Optional<Long> maxLength,
        Optional<Long> minLength,
        Optional<RegularExpression> pattern,
        Optional<Long> maxItems,
        Optional<Long> minItems,
        boolean uniqueItems,
        Optional<Long> maxProperties,
        Optional<Long> minProperties,
        List<String> required,
        List<JsonNode> values,
        List<Structural> allOf,
        List<Structural> anyOf,
        List<Structural> oneOf,
        Optional<Structural> not) {

    static Bounds of(JsonNode schema) {
        return new Bounds(
                Json.string(schema, "format").orElse(""),
                decimal(schema, "maximum"),
                schema.path("exclusiveMaximum").booleanValue(false),
                decimal(schema, "minimum"),
                schema.path("exclusiveMinimum").booleanValue(false),
                decimal(schema, "multipleOf").filter(number -> number.signum() > 0),
                Json.number(schema, "maxLength"),
                Json.number(schema, "minLength"),
                Json.string(schema, "pattern").flatMap(Bounds::compiled),
                Json.number(schema, "maxItems"),
                Json.number(schema, "minItems"),
                schema.path("uniqueItems").booleanValue(false),
                Json.number(schema, "maxProperties"),
                Json.number(schema, "minProperties"),
                Json.items(schema, "required").stream()
                        .map(name -> name.asString(""))
                        .toList(),
                Json.items(schema, "enum"),
                schemas(schema, "allOf"),
                schemas(schema, "anyOf"),
                schemas(schema, "oneOf"),
                Json.at(schema, "not").filter(JsonNode::isObject).map(Structural::of));
    }

    private static Optional<BigDecimal> decimal(JsonNode schema, String field) {
        return Json.at(schema, field).filter(JsonNode::isNumber).map(JsonNode::decimalValue);
    }

    private static Optional<RegularExpression> compiled(String pattern) {
        try {
            return Optional.of(RegularExpression.compile(pattern));
        } catch (RegexSyntaxException e) {
            return Optional.empty();
        }
    }

    private static List<Structural> schemas(JsonNode schema, String field) {
        return Json.items(schema, field).stream().map(Structural::of).toList();
    }
}
