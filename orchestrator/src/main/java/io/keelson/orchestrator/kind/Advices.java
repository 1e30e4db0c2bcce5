package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Advice to who writes services, ingresses, nodes, accounts and classes. */
final class Advices {

    private static final String HINTS = "service.kubernetes.io/topology-aware-hints";
    private static final String TOPOLOGY_MODE = "service.kubernetes.io/topology-mode";
    private static final String INGRESS_CLASS = "kubernetes.io/ingress.class";
    private static final String MOUNTABLE_SECRETS = "kubernetes.io/enforce-mountable-secrets";
    private static final String EXTERNAL_NAME = "ExternalName";

    private Advices() {}

    static void service(Optional<ObjectNode> live, ObjectNode service, Consumer<String> warn) {
        JsonNode spec = service.path("spec");
        if (Json.at(service, "metadata", "annotations", HINTS).isPresent()) {
            warn.accept("annotation " + HINTS + " is deprecated, please use " + TOPOLOGY_MODE + " instead");
        }
        String type = Json.string(spec, "type").orElse("");
        String clusterIp = Json.string(spec, "clusterIP").orElse("");
        boolean headless = clusterIp.equals("None");
        if (!type.equals(EXTERNAL_NAME) && !clusterIp.isEmpty() && !headless) {
            IpAdvice.ips(spec, "spec", "clusterIPs", warn);
        }
        boolean externalIps = !Json.items(spec, "externalIPs").isEmpty();
        if (type.equals("ClusterIP") && headless) {
            headless(spec, externalIps, warn);
        }
        IpAdvice.ips(spec, "spec", "externalIPs", warn);
        IpAdvice.ip("spec.loadBalancerIP", Json.string(spec, "loadBalancerIP").orElse(""), warn);
        IpAdvice.cidrs(spec, "spec", "loadBalancerSourceRanges", warn);
        if (type.equals(EXTERNAL_NAME) && externalIps) {
            warn.accept("spec.externalIPs is ignored when spec.type is \"" + EXTERNAL_NAME + "\"");
        }
        if (!type.equals(EXTERNAL_NAME)
                && !Json.string(spec, "externalName").orElse("").isEmpty()) {
            warn.accept("spec.externalName is ignored when spec.type is not \"" + EXTERNAL_NAME + "\"");
        }
        if (Json.string(spec, "trafficDistribution").orElse("").equals("PreferClose")) {
            warn.accept("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
        }
    }

    private static void headless(JsonNode spec, boolean externalIps, Consumer<String> warn) {
        if (!Json.string(spec, "loadBalancerIP").orElse("").isEmpty()) {
            warn.accept("spec.loadBalancerIP is ignored for headless services");
        }
        if (externalIps) {
            warn.accept("spec.externalIPs is ignored for headless services");
        }
        if (!Json.string(spec, "sessionAffinity").orElse("None").equals("None")) {
            warn.accept("spec.SessionAffinity is ignored for headless services");
        }
    }

    static void ingress(Optional<ObjectNode> live, ObjectNode ingress, Consumer<String> warn) {
        if (live.isEmpty()
                && Json.at(ingress, "metadata", "annotations", INGRESS_CLASS).isPresent()
                && Json.at(ingress, "spec", "ingressClassName").isEmpty()) {
            warn.accept(
                    "annotation \"" + INGRESS_CLASS + "\" is deprecated, please use 'spec.ingressClassName' instead");
        }
    }

    static void node(Optional<ObjectNode> live, ObjectNode node, Consumer<String> warn) {
        if (Json.at(node, "spec", "configSource").isPresent()) {
            warn.accept("spec.configSource: the feature is removed");
        }
        if (!Json.string(node, "spec", "externalID").orElse("").isEmpty()) {
            warn.accept("spec.externalID: this field is deprecated, and is unused by Kubernetes");
        }
    }

    /** Only who sets the annotation is told, not who keeps it. */
    static void serviceAccount(Optional<ObjectNode> live, ObjectNode account, Consumer<String> warn) {
        boolean before = live.flatMap(stored -> Json.at(stored, "metadata", "annotations", MOUNTABLE_SECRETS))
                .isPresent();
        if (!before
                && Json.at(account, "metadata", "annotations", MOUNTABLE_SECRETS)
                        .isPresent()) {
            warn.accept("metadata.annotations[" + MOUNTABLE_SECRETS
                    + "]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets");
        }
    }

    static void runtimeClass(Optional<ObjectNode> live, ObjectNode runtime, Consumer<String> warn) {
        NodeLabels.each(
                runtime.path("scheduling").path("nodeSelector"),
                (_, why) -> warn.accept("scheduling.nodeSelector: " + why));
    }

    static void storageClass(Optional<ObjectNode> live, ObjectNode storage, Consumer<String> warn) {
        List<JsonNode> topologies = Json.items(storage, "allowedTopologies");
        for (int i = 0; i < topologies.size(); i++) {
            List<JsonNode> expressions = Json.items(topologies.get(i), "matchLabelExpressions");
            for (int j = 0; j < expressions.size(); j++) {
                String at = "allowedTopologies[" + i + "].matchLabelExpressions[" + j + "].key: ";
                NodeLabels.deprecated(Json.string(expressions.get(j), "key").orElse(""))
                        .ifPresent(why -> warn.accept(at + why));
            }
        }
    }

    static void storageCapacity(Optional<ObjectNode> live, ObjectNode capacity, Consumer<String> warn) {
        JsonNode topology = capacity.path("nodeTopology");
        NodeLabels.expressions("nodeTopology", topology, warn);
        NodeLabels.each(
                topology.path("matchLabels"),
                (label, why) -> warn.accept("nodeTopology.matchLabels." + label + ": " + why));
    }
}
