package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Advice to who writes IP addresses and ranges of them in a form that others may read as another address, or that compares as another text. */
final class IpAdvice {

    /** By these the controllers that make slices and endpoints are known; they are seldom people. */
    private static final Set<String> SLICE_CONTROLLERS =
            Set.of("endpointslice-controller.k8s.io", "endpointslicemirroring-controller.k8s.io");

    private static final String ENDPOINTS_MANAGED_BY = "endpoints.kubernetes.io/managed-by";
    private static final String SLICE_MANAGED_BY = "endpointslice.kubernetes.io/managed-by";

    static final Advice SERVICE_STATUS = ((Advice) IpAdvice::serviceStatus).whenChanged("status");
    static final Advice INGRESS_STATUS = ((Advice) IpAdvice::ingressStatus).whenChanged("status");
    static final Advice POD_STATUS = ((Advice) IpAdvice::podStatus).whenChanged("status");
    static final Advice NODE_SPEC = ((Advice) IpAdvice::nodeSpec).whenChanged("spec");

    private IpAdvice() {}

    /** About one address; nothing if it is none. */
    static void ip(String path, String text, Consumer<String> warn) {
        Optional<IpText> read = IpText.of(text);
        if (read.isEmpty()) {
            return;
        }
        String canonical = read.get().canonical();
        if (!read.get().isStandard()) {
            warn.accept(path + ": non-standard IP address " + Causes.quoted(text)
                    + " will be considered invalid in a future Kubernetes release: use " + Causes.quoted(canonical));
        } else if (read.get().isV6() && !canonical.equals(text)) {
            warn.accept(path + ": IPv6 address " + Causes.quoted(text) + " should be in RFC 5952 canonical format ("
                    + Causes.quoted(canonical) + ")");
        }
    }

    /** About one range; nothing if it is none. */
    static void cidr(String path, String text, Consumer<String> warn) {
        Optional<CidrText> read = CidrText.of(text);
        if (read.isEmpty()) {
            return;
        }
        CidrText range = read.get();
        String canonical = range.canonical();
        String value = "CIDR value " + Causes.quoted(text);
        if (range.hasBitsBeyond()) {
            warn.accept(path + ": " + value + " is ambiguous in this context (should be " + Causes.quoted(canonical)
                    + " or " + Causes.quoted(range.single()) + "?)");
        }
        if (!range.isStandard()) {
            warn.accept(path + ": non-standard " + value
                    + " will be considered invalid in a future Kubernetes release: use " + Causes.quoted(canonical));
        } else if (!range.hasBitsBeyond() && range.address().isV6() && !canonical.equals(text)) {
            warn.accept(path + ": IPv6 " + value + " should be in RFC 5952 canonical format ("
                    + Causes.quoted(canonical) + ")");
        }
    }

    /** About each address of a list of texts. */
    static void ips(JsonNode parent, String path, String list, Consumer<String> warn) {
        List<JsonNode> texts = Json.items(parent, list);
        for (int i = 0; i < texts.size(); i++) {
            ip(path + "." + list + "[" + i + "]", texts.get(i).asString(""), warn);
        }
    }

    /** About each range of a list of texts. */
    static void cidrs(JsonNode parent, String path, String list, Consumer<String> warn) {
        List<JsonNode> texts = Json.items(parent, list);
        for (int i = 0; i < texts.size(); i++) {
            cidr(path + "." + list + "[" + i + "]", texts.get(i).asString(""), warn);
        }
    }

    /** About a field of each object of a list. */
    static void each(JsonNode parent, String path, String list, String field, Consumer<String> warn) {
        List<JsonNode> items = Json.items(parent, list);
        for (int i = 0; i < items.size(); i++) {
            ip(
                    path + "." + list + "[" + i + "]." + field,
                    Json.string(items.get(i), field).orElse(""),
                    warn);
        }
    }

    private static void serviceStatus(Optional<ObjectNode> live, ObjectNode service, Consumer<String> warn) {
        List<JsonNode> ingress = Json.items(service, "status", "loadBalancer", "ingress");
        for (int i = 0; i < ingress.size(); i++) {
            // Kubernetes names the entry here, and its field where an ingress has the same.
            ip(
                    "status.loadBalancer.ingress[" + i + "]",
                    Json.string(ingress.get(i), "ip").orElse(""),
                    warn);
        }
    }

    private static void ingressStatus(Optional<ObjectNode> live, ObjectNode ingress, Consumer<String> warn) {
        each(ingress.path("status").path("loadBalancer"), "status.loadBalancer", "ingress", "ip", warn);
    }

    private static void podStatus(Optional<ObjectNode> live, ObjectNode pod, Consumer<String> warn) {
        if (live.isPresent()) {
            each(pod.path("status"), "status", "podIPs", "ip", warn);
            each(pod.path("status"), "status", "hostIPs", "ip", warn);
        }
    }

    private static void nodeSpec(Optional<ObjectNode> live, ObjectNode node, Consumer<String> warn) {
        cidrs(node.path("spec"), "spec", "podCIDRs", warn);
    }

    static void networkPolicy(Optional<ObjectNode> live, ObjectNode policy, Consumer<String> warn) {
        peers(policy.path("spec"), "ingress", "from", warn);
        peers(policy.path("spec"), "egress", "to", warn);
    }

    private static void peers(JsonNode spec, String direction, String list, Consumer<String> warn) {
        List<JsonNode> rules = Json.items(spec, direction);
        for (int i = 0; i < rules.size(); i++) {
            List<JsonNode> peers = Json.items(rules.get(i), list);
            for (int j = 0; j < peers.size(); j++) {
                JsonNode block = peers.get(j).path("ipBlock");
                String path = "spec." + direction + "[" + i + "]." + list + "[" + j + "].ipBlock";
                cidr(path + ".cidr", Json.string(block, "cidr").orElse(""), warn);
                cidrs(block, path, "except", warn);
            }
        }
    }

    static void endpoints(Optional<ObjectNode> live, ObjectNode endpoints, Consumer<String> warn) {
        boolean own = Json.string(endpoints, "metadata", "labels", ENDPOINTS_MANAGED_BY)
                .filter("endpoint-controller"::equals)
                .isPresent();
        List<JsonNode> subsets = own ? List.of() : Json.items(endpoints, "subsets");
        for (int i = 0; i < subsets.size(); i++) {
            for (String list : List.of("addresses", "notReadyAddresses")) {
                each(subsets.get(i), "subsets[" + i + "]", list, "ip", warn);
            }
        }
    }

    static void endpointSlice(Optional<ObjectNode> live, ObjectNode slice, Consumer<String> warn) {
        if (Json.string(slice, "addressType").orElse("").equals("FQDN")) {
            // The path is Kubernetes' own mistake.
            warn.accept("spec.addressType: FQDN endpoints are deprecated");
        }
        boolean own = Json.string(slice, "metadata", "labels", SLICE_MANAGED_BY)
                .filter(SLICE_CONTROLLERS::contains)
                .isPresent();
        List<JsonNode> endpoints = own ? List.of() : Json.items(slice, "endpoints");
        for (int i = 0; i < endpoints.size(); i++) {
            ips(endpoints.get(i), "endpoints[" + i + "]", "addresses", warn);
        }
    }
}
