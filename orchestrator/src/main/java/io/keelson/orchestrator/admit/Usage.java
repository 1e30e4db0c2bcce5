package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an object counts for in quotas, in the names that quotas use. */
public final class Usage {

    private static final Set<String> OVER = Set.of("Failed", "Succeeded");

    /** Resources that a pod's quota can name without saying whether requests are meant. */
    private static final Set<String> SHORT = Set.of("cpu", "memory", "ephemeral-storage");

    /** A quota on one of these asks of every container that it says what it needs. */
    private static final Set<String> NEEDED =
            Set.of("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

    /** Kinds that also count under their plain name. */
    private static final Set<String> PLAIN = Set.of(
            "configmaps", "secrets", "replicationcontrollers", "resourcequotas", "services", "persistentvolumeclaims");

    private static final String CLASS_SUFFIX = ".storageclass.storage.k8s.io/";

    private Usage() {}

    /** The usage of an object. */
    static ResourceList of(Kind kind, ObjectNode object) {
        Kind stored = kind.stored();
        ResourceList count = ResourceList.pieces("count/" + stored.qualifiedResource(), 1);
        if (stored.group().isEmpty() && PLAIN.contains(stored.resource())) {
            count = count.plus(ResourceList.pieces(stored.resource(), 1));
        }
        if (stored.equals(Kinds.POD)) {
            return count.plus(pod(object));
        }
        if (stored.equals(Kinds.SERVICE)) {
            return count.plus(service(object));
        }
        return stored.equals(Known.CLAIM) ? count.plus(claim(object)) : count;
    }

    private static ResourceList pod(ObjectNode pod) {
        if (OVER.contains(Json.string(pod, "status", "phase").orElse(""))) {
            return ResourceList.NONE;
        }
        ResourceList requests = PodResources.charged(pod, "requests");
        ResourceList limits = PodResources.charged(pod, "limits");
        return ResourceList.pieces("pods", 1)
                .plus(requests.only(SHORT))
                .plus(requests.prefixed("requests."))
                .plus(limits.only(SHORT).prefixed("limits."))
                .plus(hugePages(requests));
    }

    private static ResourceList hugePages(ResourceList requests) {
        return requests.only(requests.names().stream()
                .filter(name -> name.startsWith("hugepages-"))
                .collect(Collectors.toSet()));
    }

    private static ResourceList service(ObjectNode service) {
        int ports = Json.items(service, "spec", "ports").size();
        return switch (Json.string(service, "spec", "type").orElse("")) {
            case "NodePort" -> ResourceList.pieces("services.nodeports", ports);
            case "LoadBalancer" -> {
                boolean nodePorts = service.path("spec")
                        .path("allocateLoadBalancerNodePorts")
                        .asBoolean(true);
                ResourceList balancer = ResourceList.pieces("services.loadbalancers", 1);
                yield nodePorts ? balancer.plus(ResourceList.pieces("services.nodeports", ports)) : balancer;
            }
            default -> ResourceList.NONE;
        };
    }

    private static ResourceList claim(ObjectNode claim) {
        ResourceList storage = ResourceList.of(
                        claim.path("spec").path("resources").path("requests"))
                .only(Set.of("storage"))
                .prefixed("requests.");
        Optional<String> named = Json.string(claim, "spec", "storageClassName")
                .or(() -> Json.string(claim, "metadata", "annotations", "volume.beta.kubernetes.io/storage-class"))
                .filter(name -> !name.isEmpty());
        return named.map(name -> storage.plus(storage.prefixed(name + CLASS_SUFFIX))
                        .plus(ResourceList.pieces(name + CLASS_SUFFIX + "persistentvolumeclaims", 1)))
                .orElse(storage);
    }

    /** Which containers of a pod do not say what a quota on these resources needs to know, in Kubernetes' words. */
    static Optional<String> unsaid(ObjectNode pod, Set<String> resources) {
        Map<String, List<String>> missing = new TreeMap<>();
        for (String resource : resources) {
            if (!NEEDED.contains(resource)) {
                continue;
            }
            boolean limit = resource.startsWith("limits.");
            String name = resource.substring(resource.indexOf('.') + 1);
            if (ResourceList.of(pod.path("spec").path("resources").path(limit ? "limits" : "requests"))
                    .has(name)) {
                continue;
            }
            for (JsonNode container : PodResources.containers(pod)) {
                if (!PodResources.of(container, limit ? "limits" : "requests").has(name)) {
                    missing.computeIfAbsent(resource, _ -> new ArrayList<>())
                            .add(container.path("name").asString(""));
                }
            }
        }
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("must specify "
                        + missing.entrySet().stream()
                                .map(entry -> entry.getKey() + " for: "
                                        + String.join(
                                                ",",
                                                entry.getValue().stream()
                                                        .sorted()
                                                        .toList()))
                                .collect(Collectors.joining("; ")));
    }
}
