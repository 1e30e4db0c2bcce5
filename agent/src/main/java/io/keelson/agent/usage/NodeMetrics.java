package io.keelson.agent.usage;

import io.keelson.agent.runtime.ContainerUsage;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.PodId;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A node's figures for Prometheus, under the kubelet's names: {@code /metrics} and {@code /metrics/resource}. */
public final class NodeMetrics {

    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

    private NodeMetrics() {}

    /** What a container has used, and whose it is. */
    private record Used(ObservedContainer container, ContainerUsage usage) {

        Map<String, String> labels() {
            Map<String, String> labels = new LinkedHashMap<>();
            labels.put("container", container.name());
            labels.putAll(labelsOf(container.pod()));
            return labels;
        }

        double cpuSeconds() {
            return usage.cpuNanos() / NANOS;
        }

        Optional<Instant> at() {
            return Optional.of(usage.at());
        }
    }

    private static Map<String, String> labelsOf(PodId pod) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("namespace", pod.namespace());
        labels.put("pod", pod.name());
        return labels;
    }

    /**
     * What the node, its pods and their containers have used since they began.
     *
     * @param pods those that the node is to run; what others use is not told
     * @param held what the runtime holds
     * @param last the last measurement; empty if there was none yet
     */
    static byte[] resources(List<PodId> pods, ObservedPods held, Optional<Sample> last) {
        TextPage page = new TextPage();
        last.ifPresent(sample -> {
            node(page, sample);
            List<Used> used = used(pods, held, sample);
            containers(page, used);
            pods(page, used);
        });
        page.only(
                "resource_scrape_error",
                "gauge",
                "1 if there was an error while getting container metrics, 0 otherwise",
                last.isPresent() ? 0 : 1);
        return page.bytes();
    }

    private static void node(TextPage page, Sample sample) {
        Optional<Instant> at = Optional.of(sample.at());
        page.about(
                        "node_cpu_usage_seconds_total",
                        "counter",
                        "Cumulative cpu time consumed by the node in core-seconds")
                .sample("node_cpu_usage_seconds_total", Map.of(), sample.cpuNanos() / NANOS, at);
        page.about("node_memory_working_set_bytes", "gauge", "Current working set of the node in bytes")
                .sample("node_memory_working_set_bytes", Map.of(), (double) sample.memoryBytes(), at);
    }

    private static List<Used> used(List<PodId> pods, ObservedPods held, Sample sample) {
        Set<String> own = pods.stream().map(PodId::uid).collect(Collectors.toSet());
        return held.containers().stream()
                .filter(container -> own.contains(container.pod().uid()))
                .flatMap(container -> Optional.ofNullable(sample.containers().get(container.id())).stream()
                        .map(usage -> new Used(container, usage)))
                .sorted(Comparator.comparing(
                                (Used each) -> each.container().pod().path())
                        .thenComparing(each -> each.container().name()))
                .toList();
    }

    private static void containers(TextPage page, List<Used> used) {
        page.about(
                "container_cpu_usage_seconds_total",
                "counter",
                "Cumulative cpu time consumed by the container in core-seconds");
        used.forEach(
                each -> page.sample("container_cpu_usage_seconds_total", each.labels(), each.cpuSeconds(), each.at()));
        page.about("container_memory_working_set_bytes", "gauge", "Current working set of the container in bytes");
        used.forEach(each -> page.sample(
                "container_memory_working_set_bytes",
                each.labels(),
                (double) each.usage().memoryBytes(),
                each.at()));
        page.about("container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds");
        used.forEach(each -> each.container()
                .startedAt()
                .ifPresent(start -> page.sample(
                        "container_start_time_seconds",
                        each.labels(),
                        start.toEpochMilli() / MILLIS,
                        Optional.empty())));
    }

    private static void pods(TextPage page, List<Used> used) {
        Map<String, List<Used>> byPod = used.stream()
                .collect(Collectors.groupingBy(
                        each -> each.container().pod().path(), TreeMap::new, Collectors.toList()));
        page.about("pod_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the pod in core-seconds");
        byPod.values()
                .forEach(all -> page.sample(
                        "pod_cpu_usage_seconds_total",
                        labelsOf(all.getFirst().container().pod()),
                        all.stream().mapToDouble(Used::cpuSeconds).sum(),
                        all.getFirst().at()));
        page.about("pod_memory_working_set_bytes", "gauge", "Current working set of the pod in bytes");
        byPod.values()
                .forEach(all -> page.sample(
                        "pod_memory_working_set_bytes",
                        labelsOf(all.getFirst().container().pod()),
                        all.stream()
                                .mapToDouble(each -> (double) each.usage().memoryBytes())
                                .sum(),
                        all.getFirst().at()));
    }

    /**
     * What the agent does, and its process.
     *
     * @param pods those that the node is to run
     */
    public static byte[] agent(String node, List<PodId> pods, ObservedPods held, OwnProcess process) {
        Set<String> own = pods.stream().map(PodId::uid).collect(Collectors.toSet());
        TextPage page = new TextPage();
        page.about("kubelet_node_name", "gauge", "The node's name. The count is always 1.")
                .sample("kubelet_node_name", Map.of("node", node), 1, Optional.empty());
        page.only("kubelet_running_pods", "gauge", "Number of pods that have a running pod sandbox", (double)
                held.sandboxes().stream()
                        .filter(ObservedSandbox::ready)
                        .filter(sandbox -> own.contains(sandbox.pod().uid()))
                        .count());
        page.about("kubelet_running_containers", "gauge", "Number of containers currently running");
        for (ObservedContainer.State state : ObservedContainer.State.values()) {
            page.sample(
                    "kubelet_running_containers",
                    Map.of("container_state", state.name().toLowerCase(Locale.ROOT)),
                    (double) held.containers().stream()
                            .filter(container -> own.contains(container.pod().uid()) && container.state() == state)
                            .count(),
                    Optional.empty());
        }
        process.figures(page);
        return page.bytes();
    }
}
