package io.keelson.orchestrator.schedule;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.select.SelectorException;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The parts of a pod that speak of other pods: required affinity, required anti-affinity, and spreading that must be kept. */
final class PodTerms {

    private PodTerms() {}

    static List<JsonNode> affinity(ClusterObject pod, String field) {
        return Json.items(pod.json(), "spec", "affinity", field, "requiredDuringSchedulingIgnoredDuringExecution");
    }

    static List<JsonNode> spread(ClusterObject pod) {
        return Json.items(pod.json(), "spec", "topologySpreadConstraints").stream()
                .filter(constraint -> constraint
                        .path("whenUnsatisfiable")
                        .asString("DoNotSchedule")
                        .equals("DoNotSchedule"))
                .toList();
    }

    /** Why these rules keep a pod from a node; empty if they do not. */
    static Optional<Reason> refusal(Cluster cluster, List<NodeState> nodes, ClusterObject pod, NodeState node) {
        for (JsonNode constraint : spread(pod)) {
            Optional<Reason> uneven = uneven(nodes, pod, node, constraint);
            if (uneven.isPresent()) {
                return uneven;
            }
        }
        for (JsonNode term : affinity(pod, "podAffinity")) {
            if (!near(cluster, nodes, pod, node, term)) {
                return Optional.of(Reason.Rule.POD_AFFINITY);
            }
        }
        for (JsonNode term : affinity(pod, "podAntiAffinity")) {
            if (sameDomain(nodes, node, topologyKey(term)).stream()
                    .flatMap(near -> near.pods().stream())
                    .anyMatch(other -> speaksOf(cluster, pod, term, other))) {
                return Optional.of(Reason.Rule.POD_ANTI_AFFINITY);
            }
        }
        return objection(cluster, nodes, pod, node);
    }

    /** Whether a pod that is there already wants to be away from this one. Must be asked for every pod. */
    static Optional<Reason> objection(Cluster cluster, List<NodeState> nodes, ClusterObject pod, NodeState node) {
        for (NodeState other : nodes) {
            for (ClusterObject there : other.podsWithAntiAffinity()) {
                for (JsonNode term : affinity(there, "podAntiAffinity")) {
                    Optional<String> domain = other.label(topologyKey(term));
                    if (domain.isPresent()
                            && domain.equals(node.label(topologyKey(term)))
                            && speaksOf(cluster, there, term, pod)) {
                        return Optional.of(Reason.Rule.EXISTING_ANTI_AFFINITY);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** A pod that fits its own term may be the first of its kind anywhere. */
    private static boolean near(
            Cluster cluster, List<NodeState> nodes, ClusterObject pod, NodeState node, JsonNode term) {
        if (node.label(topologyKey(term)).isEmpty()) {
            return false;
        }
        boolean nearby = sameDomain(nodes, node, topologyKey(term)).stream()
                .flatMap(each -> each.pods().stream())
                .anyMatch(other -> speaksOf(cluster, pod, term, other));
        boolean anywhere = nodes.stream()
                .flatMap(each -> each.pods().stream())
                .anyMatch(other -> speaksOf(cluster, pod, term, other));
        return nearby || (!anywhere && speaksOf(cluster, pod, term, pod));
    }

    private static String topologyKey(JsonNode term) {
        return term.path("topologyKey").asString("");
    }

    private static List<NodeState> sameDomain(List<NodeState> nodes, NodeState node, String key) {
        Optional<String> domain = node.label(key);
        return domain.isEmpty()
                ? List.of()
                : nodes.stream()
                        .filter(other -> other.label(key).equals(domain))
                        .toList();
    }

    private static boolean speaksOf(Cluster cluster, ClusterObject speaker, JsonNode term, ClusterObject other) {
        return inNamespaces(cluster, speaker, term, other.namespace())
                && selector(speaker, term)
                        .filter(selector -> selector.matches(other.labels()))
                        .isPresent();
    }

    private static boolean inNamespaces(Cluster cluster, ClusterObject speaker, JsonNode term, String namespace) {
        Set<String> named = new HashSet<>();
        Json.items(term, "namespaces").forEach(each -> named.add(each.asString("")));
        Optional<JsonNode> selector = Json.at(term, "namespaceSelector");
        if (named.isEmpty() && selector.isEmpty()) {
            return speaker.namespace().equals(namespace);
        }
        return named.contains(namespace)
                || selector.flatMap(PodTerms::parse)
                        .filter(wanted -> wanted.matches(cluster.get(new Ref(Kinds.NAMESPACE, "", namespace))
                                .map(ClusterObject::labels)
                                .orElse(Map.of())))
                        .isPresent();
    }

    /** The selector of a term with the speaker's own values of {@code matchLabelKeys}; empty selects nothing. */
    private static Optional<LabelSelector> selector(ClusterObject speaker, JsonNode term) {
        if (!(term.get("labelSelector") instanceof ObjectNode given)) {
            return Optional.empty();
        }
        List<JsonNode> keys = Json.items(term, "matchLabelKeys");
        if (keys.isEmpty()) {
            return parse(given);
        }
        ObjectNode selector = given.deepCopy();
        ArrayNode expressions = selector.get("matchExpressions") instanceof ArrayNode there
                ? there
                : selector.putArray("matchExpressions");
        for (JsonNode key : keys) {
            Optional.ofNullable(speaker.labels().get(key.asString("")))
                    .ifPresent(value -> expressions
                            .addObject()
                            .put("key", key.asString(""))
                            .put("operator", "In")
                            .putArray("values")
                            .add(value));
        }
        return parse(selector);
    }

    private static Optional<LabelSelector> parse(JsonNode selector) {
        try {
            return Optional.of(LabelSelector.of(selector));
        } catch (SelectorException notUnderstood) {
            return Optional.empty();
        }
    }

    private static Optional<Reason> uneven(
            List<NodeState> nodes, ClusterObject pod, NodeState node, JsonNode constraint) {
        String key = topologyKey(constraint);
        Optional<String> domain = node.label(key);
        if (domain.isEmpty()) {
            return Optional.of(Reason.Rule.TOPOLOGY_LABEL);
        }
        Optional<LabelSelector> selector = selector(pod, constraint);
        Map<String, Integer> counts = new HashMap<>();
        for (NodeState other : nodes) {
            if (other.label(key).isEmpty() || !NodeAffinity.matches(pod, other.node())) {
                continue;
            }
            int count = (int) other.pods().stream()
                    .filter(there -> there.namespace().equals(pod.namespace()) && !there.terminating())
                    .filter(there -> selector.filter(wanted -> wanted.matches(there.labels()))
                            .isPresent())
                    .count();
            counts.merge(other.label(key).orElse(""), count, Integer::sum);
        }
        int fewest = counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        if (counts.size() < constraint.path("minDomains").asInt(0)) {
            fewest = 0;
        }
        int self = selector.filter(wanted -> wanted.matches(pod.labels())).isPresent() ? 1 : 0;
        int skew = counts.getOrDefault(domain.get(), 0) + self - fewest;
        return skew > constraint.path("maxSkew").asInt(1) ? Optional.of(Reason.Rule.TOPOLOGY_SPREAD) : Optional.empty();
    }
}
