package io.keelson.agent.pod;

import static io.keelson.agent.pod.Probes.Verdict.FAILURE;
import static io.keelson.agent.pod.Probes.Verdict.SUCCESS;
import static io.keelson.agent.pod.Probes.Verdict.UNKNOWN;
import static io.keelson.agent.pod.TestPod.containers;
import static io.keelson.agent.pod.TestPod.desired;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PodStatusesTest {
    private static PodCondition condition(PodStatus status, String type) {
        return status.getConditions().stream()
                .filter(c -> type.equals(c.getType()))
                .findFirst()
                .orElseThrow();
    }

    private static String isTrue(PodStatus status, String type) {
        return condition(status, type).getStatus();
    }

    private static ContainerStatus container(PodStatus status, int i) {
        return status.getContainerStatuses().get(i);
    }

    private static String waiting(PodStatus status) {
        return container(status, 0).getState().getWaiting().getReason();
    }

    @Nested
    class Phase {
        private String phase(TestPod pod) {
            return pod.status().getPhase();
        }

        @Test
        void isPendingUntilEveryContainerHasStartedOnce() {
            assertThat(phase(TestPod.with("Always", "a"))).isEqualTo("Pending");
            assertThat(phase(TestPod.with("Always", "a").ready())).isEqualTo("Pending");
            assertThat(phase(TestPod.with("Always", "a", "b").ready().running("a", 0)))
                    .isEqualTo("Pending");
            assertThat(phase(TestPod.with("Always", "a", "b")
                            .ready()
                            .running("a", 0)
                            .running("b", 0)))
                    .isEqualTo("Running");
        }

        @Test
        void isRunningWhileContainersAreRestarted() {
            assertThat(phase(TestPod.with("Always", "a").ready().exited("a", 0, 1)))
                    .isEqualTo("Running");
            assertThat(phase(TestPod.with("OnFailure", "a").ready().exited("a", 3, 1, Duration.ZERO, Duration.ZERO, 3)))
                    .isEqualTo("Running");
        }

        @Test
        void isSucceededOrFailedWhenAllIsOver() {
            assertThat(phase(TestPod.with("Never", "a", "b")
                            .ready()
                            .exited("a", 0, 0)
                            .exited("b", 0, 0)))
                    .isEqualTo("Succeeded");
            assertThat(phase(TestPod.with("Never", "a", "b")
                            .ready()
                            .exited("a", 0, 0)
                            .exited("b", 0, 2)))
                    .isEqualTo("Failed");
            assertThat(phase(TestPod.with("Never", "a", "b")
                            .ready()
                            .exited("a", 0, 2)
                            .running("b", 0)))
                    .isEqualTo("Running");
            assertThat(phase(TestPod.with("OnFailure", "a").ready().exited("a", 0, 0)))
                    .isEqualTo("Succeeded");
        }

        @Test
        void isPendingWhileInitContainersRunAndFailedWhenOneFailsForGood() {
            var spec = "{\"restartPolicy\":\"%s\",\"initContainers\":[" + containers("i") + "],\"containers\":["
                    + containers("a") + "]}";
            assertThat(phase(TestPod.of(desired(spec.formatted("Always")))
                            .ready()
                            .running("i", 0)))
                    .isEqualTo("Pending");
            assertThat(phase(TestPod.of(desired(spec.formatted("Always")))
                            .ready()
                            .exited("i", 0, 1)))
                    .isEqualTo("Pending");
            assertThat(phase(
                            TestPod.of(desired(spec.formatted("Never"))).ready().exited("i", 0, 1)))
                    .isEqualTo("Failed");
        }

        @Test
        void ofADeletedPodSaysHowItEnded() {
            var pod = desired(
                    "\"deletionTimestamp\":\"2026-01-01T12:00:00Z\"",
                    "{\"containers\":[" + containers("a") + "]}",
                    "{}");
            assertThat(phase(TestPod.of(pod).ready().running("a", 0))).isEqualTo("Running");
            assertThat(phase(TestPod.of(pod).ready().exited("a", 0, 0))).isEqualTo("Succeeded");
            assertThat(phase(TestPod.of(pod).ready().exited("a", 0, 143))).isEqualTo("Failed");
        }

        @Test
        void isFailedPastTheDeadlineOnceNothingRuns() {
            var pod = desired(
                    "",
                    "{\"activeDeadlineSeconds\":60,\"containers\":[" + containers("a") + "]}",
                    "{\"startTime\":\"2026-01-01T11:00:00Z\"}");
            assertThat(phase(TestPod.of(pod).ready().running("a", 0))).isEqualTo("Running");
            var status = TestPod.of(pod).ready().exited("a", 0, 143).status();
            assertThat(status.getPhase()).isEqualTo("Failed");
            assertThat(status.getReason()).isEqualTo("DeadlineExceeded");
        }
    }

    @Nested
    class Conditions {
        @Test
        void followTheContainers() {
            var nothing = TestPod.with("Always", "a").status();
            assertThat(isTrue(nothing, "PodScheduled")).isEqualTo("True");
            assertThat(isTrue(nothing, "PodReadyToStartContainers")).isEqualTo("False");
            assertThat(isTrue(nothing, "Initialized")).isEqualTo("True");
            assertThat(isTrue(nothing, "Ready")).isEqualTo("False");

            var running = TestPod.with("Always", "a", "b")
                    .ready()
                    .running("a", 0)
                    .exited("b", 0, 1)
                    .status();
            assertThat(isTrue(running, "PodReadyToStartContainers")).isEqualTo("True");
            assertThat(condition(running, "ContainersReady").getReason()).isEqualTo("ContainersNotReady");
            assertThat(condition(running, "Ready").getMessage()).isEqualTo("containers with unready status: [b]");

            var all = TestPod.with("Always", "a").ready().running("a", 0).status();
            assertThat(isTrue(all, "ContainersReady")).isEqualTo("True");
            assertThat(isTrue(all, "Ready")).isEqualTo("True");
        }

        @Test
        void initializedNamesWhatIsMissing() {
            var pod = desired(
                    "{\"initContainers\":[" + containers("i", "j") + "],\"containers\":[" + containers("a") + "]}");
            var status =
                    TestPod.of(pod).ready().exited("i", 0, 0).running("j", 0).status();
            assertThat(condition(status, "Initialized").getMessage())
                    .isEqualTo("containers with incomplete status: [j]");
            assertThat(isTrue(
                            TestPod.of(pod)
                                    .ready()
                                    .exited("i", 0, 0)
                                    .exited("j", 0, 0)
                                    .running("a", 0)
                                    .status(),
                            "Initialized"))
                    .isEqualTo("True");
        }

        @Test
        void aSucceededPodIsInitializedAndNotReadyAsCompleted() {
            var status = TestPod.with("Never", "a").ready().exited("a", 0, 0).status();
            assertThat(condition(status, "Ready").getReason()).isEqualTo("PodCompleted");
            assertThat(isTrue(status, "Ready")).isEqualTo("False");
            assertThat(condition(status, "Initialized").getReason()).isEqualTo("PodCompleted");
        }

        @Test
        void keepTheirTimeWhileTheyStayTheSame() {
            var first = TestPod.with("Always", "a").ready().running("a", 0).status();
            var later = TestPod.with("Always", "a")
                    .ready()
                    .running("a", 0)
                    .at(Duration.ofHours(1))
                    .status(first);
            assertThat(later).isEqualTo(first);
            var changed = TestPod.with("Always", "a")
                    .ready()
                    .exited("a", 0, 1)
                    .at(Duration.ofHours(1))
                    .status(first);
            assertThat(condition(changed, "Ready").getLastTransitionTime()).isEqualTo("2026-01-01T13:00:00Z");
            assertThat(condition(changed, "PodScheduled").getLastTransitionTime())
                    .isEqualTo("2026-01-01T12:00:00Z");
        }

        @Test
        void readinessGatesAndConditionsOfOthersCount() {
            var spec = "{\"readinessGates\":[{\"conditionType\":\"example.com/g\"}],\"containers\":[" + containers("a")
                    + "]}";
            var closed = TestPod.of(desired(spec)).ready().running("a", 0).status();
            assertThat(condition(closed, "Ready").getReason()).isEqualTo("ReadinessGatesNotReady");
            assertThat(isTrue(closed, "ContainersReady")).isEqualTo("True");
            var open = TestPod.of(
                            desired("", spec, "{\"conditions\":[{\"type\":\"example.com/g\",\"status\":\"True\"}]}"))
                    .ready()
                    .running("a", 0)
                    .status();
            assertThat(isTrue(open, "Ready")).isEqualTo("True");
            assertThat(isTrue(open, "example.com/g")).isEqualTo("True");
        }
    }

    @Nested
    class Containers {
        @Test
        void waitForWhatTheyWaitFor() {
            assertThat(waiting(TestPod.with("Always", "a").status())).isEqualTo("ContainerCreating");
            var init =
                    desired("{\"initContainers\":[" + containers("i") + "],\"containers\":[" + containers("a") + "]}");
            assertThat(waiting(TestPod.of(init).ready().running("i", 0).status()))
                    .isEqualTo("PodInitializing");
            assertThat(waiting(TestPod.with("Always", "a")
                            .ready()
                            .setback("a", Setbacks.Kind.CONFIG, Duration.ZERO)
                            .status()))
                    .isEqualTo("CreateContainerConfigError");
            assertThat(waiting(TestPod.with("Always", "a")
                            .ready()
                            .setback("a", Setbacks.Kind.IMAGE_NEVER, Duration.ZERO)
                            .status()))
                    .isEqualTo("ErrImageNeverPull");
            assertThat(waiting(TestPod.with("Always", "a")
                            .ready()
                            .setback("a", Setbacks.Kind.IMAGE_PULL, Duration.ZERO)
                            .status()))
                    .isEqualTo("ErrImagePull");
        }

        @Test
        void aFailedPullSoonBecomesBackOffAndKeepsTheReason() {
            var status = TestPod.with("Always", "a")
                    .ready()
                    .setback("a", Setbacks.Kind.IMAGE_PULL, Duration.ofSeconds(5))
                    .status();
            assertThat(waiting(status)).isEqualTo("ImagePullBackOff");
            assertThat(container(status, 0).getState().getWaiting().getMessage())
                    .isEqualTo("Back-off pulling image \"img:1\": ErrImagePull: no such thing");
        }

        @Test
        void aVolumeProblemIsSaidWhereThePodWaits() {
            var status = TestPod.with("Always", "a")
                    .setbacks(Setbacks.NONE.withVolumes("no map", TestPod.NOW))
                    .status();
            assertThat(container(status, 0).getState().getWaiting().getMessage())
                    .isEqualTo("no map");
        }

        @Test
        void runningOnesSayWhenAndWhich() {
            var status = container(
                    TestPod.with("Always", "a")
                            .ready()
                            .exited("a", 1, 3)
                            .running("a", 2)
                            .status(),
                    0);
            assertThat(status.getState().getRunning().getStartedAt()).isEqualTo("2026-01-01T11:59:00Z");
            assertThat(status.getLastState().getTerminated().getExitCode()).isEqualTo(3);
            assertThat(status.getRestartCount()).isEqualTo(2);
            assertThat(status.getContainerID()).isEqualTo("process://a-2");
            assertThat(status.getReady()).isTrue();
            assertThat(status.getStarted()).isTrue();
        }

        @Test
        void oneInBackOffWaitsWithItsEndAsLastState() {
            var status = container(
                    TestPod.with("Always", "a")
                            .ready()
                            .exited("a", 2, 7, Duration.ofSeconds(1), Duration.ZERO, 2)
                            .status(),
                    0);
            assertThat(status.getState().getWaiting().getReason()).isEqualTo("CrashLoopBackOff");
            assertThat(status.getState().getWaiting().getMessage())
                    .isEqualTo("back-off 20s restarting failed container=a pod=web_default(u1)");
            assertThat(status.getLastState().getTerminated().getExitCode()).isEqualTo(7);
            assertThat(status.getLastState().getTerminated().getReason()).isEqualTo("Error");
        }

        @Test
        void endedOnesSayHow() {
            var done = container(
                    TestPod.with("Never", "a").ready().exited("a", 0, 0).status(), 0);
            assertThat(done.getState().getTerminated().getReason()).isEqualTo("Completed");
            assertThat(done.getState().getTerminated().getFinishedAt()).isEqualTo("2026-01-01T12:00:00Z");
            var lost =
                    container(TestPod.with("Never", "a").ready().unknown("a", 0).status(), 0);
            assertThat(lost.getState().getTerminated().getReason()).isEqualTo("ContainerStatusUnknown");
            assertThat(lost.getState().getTerminated().getExitCode()).isEqualTo(255);
        }

        @Test
        void areReadyByTheirProbes() {
            var pod = desired(
                    "{\"containers\":[{\"name\":\"a\",\"image\":\"img:1\",\"startupProbe\":{},\"readinessProbe\":{}}]}");
            Probes.Verdict[][] table = {
                // startup, readiness; started, ready
                {UNKNOWN, UNKNOWN, FAILURE, FAILURE},
                {SUCCESS, UNKNOWN, SUCCESS, FAILURE},
                {SUCCESS, FAILURE, SUCCESS, FAILURE},
                {SUCCESS, SUCCESS, SUCCESS, SUCCESS},
                {UNKNOWN, SUCCESS, FAILURE, FAILURE},
            };
            for (var row : table) {
                var status = container(
                        TestPod.of(pod)
                                .ready()
                                .running("a", 0)
                                .probed("a", 0, row[0], row[1], UNKNOWN)
                                .status(),
                        0);
                assertThat(status.getStarted()).as("%s %s", row[0], row[1]).isEqualTo(row[2] == SUCCESS);
                assertThat(status.getReady()).as("%s %s", row[0], row[1]).isEqualTo(row[3] == SUCCESS);
            }
        }
    }

    @Test
    void addressesAreThePodsAndTheNodes() {
        var status = TestPod.with("Always", "a").ready().status();
        assertThat(status.getPodIP()).isEqualTo("10.244.1.5");
        assertThat(status.getPodIPs().getFirst().getIp()).isEqualTo("10.244.1.5");
        assertThat(status.getHostIP()).isEqualTo("192.168.0.1");
        assertThat(TestPod.with("Always", "a").status().getPodIP()).isNull();
        var host = desired("{\"hostNetwork\":true,\"containers\":[" + containers("a") + "]}");
        assertThat(TestPod.of(host).ready().status().getPodIP()).isEqualTo("192.168.0.1");
    }

    @Test
    void anEndedPodKeepsItsAddress() {
        var before = TestPod.with("Never", "a").ready().running("a", 0).status();
        var after =
                TestPod.with("Never", "a").sandbox(0, false).exited("a", 0, 0).status(before);
        assertThat(after.getPodIP()).isEqualTo("10.244.1.5");
    }

    @Test
    void theQosClassFollowsRequestsAndLimits() {
        String[][] table = {
            {"{}", "BestEffort"},
            {"{\"requests\":{\"cpu\":\"1\"}}", "Burstable"},
            {"{\"limits\":{\"cpu\":\"1\",\"memory\":\"1Gi\"}}", "Guaranteed"},
            {
                "{\"limits\":{\"cpu\":\"1\",\"memory\":\"1Gi\"},\"requests\":{\"cpu\":\"1000m\",\"memory\":\"1024Mi\"}}",
                "Guaranteed"
            },
            {"{\"limits\":{\"cpu\":\"1\",\"memory\":\"1Gi\"},\"requests\":{\"cpu\":\"500m\"}}", "Burstable"},
            {"{\"limits\":{\"memory\":\"1Gi\"}}", "Burstable"},
        };
        for (var row : table) {
            var pod = desired("{\"containers\":[{\"name\":\"a\",\"image\":\"i\",\"resources\":" + row[0] + "}]}");
            assertThat(QosClass.of(pod).word()).as(row[0]).isEqualTo(row[1]);
        }
    }
}
