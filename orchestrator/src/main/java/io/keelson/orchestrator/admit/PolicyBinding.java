package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.select.LabelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A binding of an admission policy: where a policy holds, with which parameters, and what is done about a violation.
 *
 * @param name of it
 * @param spec of it, as it is stored
 */
record PolicyBinding(String name, JsonNode spec) {

    /** All of a kind that bind a policy. */
    static List<PolicyBinding> of(Kind bindings, String policy, Facts facts) {
        return facts.list(bindings, "").stream()
                .map(each ->
                        new PolicyBinding(Json.string(each, "metadata", "name").orElse(""), each.path("spec")))
                .filter(each -> each.spec().path("policyName").asString("").equals(policy))
                .toList();
    }

    boolean does(String action) {
        return Json.items(spec, "validationActions").stream()
                .anyMatch(each -> each.asString("").equals(action));
    }

    /** The kind in the version by which the constraints know it, if they are about the write. */
    static Optional<Kind> constrained(JsonNode constraints, Request request, Facts facts) {
        if (!constraints.isObject()) {
            return Optional.of(request.kind());
        }
        boolean exactly = constraints.path("matchPolicy").asString("Equivalent").equals("Exact");
        boolean excluded = Rules.match(Json.items(constraints, "excludeResourceRules"), request, exactly)
                .isPresent();
        List<JsonNode> rules = Json.items(constraints, "resourceRules");
        Optional<Kind> kind = rules.isEmpty() ? Optional.of(request.kind()) : Rules.match(rules, request, exactly);
        return kind.filter(_ -> !excluded)
                .filter(_ -> Rules.selectsObject(constraints, request))
                .filter(_ -> Rules.selectsNamespace(constraints, request, facts));
    }

    /** Which parameters a policy is evaluated with, once for each. */
    sealed interface Params {

        /** These; an empty one stands for none. */
        record Each(List<Optional<ObjectNode>> objects) implements Params {}

        /** They cannot be had. */
        record Missing(String why) implements Params {}
    }

    /** @param policy the specification of the policy */
    Params params(JsonNode policy, Request request, Facts facts) {
        Optional<JsonNode> paramKind = Json.at(policy, "paramKind");
        Optional<JsonNode> ref = Json.at(spec, "paramRef");
        if (paramKind.isEmpty() || ref.isEmpty()) {
            return new Params.Each(List.of(Optional.empty()));
        }
        String version = paramKind.get().path("apiVersion").asString("");
        String word = paramKind.get().path("kind").asString("");
        Optional<Kind> kind = facts.kind(version, word);
        if (kind.isEmpty()) {
            return new Params.Missing(
                    "failed to find resource referenced by paramKind: '" + version + ", Kind=" + word + "'");
        }
        List<ObjectNode> found = found(kind.get(), ref.get(), request, facts);
        if (found.isEmpty()) {
            return ref.get().path("parameterNotFoundAction").asString("Deny").equals("Allow")
                    ? new Params.Each(List.of())
                    : new Params.Missing("no params found for policy binding with `Deny` parameterNotFoundAction");
        }
        List<Optional<ObjectNode>> all = new ArrayList<>();
        found.forEach(each -> all.add(Optional.of(each)));
        return new Params.Each(all);
    }

    private static List<ObjectNode> found(Kind kind, JsonNode ref, Request request, Facts facts) {
        String namespace = kind.namespaced() ? ref.path("namespace").asString(request.namespace()) : "";
        String name = ref.path("name").asString("");
        if (!name.isEmpty()) {
            return facts.find(kind, namespace, name).stream().toList();
        }
        LabelSelector selector = LabelSelector.of(ref.path("selector"));
        return facts.list(kind, namespace).stream().filter(selector::matches).toList();
    }
}
