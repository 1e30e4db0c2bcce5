package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.cel.Environment;
import io.keelson.orchestrator.cel.Expression;
import io.keelson.orchestrator.cel.ExpressionException;
import io.keelson.orchestrator.cel.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of a schema and of the schemas in it, compiled; only branches that have any.
 *
 * @param schema whose rules these are
 * @param type of the value that they are about
 * @param own rules about the value itself
 * @param properties rules about fields
 * @param additional rules about each value of a map
 * @param items rules about each item of a list
 */
record RuleSet(
        Structural schema,
        Type type,
        List<Compiled> own,
        Map<String, RuleSet> properties,
        Optional<RuleSet> additional,
        Optional<RuleSet> items) {

    /**
     * A rule that can be evaluated.
     *
     * @param rule as it was written
     * @param condition must hold
     * @param message gives what to say if it does not
     * @param transition whether it compares with the value before
     */
    record Compiled(Rule rule, Expression condition, Optional<Expression> message, boolean transition) {}

    /** A mistake in a rule: in which field of it, and what. */
    record Mistake(String path, String field, Rule rule, String message) {}

    boolean isEmpty() {
        return own.isEmpty() && properties.isEmpty() && additional.isEmpty() && items.isEmpty();
    }

    /**
     * Compiles all rules of a schema.
     *
     * @param path of the schema, for mistakes
     * @param mistakes takes what cannot be compiled; such rules are left out
     */
    static RuleSet compile(Structural root, String path, List<Mistake> mistakes) {
        return compile(root, path, ValueTypes.ofRoot(root), "self", mistakes);
    }

    private static RuleSet compile(Structural schema, String path, Type type, String name, List<Mistake> mistakes) {
        List<Compiled> own = new ArrayList<>();
        if (!schema.rules().isEmpty()) {
            Map<Boolean, Environment> environments = new HashMap<>();
            for (int i = 0; i < schema.rules().size(); i++) {
                Rule rule = schema.rules().get(i);
                Environment environment = environments.computeIfAbsent(
                        rule.optionalOldSelf(),
                        optional -> new Environment(
                                Map.of("self", type, "oldSelf", optional ? new Type.OptionalOf(type) : type)));
                compile(environment, rule, path + ".x-kubernetes-validations[" + i + "]", mistakes)
                        .ifPresent(own::add);
            }
        }
        Map<String, RuleSet> properties = new LinkedHashMap<>();
        schema.properties()
                .forEach((field, value) -> branch(
                                value, path + ".properties[" + field + "]", name + "." + field, mistakes)
                        .ifPresent(rules -> properties.put(field, rules)));
        return new RuleSet(
                schema,
                type,
                List.copyOf(own),
                properties,
                schema.additional()
                        .flatMap(values -> branch(values, path + ".additionalProperties", name + ".@values", mistakes)),
                schema.items().flatMap(items -> branch(items, path + ".items", name + ".@items", mistakes)));
    }

    private static Optional<RuleSet> branch(Structural schema, String path, String name, List<Mistake> mistakes) {
        return ValueTypes.of(schema, name)
                .map(type -> compile(schema, path, type, name, mistakes))
                .filter(rules -> !rules.isEmpty());
    }

    private static Optional<Compiled> compile(Environment environment, Rule rule, String path, List<Mistake> mistakes) {
        Optional<Expression> message = Optional.empty();
        try {
            if (!rule.messageExpression().isEmpty()) {
                message = Optional.of(environment.text(rule.messageExpression()));
            }
        } catch (ExpressionException e) {
            mistakes.add(new Mistake(
                    path, "messageExpression", rule, said(e, "messageExpression must evaluate to a string")));
        }
        try {
            Expression condition = environment.condition(rule.rule());
            return Optional.of(new Compiled(rule, condition, message, condition.mentions("oldSelf")));
        } catch (ExpressionException e) {
            mistakes.add(new Mistake(path, "rule", rule, said(e, "cel expression must evaluate to a bool")));
            return Optional.empty();
        }
    }

    private static String said(ExpressionException e, String result) {
        return e.step() == ExpressionException.Step.RESULT ? result : e.problem();
    }
}
