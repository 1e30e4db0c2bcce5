package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.cel.Budget;
import io.keelson.orchestrator.cel.EvaluationException;
import io.keelson.orchestrator.cel.Expression;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Judges writes by the policies that are bound. The words are Kubernetes'. */
public final class Policies {

    private static final String AUDIT_KEY = "validation.policy.admission.k8s.io/validation_failure";

    private Policies() {}

    /**
     * A violation, or an expression that failed.
     *
     * @param message what is wrong
     * @param reason Kubernetes' word; empty for {@code Invalid}
     * @param index of the validation; 0 if it is none
     */
    private record Violation(String message, String reason, int index) {}

    /**
     * What the policies say of a write; the first that denies it decides.
     *
     * @param compiled gives a stored policy compiled
     */
    public static Verdict judge(Request request, Facts facts, Function<ObjectNode, Policy> compiled) {
        if (!Rules.open(request)) {
            return Verdict.FINE;
        }
        Verdict all = Verdict.FINE;
        ArrayNode told = Json.array();
        for (ObjectNode stored : facts.list(Known.POLICY, "")) {
            Optional<Kind> kind =
                    PolicyBinding.constrained(stored.path("spec").path("matchConstraints"), request, facts);
            if (kind.isEmpty()) {
                continue;
            }
            Policy policy = compiled.apply(stored);
            for (PolicyBinding binding : PolicyBinding.of(Known.BINDING, policy.name(), facts)) {
                boolean bound = PolicyBinding.constrained(binding.spec().path("matchResources"), request, facts)
                        .isPresent();
                if (bound) {
                    all = all.and(judge(request, kind.get(), policy, binding, facts, told));
                }
            }
        }
        return told.isEmpty()
                ? all
                : all.and(new Verdict(Optional.empty(), List.of(), Map.of(AUDIT_KEY, told.toString())));
    }

    /** @param told takes what the audit log is to be told of violations */
    private static Verdict judge(
            Request request, Kind kind, Policy policy, PolicyBinding binding, Facts facts, ArrayNode told) {
        Budget budget = Budget.ofObject();
        Map<String, Object> values = Expressions.values(request, kind, facts);
        values.put("namespaceObject", Expressions.orNull(namespace(request, facts)));
        List<Violation> violations = new ArrayList<>();
        Map<String, String> audit = new TreeMap<>();
        switch (binding.params(policy.spec(), request, facts)) {
            case PolicyBinding.Params.Missing missing ->
                failed(policy, "failed to configure binding: " + missing.why(), 0, violations);
            case PolicyBinding.Params.Each each -> {
                for (Optional<ObjectNode> params : each.objects()) {
                    values.put("params", Expressions.orNull(params));
                    evaluate(policy, values, budget, violations, audit);
                }
            }
        }
        return verdict(request, policy, binding, violations, audit, told);
    }

    static Optional<ObjectNode> namespace(Request request, Facts facts) {
        return request.namespace().isEmpty() || request.of(Kinds.NAMESPACE)
                ? Optional.empty()
                : facts.find(Kinds.NAMESPACE, "", request.namespace());
    }

    private static void failed(Policy policy, String why, int index, List<Violation> violations) {
        if (!policy.ignorable()) {
            violations.add(new Violation(why, "", index));
        }
    }

    static String error(Expression expression, EvaluationException e) {
        return error(expression, String.valueOf(e.getMessage()));
    }

    static String error(Expression expression, String why) {
        return "expression '" + expression.source() + "' resulted in error: " + why;
    }

    private static void evaluate(
            Policy policy,
            Map<String, Object> values,
            Budget budget,
            List<Violation> violations,
            Map<String, String> audit) {
        Optional<String> unclear = Optional.empty();
        values.put("variables", Map.of());
        for (Policy.Named condition : policy.conditions()) {
            try {
                if (!condition.expression().holds(values, budget)) {
                    return;
                }
            } catch (EvaluationException e) {
                unclear = unclear.or(() -> Optional.of(error(condition.expression(), e)));
            }
        }
        if (unclear.isPresent()) {
            failed(policy, unclear.get(), 0, violations);
            return;
        }
        Variables variables = Variables.of(policy.variables(), values, budget);
        for (int index = 0; index < policy.validations().size(); index++) {
            Policy.Rule rule = policy.validations().get(index);
            try {
                if (!rule.condition().holds(values, budget)) {
                    violations.add(new Violation(message(rule, values, budget), rule.reason(), index));
                }
            } catch (EvaluationException e) {
                failed(policy, error(rule.condition(), variables.why(e)), index, violations);
            }
        }
        for (Policy.Named annotation : policy.annotations()) {
            try {
                annotation
                        .expression()
                        .words(values, budget)
                        .filter(words -> !words.isBlank())
                        .ifPresent(words -> audit.put(policy.name() + "/" + annotation.name(), words));
            } catch (EvaluationException e) {
                failed(policy, error(annotation.expression(), variables.why(e)), 0, violations);
            }
        }
    }

    private static String message(Policy.Rule rule, Map<String, Object> values, Budget budget) {
        String plain = rule.message().isEmpty()
                ? "failed expression: " + rule.condition().source()
                : rule.message();
        try {
            return rule.messageExpression().isEmpty()
                    ? plain
                    : rule.messageExpression()
                            .get()
                            .words(values, budget)
                            .map(String::strip)
                            .filter(words -> !words.isEmpty() && !words.contains("\n"))
                            .orElse(plain);
        } catch (EvaluationException e) {
            return plain;
        }
    }

    private static Verdict verdict(
            Request request,
            Policy policy,
            PolicyBinding binding,
            List<Violation> violations,
            Map<String, String> audit,
            ArrayNode told) {
        String who = "ValidatingAdmissionPolicy '" + policy.name() + "' with binding '" + binding.name() + "'";
        Optional<Rejection> refusal = Optional.empty();
        List<String> warnings = new ArrayList<>();
        for (Violation violation : violations) {
            if (binding.does("Deny") && refusal.isEmpty()) {
                refusal = Optional.of(denied(request, who, violation));
            }
            if (binding.does("Warn")) {
                warnings.add("Validation failed for " + who + ": " + violation.message());
            }
            if (binding.does("Audit")) {
                ArrayNode actions = told.addObject()
                        .put("message", violation.message())
                        .put("policy", policy.name())
                        .put("binding", binding.name())
                        .put("expressionIndex", violation.index())
                        .putArray("validationActions");
                Json.items(binding.spec(), "validationActions").forEach(actions::add);
            }
        }
        return new Verdict(refusal, warnings, audit);
    }

    private static Rejection denied(Request request, String who, Violation violation) {
        String why = who + " denied request: " + violation.message();
        Rejection forbidden = request.forbidden(why);
        Reason reason = switch (violation.reason()) {
            case "Unauthorized" -> Reason.UNAUTHORIZED;
            case "Forbidden" -> Reason.FORBIDDEN;
            case "RequestEntityTooLarge" -> Reason.REQUEST_ENTITY_TOO_LARGE;
            default -> Reason.INVALID;
        };
        return new Rejection(reason, forbidden.message(), forbidden.details()).withCause(new Cause("", "", why));
    }
}
