package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.kind.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which role a binding gives.
 *
 * @param kind {@code Role} or {@code ClusterRole}
 * @param namespace of a Role: its binding's; empty for a ClusterRole
 * @param name of the role
 */
public record RoleRef(String kind, String namespace, String name) {

    /** What a ClusterRole is called in bindings. */
    public static final String CLUSTER_ROLE = "ClusterRole";

    /** The role in a binding. */
    public static RoleRef of(ObjectNode binding, String bindingNamespace) {
        String kind = Json.string(binding, "roleRef", "kind").orElse("");
        return new RoleRef(
                kind,
                kind.equals(CLUSTER_ROLE) ? "" : bindingNamespace,
                Json.string(binding, "roleRef", "name").orElse(""));
    }

    /** Its resource: {@code roles} or {@code clusterroles}. */
    public String resource() {
        return namespace.isEmpty() ? "clusterroles" : "roles";
    }

    /** The error of a role that is not there. */
    String missing() {
        return (namespace.isEmpty() ? "clusterrole" : "role") + "." + Rbac.GROUP + " " + Quoted.text(name)
                + " not found";
    }
}
