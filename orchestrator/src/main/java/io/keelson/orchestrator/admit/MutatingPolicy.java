package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.cel.Environment;
import io.keelson.orchestrator.cel.Expression;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A MutatingAdmissionPolicy, compiled. Immutable.
 *
 * @param name of it
 * @param spec as it is stored, with all defaults
 * @param conditions on a write that it changes
 * @param variables that its expressions share, in the order in which they are evaluated
 * @param mutations what it changes, in their order
 * @param mistakes expressions that cannot be compiled, with their paths
 */
public record MutatingPolicy(
        String name,
        JsonNode spec,
        List<Policy.Named> conditions,
        List<Policy.Named> variables,
        List<Mutation> mutations,
        List<Cause> mistakes) {

    /**
     * One change.
     *
     * @param applied whether the expression gives what is to be applied, and not a JSON patch
     * @param expression gives it
     */
    record Mutation(boolean applied, Expression expression) {}

    /** Compiles a policy. */
    public static MutatingPolicy of(ObjectNode policy) {
        JsonNode spec = policy.path("spec");
        List<Cause> mistakes = new ArrayList<>();
        Environment environment = Expressions.policies();
        List<Policy.Named> conditions =
                Policy.named(spec, "matchConditions", "name", "expression", environment::condition, mistakes);
        List<Policy.Named> variables =
                Policy.named(spec, "variables", "name", "expression", environment::mutation, mistakes);
        List<Mutation> mutations = new ArrayList<>();
        int i = 0;
        for (JsonNode mutation : Json.items(spec, "mutations")) {
            boolean applied = mutation.path("patchType").asString("").equals("ApplyConfiguration");
            String field = applied ? "applyConfiguration" : "jsonPatch";
            String path = "spec.mutations[" + i++ + "]." + field + ".";
            if (mutation.path(field).path("expression").asString("").isBlank()) {
                mistakes.add(Cause.required(path + "expression", ""));
            }
            Policy.compiled(mutation.path(field), "expression", path, environment::mutation, mistakes)
                    .ifPresent(expression -> mutations.add(new Mutation(applied, expression)));
        }
        return new MutatingPolicy(
                Json.string(policy, "metadata", "name").orElse(""),
                spec,
                conditions,
                variables,
                List.copyOf(mutations),
                List.copyOf(mistakes));
    }

    boolean ignorable() {
        return spec.path("failurePolicy").asString("Fail").equals("Ignore");
    }

    /** Whether it wants to see the object again when others changed it after it. */
    boolean again() {
        return spec.path("reinvocationPolicy").asString("Never").equals("IfNeeded");
    }
}
