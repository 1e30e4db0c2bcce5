package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The cluster roles and bindings that every cluster has, under Kubernetes' names and with its rules for what Keelson serves. */
public final class DefaultRoles {

    /** Begin of the labels by which roles are gathered into {@code admin}, {@code edit} and {@code view}. */
    public static final String AGGREGATE_TO = Rbac.GROUP + "/aggregate-to-";

    /** An annotation: {@code false} keeps an operator's changes to a default role or binding. */
    public static final String AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";

    private static final String BOOTSTRAPPING = "kubernetes.io/bootstrapping";
    private static final List<String> HEALTH = List.of("/healthz", "/livez", "/readyz", "/version", "/version/");
    private static final List<String> DISCOVERY =
            List.of("/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*");

    private DefaultRoles() {}

    /** All cluster roles, as objects to create. */
    public static List<ObjectNode> clusterRoles() {
        List<ObjectNode> roles = new ArrayList<>();
        roles.add(role(
                "cluster-admin",
                List.of(PolicyRule.of("*", List.of("*"), "*"), PolicyRule.ofPaths(List.of("*"), "*"))));
        roles.add(aggregated("admin", Optional.empty()));
        roles.add(aggregated("edit", Optional.of("admin")));
        roles.add(aggregated("view", Optional.of("edit")));
        roles.add(aggregate("admin", WorkloadRules.admin()));
        roles.add(aggregate("edit", WorkloadRules.edit()));
        roles.add(aggregate("view", WorkloadRules.view()));
        roles.add(role("system:discovery", List.of(PolicyRule.ofPaths(concat(HEALTH, DISCOVERY), "get"))));
        roles.add(role("system:public-info-viewer", List.of(PolicyRule.ofPaths(HEALTH, "get"))));
        roles.add(role(
                "system:basic-user",
                List.of(
                        PolicyRule.of(
                                "authorization.k8s.io",
                                List.of("selfsubjectaccessreviews", "selfsubjectrulesreviews"),
                                "create"),
                        PolicyRule.of("authentication.k8s.io", List.of("selfsubjectreviews"), "create"))));
        roles.add(role(
                "system:monitoring",
                List.of(PolicyRule.ofPaths(
                        List.of(
                                "/healthz",
                                "/healthz/*",
                                "/livez",
                                "/livez/*",
                                "/metrics",
                                "/metrics/slis",
                                "/readyz",
                                "/readyz/*"),
                        "get"))));
        roles.add(role(
                "system:service-account-issuer-discovery",
                List.of(PolicyRule.ofPaths(
                        List.of(
                                "/.well-known/openid-configuration",
                                "/.well-known/openid-configuration/",
                                "/openid/v1/jwks",
                                "/openid/v1/jwks/"),
                        "get"))));
        roles.add(role(
                "system:auth-delegator",
                List.of(
                        PolicyRule.of("authentication.k8s.io", List.of("tokenreviews"), "create"),
                        PolicyRule.of("authorization.k8s.io", List.of("subjectaccessreviews"), "create"))));
        roles.add(role("system:node", NodeRules.ANY_NODE));
        roles.add(role(
                "system:node-bootstrapper",
                List.of(PolicyRule.of(
                        "certificates.k8s.io",
                        List.of("certificatesigningrequests"),
                        "create",
                        "get",
                        "list",
                        "watch"))));
        return roles;
    }

    /** All cluster role bindings, as objects to create. */
    public static List<ObjectNode> clusterRoleBindings() {
        return List.of(
                binding("cluster-admin", "system:masters"),
                binding("system:discovery", ServiceAccounts.AUTHENTICATED),
                binding("system:basic-user", ServiceAccounts.AUTHENTICATED),
                binding("system:public-info-viewer", ServiceAccounts.AUTHENTICATED, "system:unauthenticated"),
                binding("system:monitoring", "system:monitoring"),
                binding("system:service-account-issuer-discovery", ServiceAccounts.ALL_GROUP),
                // Nodes have their own authorizer; nobody is bound, but somebody may be.
                binding("system:node"));
    }

    private static List<String> concat(List<String> some, List<String> more) {
        List<String> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }

    private static ObjectNode object(String kind, String name) {
        ObjectNode object = Json.object().put("apiVersion", Rbac.GROUP + "/v1").put("kind", kind);
        ObjectNode metadata = Json.child(object, "metadata").put("name", name);
        Json.child(metadata, "annotations").put(AUTOUPDATE, "true");
        Json.child(metadata, "labels").put(BOOTSTRAPPING, "rbac-defaults");
        return object;
    }

    private static ObjectNode role(String name, List<PolicyRule> rules) {
        ObjectNode role = object(RoleRef.CLUSTER_ROLE, name);
        ArrayNode list = role.putArray("rules");
        rules.forEach(rule -> list.add(rule.json()));
        return role;
    }

    private static ObjectNode labelled(ObjectNode role, String aggregateTo) {
        Json.child(Json.child(role, "metadata"), "labels").put(AGGREGATE_TO + aggregateTo, "true");
        return role;
    }

    /** A role whose rules are those of all roles that have the label. */
    private static ObjectNode aggregated(String name, Optional<String> partOf) {
        ObjectNode role = object(RoleRef.CLUSTER_ROLE, name);
        ObjectNode selector = Json.child(role, "aggregationRule")
                .putArray("clusterRoleSelectors")
                .addObject();
        Json.child(selector, "matchLabels").put(AGGREGATE_TO + name, "true");
        partOf.ifPresent(other -> labelled(role, other));
        return role;
    }

    private static ObjectNode aggregate(String to, List<PolicyRule> rules) {
        return labelled(role("system:aggregate-to-" + to, rules), to);
    }

    private static ObjectNode binding(String role, String... groups) {
        ObjectNode binding = object("ClusterRoleBinding", role);
        Json.child(binding, "roleRef")
                .put("apiGroup", Rbac.GROUP)
                .put("kind", RoleRef.CLUSTER_ROLE)
                .put("name", role);
        if (groups.length > 0) {
            ArrayNode subjects = binding.putArray("subjects");
            for (String group : groups) {
                subjects.addObject()
                        .put("apiGroup", Rbac.GROUP)
                        .put("kind", "Group")
                        .put("name", group);
            }
        }
        return binding;
    }

    /**
     * A default role or binding as it should be stored: what the cluster's lacks is added, what it has more stays.
     *
     * @return empty if nothing is missing, or the operator has turned this off
     */
    public static Optional<ObjectNode> reconciled(ObjectNode live, ObjectNode wanted) {
        Map<String, String> annotations = Json.strings(live, "metadata", "annotations");
        if ("false".equals(annotations.get(AUTOUPDATE))) {
            return Optional.empty();
        }
        ObjectNode object = live.deepCopy();
        for (String field : List.of("labels", "annotations")) {
            ObjectNode map = Json.child(Json.child(object, "metadata"), field);
            Json.strings(wanted, "metadata", field).forEach((name, value) -> {
                if (!map.has(name)) {
                    map.put(name, value);
                }
            });
        }
        if (Json.at(wanted, "aggregationRule").isEmpty()) {
            List<PolicyRule> held = PolicyRule.listOf(live);
            List<PolicyRule> missing = PolicyRule.listOf(wanted).stream()
                    .filter(rule -> !Escalation.missing(held, List.of(rule)).isEmpty())
                    .toList();
            if (!missing.isEmpty()) {
                ArrayNode rules = list(object, "rules");
                missing.forEach(rule -> rules.add(rule.json()));
            }
        }
        for (var subject : Json.items(wanted, "subjects")) {
            if (!Json.items(live, "subjects").contains(subject)) {
                list(object, "subjects").add(subject.deepCopy());
            }
        }
        return object.equals(live) ? Optional.empty() : Optional.of(object);
    }

    private static ArrayNode list(ObjectNode object, String field) {
        return object.get(field) instanceof ArrayNode list ? list : object.putArray(field);
    }
}
