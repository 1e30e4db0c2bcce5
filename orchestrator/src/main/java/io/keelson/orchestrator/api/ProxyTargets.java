package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is behind the subresource {@code proxy} of pods, services and nodes: a port of a pod, or a node itself. */
public final class ProxyTargets {

    private static final int LAST_PORT = 65535;
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /** Where Kubernetes' nodes answer; here a node answers over its tunnel. */
    private static final int KUBELET = 10250;

    private final Api api;
    private final NodeStreams nodes;
    private final RandomGenerator random;

    /**
     * Over the pods that an API knows.
     *
     * @param random which pod of a service gets a request; must be thread safe
     */
    public ProxyTargets(Api api, NodeStreams nodes, RandomGenerator random) {
        this.api = api;
        this.nodes = nodes;
        this.random = random;
    }

    /**
     * Who answers.
     *
     * @param where its pod; with an empty uid the node itself
     * @param host as it is called in a URL, with its port
     * @param secure whether it speaks TLS
     * @param path what is wanted there, as admission leaves it; decoded
     */
    public record Backend(NodeStreams.Where where, int port, String host, boolean secure, String path) {}

    /**
     * Finds who is meant, and lets those judge who have a say.
     *
     * @param user who has been found to have the right to it
     * @param kind pod, service or node
     * @param id {@code name}, {@code name:port} or {@code scheme:name:port}
     * @param path what is wanted there, decoded
     * @throws ApiException BAD_REQUEST if the id cannot be read, NOT_FOUND if there is no such object, SERVICE_UNAVAILABLE if nobody is
     *     behind it; whatever admission says
     */
    public Backend find(User user, Kind kind, String namespace, String id, String path) {
        Id read = Id.parse(id)
                .orElseThrow(() -> ApiException.badRequest("invalid " + kind.singular() + " request \"" + id + "\""));
        Ref ref = new Ref(kind, kind.namespaced() ? namespace : "", read.name());
        ObjectNode object = api.get(ref).object();
        ObjectNode options =
                Json.object().put("kind", kind.kind() + "ProxyOptions").put("apiVersion", "v1");
        if (!path.isEmpty()) {
            options.put("path", path);
        }
        String wanted = Json.string(api.admitConnection(user, ref, "proxy", options), "path")
                .orElse("");
        if (kind.equals(Kinds.POD)) {
            return pod(object, read, wanted);
        }
        return kind.equals(Kinds.SERVICE) ? service(ref, object, read, wanted) : node(read, wanted);
    }

    /** Connects to who answers. */
    public NodeStream connect(Backend backend) throws InterruptedException {
        return nodes.connect(backend.where(), backend.port());
    }

    /** What stands in a path for an object and its port. */
    private record Id(String scheme, String name, String port) {

        static Optional<Id> parse(String text) {
            String[] parts = text.split(":", -1);
            Id id = switch (parts.length) {
                case 1 -> new Id("", parts[0], "");
                case 2 -> new Id("", parts[0], parts[1]);
                case 3 -> new Id(parts[0], parts[1], parts[2]);
                default -> new Id("", "", "");
            };
            boolean port = parts.length != 2 || !id.port().isEmpty();
            boolean scheme = parts.length != 3 || List.of("http", "https").contains(id.scheme());
            return id.name().isEmpty() || !port || !scheme ? Optional.empty() : Optional.of(id);
        }

        boolean secure() {
            return scheme.equals("https");
        }

        Optional<Integer> number() {
            return port.matches("[0-9]{1,9}") ? Optional.of(Integer.parseInt(port)) : Optional.empty();
        }
    }

    private static Backend pod(ObjectNode pod, Id id, String path) {
        String ip = Json.string(pod, "status", "podIP").orElse("");
        if (ip.isEmpty()) {
            throw ApiException.badRequest("address not allowed");
        }
        int port = id.port().isEmpty()
                ? firstPort(pod).orElse(id.secure() ? HTTPS : HTTP)
                : id.number()
                        .filter(ProxyTargets::isPort)
                        .orElseThrow(() -> unreachable("dial tcp: address " + ip + ":" + id.port() + ": invalid port"));
        return new Backend(PodContainers.where(pod), port, ip + ":" + port, id.secure(), path);
    }

    private static boolean isPort(int number) {
        return number >= 1 && number <= LAST_PORT;
    }

    private static Optional<Integer> firstPort(ObjectNode pod) {
        return Json.items(pod, "spec", "containers").stream()
                .flatMap(container -> Json.items(container, "ports").stream())
                .map(port -> port.path("containerPort").asInt(0))
                .findFirst();
    }

    /** Somebody is there, but cannot be talked to. */
    public static ApiException unreachable(String why) {
        return new ApiException(Reason.SERVICE_UNAVAILABLE, "error trying to reach service: " + why);
    }

    private Backend service(Ref ref, ObjectNode service, Id id, String path) {
        String port =
                id.number().map(number -> portName(service, ref.name(), number)).orElse(id.port());
        ObjectNode endpoints =
                api.get(new Ref(Kinds.ENDPOINTS, ref.namespace(), ref.name())).object();
        List<JsonNode> subsets = shuffled(Json.items(endpoints, "subsets"));
        if (subsets.isEmpty()) {
            throw noEndpoints(ref.name());
        }
        for (JsonNode subset : subsets) {
            Optional<Integer> number = Json.items(subset, "ports").stream()
                    .filter(each -> each.path("name").asString("").equals(port))
                    .map(each -> each.path("port").asInt(0))
                    .findFirst();
            if (number.isPresent()) {
                for (JsonNode address : shuffled(Json.items(subset, "addresses"))) {
                    Optional<NodeStreams.Where> where = pod(ref.namespace(), address);
                    if (where.isPresent()) {
                        String host = address.path("ip").asString("") + ":" + number.get();
                        return new Backend(where.get(), number.get(), host, id.secure(), path);
                    }
                }
            }
        }
        throw noEndpoints(id.port().isEmpty() && id.scheme().isEmpty() ? ref.name() : text(id));
    }

    private static String text(Id id) {
        return id.scheme().isEmpty() ? id.name() + ":" + id.port() : id.scheme() + ":" + id.name() + ":" + id.port();
    }

    private static ApiException noEndpoints(String service) {
        return new ApiException(Reason.SERVICE_UNAVAILABLE, "no endpoints available for service \"" + service + "\"");
    }

    private static String portName(ObjectNode service, String name, int number) {
        return Json.items(service, "spec", "ports").stream()
                .filter(port -> port.path("port").asInt(0) == number)
                .map(port -> port.path("name").asString(""))
                .findFirst()
                .orElseThrow(() -> new ApiException(
                        Reason.SERVICE_UNAVAILABLE,
                        "no service port " + number + " found for service \"" + name + "\""));
    }

    /** Only to pods, and only if the address is theirs: else who may write endpoints could have the servers talk to anybody. */
    private Optional<NodeStreams.Where> pod(String namespace, JsonNode address) {
        JsonNode target = address.path("targetRef");
        boolean here = target.path("kind").asString("").equals(Kinds.POD.kind())
                && target.path("namespace").asString("").equals(namespace);
        if (!here) {
            return Optional.empty();
        }
        return api.find(new Ref(Kinds.POD, namespace, target.path("name").asString("")))
                .map(Stored::object)
                .filter(pod -> ips(pod).anyMatch(address.path("ip").asString("")::equals))
                .filter(pod -> Json.string(pod, "spec", "nodeName").isPresent())
                .map(PodContainers::where);
    }

    private static Stream<String> ips(ObjectNode pod) {
        return Stream.concat(
                Json.string(pod, "status", "podIP").stream(),
                Json.items(pod, "status", "podIPs").stream()
                        .map(ip -> ip.path("ip").asString("")));
    }

    private <T> List<T> shuffled(List<T> list) {
        List<T> copy = new ArrayList<>(list);
        Collections.shuffle(copy, random);
        return copy;
    }

    private static Backend node(Id id, String path) {
        if (!id.port().isEmpty() && !id.number().equals(Optional.of(KUBELET))) {
            throw unreachable("of node " + id.name() + " only its agent can be reached, not port " + id.port());
        }
        NodeStreams.Where where = new NodeStreams.Where(id.name(), "", "", "");
        return new Backend(where, KUBELET, id.name() + ":" + KUBELET, false, path);
    }
}
