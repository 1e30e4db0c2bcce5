package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Defaults.absent;
import static io.keelson.orchestrator.kind.Defaults.absentObject;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Default values of the kinds by which others take part in the API: webhooks, policies, priorities, roles. */
final class ExtensionDefaults {

    private static final int WEBHOOK_TIMEOUT_SECONDS = 10;
    private static final int HTTPS_PORT = 443;
    private static final int MATCHING_PRECEDENCE = 1_000;
    private static final int CONCURRENCY_SHARES = 30;
    private static final int QUEUES = 64;
    private static final int HAND_SIZE = 8;
    private static final int QUEUE_LENGTH = 50;
    private static final String RBAC = "rbac.authorization.k8s.io";

    private ExtensionDefaults() {}

    static void validatingWebhooks(ObjectNode configuration) {
        Json.items(configuration, "webhooks").forEach(ExtensionDefaults::webhook);
    }

    static void mutatingWebhooks(ObjectNode configuration) {
        Json.items(configuration, "webhooks").forEach(webhook -> {
            webhook(webhook);
            absent(webhook, "reinvocationPolicy", "Never");
        });
    }

    private static void webhook(JsonNode webhook) {
        absent(webhook, "failurePolicy", "Fail");
        absent(webhook, "matchPolicy", "Equivalent");
        absentObject(webhook, "namespaceSelector");
        absentObject(webhook, "objectSelector");
        absent(webhook, "timeoutSeconds", WEBHOOK_TIMEOUT_SECONDS);
        Json.items(webhook, "rules").forEach(rule -> absent(rule, "scope", "*"));
        absent(webhook.path("clientConfig").path("service"), "port", HTTPS_PORT);
    }

    static void policy(ObjectNode policy) {
        ObjectNode spec = Json.child(policy, "spec");
        absent(spec, "failurePolicy", "Fail");
        matching(spec.path("matchConstraints"));
    }

    static void validatingPolicy(ObjectNode policy) {
        policy(policy);
        absentObject(policy, "status");
    }

    static void policyBinding(ObjectNode binding) {
        matching(binding.path("spec").path("matchResources"));
    }

    private static void matching(JsonNode resources) {
        if (resources.isObject()) {
            absent(resources, "matchPolicy", "Equivalent");
            absentObject(resources, "namespaceSelector");
            absentObject(resources, "objectSelector");
            for (String list : new String[] {"resourceRules", "excludeResourceRules"}) {
                Json.items(resources, list).forEach(rule -> absent(rule, "scope", "*"));
            }
        }
    }

    static void flowSchema(ObjectNode schema) {
        absent(Json.child(schema, "spec"), "matchingPrecedence", MATCHING_PRECEDENCE);
        absentObject(schema, "status");
    }

    static void priorityLevel(ObjectNode level) {
        ObjectNode spec = Json.child(level, "spec");
        if (spec.path("exempt").isObject()) {
            absent(spec.path("exempt"), "nominalConcurrencyShares", 0);
            absent(spec.path("exempt"), "lendablePercent", 0);
        }
        if (spec.get("limited") instanceof ObjectNode limited) {
            absent(limited, "nominalConcurrencyShares", CONCURRENCY_SHARES);
            absent(limited, "lendablePercent", 0);
            if (limited.path("limitResponse").path("queuing") instanceof ObjectNode queuing) {
                absent(queuing, "handSize", HAND_SIZE);
                absent(queuing, "queues", QUEUES);
                absent(queuing, "queueLengthLimit", QUEUE_LENGTH);
            }
        }
        absentObject(level, "status");
    }

    static void roleBinding(ObjectNode binding) {
        if (binding.path("roleRef").path("apiGroup").asString("").isEmpty()
                && binding.get("roleRef") instanceof ObjectNode role) {
            role.put("apiGroup", RBAC);
        }
        Json.items(binding, "subjects").forEach(subject -> {
            String kind = subject.path("kind").asString("");
            if (kind.equals("User") || kind.equals("Group")) {
                absent(subject, "apiGroup", RBAC);
            }
        });
    }
}
