package io.keelson.orchestrator.schedule;

import io.keelson.orchestrator.control.Taints;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A node while a plan is made: what it has, and what the pods on it use, those of the plan among them. */
final class NodeState {

    /** What a pod that asks for nothing counts as in scores, so that many such pods spread, too; as in Kubernetes. */
    private static final long DEFAULT_CPU = 100;

    private static final long DEFAULT_MEMORY = 200L << 20;

    private final ClusterObject node;
    private final Facts facts;
    private final List<ClusterObject> pods = new ArrayList<>();
    private final List<ClusterObject> podsWithAntiAffinity = new ArrayList<>();
    private final Set<HostPort> ports = new HashSet<>();
    private Amounts used = Amounts.NONE;
    private long scoredCpu;
    private long scoredMemory;

    /**
     * What a node says of itself as far as scheduling goes.
     *
     * @param allocatable what pods may use
     * @param taints with that of a node which does not say that it is ready
     * @param unschedulable whether somebody closed it
     * @param labels its labels
     */
    record Facts(Amounts allocatable, List<Taints.Taint> taints, boolean unschedulable, Map<String, String> labels) {

        static Facts of(ClusterObject node) {
            return node.reading(Facts.class, Facts::read);
        }

        private static Facts read(ClusterObject node) {
            List<Taints.Taint> taints = new ArrayList<>(Taints.of(node));
            String ready = Pod.condition(node, "Ready")
                    .map(condition -> condition.path("status").asString(""))
                    .orElse("");
            boolean told = taints.stream()
                    .anyMatch(taint ->
                            taint.key().equals(Taints.NOT_READY) || taint.key().equals(Taints.UNREACHABLE));
            if (!ready.equals("True") && !told) {
                taints.add(new Taints.Taint(Taints.NOT_READY, "", "NoSchedule", Optional.empty()));
            }
            JsonNode allocatable = Json.at(node.json(), "status", "allocatable").orElse(node.at("status", "capacity"));
            return new Facts(
                    Amounts.of(allocatable),
                    List.copyOf(taints),
                    node.at("spec", "unschedulable").asBoolean(false),
                    node.labels());
        }
    }

    /** A port of the node that a pod takes. */
    record HostPort(String ip, int port, String protocol) {

        static Set<HostPort> of(ClusterObject pod) {
            Set<HostPort> ports = new HashSet<>();
            boolean hostNetwork = pod.at("spec", "hostNetwork").asBoolean(false);
            for (JsonNode container : Json.items(pod.json(), "spec", "containers")) {
                for (JsonNode port : Json.items(container, "ports")) {
                    int number = port.path("hostPort")
                            .asInt(hostNetwork ? port.path("containerPort").asInt(0) : 0);
                    if (number > 0) {
                        String ip = port.path("hostIP").asString("");
                        ports.add(new HostPort(
                                ip.isEmpty() ? "0.0.0.0" : ip,
                                number,
                                port.path("protocol").asString("TCP")));
                    }
                }
            }
            return ports;
        }

        boolean clashes(HostPort other) {
            boolean sameIp = ip.equals(other.ip) || ip.equals("0.0.0.0") || other.ip.equals("0.0.0.0");
            return sameIp && port == other.port && protocol.equals(other.protocol);
        }
    }

    /** What a pod asks for, read once. */
    record Wants(Amounts requests, List<Taints.Toleration> tolerations, Set<HostPort> hostPorts) {

        static Wants of(ClusterObject pod) {
            return pod.reading(
                    Wants.class,
                    object -> new Wants(
                            Amounts.requested(object.at("spec"), object.at("status"), true),
                            Taints.tolerations(object),
                            HostPort.of(object)));
        }
    }

    NodeState(Cluster cluster, ClusterObject node) {
        this.node = node;
        this.facts = Facts.of(node);
        cluster.podsOn(node.name()).stream()
                .filter(pod -> !Pod.of(pod).finished())
                .forEach(this::add);
    }

    /** A pod is here. A terminating one counts until it has gone. */
    void add(ClusterObject pod) {
        Wants wants = Wants.of(pod);
        pods.add(pod);
        if (!PodTerms.affinity(pod, "podAntiAffinity").isEmpty()) {
            podsWithAntiAffinity.add(pod);
        }
        used = used.plus(wants.requests());
        ports.addAll(wants.hostPorts());
        scoredCpu += scored(wants, Amounts.CPU, DEFAULT_CPU);
        scoredMemory += scored(wants, Amounts.MEMORY, DEFAULT_MEMORY);
    }

    private static long scored(Wants wants, String resource, long otherwise) {
        long wanted = wants.requests().get(resource);
        return wanted == 0 ? otherwise : wanted;
    }

    ClusterObject node() {
        return node;
    }

    List<ClusterObject> pods() {
        return pods;
    }

    List<ClusterObject> podsWithAntiAffinity() {
        return podsWithAntiAffinity;
    }

    Optional<String> label(String key) {
        return Optional.ofNullable(node.labels().get(key));
    }

    /** Why a pod cannot come here, as far as this node alone is concerned; several only where resources lack. */
    List<Reason> refusals(ClusterObject pod) {
        Wants wants = Wants.of(pod);
        Taints.Taint closed = new Taints.Taint(Taints.UNSCHEDULABLE, "", "NoSchedule", Optional.empty());
        if (facts.unschedulable() && wants.tolerations().stream().noneMatch(each -> each.tolerates(closed))) {
            return List.of(Reason.Rule.UNSCHEDULABLE);
        }
        for (Taints.Taint taint : facts.taints()) {
            if (!taint.effect().equals("PreferNoSchedule")
                    && wants.tolerations().stream().noneMatch(each -> each.tolerates(taint))) {
                return List.of(new Reason.UntoleratedTaint(taint.key(), taint.value()));
            }
        }
        if (!NodeAffinity.matches(pod, node)) {
            return List.of(Reason.Rule.NODE_AFFINITY);
        }
        if (wants.hostPorts().stream().anyMatch(port -> ports.stream().anyMatch(port::clashes))) {
            return List.of(Reason.Rule.HOST_PORTS);
        }
        return wants.requests().byName().entrySet().stream()
                .filter(wanted -> wanted.getValue() + used.get(wanted.getKey())
                        > facts.allocatable().get(wanted.getKey()))
                .<Reason>map(wanted -> new Reason.Insufficient(wanted.getKey()))
                .toList();
    }

    /** How much of cpu and memory would be left, and how evenly: 0 to 200, more is better. */
    double room(ClusterObject pod) {
        Wants wants = Wants.of(pod);
        double cpu = share(
                scoredCpu + scored(wants, Amounts.CPU, DEFAULT_CPU),
                facts.allocatable().get(Amounts.CPU));
        double memory = share(
                scoredMemory + scored(wants, Amounts.MEMORY, DEFAULT_MEMORY),
                facts.allocatable().get(Amounts.MEMORY));
        double left = 100 * (1 - (cpu + memory) / 2);
        double even = 100 * (1 - Math.abs(cpu - memory) / 2);
        return left + even;
    }

    private static double share(long wanted, long there) {
        return there == 0 ? 1 : Math.min(1, (double) wanted / there);
    }

    /** How many of the node's soft taints the pod does not tolerate. */
    int softTaints(ClusterObject pod) {
        return (int) facts.taints().stream()
                .filter(taint -> taint.effect().equals("PreferNoSchedule"))
                .filter(taint -> Wants.of(pod).tolerations().stream().noneMatch(each -> each.tolerates(taint)))
                .count();
    }
}
