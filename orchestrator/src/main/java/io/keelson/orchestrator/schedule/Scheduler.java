package io.keelson.orchestrator.schedule;

import io.keelson.orchestrator.control.NameHash;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds a node for each pending pod: filters say where it can go, scores where it goes best. */
public final class Scheduler {

    private static final String ZONE = "topology.kubernetes.io/zone";

    private static final double SPREAD_WEIGHT = 2;
    private static final double ZONE_WEIGHT = 1;
    private static final double SOFT_TAINT_WEIGHT = 3;
    private static final double PREFERENCE_WEIGHT = 2;

    private final Cluster cluster;
    private final List<NodeState> nodes;

    private Scheduler(Cluster cluster) {
        this.cluster = cluster;
        this.nodes = cluster.all(Kinds.NODE).stream()
                .map(node -> new NodeState(cluster, node))
                .toList();
    }

    /**
     * One decision for each pending pod. Pods of higher priority are decided first, then older ones; each sees the decisions before it.
     * Time plays no part in any of the rules, so it is no argument.
     */
    public static List<Decision> plan(Cluster cluster, Collection<ClusterObject> pending) {
        Scheduler scheduler = new Scheduler(cluster);
        return pending.stream()
                .sorted(Comparator.comparingLong((ClusterObject pod) ->
                                -pod.at("spec", "priority").asLong(0))
                        .thenComparing(ClusterObject::creationTimestamp)
                        .thenComparing(pod -> pod.ref().key()))
                .map(scheduler::decide)
                .toList();
    }

    private Decision decide(ClusterObject pod) {
        Map<Reason, Integer> reasons = new TreeMap<>(Comparator.comparing(Reason::text));
        List<NodeState> feasible = new ArrayList<>();
        for (NodeState node : nodes) {
            List<Reason> refusals = refusals(pod, node);
            refusals.forEach(reason -> reasons.merge(reason, 1, Integer::sum));
            if (refusals.isEmpty()) {
                feasible.add(node);
            }
        }
        if (feasible.isEmpty()) {
            return new Decision.Wait(pod, nodes.size(), reasons);
        }
        NodeState best = best(pod, feasible);
        best.add(pod);
        return new Decision.Place(pod, best.node().name());
    }

    private List<Reason> refusals(ClusterObject pod, NodeState node) {
        List<Reason> alone = node.refusals(pod);
        if (!alone.isEmpty()) {
            return alone;
        }
        return PodTerms.refusal(cluster, nodes, pod, node).stream().toList();
    }

    private NodeState best(ClusterObject pod, List<NodeState> feasible) {
        Optional<String> owner = pod.controller().map(reference -> reference.uid());
        Map<String, Long> onNode =
                feasible.stream().collect(Collectors.toMap(node -> node.node().name(), node -> siblings(node, owner)));
        Map<String, Long> inZone = nodes.stream()
                .collect(Collectors.groupingBy(Scheduler::zone, Collectors.summingLong(node -> siblings(node, owner))));
        double mostOnNode = most(onNode.values());
        double mostInZone = most(inZone.values());
        double mostPreferred = feasible.stream()
                .mapToDouble(node -> (double) NodeAffinity.preference(pod, node.node()))
                .max()
                .orElse(0);
        double mostTaints = feasible.stream()
                .mapToDouble(node -> node.softTaints(pod))
                .max()
                .orElse(0);
        Function<NodeState, Double> score = node -> node.room(pod)
                + SPREAD_WEIGHT * fewer((double) onNode.getOrDefault(node.node().name(), 0L), mostOnNode)
                + ZONE_WEIGHT * fewer((double) inZone.getOrDefault(zone(node), 0L), mostInZone)
                + SOFT_TAINT_WEIGHT * fewer(node.softTaints(pod), mostTaints)
                + PREFERENCE_WEIGHT * (100 - fewer((double) NodeAffinity.preference(pod, node.node()), mostPreferred));
        Map<NodeState, Double> scores = feasible.stream().collect(Collectors.toMap(node -> node, score));
        // Among equals a hash decides, so that it is not always the first node, and yet always the same answer.
        return feasible.stream()
                .max(Comparator.comparingDouble((NodeState node) -> scores.getOrDefault(node, 0.0))
                        .thenComparing(
                                node -> NameHash.of(8, pod.uid(), node.node().name())))
                .orElseThrow();
    }

    private static String zone(NodeState node) {
        return node.label(ZONE).orElse("");
    }

    private static long siblings(NodeState node, Optional<String> owner) {
        return owner.map(uid -> node.pods().stream()
                        .filter(pod -> !pod.terminating()
                                && pod.controller()
                                        .filter(reference -> reference.uid().equals(uid))
                                        .isPresent())
                        .count())
                .orElse(0L);
    }

    private static double most(Collection<Long> counts) {
        return (double) counts.stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** 100 for none, 0 for the most. */
    private static double fewer(double count, double most) {
        return most == 0 ? 100 : 100 * (most - count) / most;
    }
}
