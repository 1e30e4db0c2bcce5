package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Defaults.absent;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Default values of the kinds of networking.k8s.io. */
final class NetworkDefaults {

    private NetworkDefaults() {}

    static void ingress(ObjectNode ingress) {
        Json.child(Json.child(ingress, "status"), "loadBalancer");
    }

    static void ingressClass(ObjectNode ingressClass) {
        absent(ingressClass.path("spec").path("parameters"), "scope", "Cluster");
    }

    static void networkPolicy(ObjectNode policy) {
        ObjectNode spec = Json.child(policy, "spec");
        for (String direction : new String[] {"ingress", "egress"}) {
            Json.items(spec, direction)
                    .forEach(rule -> Json.items(rule, "ports").forEach(port -> absent(port, "protocol", "TCP")));
        }
        Defaults.absentObject(spec, "podSelector");
        if (Json.items(spec, "policyTypes").isEmpty()) {
            ArrayNode types = spec.putArray("policyTypes").add("Ingress");
            if (!Json.items(spec, "egress").isEmpty()) {
                types.add("Egress");
            }
        }
    }
}
