package io.keelson.orchestrator.kind;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Services and the addresses behind them. */
final class ServiceValidation {

    static final Set<String> PROTOCOLS = Set.of("SCTP", "TCP", "UDP");

    private static final Set<String> TYPES = Set.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
    private static final int MAX_ENDPOINTS = 1000;
    private static final int MAX_AFFINITY_SECONDS = 86_400;

    private ServiceValidation() {}

    private static void ip(String field, String text, Causes causes) {
        if (IpText.of(text).isEmpty()) {
            causes.add(Cause.invalid(
                    field, Causes.quoted(text), "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
        }
    }

    static void service(Optional<ObjectNode> live, ObjectNode service, Causes causes) {
        Optional<JsonNode> found = Json.at(service, "spec").filter(JsonNode::isObject);
        if (found.isEmpty()) {
            causes.required("spec");
            return;
        }
        JsonNode spec = found.get();
        String type = Json.string(spec, "type").orElse("");
        String clusterIp = Json.string(spec, "clusterIP").orElse("");
        causes.oneOf(spec, "spec", "type", TYPES);
        causes.oneOf(spec, "spec", "sessionAffinity", Set.of("ClientIP", "None"));
        causes.oneOf(spec, "spec", "internalTrafficPolicy", Set.of("Cluster", "Local"));
        causes.oneOf(spec, "spec", "externalTrafficPolicy", Set.of("Cluster", "Local"));
        causes.labels(spec, "spec", "selector");
        Json.at(spec, "sessionAffinityConfig", "clientIP", "timeoutSeconds")
                .filter(seconds -> seconds.longValue() <= 0 || seconds.longValue() > MAX_AFFINITY_SECONDS)
                .ifPresent(seconds -> causes.invalid(
                        "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
                        seconds,
                        "must be greater than 0 and less than " + MAX_AFFINITY_SECONDS));
        if (type.equals("ExternalName")) {
            String name = Json.string(spec, "externalName").orElse("");
            if (name.isEmpty()) {
                causes.required("spec.externalName");
            } else {
                String host = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
                causes.invalid("spec.externalName", name, Names.dns1123SubdomainProblems(host));
            }
        } else if (!clusterIp.isEmpty() && !clusterIp.equals("None")) {
            ip("spec.clusterIP", clusterIp, causes);
        }
        if (clusterIp.equals("None") && (type.equals("NodePort") || type.equals("LoadBalancer"))) {
            causes.add(Cause.invalid(
                    "spec.clusterIPs[0]", "\"None\"", "may not be set to 'None' for " + type + " services"));
        }
        int i = 0;
        for (JsonNode external : Json.items(spec, "externalIPs")) {
            ip("spec.externalIPs[" + i++ + "]", external.asString(""), causes);
        }
        sourceRanges(spec, type, causes);
        ports(spec, type, clusterIp, causes);
        clusterIpStays(live, type, clusterIp, causes);
    }

    private static void sourceRanges(JsonNode spec, String type, Causes causes) {
        List<JsonNode> ranges = Json.items(spec, "loadBalancerSourceRanges");
        if (!ranges.isEmpty() && !type.equals("LoadBalancer")) {
            causes.add(
                    Cause.forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'"));
        }
        for (int i = 0; i < ranges.size(); i++) {
            // Kubernetes trims these, since they were once parts of an annotation.
            cidr(
                    "spec.LoadBalancerSourceRanges[" + i + "]",
                    ranges.get(i).asString("").strip(),
                    causes);
        }
    }

    /** A range of addresses, as a field takes it that is older than the rules for their form. */
    static void cidr(String field, String text, Causes causes) {
        if (CidrText.of(text).isEmpty()) {
            causes.add(Cause.invalid(
                    field, Causes.quoted(text), "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
        }
    }

    private static void ports(JsonNode spec, String type, String clusterIp, Causes causes) {
        List<JsonNode> ports = Json.items(spec, "ports");
        if (ports.isEmpty() && !type.equals("ExternalName") && !clusterIp.equals("None")) {
            causes.required("spec.ports");
        }
        Set<String> names = new HashSet<>();
        Set<String> numbers = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            JsonNode port = ports.get(i);
            String path = "spec.ports[" + i + "]";
            String name = Json.string(port, "name").orElse("");
            if (name.isEmpty()) {
                if (ports.size() > 1) {
                    causes.required(path + ".name");
                }
            } else {
                causes.invalid(path + ".name", name, Names.dns1123LabelProblems(name));
                if (!names.add(name)) {
                    causes.add(Cause.duplicate(path + ".name", Causes.quoted(name)));
                }
            }
            if (!port.has("port")) {
                causes.required(path + ".port");
            }
            causes.port(port, path, "port");
            causes.portOrName(port, path, "targetPort");
            causes.oneOf(port, path, "protocol", PROTOCOLS);
            if (!numbers.add(port.path("port") + "/" + port.path("protocol").asString(""))) {
                causes.add(Cause.duplicate(path, port.toString()));
            }
            long nodePort = Json.number(port, "nodePort").orElse(0L);
            if (nodePort != 0 && (type.equals("ClusterIP") || type.equals("ExternalName"))) {
                causes.add(Cause.forbidden(path + ".nodePort", "may not be used when `type` is '" + type + "'"));
            }
        }
    }

    /** Once allocated, the address is what clients hold on to. */
    private static void clusterIpStays(Optional<ObjectNode> live, String type, String clusterIp, Causes causes) {
        String before =
                live.flatMap(stored -> Json.string(stored, "spec", "clusterIP")).orElse("");
        if (!before.isEmpty() && !type.equals("ExternalName") && !before.equals(clusterIp)) {
            causes.add(Cause.invalid(
                    "spec.clusterIPs[0]", "[" + Causes.quoted(clusterIp) + "]", "may not change once set"));
        }
    }

    static void endpoints(ObjectNode endpoints, Causes causes) {
        int i = 0;
        for (JsonNode subset : Json.items(endpoints, "subsets")) {
            String path = "subsets[" + i++ + "]";
            List<JsonNode> ready = Json.items(subset, "addresses");
            List<JsonNode> notReady = Json.items(subset, "notReadyAddresses");
            if (ready.isEmpty() && notReady.isEmpty()) {
                causes.add(Cause.required(path, "must specify `addresses` or `notReadyAddresses`"));
            }
            addresses(ready, path + ".addresses", causes);
            addresses(notReady, path + ".notReadyAddresses", causes);
            endpointPorts(subset, path + ".ports", causes);
        }
    }

    private static void addresses(List<JsonNode> addresses, String path, Causes causes) {
        for (int i = 0; i < addresses.size(); i++) {
            ip(path + "[" + i + "].ip", Json.string(addresses.get(i), "ip").orElse(""), causes);
        }
    }

    private static void endpointPorts(JsonNode parent, String path, Causes causes) {
        int i = 0;
        for (JsonNode port : Json.items(parent, "ports")) {
            String where = path + "[" + i++ + "]";
            causes.port(port, where, "port");
            causes.oneOf(port, where, "protocol", PROTOCOLS);
        }
    }

    private static void ofFamily(String family, String field, String text, Causes causes) {
        ip(field, text, causes);
        // A mapped address counts as the IPv4 address that it is.
        Optional<String> is = IpText.of(text).map(ip -> ip.isV6() && !ip.isMapped() ? "IPv6" : "IPv4");
        if (Set.of("IPv4", "IPv6").contains(family)
                && is.filter(other -> !other.equals(family)).isPresent()) {
            causes.add(Cause.invalid(field, Causes.quoted(text), "must be an " + family + " address"));
        }
    }

    static void endpointSlice(Optional<ObjectNode> live, ObjectNode slice, Causes causes) {
        Optional<String> type = Json.string(slice, "addressType");
        if (type.isEmpty()) {
            causes.required("addressType");
        } else if (!Set.of("IPv4", "IPv6", "FQDN").contains(type.get())) {
            causes.add(Cause.notSupported("addressType", Causes.quoted(type.get()), List.of("FQDN", "IPv4", "IPv6")));
        }
        live.flatMap(stored -> Json.at(stored, "addressType"))
                .filter(before -> !before.equals(slice.path("addressType")))
                .ifPresent(before -> causes.immutable("addressType", slice.path("addressType")));
        List<JsonNode> endpoints = Json.items(slice, "endpoints");
        if (endpoints.size() > MAX_ENDPOINTS) {
            causes.add(new Cause(
                    "FieldValueTooMany",
                    "endpoints",
                    "Too many: " + endpoints.size() + ": must have at most " + MAX_ENDPOINTS + " items"));
        }
        for (int i = 0; i < endpoints.size(); i++) {
            String path = "endpoints[" + i + "].addresses";
            List<JsonNode> addresses = Json.items(endpoints.get(i), "addresses");
            if (addresses.isEmpty()) {
                causes.add(Cause.required(path, "must contain at least 1 address"));
            }
            if (!type.orElse("").equals("FQDN")) {
                for (int j = 0; j < addresses.size(); j++) {
                    ofFamily(
                            type.orElse(""),
                            path + "[" + j + "]",
                            addresses.get(j).asString(""),
                            causes);
                }
            }
        }
        endpointPorts(slice, "ports", causes);
    }
}
