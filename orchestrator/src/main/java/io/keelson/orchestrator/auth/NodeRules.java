package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** What nodes may do: read what their pods need, and write of themselves. Words and rules are those of Kubernetes' node authorizer. */
public final class NodeRules {

    private static final String GROUP = "system:nodes";
    private static final String PREFIX = "system:node:";
    private static final String LEASES = "kube-node-lease";

    /** What any node may do, whichever pods it has. */
    static final List<PolicyRule> ANY_NODE = List.of(
            PolicyRule.of("authentication.k8s.io", List.of("tokenreviews"), "create"),
            PolicyRule.of(
                    "authorization.k8s.io", List.of("localsubjectaccessreviews", "subjectaccessreviews"), "create"),
            PolicyRule.of("", List.of("services"), "get", "list", "watch"),
            PolicyRule.of("discovery.k8s.io", List.of("endpointslices"), "get", "list", "watch"),
            PolicyRule.of("", List.of("events"), "create", "patch", "update"),
            PolicyRule.of("events.k8s.io", List.of("events"), "create", "patch", "update"),
            PolicyRule.of("", List.of("pods"), "create"),
            PolicyRule.of("node.k8s.io", List.of("runtimeclasses"), "get", "list", "watch"),
            PolicyRule.of("storage.k8s.io", List.of("csidrivers"), "get", "list", "watch"),
            PolicyRule.of(
                    "certificates.k8s.io", List.of("certificatesigningrequests"), "create", "get", "list", "watch"));

    private NodeRules() {}

    /** Whether these groups make somebody a node. */
    public static boolean isNode(User user) {
        return user.groups().contains(GROUP);
    }

    /** Which node somebody is; empty if none. */
    public static Optional<String> nodeOf(User user) {
        return isNode(user) && user.name().startsWith(PREFIX)
                ? Optional.of(user.name().substring(PREFIX.length()))
                : Optional.empty();
    }

    /**
     * Whether a node may do something; of others nothing is said.
     *
     * @param graph what the pods of each node need
     */
    public static Decision decide(User user, Access access, NodeGraph graph) {
        if (!isNode(user)) {
            return Decision.NO_OPINION;
        }
        Optional<String> node = nodeOf(user);
        if (node.isEmpty()) {
            return Decision.noOpinion("unknown node for user " + Quoted.text(user.name()));
        }
        return switch (access) {
            case Access.ForNode own -> own.node().equals(node.get()) ? Decision.ALLOWED : Decision.NO_OPINION;
            case Access.ToPath _ -> Decision.NO_OPINION;
            case Access.ToObjects objects -> toObjects(node.get(), objects, graph);
        };
    }

    private static Decision toObjects(String node, Access.ToObjects access, NodeGraph graph) {
        return switch (access.group() + "/" + access.plural()) {
            case "/secrets", "/configmaps" -> read(node, access, graph);
            case "/persistentvolumeclaims" -> get(node, access, graph);
            case "/serviceaccounts" -> token(node, access, graph);
            case "coordination.k8s.io/leases" -> lease(node, access);
            case "/nodes", "storage.k8s.io/csinodes" -> self(node, access);
            case "/pods" -> pod(node, access, graph);
            default -> any(access);
        };
    }

    private static Decision any(Access.ToObjects access) {
        return ANY_NODE.stream().anyMatch(rule -> rule.allows(access)) ? Decision.ALLOWED : Decision.NO_OPINION;
    }

    private static Decision read(String node, Access.ToObjects access, NodeGraph graph) {
        if (!Set.of("get", "list", "watch").contains(access.verb())) {
            return Decision.noOpinion("can only read resources of this type");
        }
        if (!access.subresource().isEmpty()) {
            return Decision.noOpinion("cannot read subresource");
        }
        return related(node, access, graph);
    }

    private static Decision get(String node, Access.ToObjects access, NodeGraph graph) {
        if (!access.verb().equals("get")) {
            return Decision.noOpinion("can only get individual resources of this type");
        }
        return access.subresource().isEmpty()
                ? related(node, access, graph)
                : Decision.noOpinion("cannot get subresource");
    }

    private static Decision related(String node, Access.ToObjects access, NodeGraph graph) {
        if (access.name().isEmpty()) {
            return Decision.noOpinion("No Object name found");
        }
        return graph.needs(node, access.plural(), access.namespace(), access.name())
                ? Decision.ALLOWED
                : Decision.noOpinion("no relationship found between node '" + node + "' and this object");
    }

    private static Decision token(String node, Access.ToObjects access, NodeGraph graph) {
        if (access.verb().equals("get") && access.subresource().isEmpty()) {
            return related(node, access, graph);
        }
        if (!access.verb().equals("create") || access.name().isEmpty()) {
            return Decision.noOpinion("can only create tokens for individual service accounts");
        }
        if (!access.subresource().equals("token")) {
            return Decision.noOpinion("can only create token subresource of service account");
        }
        return related(node, access, graph);
    }

    private static Decision lease(String node, Access.ToObjects access) {
        if (!Set.of("get", "create", "update", "patch", "delete").contains(access.verb())) {
            return Decision.noOpinion("can only get, create, update, patch, or delete a node lease");
        }
        if (!access.namespace().equals(LEASES)) {
            return Decision.noOpinion("can only access leases in the " + Quoted.text(LEASES) + " system namespace");
        }
        return access.verb().equals("create") || access.name().equals(node)
                ? Decision.ALLOWED
                : Decision.noOpinion("can only access node lease with the same name as the requesting node");
    }

    private static Decision self(String node, Access.ToObjects access) {
        boolean reading = Set.of("get", "list", "watch").contains(access.verb());
        if (reading && access.plural().equals("nodes") && access.subresource().isEmpty()) {
            // Every node's address is known to every other: their proxies and routes need them.
            return Decision.ALLOWED;
        }
        boolean own = access.name().equals(node);
        boolean creating =
                access.verb().equals("create") && access.subresource().isEmpty();
        boolean changing = Set.of("get", "update", "patch").contains(access.verb())
                && Set.of("", "status").contains(access.subresource());
        return creating || (own && changing)
                ? Decision.ALLOWED
                : Decision.noOpinion("node '" + node + "' cannot " + access.verb() + " '" + access.name()
                        + "', only its own Node object");
    }

    private static Decision pod(String node, Access.ToObjects access, NodeGraph graph) {
        if (Set.of("list", "watch").contains(access.verb()) && access.name().isEmpty()) {
            return access.node().equals(node)
                    ? Decision.ALLOWED
                    : Decision.noOpinion("can only list/watch pods with spec.nodeName field selector");
        }
        boolean allowed = switch (access.subresource()) {
            case "" -> Set.of("get", "delete", "watch", "list").contains(access.verb());
            case "status" -> Set.of("get", "update", "patch").contains(access.verb());
            case "eviction" -> access.verb().equals("create");
            default -> false;
        };
        return allowed ? related(node, access, graph) : Decision.NO_OPINION;
    }

    /**
     * Why a node must not write this object, though it may write such objects; empty if it may. What Kubernetes' NodeRestriction sees
     * to.
     *
     * @param resource plural
     * @param fresh whether it is a new object
     */
    public static Optional<String> restriction(
            User user, String resource, String name, boolean fresh, ObjectNode object) {
        Optional<String> node = nodeOf(user);
        if (node.isEmpty()) {
            return Optional.empty();
        }
        if (resource.equals("nodes") && !name.equals(node.get())) {
            return Optional.of(
                    "node " + Quoted.text(node.get()) + " is not allowed to modify node " + Quoted.text(name));
        }
        if (resource.equals("pods") && fresh) {
            return mirrorPod(node.get(), object);
        }
        return Optional.empty();
    }

    /** A node may only show what it runs by itself: pods that it may read secrets for must not come from it. */
    private static Optional<String> mirrorPod(String node, ObjectNode pod) {
        boolean mirror = Json.at(pod, "metadata", "annotations", "kubernetes.io/config.mirror")
                .isPresent();
        if (!mirror) {
            return Optional.of("pod does not have " + Quoted.text("kubernetes.io/config.mirror") + " annotation, node "
                    + Quoted.text(node) + " can only create mirror pods");
        }
        boolean own = Json.string(pod, "spec", "nodeName").orElse("").equals(node);
        if (!own) {
            return Optional.of("node " + Quoted.text(node) + " can only create pods with spec.nodeName set to itself");
        }
        NodeGraph graph = new NodeGraph();
        graph.set("", "", pod);
        return graph.needsOnly(node, "pods")
                ? Optional.empty()
                : Optional.of("node " + Quoted.text(node)
                        + " can not create pods that reference service accounts, secrets," + " config maps or claims");
    }
}
