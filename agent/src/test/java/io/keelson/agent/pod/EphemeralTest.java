package io.keelson.agent.pod;

import static io.keelson.agent.pod.TestPod.NODE;
import static io.keelson.agent.pod.TestPod.NOW;
import static io.keelson.agent.pod.TestPod.containers;
import static io.keelson.agent.pod.TestPod.desired;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.keelson.agent.pod.RuntimeAction.RemoveContainer;
import io.keelson.agent.pod.RuntimeAction.StartContainer;
import io.keelson.agent.pod.RuntimeAction.StopContainer;
import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.SandboxId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Containers that somebody has put into a running pod. */
class EphemeralTest {
    private static final SandboxId S0 = new SandboxId("s0");
    private static final String LOOKING =
            "\"ephemeralContainers\":[{\"name\":\"look\",\"image\":\"img:2\",\"targetContainerName\":\"a\",\"stdin\":true,"
                    + "\"tty\":true,\"command\":[\"sh\"],\"env\":[{\"name\":\"X\",\"value\":\"y\"}]}]";

    private static DesiredPod pod(String policy) {
        return desired(spec(policy));
    }

    private static String spec(String policy) {
        return "{\"restartPolicy\":\"" + policy + "\",\"containers\":[" + containers("a") + "]," + LOOKING + "}";
    }

    private static TestPod running(String policy) {
        return TestPod.of(pod(policy)).ready().running("a", 0);
    }

    @Test
    void oneIsStartedInTheRunningPod() {
        assertThat(running("Always").plan()).containsExactly(new StartContainer(S0, "look", 0, 0));
        assertThat(running("Always").running("look", 0).plan()).isEmpty();
    }

    @Test
    void oneIsStartedEvenWhileInitContainersHoldUpTheOthers() {
        var pod = desired("{\"initContainers\":[" + containers("i") + "],\"containers\":[" + containers("a") + "],"
                + LOOKING + "}");
        assertThat(TestPod.of(pod).ready().running("i", 0).plan())
                .containsExactly(new StartContainer(S0, "look", 0, 0));
    }

    @Test
    void oneThatHasEndedIsNeverStartedAgain() {
        for (var policy : List.of("Always", "OnFailure", "Never")) {
            assertThat(running(policy).exited("look", 0, 0).plan()).as(policy).isEmpty();
            assertThat(running(policy).exited("look", 0, 1).plan()).as(policy).isEmpty();
            assertThat(running(policy).unknown("look", 0).plan()).as(policy).isEmpty();
        }
        assertThat(TestPod.of(pod("Always"))
                        .sandbox(0, false)
                        .sandbox(1, true)
                        .exitedIn(0, "look", 0, 137)
                        .runningIn(1, "a", 1)
                        .plan())
                .as("in a new sandbox")
                .isEmpty();
    }

    @Test
    void oneThatAnEarlierAgentOnlyCreatedIsStarted() {
        assertThat(running("Always").created("look", 0).plan())
                .containsExactly(new RemoveContainer(new ContainerId("look-0")), new StartContainer(S0, "look", 0, 0));
    }

    @Test
    void oneDoesNotKeepAPodFromItsEnd() {
        var over = TestPod.of(pod("Never")).ready().exited("a", 0, 0).running("look", 0);
        assertThat(over.plan())
                .singleElement()
                .isInstanceOfSatisfying(
                        StopContainer.class, stop -> assertThat(stop.name()).isEqualTo("look"));
        assertThat(over.status().getPhase()).isEqualTo("Running");
        assertThat(TestPod.of(pod("Never"))
                        .ready()
                        .exited("a", 0, 0)
                        .exited("look", 0, 1)
                        .status()
                        .getPhase())
                .as("its own end says nothing about the pod's")
                .isEqualTo("Succeeded");
    }

    @Test
    void oneIsStoppedWithItsPod() {
        var deleted = desired(
                "\"deletionTimestamp\":\"2026-01-01T12:00:00Z\",\"deletionGracePeriodSeconds\":9",
                spec("Always"),
                "{}");
        assertThat(TestPod.of(deleted)
                        .ready()
                        .running("a", 0)
                        .running("look", 0)
                        .plan())
                .extracting(action -> ((StopContainer) action).name())
                .containsExactlyInAnyOrder("a", "look");
    }

    @Test
    void itsStateIsToldAndItIsNeverReady() {
        var waiting = running("Always").status().getEphemeralContainerStatuses();
        assertThat(waiting).singleElement().satisfies(status -> {
            assertThat(status.getName()).isEqualTo("look");
            assertThat(status.getState().getWaiting().getReason()).isEqualTo("ContainerCreating");
        });
        var status = running("Always").running("look", 0).status();
        assertThat(status.getEphemeralContainerStatuses()).singleElement().satisfies(running -> {
            assertThat(running.getState().getRunning()).isNotNull();
            assertThat(running.getContainerID()).isEqualTo("process://look-0");
            assertThat(running.getReady()).isFalse();
            assertThat(running.getRestartCount()).isZero();
        });
        assertThat(status.getConditions())
                .filteredOn(c -> c.getType().equals("Ready"))
                .allSatisfy(c -> assertThat(c.getStatus()).isEqualTo("True"));
        assertThat(running("Always").exited("look", 0, 3).status().getEphemeralContainerStatuses())
                .singleElement()
                .satisfies(ended -> {
                    assertThat(ended.getState().getTerminated().getExitCode()).isEqualTo(3);
                    assertThat(ended.getLastState().getTerminated()).isNull();
                });
        assertThat(TestPod.with("Always", "a").ready().status().getEphemeralContainerStatuses())
                .isNullOrEmpty();
    }

    @Test
    void anImageThatCannotBeHadIsToldAndTriedAgain() {
        var failed = running("Always").setback("look", Setbacks.Kind.IMAGE_PULL, Duration.ofSeconds(4));
        assertThat(failed.plan()).contains(new RuntimeAction.LookAgain(NOW.plusSeconds(6)));
        assertThat(failed.status().getEphemeralContainerStatuses())
                .singleElement()
                .satisfies(status ->
                        assertThat(status.getState().getWaiting().getReason()).isEqualTo("ImagePullBackOff"));
    }

    private static ContainerConfig config(TestPod seen) throws ConfigProblem {
        return Configs.container(
                pod("Always"),
                TestPod.container(pod("Always"), "look"),
                0,
                0,
                seen.seen(),
                new Image("img:2", "sha256:2", ""),
                Map.of(),
                List.of(),
                NODE);
    }

    @Test
    void itSeesTheProcessesOfItsTarget() throws ConfigProblem {
        var config = config(running("Always"));
        assertThat(config.pidTarget()).contains(new ContainerId("a-0"));
        assertThat(config.command()).containsExactly("sh");
        assertThat(config.stdin()).isTrue();
        assertThat(config.tty()).isTrue();
        assertThat(config.logPath()).isEqualTo("look/0.log");
    }

    @Test
    void aTargetThatDoesNotRunIsNamed() {
        assertThatThrownBy(() -> config(TestPod.of(pod("Always")).ready()))
                .isInstanceOf(ConfigProblem.class)
                .hasMessage("unable to find target container a");
        assertThatThrownBy(() -> config(TestPod.of(pod("Always")).ready().exited("a", 0, 1)))
                .isInstanceOf(ConfigProblem.class);
    }

    @Test
    void itCountsForNoneOfThePodsSums() {
        assertThat(pod("Always").allContainers()).extracting(Container::getName).containsExactly("a");
        assertThat(QosClass.of(pod("Always")).word()).isEqualTo("BestEffort");
    }
}
