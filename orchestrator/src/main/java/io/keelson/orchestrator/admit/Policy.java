package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.cel.Environment;
import io.keelson.orchestrator.cel.Expression;
import io.keelson.orchestrator.cel.ExpressionException;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A ValidatingAdmissionPolicy, compiled. Immutable.
 *
 * @param name of it
 * @param spec as it is stored, with all defaults
 * @param conditions on a write that it judges
 * @param variables that its expressions share, in the order in which they are evaluated
 * @param validations what must hold
 * @param annotations what it tells the audit log
 * @param mistakes expressions that cannot be compiled, with their paths
 */
public record Policy(
        String name,
        JsonNode spec,
        List<Named> conditions,
        List<Named> variables,
        List<Rule> validations,
        List<Named> annotations,
        List<Cause> mistakes) {

    /**
     * An expression with a name.
     *
     * @param name of the condition, variable or annotation
     * @param expression its value
     */
    record Named(String name, Expression expression) {}

    /**
     * One validation.
     *
     * @param condition that must hold
     * @param message if it does not; empty for the expression itself
     * @param messageExpression gives a better message
     * @param reason of the refusal, a word of Kubernetes; empty for {@code Invalid}
     */
    record Rule(Expression condition, String message, Optional<Expression> messageExpression, String reason) {}

    /** Compiles a policy. */
    public static Policy of(ObjectNode policy) {
        JsonNode spec = policy.path("spec");
        List<Cause> mistakes = new ArrayList<>();
        Environment environment = Expressions.policies();
        List<Named> conditions = named(spec, "matchConditions", "name", "expression", environment::condition, mistakes);
        List<Named> variables = named(spec, "variables", "name", "expression", environment::any, mistakes);
        List<Named> annotations = named(spec, "auditAnnotations", "key", "valueExpression", environment::any, mistakes);
        List<Rule> rules = new ArrayList<>();
        int i = 0;
        for (JsonNode validation : Json.items(spec, "validations")) {
            String path = "spec.validations[" + i++ + "].";
            Optional<Expression> condition = compiled(validation, "expression", path, environment::condition, mistakes);
            Optional<Expression> words =
                    compiled(validation, "messageExpression", path, Expressions.messages()::text, mistakes);
            condition.ifPresent(each -> rules.add(new Rule(
                    each,
                    validation.path("message").asString("").strip(),
                    words,
                    validation.path("reason").asString(""))));
        }
        return new Policy(
                Json.string(policy, "metadata", "name").orElse(""),
                spec,
                conditions,
                variables,
                List.copyOf(rules),
                annotations,
                List.copyOf(mistakes));
    }

    /** Compiles one text. */
    @FunctionalInterface
    interface Compiler {
        Expression compile(String text) throws ExpressionException;
    }

    static List<Named> named(
            JsonNode spec, String list, String name, String field, Compiler compiler, List<Cause> mistakes) {
        List<Named> all = new ArrayList<>();
        int i = 0;
        for (JsonNode each : Json.items(spec, list)) {
            compiled(each, field, "spec." + list + "[" + i++ + "].", compiler, mistakes)
                    .ifPresent(expression -> all.add(new Named(each.path(name).asString(""), expression)));
        }
        return List.copyOf(all);
    }

    static Optional<Expression> compiled(
            JsonNode from, String field, String path, Compiler compiler, List<Cause> mistakes) {
        String text = from.path(field).asString("");
        if (text.isBlank()) {
            return Optional.empty();
        }
        try {
            return Optional.of(compiler.compile(text));
        } catch (ExpressionException e) {
            mistakes.add(
                    e.step() == ExpressionException.Step.PROGRAM
                            ? Cause.internal(path + field, e.problem())
                            : Cause.invalid(path + field, Json.quoted(text), e.problem()));
            return Optional.empty();
        }
    }

    /** Whether a write goes on when an expression fails. */
    boolean ignorable() {
        return spec.path("failurePolicy").asString("Fail").equals("Ignore");
    }

    /** Refuses policies and webhooks whose expressions nobody can evaluate, and those that would silently do nothing. */
    static Verdict judge(Request request, Facts facts) {
        if (request.object().isEmpty() || !request.subresource().isEmpty()) {
            return Verdict.FINE;
        }
        ObjectNode object = request.object().get();
        if (request.of(Known.POLICY)) {
            List<Cause> mistakes = of(object).mistakes();
            return mistakes.isEmpty()
                    ? Verdict.FINE
                    : Verdict.refused(Rejection.invalid(request.kind(), request.name(), mistakes));
        }
        if (request.of(Known.MUTATING_POLICY)) {
            List<Cause> mistakes = MutatingPolicy.of(object).mistakes();
            return mistakes.isEmpty()
                    ? Verdict.FINE
                    : Verdict.refused(Rejection.invalid(request.kind(), request.name(), mistakes));
        }
        boolean webhooks = request.of(Known.MUTATING_WEBHOOKS) || request.of(Known.VALIDATING_WEBHOOKS);
        return webhooks ? conditions(request, object) : Verdict.FINE;
    }

    private static Verdict conditions(Request request, ObjectNode configuration) {
        List<Cause> mistakes = new ArrayList<>();
        int i = 0;
        for (JsonNode webhook : Json.items(configuration, "webhooks")) {
            String path = "webhooks[" + i++ + "].matchConditions[";
            int j = 0;
            for (JsonNode condition : Json.items(webhook, "matchConditions")) {
                compiled(condition, "expression", path + j++ + "].", Expressions::condition, mistakes);
            }
        }
        return mistakes.isEmpty()
                ? Verdict.FINE
                : Verdict.refused(Rejection.invalid(request.kind(), request.name(), mistakes));
    }
}
