package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Printer.Column.AGE;
import static io.keelson.orchestrator.kind.Printer.Column.NAME;
import static io.keelson.orchestrator.kind.Printer.Column.number;
import static io.keelson.orchestrator.kind.Printer.Column.text;
import static io.keelson.orchestrator.kind.Printer.Column.wide;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The printers of the built-in kinds; columns and texts are Kubernetes'. */
final class Printers {

    static final String NONE = "<none>";
    static final String UNKNOWN = "<unknown>";
    /** Of a list of addresses this many are shown. */
    private static final int MAX_LISTED = 3;

    private static final String ROLE_PREFIX = "node-role.kubernetes.io/";
    private static final String ROLE_LABEL = "kubernetes.io/role";

    static final Printer ANY = new Printer(
            List.of(NAME, text("Created At")),
            (object, now, cells) -> cells.add(name(object))
                    .add(Json.string(object, "metadata", "creationTimestamp").orElse("")));

    static final Printer POD = new Printer(
            List.of(
                    NAME,
                    text("Ready"),
                    text("Status"),
                    text("Restarts"),
                    AGE,
                    wide("IP"),
                    wide("Node"),
                    wide("Nominated Node"),
                    wide("Readiness Gates")),
            (pod, now, cells) -> {
                PodStatusText text = PodStatusText.of(pod, now);
                cells.add(name(pod))
                        .add(text.ready() + "/" + text.total())
                        .add(text.status())
                        .add(text.restarts())
                        .add(age(pod, now))
                        .add(orNone(pod, "status", "podIP"))
                        .add(orNone(pod, "spec", "nodeName"))
                        .add(orNone(pod, "status", "nominatedNodeName"))
                        .add(readinessGates(pod));
            },
            Printers::completion);

    static final Printer DEPLOYMENT = new Printer(
            List.of(
                    NAME,
                    text("Ready"),
                    text("Up-to-date"),
                    text("Available"),
                    AGE,
                    wide("Containers"),
                    wide("Images"),
                    wide("Selector")),
            (deployment, now, cells) -> {
                cells.add(name(deployment))
                        .add(count(deployment, "status", "readyReplicas") + "/" + count(deployment, "spec", "replicas"))
                        .add(count(deployment, "status", "updatedReplicas"))
                        .add(count(deployment, "status", "availableReplicas"))
                        .add(age(deployment, now));
                template(deployment, cells);
            });

    static final Printer REPLICA_SET = replicas(Printers::template);

    static final Printer SERVICE = new Printer(
            List.of(
                    NAME,
                    text("Type"),
                    text("Cluster-IP"),
                    text("External-IP"),
                    text("Port(s)"),
                    AGE,
                    wide("Selector")),
            (service, now, cells) -> cells.add(name(service))
                    .add(Json.string(service, "spec", "type").orElse(""))
                    .add(Json.items(service, "spec", "clusterIPs").stream()
                            .findFirst()
                            .map(JsonNode::asString)
                            .or(() -> Json.string(service, "spec", "clusterIP").filter(ip -> !ip.isEmpty()))
                            .orElse(NONE))
                    .add(externalIp(service))
                    .add(ports(service))
                    .add(age(service, now))
                    .add(labels(service, "spec", "selector")));

    static final Printer ENDPOINTS = new Printer(
            List.of(NAME, text("Endpoints"), AGE),
            (endpoints, now, cells) ->
                    cells.add(name(endpoints)).add(addresses(endpoints)).add(age(endpoints, now)));

    static final Printer ENDPOINT_SLICE = new Printer(
            List.of(NAME, text("AddressType"), text("Ports"), text("Endpoints"), AGE), (slice, now, cells) -> {
                List<String> ports = Json.items(slice, "ports").stream()
                        .map(port -> Json.number(port, "port")
                                .map(number -> Long.toString(number))
                                .or(() -> Json.string(port, "name"))
                                .orElse("*"))
                        .toList();
                List<String> addresses = Json.items(slice, "endpoints").stream()
                        .flatMap(endpoint -> Json.items(endpoint, "addresses").stream())
                        .map(JsonNode::asString)
                        .toList();
                cells.add(name(slice))
                        .add(Json.string(slice, "addressType").orElse(""))
                        .add(ports.isEmpty() ? "<unset>" : listed(ports))
                        .add(addresses.isEmpty() ? "<unset>" : listed(addresses))
                        .add(age(slice, now));
            });

    static final Printer NODE = new Printer(
            List.of(
                    NAME,
                    text("Status"),
                    text("Roles"),
                    AGE,
                    text("Version"),
                    wide("Internal-IP"),
                    wide("External-IP"),
                    wide("OS-Image"),
                    wide("Kernel-Version"),
                    wide("Container-Runtime")),
            (node, now, cells) -> cells.add(name(node))
                    .add(nodeStatus(node))
                    .add(roles(node))
                    .add(age(node, now))
                    .add(Json.string(node, "status", "nodeInfo", "kubeletVersion")
                            .orElse(""))
                    .add(address(node, "InternalIP"))
                    .add(address(node, "ExternalIP"))
                    .add(info(node, "osImage"))
                    .add(info(node, "kernelVersion"))
                    .add(info(node, "containerRuntimeVersion")));

    static final Printer NAMESPACE = new Printer(
            List.of(NAME, text("Status"), AGE),
            (namespace, now, cells) -> cells.add(name(namespace))
                    .add(Json.string(namespace, "status", "phase").orElse(""))
                    .add(age(namespace, now)));

    static final Printer CONFIG_MAP = new Printer(
            List.of(NAME, text("Data"), AGE),
            (map, now, cells) -> cells.add(name(map))
                    .add(map.path("data").size() + map.path("binaryData").size())
                    .add(age(map, now)));

    static final Printer SECRET = new Printer(
            List.of(NAME, text("Type"), text("Data"), AGE),
            (secret, now, cells) -> cells.add(name(secret))
                    .add(Json.string(secret, "type").orElse(""))
                    .add(secret.path("data").size())
                    .add(age(secret, now)));

    static final Printer SERVICE_ACCOUNT = new Printer(
            List.of(NAME, AGE),
            (account, now, cells) -> cells.add(name(account)).add(age(account, now)));

    static final Printer LEASE = new Printer(
            List.of(NAME, text("Holder"), AGE),
            (lease, now, cells) -> cells.add(name(lease))
                    .add(Json.string(lease, "spec", "holderIdentity").orElse(""))
                    .add(age(lease, now)));

    static final Printer EVENT = new Printer(
            List.of(
                    text("Last Seen"),
                    text("Type"),
                    text("Reason"),
                    text("Object"),
                    wide("Subobject"),
                    wide("Source"),
                    text("Message"),
                    wide("First Seen"),
                    wide("Count"),
                    new Printer.Column("Name", "string", "name", 1)),
            Printers::event);

    private Printers() {}

    /** What a row says about a pod that has ended, so that clients can grey it out. */
    private static void completion(ObjectNode pod, ObjectNode row) {
        String phase = Json.string(pod, "status", "phase").orElse("");
        boolean succeeded = phase.equals("Succeeded");
        if (succeeded || phase.equals("Failed")) {
            row.putArray("conditions")
                    .addObject()
                    .put("type", "Completed")
                    .put("status", "True")
                    .put("reason", phase)
                    .put("message", succeeded ? "The pod has completed successfully." : "The pod failed.");
        }
    }

    static String name(ObjectNode object) {
        return Json.string(object, "metadata", "name").orElse("");
    }

    static String age(ObjectNode object, Instant now) {
        return Age.since(now, object, "metadata", "creationTimestamp");
    }

    static String orNone(ObjectNode object, String... path) {
        return Json.string(object, path).filter(text -> !text.isEmpty()).orElse(NONE);
    }

    static int count(ObjectNode object, String... path) {
        return Json.number(object, path).orElse(0L).intValue();
    }

    private static String readinessGates(ObjectNode pod) {
        List<JsonNode> gates = Json.items(pod, "spec", "readinessGates");
        long open = gates.stream()
                .filter(gate -> Json.items(pod, "status", "conditions").stream()
                        .anyMatch(condition -> condition.path("type").equals(gate.path("conditionType"))
                                && condition.path("status").asString("").equals("True")))
                .count();
        return gates.isEmpty() ? NONE : open + "/" + gates.size();
    }

    /**
     * A printer of what keeps a number of equal pods.
     *
     * @param pods adds the names and images of their containers, and who is selected
     */
    static Printer replicas(BiConsumer<ObjectNode, ArrayNode> pods) {
        return new Printer(
                List.of(
                        NAME,
                        number("Desired"),
                        number("Current"),
                        number("Ready"),
                        AGE,
                        wide("Containers"),
                        wide("Images"),
                        wide("Selector")),
                (keeper, now, cells) -> {
                    cells.add(name(keeper))
                            .add(count(keeper, "spec", "replicas"))
                            .add(count(keeper, "status", "replicas"))
                            .add(count(keeper, "status", "readyReplicas"))
                            .add(age(keeper, now));
                    pods.accept(keeper, cells);
                });
    }

    /** Names and images of the containers of a template, and whom its owner selects. */
    static void template(ObjectNode owner, ArrayNode cells) {
        containers(owner.path("spec").path("template"), cells);
        cells.add(selector(owner));
    }

    /** Names and images of the containers of a template. */
    static void containers(JsonNode template, ArrayNode cells) {
        List<JsonNode> containers = Json.items(template, "spec", "containers");
        for (String field : List.of("name", "image")) {
            cells.add(String.join(
                    ",",
                    containers.stream()
                            .map(container -> container.path(field).asString(""))
                            .toList()));
        }
    }

    static String selector(ObjectNode owner) {
        return selector(owner.path("spec").path("selector"));
    }

    /** A LabelSelector as people write one. */
    static String selector(JsonNode selector) {
        List<String> terms = new ArrayList<>();
        String equal = labels(selector, "matchLabels");
        if (!equal.equals(NONE)) {
            terms.add(equal);
        }
        for (JsonNode expression : Json.items(selector, "matchExpressions")) {
            String key = expression.path("key").asString("");
            String values = String.join(
                    ",",
                    new TreeSet<>(Json.items(expression, "values").stream()
                            .map(JsonNode::asString)
                            .toList()));
            terms.add(
                    switch (expression.path("operator").asString("")) {
                        case "In" -> key + " in (" + values + ")";
                        case "NotIn" -> key + " notin (" + values + ")";
                        case "DoesNotExist" -> "!" + key;
                        default -> key;
                    });
        }
        return terms.isEmpty() ? NONE : String.join(",", terms);
    }

    static String labels(JsonNode object, String... path) {
        List<String> pairs = new ArrayList<>();
        new TreeMap<>(Json.strings(object, path)).forEach((key, value) -> pairs.add(key + "=" + value));
        return pairs.isEmpty() ? NONE : String.join(",", pairs);
    }

    private static String externalIp(ObjectNode service) {
        List<String> external = Json.items(service, "spec", "externalIPs").stream()
                .map(JsonNode::asString)
                .toList();
        return switch (Json.string(service, "spec", "type").orElse("")) {
            case "ClusterIP", "NodePort" -> external.isEmpty() ? NONE : String.join(",", external);
            case "ExternalName" -> Json.string(service, "spec", "externalName").orElse("");
            case "LoadBalancer" -> {
                List<String> all = new ArrayList<>();
                String balancer = balancer(service);
                if (!balancer.isEmpty()) {
                    all.add(balancer);
                }
                all.addAll(external);
                yield all.isEmpty() ? "<pending>" : String.join(",", all);
            }
            default -> UNKNOWN;
        };
    }

    /** The addresses of the load balancer in a status; whole, as in every table that a server makes. */
    static String balancer(ObjectNode object) {
        TreeSet<String> ingress = new TreeSet<>();
        Json.items(object, "status", "loadBalancer", "ingress")
                .forEach(each -> Json.string(each, "ip")
                        .filter(ip -> !ip.isEmpty())
                        .or(() -> Json.string(each, "hostname"))
                        .ifPresent(ingress::add));
        return String.join(",", ingress);
    }

    private static String ports(ObjectNode service) {
        List<String> ports = Json.items(service, "spec", "ports").stream()
                .map(port -> port.path("port").asInt(0)
                        + Json.number(port, "nodePort")
                                .filter(number -> number > 0)
                                .map(number -> ":" + number)
                                .orElse("")
                        + "/"
                        + port.path("protocol").asString("TCP"))
                .toList();
        return ports.isEmpty() ? NONE : String.join(",", ports);
    }

    private static String addresses(ObjectNode endpoints) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode subset : Json.items(endpoints, "subsets")) {
            List<JsonNode> ports = Json.items(subset, "ports");
            List<String> ips = Json.items(subset, "addresses").stream()
                    .map(address -> address.path("ip").asString(""))
                    .toList();
            if (ports.isEmpty()) {
                addresses.addAll(ips);
            }
            for (JsonNode port : ports) {
                ips.forEach(ip -> addresses.add((ip.contains(":") ? "[" + ip + "]" : ip) + ":"
                        + port.path("port").asInt(0)));
            }
        }
        return Json.items(endpoints, "subsets").isEmpty() ? NONE : listed(addresses);
    }

    static String listed(List<String> all) {
        String shown = String.join(",", all.subList(0, Math.min(all.size(), MAX_LISTED)));
        return all.size() > MAX_LISTED ? shown + " + " + (all.size() - MAX_LISTED) + " more..." : shown;
    }

    private static String nodeStatus(ObjectNode node) {
        Optional<JsonNode> ready = Json.items(node, "status", "conditions").stream()
                .filter(condition -> condition.path("type").asString("").equals("Ready"))
                .findFirst();
        String status = ready.map(
                        condition -> condition.path("status").asString("").equals("True") ? "Ready" : "NotReady")
                .orElse("Unknown");
        return status + (node.path("spec").path("unschedulable").asBoolean(false) ? ",SchedulingDisabled" : "");
    }

    private static String roles(ObjectNode node) {
        TreeSet<String> roles = new TreeSet<>();
        Json.strings(node, "metadata", "labels").forEach((key, value) -> {
            if (key.startsWith(ROLE_PREFIX) && key.length() > ROLE_PREFIX.length()) {
                roles.add(key.substring(ROLE_PREFIX.length()));
            } else if (key.equals(ROLE_LABEL) && !value.isEmpty()) {
                roles.add(value);
            }
        });
        return roles.isEmpty() ? NONE : String.join(",", roles);
    }

    private static String address(ObjectNode node, String type) {
        return Json.items(node, "status", "addresses").stream()
                .filter(address -> address.path("type").asString("").equals(type))
                .map(address -> address.path("address").asString(""))
                .findFirst()
                .orElse(NONE);
    }

    private static String info(ObjectNode node, String field) {
        return Json.string(node, "status", "nodeInfo", field)
                .filter(text -> !text.isEmpty())
                .orElse(UNKNOWN);
    }

    private static void event(ObjectNode event, Instant now, ArrayNode cells) {
        String first = Age.time(event, "firstTimestamp").isPresent()
                ? Age.since(now, event, "firstTimestamp")
                : Age.since(now, event, "eventTime");
        String last = Age.time(event, "lastTimestamp").isPresent() ? Age.since(now, event, "lastTimestamp") : first;
        long count = Math.max(1, count(event, "count"));
        if (Json.at(event, "series").isPresent()) {
            last = Age.since(now, event, "series", "lastObservedTime");
            count = count(event, "series", "count");
        }
        String kind = Json.string(event, "involvedObject", "kind").orElse("").toLowerCase(Locale.ROOT);
        String target = Json.string(event, "involvedObject", "name")
                .filter(name -> !name.isEmpty())
                .map(name -> kind + "/" + name)
                .orElse(kind);
        cells.add(last)
                .add(Json.string(event, "type").orElse(""))
                .add(Json.string(event, "reason").orElse(""))
                .add(target)
                .add(Json.string(event, "involvedObject", "fieldPath").orElse(""))
                .add(source(event))
                .add(Json.string(event, "message").orElse("").strip())
                .add(first)
                .add(count)
                .add(name(event));
    }

    private static String source(ObjectNode event) {
        String component = Json.string(event, "source", "component")
                .filter(text -> !text.isEmpty())
                .or(() -> Json.string(event, "reportingComponent"))
                .orElse("");
        String host = Json.string(event, "source", "host")
                .filter(text -> !text.isEmpty())
                .or(() -> Json.string(event, "reportingInstance").filter(text -> !text.isEmpty()))
                .orElse("");
        return host.isEmpty() ? component : component + ", " + host;
    }
}
