package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.cel.Budget;
import io.keelson.orchestrator.cel.Type;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether the rules of a schema can be compiled, and cost no more than they may, in Kubernetes' words. */
final class RuleCheck {

    /** What one rule may cost for one object, by estimate. */
    static final long RULE_LIMIT = 10_000_000;

    /** What all rules of a schema may cost for one object, by estimate. */
    static final long SCHEMA_LIMIT = 100_000_000;

    private static final Set<String> REASONS = new TreeSet<>(
            Set.of("FieldValueInvalid", "FieldValueRequired", "FieldValueForbidden", "FieldValueDuplicate"));
    private static final String WAY_OUT = " (try simplifying the rule, or adding maxItems, maxProperties, and maxLength"
            + " where arrays, maps, and strings are declared)";

    private final List<Cause> causes = new ArrayList<>();
    private long total;

    private RuleCheck() {}

    static List<Cause> check(Structural schema, String path) {
        RuleCheck check = new RuleCheck();
        check.form(schema, path);
        List<RuleSet.Mistake> mistakes = new ArrayList<>();
        RuleSet rules = RuleSet.compile(schema, path, mistakes);
        for (RuleSet.Mistake mistake : mistakes) {
            if (!mistake.rule().rule().isBlank()) {
                check.causes.add(
                        Cause.invalid(mistake.path() + "." + mistake.field(), shown(mistake), mistake.message()));
            }
        }
        if (mistakes.isEmpty()) {
            check.defaults(rules, path, Budget.ofObject());
        }
        check.cost(rules, path, 1, true);
        if (check.total > SCHEMA_LIMIT) {
            check.causes.add(Cause.forbidden(
                    path,
                    "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of "
                            + factor(check.total, SCHEMA_LIMIT) + WAY_OUT));
        }
        return check.causes;
    }

    /** What is filled in must hold, or no object without it could ever be made. */
    private void defaults(RuleSet rules, String path, Budget budget) {
        rules.schema().byDefault().ifPresent(value -> {
            JsonNode whole = value.deepCopy();
            Defaulting.apply(rules.schema(), whole);
            causes.addAll(Rules.check(rules, whole, path + ".default", budget));
        });
        rules.properties().forEach((name, branch) -> defaults(branch, path + ".properties[" + name + "]", budget));
        rules.additional().ifPresent(branch -> defaults(branch, path + ".additionalProperties", budget));
        rules.items().ifPresent(branch -> defaults(branch, path + ".items", budget));
    }

    private static String shown(RuleSet.Mistake mistake) {
        ObjectNode node = Json.object();
        node.put("rule", mistake.rule().rule());
        if (!mistake.rule().message().isEmpty()) {
            node.put("message", mistake.rule().message());
        }
        if (!mistake.rule().messageExpression().isEmpty()) {
            node.put("messageExpression", mistake.rule().messageExpression());
        }
        return node.toString();
    }

    private void form(Structural schema, String path) {
        for (int i = 0; i < schema.rules().size(); i++) {
            Rule rule = schema.rules().get(i);
            String at = path + ".x-kubernetes-validations[" + i + "]";
            if (rule.rule().isBlank()) {
                causes.add(Cause.required(at + ".rule", "rule is not specified"));
            }
            if (!rule.message().isEmpty() && rule.message().isBlank()) {
                causes.add(Cause.invalid(
                        at + ".message", quoted(rule.message()), "message must be non-empty if specified"));
            }
            if (rule.message().contains("\n") || rule.message().contains("\r")) {
                causes.add(
                        Cause.invalid(at + ".message", quoted(rule.message()), "message must not contain line breaks"));
            }
            if (rule.rule().contains("\n") && rule.message().isEmpty()) {
                causes.add(Cause.required(at + ".message", "message must be specified if rule contains line breaks"));
            }
            FieldPath.problem(rule.fieldPath(), schema)
                    .ifPresent(problem -> causes.add(Cause.invalid(
                            at + ".fieldPath",
                            quoted(rule.fieldPath()),
                            "fieldPath must be a valid path: " + problem)));
            if (!rule.reason().isEmpty() && !REASONS.contains(rule.reason())) {
                causes.add(Cause.notSupported(at + ".reason", quoted(rule.reason()), REASONS));
            }
        }
        schema.properties().forEach((name, field) -> form(field, path + ".properties[" + name + "]"));
        schema.additional().ifPresent(values -> form(values, path + ".additionalProperties"));
        schema.items().ifPresent(items -> form(items, path + ".items"));
    }

    private static String quoted(String text) {
        return Json.array().add(text).get(0).toString();
    }

    /**
     * Walks over the rules.
     *
     * @param times how often a value of this schema may be in an object
     * @param correlatable whether the value before can be found
     */
    private void cost(RuleSet rules, String path, long times, boolean correlatable) {
        for (RuleSet.Compiled rule : rules.own()) {
            int index = rules.schema().rules().indexOf(rule.rule());
            String at = path + ".x-kubernetes-validations[" + index + "]";
            price(rule.condition().cost(), times, at + ".rule", "rule");
            rule.message()
                    .ifPresent(message -> price(message.cost(), times, at + ".messageExpression", "messageExpression"));
            if (rule.transition() && !correlatable) {
                causes.add(Cause.invalid(
                        at + ".rule",
                        quoted(rule.rule().rule()),
                        "oldSelf cannot be used on the uncorrelatable portion of the schema within " + path));
            }
        }
        rules.properties()
                .forEach((name, branch) -> cost(branch, path + ".properties[" + name + "]", times, correlatable));
        rules.additional()
                .ifPresent(branch -> cost(
                        branch,
                        path + ".additionalProperties",
                        multiplied(
                                times, rules.schema().bounds().maxProperties().orElse(Type.MOST / 8)),
                        correlatable));
        rules.items()
                .ifPresent(branch -> cost(
                        branch,
                        path + ".items",
                        multiplied(times, rules.schema().bounds().maxItems().orElse(Type.MOST / 3)),
                        correlatable && rules.schema().listType().equals("map")));
    }

    private void price(long once, long times, String path, String what) {
        long cost = multiplied(once, times);
        total = total + cost < 0 ? Long.MAX_VALUE : total + cost;
        if (cost > RULE_LIMIT) {
            causes.add(Cause.forbidden(
                    path,
                    "estimated " + what + " cost exceeds budget by factor of " + factor(cost, RULE_LIMIT) + WAY_OUT));
        }
    }

    private static long multiplied(long a, long b) {
        long product = a * b;
        return a != 0 && (product / a != b || product < 0) ? Long.MAX_VALUE : product;
    }

    private static String factor(long cost, long limit) {
        double factor = (double) cost / limit;
        return factor > 100 ? "more than 100x" : String.format(Locale.ROOT, "%.1fx", factor);
    }
}
