package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.kind.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the pods on each node need: which secrets, config maps, service accounts and claims they name. A value that changes: its owner
 * sees to it that nobody reads while it does.
 */
public final class NodeGraph {

    /** Something that a pod names, in its own namespace. */
    record Need(String resource, String namespace, String name) {}

    private record PodNeeds(String node, Set<Need> needs) {}

    private final Map<String, PodNeeds> pods = new HashMap<>();
    /** Node, then what is needed there, then by how many pods. */
    private final Map<String, Map<Need, Integer>> byNode = new HashMap<>();

    /** Learns of a pod, or that it changed. */
    public void set(String namespace, String name, ObjectNode pod) {
        forget(namespace, name);
        Optional<String> node = Json.string(pod, "spec", "nodeName").filter(each -> !each.isEmpty());
        if (node.isEmpty()) {
            return;
        }
        Set<Need> needs = needs(namespace, name, pod.path("spec"));
        pods.put(namespace + "/" + name, new PodNeeds(node.get(), needs));
        var counts = byNode.computeIfAbsent(node.get(), _ -> new HashMap<>());
        needs.forEach(need -> counts.merge(need, 1, Integer::sum));
    }

    /** Forgets a pod. */
    public void forget(String namespace, String name) {
        PodNeeds gone = pods.remove(namespace + "/" + name);
        if (gone == null) {
            return;
        }
        var counts = byNode.getOrDefault(gone.node(), new HashMap<>());
        gone.needs().forEach(need -> counts.computeIfPresent(need, (_, count) -> count == 1 ? null : count - 1));
        if (counts.isEmpty()) {
            byNode.remove(gone.node());
        }
    }

    /** Whether a pod on a node needs that. */
    boolean needs(String node, String resource, String namespace, String name) {
        return byNode.getOrDefault(node, Map.of()).containsKey(new Need(resource, namespace, name));
    }

    /** Whether the pods on a node need nothing of other kinds than this. */
    boolean needsOnly(String node, String resource) {
        return byNode.getOrDefault(node, Map.of()).keySet().stream()
                .allMatch(need -> need.resource().equals(resource));
    }

    /** Whether a pod names any secret. */
    public static boolean namesSecrets(ObjectNode pod) {
        return needs("", "", pod.path("spec")).stream()
                .anyMatch(need -> need.resource().equals("secrets"));
    }

    private static Set<Need> needs(String namespace, String name, JsonNode spec) {
        Set<Need> needs = new HashSet<>();
        needs.add(new Need("pods", namespace, name));
        add(needs, "serviceaccounts", namespace, Json.string(spec, "serviceAccountName"));
        for (JsonNode secret : Json.items(spec, "imagePullSecrets")) {
            add(needs, "secrets", namespace, Json.string(secret, "name"));
        }
        for (String field : Set.of("containers", "initContainers", "ephemeralContainers")) {
            Json.items(spec, field).forEach(container -> ofContainer(needs, namespace, container));
        }
        Json.items(spec, "volumes").forEach(volume -> ofVolume(needs, namespace, volume));
        return needs;
    }

    private static void ofContainer(Set<Need> needs, String namespace, JsonNode container) {
        for (JsonNode from : Json.items(container, "envFrom")) {
            add(needs, "secrets", namespace, Json.string(from, "secretRef", "name"));
            add(needs, "configmaps", namespace, Json.string(from, "configMapRef", "name"));
        }
        for (JsonNode variable : Json.items(container, "env")) {
            add(needs, "secrets", namespace, Json.string(variable, "valueFrom", "secretKeyRef", "name"));
            add(needs, "configmaps", namespace, Json.string(variable, "valueFrom", "configMapKeyRef", "name"));
        }
    }

    private static void ofVolume(Set<Need> needs, String namespace, JsonNode volume) {
        add(needs, "secrets", namespace, Json.string(volume, "secret", "secretName"));
        add(needs, "configmaps", namespace, Json.string(volume, "configMap", "name"));
        add(needs, "persistentvolumeclaims", namespace, Json.string(volume, "persistentVolumeClaim", "claimName"));
        for (JsonNode source : Json.items(volume, "projected", "sources")) {
            add(needs, "secrets", namespace, Json.string(source, "secret", "name"));
            add(needs, "configmaps", namespace, Json.string(source, "configMap", "name"));
        }
    }

    private static void add(Set<Need> needs, String resource, String namespace, Optional<String> name) {
        name.filter(each -> !each.isEmpty()).ifPresent(each -> needs.add(new Need(resource, namespace, each)));
    }
}
