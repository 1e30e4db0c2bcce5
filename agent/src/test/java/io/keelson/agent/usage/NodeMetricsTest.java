package io.keelson.agent.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ContainerUsage;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.SandboxId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Figures of a node as Prometheus reads them. */
class NodeMetricsTest {

    private static final Instant AT = Instant.ofEpochMilli(1_700_000_000_500L);
    private static final PodId WEB = new PodId("ns", "web", "u1");
    private static final PodId OTHER = new PodId("ns", "other", "u2");

    private static ObservedContainer container(PodId pod, String name, ObservedContainer.State state) {
        return new ObservedContainer(
                new ContainerId(pod.uid() + name),
                new SandboxId("s"),
                pod,
                name,
                0,
                state,
                AT,
                Optional.of(AT),
                Optional.empty(),
                0,
                "",
                "",
                "image",
                "id",
                1,
                Map.of(),
                Map.of());
    }

    private static ObservedSandbox sandbox(PodId pod, boolean ready) {
        return new ObservedSandbox(
                new SandboxId(pod.uid()), pod, 0, ready, false, AT, List.of(), 1, Map.of(), Map.of());
    }

    private static ContainerUsage usage(String id, long millis, long bytes) {
        return new ContainerUsage(new ContainerId(id), AT, millis * 1_000_000, bytes);
    }

    private static List<String> lines(byte[] page) {
        return new String(page, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    private static final ObservedPods HELD = new ObservedPods(
            List.of(sandbox(WEB, true), sandbox(OTHER, true)),
            List.of(
                    container(WEB, "b", ObservedContainer.State.RUNNING),
                    container(WEB, "a", ObservedContainer.State.RUNNING),
                    container(WEB, "init", ObservedContainer.State.EXITED),
                    container(OTHER, "x", ObservedContainer.State.RUNNING)));

    @Test
    void whatTheNodeItsPodsAndTheirContainersUseIsToldAndNoOthers() {
        Sample sample = new Sample(
                AT,
                7_000_000_000L,
                1024,
                Map.of(
                        new ContainerId("u1a"), usage("u1a", 1500, 10),
                        new ContainerId("u1b"), usage("u1b", 500, 20),
                        new ContainerId("u2x"), usage("u2x", 9000, 30)));
        byte[] page = NodeMetrics.resources(List.of(WEB), HELD, Optional.of(sample));
        assertThat(lines(page))
                .containsExactly(
                        "node_cpu_usage_seconds_total 7.0 1700000000500",
                        "node_memory_working_set_bytes 1024.0 1700000000500",
                        "container_cpu_usage_seconds_total{container=\"a\",namespace=\"ns\",pod=\"web\"} 1.5 1700000000500",
                        "container_cpu_usage_seconds_total{container=\"b\",namespace=\"ns\",pod=\"web\"} 0.5 1700000000500",
                        "container_memory_working_set_bytes{container=\"a\",namespace=\"ns\",pod=\"web\"} 10.0 1700000000500",
                        "container_memory_working_set_bytes{container=\"b\",namespace=\"ns\",pod=\"web\"} 20.0 1700000000500",
                        "container_start_time_seconds{container=\"a\",namespace=\"ns\",pod=\"web\"} 1.7000000005E9",
                        "container_start_time_seconds{container=\"b\",namespace=\"ns\",pod=\"web\"} 1.7000000005E9",
                        "pod_cpu_usage_seconds_total{namespace=\"ns\",pod=\"web\"} 2.0 1700000000500",
                        "pod_memory_working_set_bytes{namespace=\"ns\",pod=\"web\"} 30.0 1700000000500",
                        "resource_scrape_error 0.0");
        assertThat(new String(page, StandardCharsets.UTF_8))
                .contains("# TYPE container_cpu_usage_seconds_total counter\n");
    }

    @Test
    void beforeTheFirstMeasurementThereIsAnError() {
        assertThat(lines(NodeMetrics.resources(List.of(WEB), HELD, Optional.empty())))
                .containsExactly("resource_scrape_error 1.0");
    }

    @Test
    void theAgentTellsWhatItRunsAndOfItsProcess() {
        List<String> lines = lines(NodeMetrics.agent("n\"1", List.of(WEB), HELD, new OwnProcess()));
        assertThat(lines)
                .contains(
                        "kubelet_node_name{node=\"n\\\"1\"} 1.0",
                        "kubelet_running_pods 1.0",
                        "kubelet_running_containers{container_state=\"running\"} 2.0",
                        "kubelet_running_containers{container_state=\"exited\"} 1.0")
                .anyMatch(line -> line.startsWith("process_resident_memory_bytes "))
                .anyMatch(line -> line.startsWith("process_open_fds "));
        assertThat(lines(NodeMetrics.agent("n", List.of(), ObservedPods.NONE, new OwnProcess(Path.of("/none")))))
                .noneMatch(line -> line.startsWith("process_open_fds"));
    }
}
