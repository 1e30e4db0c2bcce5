package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Printer.Column.AGE;
import static io.keelson.orchestrator.kind.Printer.Column.NAME;
import static io.keelson.orchestrator.kind.Printer.Column.text;
import static io.keelson.orchestrator.kind.Printers.NONE;
import static io.keelson.orchestrator.kind.Printers.age;
import static io.keelson.orchestrator.kind.Printers.name;

import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The printers of the kinds of networking.k8s.io. */
final class NetworkPrinters {

    static final Printer INGRESS = new Printer(
            List.of(NAME, text("Class"), text("Hosts"), text("Address"), text("Ports"), AGE),
            (ingress, now, cells) -> cells.add(name(ingress))
                    .add(Printers.orNone(ingress, "spec", "ingressClassName"))
                    .add(hosts(ingress))
                    .add(Printers.balancer(ingress))
                    .add(Json.items(ingress, "spec", "tls").isEmpty() ? "80" : "80, 443")
                    .add(age(ingress, now)));

    static final Printer INGRESS_CLASS = new Printer(
            List.of(NAME, text("Controller"), text("Parameters"), AGE),
            (ingressClass, now, cells) -> cells.add(name(ingressClass))
                    .add(Json.string(ingressClass, "spec", "controller").orElse(""))
                    .add(parameters(ingressClass))
                    .add(age(ingressClass, now)));

    static final Printer NETWORK_POLICY = new Printer(
            List.of(NAME, text("Pod-Selector"), AGE),
            (policy, now, cells) -> cells.add(name(policy))
                    .add(Printers.selector(policy.path("spec").path("podSelector")))
                    .add(age(policy, now)));

    static final Printer SERVICE_CIDR = new Printer(
            List.of(NAME, text("CIDRs"), AGE),
            (serviceCidr, now, cells) -> cells.add(name(serviceCidr))
                    .add(String.join(
                            ",",
                            Json.items(serviceCidr, "spec", "cidrs").stream()
                                    .map(JsonNode::asString)
                                    .toList()))
                    .add(age(serviceCidr, now)));

    static final Printer IP_ADDRESS = new Printer(
            List.of(NAME, text("ParentRef")),
            (address, now, cells) -> cells.add(name(address)).add(parent(address)));

    private NetworkPrinters() {}

    private static String hosts(ObjectNode ingress) {
        List<String> hosts = Json.items(ingress, "spec", "rules").stream()
                .map(rule -> rule.path("host").asString(""))
                .filter(host -> !host.isEmpty())
                .toList();
        return hosts.isEmpty() ? "*" : Printers.listed(hosts);
    }

    private static String parameters(ObjectNode ingressClass) {
        return Json.at(ingressClass, "spec", "parameters")
                .map(parameters -> parameters.path("kind").asString("")
                        + Json.string(parameters, "apiGroup")
                                .map(group -> "." + group)
                                .orElse("")
                        + "/" + parameters.path("name").asString(""))
                .orElse(NONE);
    }

    /** {@code services/default/kubernetes}, with the group before if there is one. */
    private static String parent(ObjectNode address) {
        JsonNode parent = address.path("spec").path("parentRef");
        return String.join(
                "/",
                Stream.of("group", "resource", "namespace", "name")
                        .map(field -> parent.path(field).asString(""))
                        .filter(text -> !text.isEmpty())
                        .toList());
    }
}
