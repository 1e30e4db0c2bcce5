package io.keelson.agent.pod;

import static io.keelson.agent.pod.TestPod.desired;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import io.keelson.agent.runtime.Labels;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedSandbox;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A pod keeps what it has got of the node, and its status says what that is, and that more is wished. */
class AllocatedTest {
    private static DesiredPod wanting(String cpu) {
        return desired(
                "\"generation\":2",
                "{\"restartPolicy\":\"Always\",\"containers\":[{\"name\":\"a\",\"image\":\"img:1\",\"resources\":{"
                        + "\"requests\":{\"cpu\":\"" + cpu + "\"},\"limits\":{\"cpu\":\"" + cpu + "\"}}},"
                        + "{\"name\":\"b\",\"image\":\"img:1\"}]}",
                "{}");
    }

    private static Optional<ObservedSandbox> sandbox(Map<String, String> annotations) {
        return TestPod.of(wanting("1")).ready().seen().sandboxes().stream()
                .map(s -> new ObservedSandbox(
                        s.id(), s.pod(), s.attempt(), true, false, s.createdAt(), s.ips(), 1, Map.of(), annotations))
                .findFirst();
    }

    /** As the runtime shows it after a sandbox was made for a pod. */
    private static Optional<ObservedSandbox> madeFor(DesiredPod pod) {
        return sandbox(Map.of(Labels.ALLOCATED_RESOURCES, Allocated.written(pod)));
    }

    private static PodStatus status(DesiredPod pod, Optional<ObservedSandbox> sandbox, String runtime) {
        List<ObservedContainer> running =
                TestPod.of(pod).ready().running("a", 0).running("b", 0).seen().containers();
        var seen = new PodObservation(sandbox.stream().toList(), running);
        return PodStatuses.status(
                pod, seen, Setbacks.NONE, new Probes(Map.of()), pod.reported(), runtime, "192.168.0.1", TestPod.NOW);
    }

    private static Optional<PodCondition> pending(PodStatus status) {
        return status.getConditions().stream()
                .filter(c -> "PodResizePending".equals(c.getType()))
                .findFirst();
    }

    @Test
    void aContainerIsStartedWithWhatItsPodHasGot() {
        var pod = wanting("2");
        var container = TestPod.container(pod, "a");
        var started = Allocated.in(madeFor(wanting("1")), container);
        assertThat(started.getResources().getLimits()).containsEntry("cpu", new Quantity("1"));
        assertThat(Allocated.in(madeFor(pod), container).getResources()).isEqualTo(container.getResources());
        assertThat(Allocated.in(sandbox(Map.of()), container)).isEqualTo(container);
        assertThat(Allocated.in(Optional.empty(), container)).isEqualTo(container);
        assertThat(Allocated.in(sandbox(Map.of(Labels.ALLOCATED_RESOURCES, "{odd")), container))
                .isEqualTo(container);
    }

    @Test
    void whatContainersHaveGotIsTold() {
        var status = status(wanting("2"), madeFor(wanting("1")), "containerd");
        assertThat(status.getContainerStatuses().getFirst().getResources().getRequests())
                .containsEntry("cpu", new Quantity("1"));
        assertThat(status.getContainerStatuses().getLast().getResources().getRequests())
                .isNullOrEmpty();
        assertThat(status(wanting("1"), madeFor(wanting("1")), PodStatuses.PROCESSES)
                        .getContainerStatuses()
                        .getFirst()
                        .getResources())
                .as("nothing limits processes")
                .isNull();
        assertThat(status(wanting("1"), sandbox(Map.of()), "containerd")
                        .getContainerStatuses()
                        .getFirst()
                        .getResources())
                .isNull();
    }

    @Test
    void whatIsWishedAndNotGivenIsPending() {
        var told = pending(status(wanting("2"), madeFor(wanting("1")), "containerd"))
                .orElseThrow();
        assertThat(told.getStatus()).isEqualTo("True");
        assertThat(told.getReason()).isEqualTo("Infeasible");
        assertThat(told.getMessage()).startsWith("This node does not change the resources of a pod that runs");
        assertThat(told.getObservedGeneration()).isEqualTo(2);
        assertThat(pending(status(wanting("1000m"), madeFor(wanting("1")), "containerd")))
                .isEmpty();
        assertThat(pending(status(wanting("2"), sandbox(Map.of()), "containerd")))
                .isEmpty();
    }

    @Test
    void aWishThatWasTakenBackIsPendingNoMore() {
        var before = status(wanting("2"), madeFor(wanting("1")), "containerd");
        var pod = wanting("1");
        pod.pod().setStatus(before);
        assertThat(pending(status(pod, madeFor(pod), "containerd"))).isEmpty();
    }
}
