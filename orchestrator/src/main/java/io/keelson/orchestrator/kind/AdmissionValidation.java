package io.keelson.orchestrator.kind;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The kinds of admissionregistration.k8s.io. Whether expressions can be understood, whoever evaluates them says. */
final class AdmissionValidation {

    private static final int MAX_TIMEOUT_SECONDS = 30;
    private static final int MAX_CONDITIONS = 64;
    private static final Set<String> FAILURE_POLICIES = Set.of("Fail", "Ignore");
    private static final Set<String> MATCH_POLICIES = Set.of("Equivalent", "Exact");

    private AdmissionValidation() {}

    static void webhooks(ObjectNode configuration, Causes causes) {
        Set<String> names = new HashSet<>();
        int i = 0;
        for (JsonNode webhook : Json.items(configuration, "webhooks")) {
            String path = "webhooks[" + i++ + "]";
            String name = webhook.path("name").asString("");
            if (name.isEmpty()) {
                causes.required(path + ".name");
            } else {
                causes.invalid(path + ".name", name, Names.fullyQualifiedProblems(name));
            }
            if (!names.add(name)) {
                causes.add(Cause.duplicate(path + ".name", Causes.quoted(name)));
            }
            webhook(webhook, path, causes);
        }
    }

    private static void webhook(JsonNode webhook, String path, Causes causes) {
        AdmissionRules.check(webhook, path, "rules", causes);
        causes.oneOf(webhook, path, "failurePolicy", FAILURE_POLICIES);
        causes.oneOf(webhook, path, "matchPolicy", MATCH_POLICIES);
        causes.oneOf(webhook, path, "reinvocationPolicy", Set.of("IfNeeded", "Never"));
        if (!webhook.has("sideEffects")) {
            causes.add(Cause.required(path + ".sideEffects", "must specify one of None, NoneOnDryRun"));
        } else {
            causes.oneOf(webhook, path, "sideEffects", Set.of("None", "NoneOnDryRun"));
        }
        long timeout = Json.number(webhook, "timeoutSeconds").orElse(1L);
        if (timeout < 1 || timeout > MAX_TIMEOUT_SECONDS) {
            causes.invalid(
                    path + ".timeoutSeconds",
                    webhook.path("timeoutSeconds"),
                    "the timeout value must be between 1 and " + MAX_TIMEOUT_SECONDS + " seconds");
        }
        selectors(webhook, path, causes);
        ClientConfigCheck.check(webhook.path("clientConfig"), path + ".clientConfig")
                .forEach(causes::add);
        versions(webhook, path, causes);
        conditions(webhook, path, causes);
    }

    private static void selectors(JsonNode parent, String path, Causes causes) {
        for (String field : List.of("namespaceSelector", "objectSelector")) {
            WorkloadValidation.selector(parent.path(field), path + "." + field, causes);
        }
    }

    private static void versions(JsonNode webhook, String path, Causes causes) {
        List<String> versions = Json.items(webhook, "admissionReviewVersions").stream()
                .map(version -> version.asString(""))
                .toList();
        if (versions.isEmpty()) {
            causes.add(Cause.required(path + ".admissionReviewVersions", "must specify one of v1, v1beta1"));
        } else if (!versions.contains("v1") && !versions.contains("v1beta1")) {
            causes.invalid(
                    path + ".admissionReviewVersions",
                    webhook.path("admissionReviewVersions"),
                    "must include at least one of v1, v1beta1");
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < versions.size(); i++) {
            if (!seen.add(versions.get(i))) {
                causes.invalid(
                        path + ".admissionReviewVersions[" + i + "]", versions.get(i), List.of("duplicate version"));
            }
        }
    }

    private static void conditions(JsonNode parent, String path, Causes causes) {
        int i = 0;
        List<JsonNode> conditions = Json.items(parent, "matchConditions");
        if (conditions.size() > MAX_CONDITIONS) {
            causes.add(Cause.tooMany(path + ".matchConditions", conditions.size(), MAX_CONDITIONS));
        }
        Set<String> names = new HashSet<>();
        for (JsonNode condition : conditions) {
            String where = path + ".matchConditions[" + i++ + "]";
            String name = condition.path("name").asString("");
            if (causes.present(condition, where, "name")) {
                causes.invalid(where + ".name", name, Names.qualifiedNameProblems(name));
                if (!names.add(name)) {
                    causes.add(Cause.duplicate(where + ".name", Causes.quoted(name)));
                }
            }
            causes.present(condition, where, "expression");
        }
    }

    static void validatingPolicy(ObjectNode policy, Causes causes) {
        JsonNode spec = policy.path("spec");
        matching(spec, causes);
        boolean empty = Json.items(spec, "validations").isEmpty()
                && Json.items(spec, "auditAnnotations").isEmpty();
        if (empty) {
            causes.add(Cause.required("spec.validations", "validations or auditAnnotations must contain items"));
            causes.add(Cause.required("spec.auditAnnotations", "validations or auditAnnotations must contain items"));
        }
        int i = 0;
        for (JsonNode validation : Json.items(spec, "validations")) {
            String path = "spec.validations[" + i++ + "].expression";
            if (validation.path("expression").asString("").isBlank()) {
                causes.add(Cause.required(path, "expression is not specified"));
            }
        }
    }

    static void mutatingPolicy(ObjectNode policy, Causes causes) {
        JsonNode spec = policy.path("spec");
        matching(spec, causes);
        causes.requiredOneOf(spec, "spec", "reinvocationPolicy", Set.of("IfNeeded", "Never"));
        if (Json.items(spec, "mutations").isEmpty()) {
            causes.add(Cause.required("spec.mutations", "mutations must contain at least one item"));
        }
        int i = 0;
        for (JsonNode mutation : Json.items(spec, "mutations")) {
            causes.requiredOneOf(
                    mutation, "spec.mutations[" + i++ + "]", "patchType", Set.of("ApplyConfiguration", "JSONPatch"));
        }
    }

    private static void matching(JsonNode spec, Causes causes) {
        causes.oneOf(spec, "spec", "failurePolicy", FAILURE_POLICIES);
        Json.at(spec, "paramKind").ifPresent(kind -> {
            causes.present(kind, "spec.paramKind", "apiVersion");
            causes.present(kind, "spec.paramKind", "kind");
        });
        Optional<JsonNode> constraints = Json.at(spec, "matchConstraints").filter(JsonNode::isObject);
        if (constraints.isEmpty()) {
            causes.required("spec.matchConstraints");
        } else {
            if (Json.items(constraints.get(), "resourceRules").isEmpty()) {
                causes.required("spec.matchConstraints.resourceRules");
            }
            resources(constraints.get(), "spec.matchConstraints", causes);
        }
        conditions(spec, "spec", causes);
        int i = 0;
        for (JsonNode variable : Json.items(spec, "variables")) {
            String path = "spec.variables[" + i++ + "]";
            causes.present(variable, path, "name");
            causes.present(variable, path, "expression");
        }
    }

    private static void resources(JsonNode resources, String path, Causes causes) {
        causes.oneOf(resources, path, "matchPolicy", MATCH_POLICIES);
        selectors(resources, path, causes);
        AdmissionRules.check(resources, path, "resourceRules", causes);
        AdmissionRules.check(resources, path, "excludeResourceRules", causes);
    }

    static void validatingBinding(ObjectNode binding, Causes causes) {
        binding(binding, causes);
        List<JsonNode> actions = Json.items(binding, "spec", "validationActions");
        if (actions.isEmpty()) {
            causes.required("spec.validationActions");
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < actions.size(); i++) {
            String path = "spec.validationActions[" + i + "]";
            String action = actions.get(i).asString("");
            if (!Set.of("Audit", "Deny", "Warn").contains(action)) {
                causes.add(Cause.notSupported(path, Causes.quoted(action), List.of("Audit", "Deny", "Warn")));
            }
            if (!seen.add(action)) {
                causes.add(Cause.duplicate(path, Causes.quoted(action)));
            }
        }
        if (seen.containsAll(Set.of("Deny", "Warn"))) {
            causes.invalid(
                    "spec.validationActions",
                    binding.path("spec").path("validationActions"),
                    "must not contain both Deny and Warn (repeating the same validation failure information in the API"
                            + " response and headers serves no purpose)");
        }
    }

    static void binding(ObjectNode binding, Causes causes) {
        JsonNode spec = binding.path("spec");
        causes.present(spec, "spec", "policyName");
        Json.at(spec, "paramRef").ifPresent(param -> {
            if (param.has("name") == param.has("selector")) {
                causes.add(Cause.required("spec.paramRef", "name and selector are mutually exclusive: one is needed"));
            }
            causes.requiredOneOf(param, "spec.paramRef", "parameterNotFoundAction", Set.of("Allow", "Deny"));
        });
        Json.at(spec, "matchResources").ifPresent(resources -> resources(resources, "spec.matchResources", causes));
    }
}
