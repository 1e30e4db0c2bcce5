package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeSpec;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeSystemInfo;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Quantity;
import io.keelson.agent.pod.NodeFacts;
import io.keelson.agent.runtime.RuntimeInfo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The Node object as this agent reports it. Pure. */
final class NodeObjects {
    static final int PODS_MAX = 110;

    private NodeObjects() {}

    /** What does not change while the agent runs. */
    record Constants(
            NodeFacts facts,
            long memoryBytes,
            long diskBytes,
            RuntimeInfo runtime,
            String version,
            String kernel,
            String osImage,
            String machineId,
            String bootId,
            Map<String, String> labels) {}

    static Node node(Constants constants, NodeStatus status) {
        var node = new Node();
        var meta = new ObjectMeta();
        meta.setName(constants.facts().name());
        var labels = new HashMap<>(constants.labels());
        labels.put("kubernetes.io/hostname", constants.facts().name());
        labels.put("kubernetes.io/os", os());
        labels.put("kubernetes.io/arch", arch());
        meta.setLabels(labels);
        node.setMetadata(meta);
        node.setSpec(new NodeSpec());
        node.setStatus(status);
        return node;
    }

    /**
     * The status now.
     *
     * @param notReady why pods cannot be run; empty: they can
     * @param before conditions of the last report, for the times of those that did not change
     */
    static NodeStatus status(
            Constants constants,
            NodeMeasure.Pressure pressure,
            Optional<String> notReady,
            List<NodeCondition> before,
            Instant now) {
        var status = new NodeStatus();
        var facts = constants.facts();
        status.setAddresses(
                List.of(new NodeAddress(facts.address(), "InternalIP"), new NodeAddress(facts.name(), "Hostname")));
        status.setCapacity(resources(facts.cpus().toPlainString(), constants.memoryBytes(), constants.diskBytes()));
        status.setAllocatable(resources(facts.cpus().toPlainString(), facts.memoryBytes(), facts.diskBytes()));
        var info = new NodeSystemInfo();
        info.setArchitecture(arch());
        info.setOperatingSystem(os());
        info.setKernelVersion(constants.kernel());
        info.setOsImage(constants.osImage());
        info.setMachineID(constants.machineId());
        info.setSystemUUID(constants.machineId());
        info.setBootID(constants.bootId());
        info.setKubeletVersion(constants.version());
        info.setKubeProxyVersion(constants.version());
        info.setContainerRuntimeVersion(
                constants.runtime().name() + "://" + constants.runtime().version());
        status.setNodeInfo(info);
        var ready = constants.runtime().limits().isEmpty()
                ? "the agent is ready"
                : "the agent is ready; limits of the " + constants.runtime().name() + " runtime: "
                        + String.join("; ", constants.runtime().limits());
        status.setConditions(List.of(
                condition("MemoryPressure", pressure.memory(), "Agent", "Memory", before, now),
                condition("DiskPressure", pressure.disk(), "Agent", "Disk", before, now),
                condition("PIDPressure", pressure.pids(), "Agent", "PID", before, now),
                condition(
                        "Ready",
                        notReady.isEmpty(),
                        notReady.isEmpty() ? "KubeletReady" : "KubeletNotReady",
                        notReady.orElse(ready),
                        before,
                        now)));
        return status;
    }

    private static NodeCondition condition(
            String type, boolean isTrue, String reason, String message, List<NodeCondition> before, Instant now) {
        boolean pressure = reason.equals("Agent");
        var condition = new NodeCondition();
        var time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        condition.setType(type);
        condition.setStatus(isTrue ? "True" : "False");
        condition.setReason(
                pressure
                        ? (isTrue ? "KubeletHas" : "KubeletHasNo")
                                + type.replace("Pressure", isTrue ? "PressureConditions" : "Pressure")
                        : reason);
        condition.setMessage(
                pressure
                        ? (isTrue
                                ? message + " is short on this node"
                                : "kubelet has no " + message.toLowerCase(Locale.ROOT) + " pressure")
                        : message);
        condition.setLastHeartbeatTime(time);
        condition.setLastTransitionTime(before.stream()
                .filter(c -> type.equals(c.getType()) && condition.getStatus().equals(c.getStatus()))
                .map(NodeCondition::getLastTransitionTime)
                .findFirst()
                .orElse(time));
        return condition;
    }

    /** Whether two statuses say the same, times apart. */
    static boolean same(NodeStatus a, NodeStatus b) {
        return words(a).equals(words(b))
                && a.getCapacity().equals(b.getCapacity())
                && a.getAllocatable().equals(b.getAllocatable());
    }

    private static List<String> words(NodeStatus status) {
        return status.getConditions().stream()
                .map(c -> c.getType() + c.getStatus() + c.getReason() + c.getMessage())
                .toList();
    }

    private static Map<String, Quantity> resources(String cpus, long memory, long disk) {
        return Map.of(
                "cpu", new Quantity(cpus),
                "memory", new Quantity(memory / 1024 + "Ki"),
                "ephemeral-storage", new Quantity(disk / 1024 + "Ki"),
                "pods", new Quantity(Integer.toString(PODS_MAX)));
    }

    static String arch() {
        return switch (System.getProperty("os.arch")) {
            case "aarch64" -> "arm64";
            case "x86_64", "amd64" -> "amd64";
            default -> System.getProperty("os.arch");
        };
    }

    static String os() {
        var name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "darwin" : name.startsWith("windows") ? "windows" : "linux";
    }
}
