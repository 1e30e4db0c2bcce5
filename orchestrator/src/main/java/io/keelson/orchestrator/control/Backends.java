package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The pods behind a service, and on which of their ports it reaches them. Both kinds of endpoint objects are made of this. */
final class Backends {

    private Backends() {}

    /**
     * One pod behind a service.
     *
     * @param pod the pod; it has an address
     * @param ports the service's ports as this pod has them; a pod without a named target port lacks that one
     */
    record Backend(Pod pod, ArrayNode ports) {}

    /** The plain label map of a service's selector; empty if the service does not select, so that its endpoints are somebody else's. */
    static Optional<LabelSelector> selector(ClusterObject service) {
        Map<String, String> labels = Json.strings(service.json(), "spec", "selector");
        boolean external = service.at("spec", "type").asString("").equals("ExternalName");
        return labels.isEmpty() || external ? Optional.empty() : Optional.of(LabelSelector.ofLabels(labels));
    }

    /** The backends of a service in the order of the pods' names: pods that run or still end, and have an address. */
    static List<Backend> of(Cluster cluster, ClusterObject service, LabelSelector selector) {
        return cluster.in(Kinds.POD, service.namespace()).stream()
                .filter(object -> selector.matches(object.labels()))
                .map(Pod::of)
                .filter(pod -> !pod.finished() && !pod.ip().isEmpty())
                .map(pod -> new Backend(pod, ports(service, pod)))
                .toList();
    }

    static boolean publishesNotReady(ClusterObject service) {
        return service.at("spec", "publishNotReadyAddresses").asBoolean(false);
    }

    private static ArrayNode ports(ClusterObject service, Pod pod) {
        ArrayNode ports = Json.array();
        for (JsonNode port : Json.items(service.json(), "spec", "ports")) {
            String protocol = port.path("protocol").asString("TCP");
            target(port, protocol, pod).ifPresent(number -> {
                ObjectNode made = ports.addObject()
                        .put("name", port.path("name").asString(""))
                        .put("port", number)
                        .put("protocol", protocol);
                Json.string(port, "appProtocol").ifPresent(value -> made.put("appProtocol", value));
            });
        }
        return ports;
    }

    private static Optional<Integer> target(JsonNode port, String protocol, Pod pod) {
        JsonNode target = port.path("targetPort");
        if (target.isIntegralNumber() && target.intValue() > 0) {
            return Optional.of(target.intValue());
        }
        String name = target.asString("");
        if (name.isEmpty() || target.isIntegralNumber()) {
            return Optional.of(port.path("port").asInt(0));
        }
        return Stream.of("containers", "initContainers")
                .flatMap(containers -> Json.items(pod.object().json(), "spec", containers).stream())
                .flatMap(container -> Json.items(container, "ports").stream())
                .filter(candidate -> candidate.path("name").asString("").equals(name)
                        && candidate.path("protocol").asString("TCP").equals(protocol))
                .map(candidate -> candidate.path("containerPort").asInt(0))
                .findFirst();
    }

    /** A reference from an address to its pod. */
    static ObjectNode targetRef(Pod pod) {
        return Json.object()
                .put("kind", Kinds.POD.kind())
                .put("namespace", pod.ref().namespace())
                .put("name", pod.ref().name())
                .put("uid", pod.object().uid());
    }

    /** The services that a change of a service or a pod is about. A pod is about those that select it, before or now. */
    static Stream<Ref> touched(Change change, Cluster cluster) {
        if (change.ref().kind().equals(Kinds.SERVICE)) {
            return Stream.of(change.ref());
        }
        if (!change.ref().kind().equals(Kinds.POD) || sameToServices(change)) {
            return Stream.of();
        }
        return cluster.in(Kinds.SERVICE, change.ref().namespace()).stream()
                .filter(service -> selector(service)
                        .filter(selector -> Stream.of(change.before(), change.after())
                                .flatMap(Optional::stream)
                                .anyMatch(pod -> selector.matches(pod.labels())))
                        .isPresent())
                .map(ClusterObject::ref);
    }

    private static boolean sameToServices(Change change) {
        if (change.before().isEmpty() || change.after().isEmpty()) {
            return false;
        }
        Pod before = Pod.of(change.before().get());
        Pod after = Pod.of(change.after().get());
        return before.ip().equals(after.ip())
                && before.ready() == after.ready()
                && before.finished() == after.finished()
                && before.nodeName().equals(after.nodeName())
                && before.object().terminating() == after.object().terminating()
                && before.object().labels().equals(after.object().labels())
                && Objects.equals(before.object().uid(), after.object().uid());
    }
}
