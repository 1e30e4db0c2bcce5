package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.kind.Json;
import tools.jackson.databind.JsonNode;

/**
 * Somebody to whom a binding gives a role.
 *
 * @param kind {@code User}, {@code Group} or {@code ServiceAccount}
 * @param namespace of a service account; empty for others
 * @param name which
 */
record Subject(String kind, String namespace, String name) {

    static final String SERVICE_ACCOUNT = "ServiceAccount";

    /**
     * As it stands in a binding.
     *
     * @param bindingNamespace where service accounts are looked for that say no namespace
     */
    static Subject parse(JsonNode subject, String bindingNamespace) {
        String kind = Json.string(subject, "kind").orElse("");
        String namespace = Json.string(subject, "namespace").orElse("");
        boolean account = kind.equals(SERVICE_ACCOUNT);
        return new Subject(
                kind,
                account && namespace.isEmpty() ? bindingNamespace : account ? namespace : "",
                Json.string(subject, "name").orElse(""));
    }

    /** Under which key it is found: service accounts are users. */
    String key() {
        return switch (kind) {
            case SERVICE_ACCOUNT -> ofUser(ServiceAccounts.userName(namespace, name));
            case "Group" -> ofGroup(name);
            default -> ofUser(name);
        };
    }

    static String ofUser(String name) {
        return "User:" + name;
    }

    static String ofGroup(String name) {
        return "Group:" + name;
    }

    String described() {
        return kind + " " + Quoted.text(kind.equals(SERVICE_ACCOUNT) ? name + "/" + namespace : name);
    }
}
