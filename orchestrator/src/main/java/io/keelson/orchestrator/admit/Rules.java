package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.select.LabelSelector;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Which writes a webhook or a policy is about: rules of operations and resources, and selectors of labels. */
final class Rules {

    private static final Set<String> NEVER = Set.of(
            "MutatingWebhookConfiguration",
            "ValidatingWebhookConfiguration",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding");

    private Rules() {}

    /** Whether a write can be somebody's business at all: nobody can lock the door to the locks. */
    static boolean open(Request request) {
        boolean lock = request.kind().group().equals("admissionregistration.k8s.io")
                && NEVER.contains(request.kind().kind());
        return !lock;
    }

    /**
     * The kind, in the version by which a rule knows it, if one of the rules is about the write.
     *
     * @param exactly whether another version of the same kind is another kind
     */
    static Optional<Kind> match(List<JsonNode> rules, Request request, boolean exactly) {
        Optional<Kind> asSent = rules.stream()
                .filter(rule -> about(rule, request, request.kind()))
                .findFirst()
                .map(_ -> request.kind());
        Kind stored = request.kind().stored();
        if (asSent.isPresent() || exactly || stored.equals(request.kind())) {
            return asSent;
        }
        return rules.stream()
                .filter(rule -> about(rule, request, stored))
                .findFirst()
                .map(_ -> stored);
    }

    private static boolean about(JsonNode rule, Request request, Kind kind) {
        String scope = rule.path("scope").asString("*");
        boolean namespaced = kind.namespaced();
        return has(rule, "operations", request.operation().name())
                && has(rule, "apiGroups", kind.group())
                && has(rule, "apiVersions", kind.version())
                && (scope.equals("*") || scope.equals(namespaced ? "Namespaced" : "Cluster"))
                && Json.items(rule, "resources").stream()
                        .anyMatch(each -> resource(each.asString(""), kind.resource(), request.subresource()))
                && named(rule, request.name());
    }

    private static boolean has(JsonNode rule, String field, String value) {
        return Json.items(rule, field).stream()
                .map(each -> each.asString(""))
                .anyMatch(each -> each.equals("*") || each.equals(value));
    }

    /** Policies can name objects. */
    private static boolean named(JsonNode rule, String name) {
        List<JsonNode> names = Json.items(rule, "resourceNames");
        return names.isEmpty()
                || names.stream().anyMatch(each -> each.asString("").equals(name));
    }

    /** {@code pods}, {@code pods/status}, {@code pods/*}, {@code *}{@code /status}, or a star for all without a part. */
    private static boolean resource(String wanted, String resource, String subresource) {
        String[] parts = wanted.split("/", 2);
        boolean whole = parts[0].equals("*") || parts[0].equals(resource);
        String part = parts.length == 1 ? "" : parts[1];
        return whole && (part.equals("*") || part.equals(subresource));
    }

    /** Whether the labels of the object, as it is or as it will be, are selected. */
    static boolean selectsObject(JsonNode owner, Request request) {
        LabelSelector selector = LabelSelector.of(owner.path("objectSelector"));
        return selector.isEverything()
                || request.object().filter(selector::matches).isPresent()
                || request.old().filter(selector::matches).isPresent();
    }

    /** Whether the labels of the object's namespace are selected; objects in none always are. */
    static boolean selectsNamespace(JsonNode owner, Request request, Facts facts) {
        LabelSelector selector = LabelSelector.of(owner.path("namespaceSelector"));
        if (selector.isEverything()) {
            return true;
        }
        if (request.of(Kinds.NAMESPACE)) {
            Optional<ObjectNode> namespace = request.operation() == Operation.CREATE ? request.object() : request.old();
            return namespace.filter(selector::matches).isPresent();
        }
        return request.namespace().isEmpty()
                || facts.find(Kinds.NAMESPACE, "", request.namespace())
                        .filter(selector::matches)
                        .isPresent();
    }
}
