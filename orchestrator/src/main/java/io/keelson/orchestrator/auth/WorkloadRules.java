package io.keelson.orchestrator.auth;

import java.util.List;

/** What {@code admin}, {@code edit} and {@code view} may do in a namespace; each has what the one after it has, too. */
final class WorkloadRules {

    private static final String[] READ = {"get", "list", "watch"};
    private static final String[] WRITE = {"create", "delete", "deletecollection", "patch", "update"};
    private static final String[] ALL = {
        "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"
    };

    private WorkloadRules() {}

    static List<PolicyRule> admin() {
        return List.of(
                PolicyRule.of("authorization.k8s.io", List.of("localsubjectaccessreviews"), "create"),
                PolicyRule.of(Rbac.GROUP, List.of("rolebindings", "roles"), ALL));
    }

    static List<PolicyRule> edit() {
        return List.of(
                PolicyRule.of(
                        "",
                        List.of(
                                "pods/attach",
                                "pods/exec",
                                "pods/portforward",
                                "pods/proxy",
                                "secrets",
                                "services/proxy"),
                        READ),
                PolicyRule.of("", List.of("serviceaccounts"), "impersonate"),
                PolicyRule.of("", List.of("pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"), WRITE),
                PolicyRule.of("", List.of("pods/eviction"), "create"),
                PolicyRule.of(
                        "",
                        List.of(
                                "configmaps",
                                "events",
                                "persistentvolumeclaims",
                                "replicationcontrollers",
                                "replicationcontrollers/scale",
                                "secrets",
                                "serviceaccounts",
                                "services",
                                "services/proxy"),
                        WRITE),
                PolicyRule.of("", List.of("serviceaccounts/token"), "create"),
                PolicyRule.of(
                        "apps",
                        List.of(
                                "daemonsets",
                                "deployments",
                                "deployments/rollback",
                                "deployments/scale",
                                "replicasets",
                                "replicasets/scale",
                                "statefulsets",
                                "statefulsets/scale"),
                        WRITE),
                PolicyRule.of("autoscaling", List.of("horizontalpodautoscalers"), WRITE),
                PolicyRule.of("batch", List.of("cronjobs", "jobs"), WRITE),
                PolicyRule.of("policy", List.of("poddisruptionbudgets"), WRITE),
                PolicyRule.of("networking.k8s.io", List.of("ingresses", "networkpolicies"), WRITE),
                PolicyRule.of("coordination.k8s.io", List.of("leases"), ALL));
    }

    static List<PolicyRule> view() {
        return List.of(
                PolicyRule.of(
                        "",
                        List.of(
                                "configmaps",
                                "endpoints",
                                "persistentvolumeclaims",
                                "persistentvolumeclaims/status",
                                "pods",
                                "replicationcontrollers",
                                "replicationcontrollers/scale",
                                "serviceaccounts",
                                "services",
                                "services/status"),
                        READ),
                PolicyRule.of(
                        "",
                        List.of(
                                "bindings",
                                "events",
                                "limitranges",
                                "namespaces/status",
                                "pods/log",
                                "pods/status",
                                "replicationcontrollers/status",
                                "resourcequotas",
                                "resourcequotas/status"),
                        READ),
                PolicyRule.of("", List.of("namespaces"), READ),
                PolicyRule.of("discovery.k8s.io", List.of("endpointslices"), READ),
                PolicyRule.of(
                        "apps",
                        List.of(
                                "controllerrevisions",
                                "daemonsets",
                                "daemonsets/status",
                                "deployments",
                                "deployments/scale",
                                "deployments/status",
                                "replicasets",
                                "replicasets/scale",
                                "replicasets/status",
                                "statefulsets",
                                "statefulsets/scale",
                                "statefulsets/status"),
                        READ),
                PolicyRule.of(
                        "autoscaling", List.of("horizontalpodautoscalers", "horizontalpodautoscalers/status"), READ),
                PolicyRule.of("batch", List.of("cronjobs", "cronjobs/status", "jobs", "jobs/status"), READ),
                PolicyRule.of("policy", List.of("poddisruptionbudgets", "poddisruptionbudgets/status"), READ),
                PolicyRule.of("networking.k8s.io", List.of("ingresses", "ingresses/status", "networkpolicies"), READ));
    }
}
