package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The kinds of networking.k8s.io. */
final class IngressValidation {

    private static final Pattern IP = Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
    private static final int MAX_CONTROLLER = 250;

    private IngressValidation() {}

    static void ingress(ObjectNode ingress, Causes causes) {
        JsonNode spec = ingress.path("spec");
        List<JsonNode> rules = Json.items(spec, "rules");
        Optional<JsonNode> backend = Json.at(spec, "defaultBackend");
        if (rules.isEmpty() && backend.isEmpty()) {
            causes.add(Cause.invalid("spec", spec.toString(), "either `defaultBackend` or `rules` must be specified"));
        }
        backend.ifPresent(value -> backend(value, "spec.defaultBackend", causes));
        for (int i = 0; i < rules.size(); i++) {
            rule(rules.get(i), "spec.rules[" + i + "]", causes);
        }
        Json.string(spec, "ingressClassName")
                .ifPresent(name -> causes.invalid("spec.ingressClassName", name, Names.dns1123SubdomainProblems(name)));
        int i = 0;
        for (JsonNode tls : Json.items(spec, "tls")) {
            String path = "spec.tls[" + i++ + "].hosts";
            int j = 0;
            for (JsonNode host : Json.items(tls, "hosts")) {
                host(host.asString(""), path + "[" + j++ + "]", causes);
            }
        }
    }

    private static void rule(JsonNode rule, String path, Causes causes) {
        String host = rule.path("host").asString("");
        if (!host.isEmpty()) {
            if (IP.matcher(host).matches()) {
                causes.invalid(path + ".host", rule.path("host"), "must be a DNS name, not an IP address");
            } else {
                host(host, path + ".host", causes);
            }
        }
        Json.at(rule, "http").ifPresent(http -> {
            List<JsonNode> paths = Json.items(http, "paths");
            if (paths.isEmpty()) {
                causes.required(path + ".http.paths");
            }
            for (int i = 0; i < paths.size(); i++) {
                path(paths.get(i), path + ".http.paths[" + i + "]", causes);
            }
        });
    }

    private static void host(String host, String path, Causes causes) {
        causes.invalid(
                path, host, host.contains("*") ? Names.wildcardProblems(host) : Names.dns1123SubdomainProblems(host));
    }

    private static void path(JsonNode rule, String path, Causes causes) {
        Optional<String> type = Json.string(rule, "pathType");
        if (type.isEmpty()) {
            causes.add(Cause.required(path + ".pathType", "pathType must be specified"));
        } else {
            causes.oneOf(rule, path, "pathType", Set.of("Exact", "Prefix", "ImplementationSpecific"));
        }
        String text = rule.path("path").asString("");
        boolean absolute = text.startsWith("/");
        boolean needed =
                type.filter(t -> t.equals("Exact") || t.equals("Prefix")).isPresent();
        if (!absolute && (needed || !text.isEmpty())) {
            causes.add(Cause.invalid(path + ".path", Causes.quoted(text), "must be an absolute path"));
        }
        if (needed) {
            for (String sequence : List.of("//", "/./", "/../", "%2f", "%2F")) {
                if (text.contains(sequence)) {
                    causes.add(
                            Cause.invalid(path + ".path", Causes.quoted(text), "must not contain '" + sequence + "'"));
                }
            }
        }
        backend(rule.path("backend"), path + ".backend", causes);
    }

    private static void backend(JsonNode backend, String path, Causes causes) {
        boolean resource = backend.path("resource").isObject();
        JsonNode service = backend.path("service");
        if (resource && service.isObject()) {
            causes.add(Cause.invalid(path, "\"\"", "cannot set both resource and service backends"));
        } else if (service.isObject()) {
            service(service, path, causes);
        } else if (!resource) {
            causes.add(Cause.invalid(path, "\"\"", "resource or service backend is required"));
        }
    }

    private static void service(JsonNode service, String path, Causes causes) {
        if (causes.present(service, path + ".service", "name")) {
            String name = service.path("name").asString("");
            causes.invalid(path + ".service.name", name, Names.dns1035LabelProblems(name));
        }
        JsonNode port = service.path("port");
        boolean named = !port.path("name").asString("").isEmpty();
        boolean numbered = port.path("number").asInt(0) != 0;
        if (named && numbered) {
            causes.add(Cause.invalid(path, "\"\"", "cannot set both port name & port number"));
        } else if (named) {
            String name = port.path("name").asString("");
            causes.invalid(path + ".service.port.name", name, Names.portNameProblems(name));
        } else if (numbered) {
            causes.port(port, path + ".service.port", "number");
        } else {
            causes.add(Cause.required(path, "port name or number is required"));
        }
    }

    static void ingressClass(Optional<ObjectNode> live, ObjectNode ingressClass, Causes causes) {
        String controller = Json.string(ingressClass, "spec", "controller").orElse("");
        if (controller.length() > MAX_CONTROLLER) {
            causes.add(Cause.tooLong("spec.controller", MAX_CONTROLLER));
        }
        causes.invalid("spec.controller", controller, Names.domainPrefixedPathProblems(controller));
        Json.at(ingressClass, "spec", "parameters").ifPresent(parameters -> {
            causes.present(parameters, "spec.parameters", "kind");
            causes.present(parameters, "spec.parameters", "name");
            causes.oneOf(parameters, "spec.parameters", "scope", Set.of("Cluster", "Namespace"));
        });
        causes.unchanged(live, ingressClass, "spec", "controller");
    }

    static void networkPolicy(ObjectNode policy, Causes causes) {
        JsonNode spec = policy.path("spec");
        WorkloadValidation.selector(spec.path("podSelector"), "spec.podSelector", causes);
        direction(spec, "ingress", "from", causes);
        direction(spec, "egress", "to", causes);
        List<JsonNode> types = Json.items(spec, "policyTypes");
        if (types.size() > 2) {
            causes.invalid("spec.policyTypes", spec.path("policyTypes"), "may not specify more than two policyTypes");
        }
        for (int i = 0; i < types.size(); i++) {
            if (!Set.of("Ingress", "Egress").contains(types.get(i).asString(""))) {
                causes.add(Cause.notSupported(
                        "spec.policyTypes[" + i + "]", types.get(i).toString(), List.of("Egress", "Ingress")));
            }
        }
    }

    private static void direction(JsonNode spec, String direction, String peers, Causes causes) {
        List<JsonNode> rules = Json.items(spec, direction);
        for (int i = 0; i < rules.size(); i++) {
            String path = "spec." + direction + "[" + i + "]";
            int j = 0;
            for (JsonNode port : Json.items(rules.get(i), "ports")) {
                String where = path + ".ports[" + j++ + "]";
                causes.oneOf(port, where, "protocol", Set.of("SCTP", "TCP", "UDP"));
                causes.portOrName(port, where, "port");
            }
            j = 0;
            for (JsonNode peer : Json.items(rules.get(i), peers)) {
                peer(peer, path + "." + peers + "[" + j++ + "]", causes);
            }
        }
    }

    private static void peer(JsonNode peer, String path, Causes causes) {
        boolean selects = peer.has("podSelector") || peer.has("namespaceSelector");
        if (!selects && !peer.has("ipBlock")) {
            causes.add(Cause.required(path, "must specify a peer"));
        } else if (selects && peer.has("ipBlock")) {
            causes.add(Cause.forbidden(path, "may not specify both ipBlock and another peer"));
        }
        for (String field : List.of("podSelector", "namespaceSelector")) {
            WorkloadValidation.selector(peer.path(field), path + "." + field, causes);
        }
        Json.at(peer, "ipBlock").ifPresent(block -> {
            if (causes.present(block, path + ".ipBlock", "cidr")) {
                ServiceValidation.cidr(
                        path + ".ipBlock.cidr", block.path("cidr").asString(""), causes);
            }
        });
    }

    static void serviceCidr(Optional<ObjectNode> live, ObjectNode serviceCidr, Causes causes) {
        List<JsonNode> cidrs = Json.items(serviceCidr, "spec", "cidrs");
        if (cidrs.isEmpty()) {
            causes.add(Cause.required("spec.cidrs", "at least one CIDR required"));
        }
        for (int i = 0; i < cidrs.size(); i++) {
            ServiceValidation.cidr("spec.cidrs[" + i + "]", cidrs.get(i).asString(""), causes);
        }
        causes.unchanged(live, serviceCidr, "spec", "cidrs");
    }

    static void ipAddress(Optional<ObjectNode> live, ObjectNode address, Causes causes) {
        JsonNode parent = address.path("spec").path("parentRef");
        if (!parent.isObject()) {
            causes.required("spec.parentRef");
        } else {
            causes.present(parent, "spec.parentRef", "resource");
            causes.present(parent, "spec.parentRef", "name");
        }
        causes.unchanged(live, address, "spec", "parentRef");
    }
}
