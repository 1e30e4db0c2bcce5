package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Why nobody answers behind a service. */
final class Services {

    private Services() {}

    static Explanation explain(Cluster cluster, ClusterObject service) {
        if (service.at("spec", "type").asString("").equals("ExternalName")) {
            return Explanation.asWished(
                    service.ref(),
                    Words.title(service) + " stands for "
                            + service.at("spec", "externalName").asString("") + ".");
        }
        Map<String, String> selector = new TreeMap<>(Json.strings(service.json(), "spec", "selector"));
        if (selector.isEmpty()) {
            return withoutSelector(cluster, service);
        }
        List<ClusterObject> pods = cluster.in(Kinds.POD, service.namespace()).stream()
                .filter(pod -> pod.labels().entrySet().containsAll(selector.entrySet()) && !pod.terminating())
                .toList();
        if (pods.isEmpty()) {
            return selectsNothing(cluster, service, selector);
        }
        List<ClusterObject> ready =
                pods.stream().filter(pod -> Pod.of(pod).ready()).toList();
        if (ready.isEmpty()) {
            String says = "0 of " + Words.count(pods.size(), "pod") + " ready";
            return Pods.worst(cluster, pods)
                    .map(explanation -> explanation.causing(service.ref(), says))
                    .orElseGet(() -> Explanation.stuck(
                            service.ref(),
                            says,
                            Words.title(service)
                                    + " has no pod behind it that is ready: they have done their work and ended.",
                            "A service needs pods that keep running."));
        }
        Optional<Explanation> port = portMissing(service, ready);
        if (port.isPresent()) {
            return port.get();
        }
        if (service.at("spec", "type").asString("").equals("LoadBalancer")
                && Json.items(service.json(), "status", "loadBalancer", "ingress")
                        .isEmpty()) {
            return Explanation.stuck(
                    service.ref(),
                    "has no outer address",
                    Words.title(service) + " is of type LoadBalancer, and nobody has given it an outer address.",
                    "Run a controller that gives addresses, or use its node ports.");
        }
        return Explanation.asWished(
                service.ref(),
                Words.title(service) + " is as wished: " + Words.count(ready.size(), "pod") + " ready behind it.");
    }

    private static Explanation withoutSelector(Cluster cluster, ClusterObject service) {
        boolean any = cluster.in(Kinds.ENDPOINT_SLICE, service.namespace()).stream()
                .filter(slice -> service.name().equals(slice.labels().get("kubernetes.io/service-name")))
                .anyMatch(slice -> !Json.items(slice.json(), "endpoints").isEmpty());
        return any
                ? Explanation.asWished(
                        service.ref(), Words.title(service) + " has the endpoints that somebody gave it.")
                : Explanation.stuck(
                        service.ref(),
                        "has no selector and no endpoints",
                        Words.title(service) + " has no selector, and nobody has given it endpoints.",
                        "Give it a selector, or make an EndpointSlice for it.");
    }

    private static Explanation selectsNothing(Cluster cluster, ClusterObject service, Map<String, String> selector) {
        List<String> labels = new ArrayList<>();
        selector.forEach((name, value) -> labels.add(name + "=" + value));
        Optional<String> unlike = selector.entrySet().stream()
                .filter(wanted -> cluster.in(Kinds.POD, service.namespace()).stream()
                        .noneMatch(pod -> wanted.getValue().equals(pod.labels().get(wanted.getKey()))))
                .map(wanted -> wanted.getKey() + "=" + wanted.getValue())
                .findFirst();
        return Explanation.stuck(
                service.ref(),
                "selects no pod",
                Words.title(service) + " selects no pod: none in namespace " + service.namespace() + " has the labels "
                        + String.join(",", labels) + ".",
                "Start pods with these labels, or change spec.selector"
                        + unlike.map(label -> "; no pod at all has " + label).orElse("") + ".");
    }

    /** A port that is named and that no pod has. */
    private static Optional<Explanation> portMissing(ClusterObject service, List<ClusterObject> pods) {
        for (JsonNode port : Json.items(service.json(), "spec", "ports")) {
            JsonNode target = port.path("targetPort");
            if (!target.isString()) {
                continue;
            }
            boolean known = pods.stream()
                    .flatMap(pod -> Json.items(pod.json(), "spec", "containers").stream())
                    .flatMap(container -> Json.items(container, "ports").stream())
                    .anyMatch(have -> have.path("name").asString("").equals(target.asString("")));
            if (!known) {
                return Optional.of(Explanation.stuck(
                        service.ref(),
                        "port " + target.asString("") + " is nowhere",
                        Words.title(service) + " leads to the port named " + target.asString("")
                                + ", and no container of its pods has one of that name.",
                        "Name the port in the pods' containers, or use its number as targetPort."));
            }
        }
        return Optional.empty();
    }

    static Explanation ingress(Cluster cluster, ClusterObject ingress) {
        List<JsonNode> backends = new ArrayList<>();
        backends.add(ingress.at("spec", "defaultBackend"));
        for (JsonNode rule : Json.items(ingress.json(), "spec", "rules")) {
            Json.items(rule, "http", "paths").forEach(path -> backends.add(path.path("backend")));
        }
        for (JsonNode backend : backends) {
            String name = backend.path("service").path("name").asString("");
            if (name.isEmpty()) {
                continue;
            }
            Optional<ClusterObject> service = cluster.get(new Ref(Kinds.SERVICE, ingress.namespace(), name));
            if (service.isEmpty()) {
                return Explanation.stuck(
                        ingress.ref(),
                        "leads to service " + name,
                        Words.title(ingress) + " leads to the Service " + name + ", which is not there.",
                        "Create the Service " + name + ", or change the backend.");
            }
            Explanation why = Why.explain(cluster, service.get());
            if (!why.isAsWished()) {
                return why.causing(ingress.ref(), "leads to service " + name);
            }
        }
        return Explanation.asWished(ingress.ref(), Words.title(ingress) + " leads to services that are as wished.");
    }
}
