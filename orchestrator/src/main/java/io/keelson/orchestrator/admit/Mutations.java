package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.cel.Budget;
import io.keelson.orchestrator.cel.EvaluationException;
import io.keelson.orchestrator.cel.Values;
import io.keelson.orchestrator.fields.FieldType;
import io.keelson.orchestrator.fields.FieldsException;
import io.keelson.orchestrator.fields.Merging;
import io.keelson.orchestrator.kind.FieldError;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Schema;
import io.keelson.orchestrator.patch.PatchException;
import io.keelson.orchestrator.patch.Patches;
import io.keelson.orchestrator.registry.Rejection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Changes objects as the policies say that are bound. */
public final class Mutations {

    private Mutations() {}

    /** Whether there are any policies that may have a say. */
    public static boolean any(Facts facts) {
        return !facts.list(Known.MUTATING_POLICY, "").isEmpty();
    }

    /** What comes of it. */
    public sealed interface Result {

        /** The object as the policies make it. */
        record Made(ObjectNode object) implements Result {}

        /** A policy that must not be passed over has failed. */
        record Refused(Rejection why) implements Result {}
    }

    /** A policy cannot be carried out. */
    private static final class FailedException extends Exception {
        FailedException(String why) {
            super(why);
        }
    }

    /**
     * Lets the policies change the object of a write, one after the other by their names.
     *
     * @param again whether only those are asked that want to see what others have changed
     * @param compiled gives a stored policy compiled
     */
    public static Result of(
            Request request, boolean again, Facts facts, Function<ObjectNode, MutatingPolicy> compiled) {
        Request current = request;
        if (Rules.open(request)) {
            for (ObjectNode stored : facts.list(Known.MUTATING_POLICY, "")) {
                Optional<Kind> kind =
                        PolicyBinding.constrained(stored.path("spec").path("matchConstraints"), current, facts);
                MutatingPolicy policy = compiled.apply(stored);
                if (kind.isEmpty() || (again && !policy.again())) {
                    continue;
                }
                for (PolicyBinding binding : PolicyBinding.of(Known.MUTATING_BINDING, policy.name(), facts)) {
                    try {
                        current = bound(current, kind.get(), policy, binding, facts);
                    } catch (FailedException e) {
                        if (!policy.ignorable()) {
                            return new Result.Refused(request.forbidden("policy '" + policy.name() + "' with binding '"
                                    + binding.name() + "' denied request: " + e.getMessage()));
                        }
                    }
                }
            }
        }
        return new Result.Made(current.object().orElseThrow());
    }

    private static Request bound(Request request, Kind kind, MutatingPolicy policy, PolicyBinding binding, Facts facts)
            throws FailedException {
        boolean concerned = PolicyBinding.constrained(binding.spec().path("matchResources"), request, facts)
                .isPresent();
        if (!concerned) {
            return request;
        }
        List<Optional<ObjectNode>> params = switch (binding.params(policy.spec(), request, facts)) {
            case PolicyBinding.Params.Missing missing ->
                throw new FailedException("failed to configure binding: " + missing.why());
            case PolicyBinding.Params.Each each -> each.objects();
        };
        Budget budget = Budget.ofObject();
        Request current = request;
        for (Optional<ObjectNode> each : params) {
            current = changed(current, kind, policy, each, facts, budget);
        }
        return current;
    }

    private static Request changed(
            Request request, Kind kind, MutatingPolicy policy, Optional<ObjectNode> params, Facts facts, Budget budget)
            throws FailedException {
        Map<String, Object> values = Expressions.values(request, kind, facts);
        values.put("namespaceObject", Expressions.orNull(Policies.namespace(request, facts)));
        values.put("params", Expressions.orNull(params));
        values.put("variables", Map.of());
        for (Policy.Named condition : policy.conditions()) {
            try {
                if (!condition.expression().holds(values, budget)) {
                    return request;
                }
            } catch (EvaluationException e) {
                throw new FailedException(Policies.error(condition.expression(), e));
            }
        }
        Request current = request;
        for (MutatingPolicy.Mutation mutation : policy.mutations()) {
            values.put("object", Expressions.values(current, kind, facts).get("object"));
            Variables variables = Variables.of(policy.variables(), values, budget);
            current = current.with(changed(current, kind, mutation, values, variables, budget));
        }
        return current;
    }

    private static ObjectNode changed(
            Request request,
            Kind kind,
            MutatingPolicy.Mutation mutation,
            Map<String, Object> values,
            Variables variables,
            Budget budget)
            throws FailedException {
        ObjectNode before = request.object().orElseThrow();
        ObjectNode seen = Webhook.as(kind, request, before).deepCopy();
        try {
            JsonNode said = Values.json(mutation.expression().evaluate(values, budget));
            JsonNode after =
                    mutation.applied() ? applied(request.ownKind().orElse(kind), seen, said) : patched(seen, said);
            return Review.accepted(after, before, request, kind);
        } catch (EvaluationException e) {
            throw new FailedException(Policies.error(mutation.expression(), variables.why(e)));
        } catch (PatchException | FieldsException | IllegalArgumentException e) {
            throw new FailedException(
                    "expression '" + mutation.expression().source() + "' resulted in error: " + e.getMessage());
        }
    }

    private static JsonNode applied(Kind kind, ObjectNode seen, JsonNode said) {
        if (!(said instanceof ObjectNode configuration)) {
            throw new IllegalArgumentException("must evaluate to Object, but got " + Json.typeOf(said));
        }
        for (String field : List.of("apiVersion", "kind")) {
            if (configuration.has(field)) {
                throw new IllegalArgumentException(field + " must not be set in an apply configuration");
            }
        }
        List<String> unknown = Schema.check(kind, configuration).stream()
                .filter(error -> error.reason() == FieldError.Reason.UNKNOWN)
                .map(error -> "." + error.path() + ": field not declared in schema")
                .toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("error applying patch: " + String.join(", ", unknown));
        }
        return Merging.merge(FieldType.of(Schema.shape(kind)), seen, configuration);
    }

    private static JsonNode patched(ObjectNode seen, JsonNode said) {
        if (!(said instanceof ArrayNode operations)) {
            throw new IllegalArgumentException("must evaluate to []JSONPatch, but got " + Json.typeOf(said));
        }
        return Patches.json(seen, operations);
    }
}
