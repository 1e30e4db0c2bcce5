package io.keelson.orchestrator.flow;

import io.keelson.orchestrator.kind.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The schemas and levels that every cluster has, under Kubernetes' names and with its shares. An operator may change all of them. */
public final class DefaultFlows {

    private static final List<String> HEALTH = List.of("/healthz", "/readyz", "/livez");

    private DefaultFlows() {}

    /** All levels, as objects to create. */
    public static List<ObjectNode> levels() {
        ObjectNode exempt = object("PriorityLevelConfiguration", "exempt");
        Json.child(exempt, "spec").put("type", "Exempt");
        return List.of(
                exempt,
                level("system", 30, "Queue"),
                level("node-high", 40, "Queue"),
                level("leader-election", 10, "Queue"),
                level("workload-high", 40, "Queue"),
                level("workload-low", 100, "Queue"),
                level("global-default", 20, "Queue"),
                level(Flows.CATCH_ALL, 5, "Reject"));
    }

    /** All schemas, as objects to create. */
    public static List<ObjectNode> schemas() {
        return List.of(
                schema("exempt", "exempt", 1, "", everything(group("system:masters"))),
                schema("probes", "exempt", 2, "", paths(HEALTH, anybody())),
                schema(
                        "workload-leader-election",
                        "leader-election",
                        200,
                        "ByUser",
                        resources(
                                List.of("coordination.k8s.io"),
                                List.of("leases"),
                                List.of("get", "create", "update"),
                                group("system:serviceaccounts"))),
                schema(
                        "system-node-high",
                        "node-high",
                        400,
                        "ByUser",
                        resources(
                                List.of("", "coordination.k8s.io"),
                                List.of("nodes", "nodes/status", "leases"),
                                List.of("*"),
                                group("system:nodes"))),
                schema("system-nodes", "system", 500, "ByUser", everything(group("system:nodes"))),
                schema(
                        "kube-system-service-accounts",
                        "workload-high",
                        900,
                        "ByNamespace",
                        everything(accounts("kube-system"))),
                schema(
                        "service-accounts",
                        "workload-low",
                        9_000,
                        "ByUser",
                        everything(group("system:serviceaccounts"))),
                schema("global-default", "global-default", 9_900, "ByUser", everything(anybody())),
                schema(Flows.CATCH_ALL, Flows.CATCH_ALL, 10_000, "ByUser", everything(anybody())));
    }

    private static ObjectNode object(String kind, String name) {
        ObjectNode object = Json.object().put("apiVersion", Flows.GROUP + "/v1").put("kind", kind);
        Json.child(object, "metadata").put("name", name);
        return object;
    }

    private static ObjectNode level(String name, int shares, String response) {
        ObjectNode object = object("PriorityLevelConfiguration", name);
        ObjectNode limited = Json.child(Json.child(object, "spec").put("type", "Limited"), "limited");
        limited.put("nominalConcurrencyShares", shares);
        ObjectNode answer = Json.child(limited, "limitResponse").put("type", response);
        if (response.equals("Queue")) {
            Json.child(answer, "queuing").put("queues", 64).put("handSize", 6).put("queueLengthLimit", 50);
        }
        return object;
    }

    private static ObjectNode schema(String name, String level, int precedence, String distinguisher, ObjectNode rule) {
        ObjectNode object = object("FlowSchema", name);
        ObjectNode spec = Json.child(object, "spec").put("matchingPrecedence", precedence);
        Json.child(spec, "priorityLevelConfiguration").put("name", level);
        if (!distinguisher.isEmpty()) {
            Json.child(spec, "distinguisherMethod").put("type", distinguisher);
        }
        spec.putArray("rules").add(rule);
        return object;
    }

    private static ObjectNode group(String... names) {
        ObjectNode rule = Json.object();
        ArrayNode subjects = rule.putArray("subjects");
        for (String name : names) {
            Json.child(subjects.addObject().put("kind", "Group"), "group").put("name", name);
        }
        return rule;
    }

    private static ObjectNode anybody() {
        return group("system:authenticated", "system:unauthenticated");
    }

    private static ObjectNode accounts(String namespace) {
        ObjectNode rule = Json.object();
        ObjectNode subject = rule.putArray("subjects").addObject().put("kind", "ServiceAccount");
        Json.child(subject, "serviceAccount").put("namespace", namespace).put("name", "*");
        return rule;
    }

    private static ObjectNode everything(ObjectNode rule) {
        return paths(List.of("*"), resources(List.of("*"), List.of("*"), List.of("*"), rule));
    }

    private static ObjectNode resources(
            List<String> groups, List<String> resources, List<String> verbs, ObjectNode rule) {
        ObjectNode about = rule.putArray("resourceRules").addObject();
        fill(about.putArray("apiGroups"), groups);
        about.put("clusterScope", true);
        fill(about.putArray("namespaces"), List.of("*"));
        fill(about.putArray("resources"), resources);
        fill(about.putArray("verbs"), verbs);
        return rule;
    }

    private static ObjectNode paths(List<String> paths, ObjectNode rule) {
        ObjectNode about = rule.putArray("nonResourceRules").addObject();
        fill(about.putArray("nonResourceURLs"), paths);
        fill(about.putArray("verbs"), List.of("*"));
        return rule;
    }

    private static void fill(ArrayNode list, List<String> values) {
        values.forEach(list::add);
    }
}
