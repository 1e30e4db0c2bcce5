package io.keelson.agent.pod;

import static io.keelson.agent.pod.Probes.Verdict.FAILURE;
import static io.keelson.agent.pod.Probes.Verdict.SUCCESS;
import static io.keelson.agent.pod.Probes.Verdict.UNKNOWN;
import static io.keelson.agent.pod.TestPod.NOW;
import static io.keelson.agent.pod.TestPod.containers;
import static io.keelson.agent.pod.TestPod.desired;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.agent.pod.RuntimeAction.CreateSandbox;
import io.keelson.agent.pod.RuntimeAction.EndPod;
import io.keelson.agent.pod.RuntimeAction.LookAgain;
import io.keelson.agent.pod.RuntimeAction.RemoveContainer;
import io.keelson.agent.pod.RuntimeAction.RemoveSandbox;
import io.keelson.agent.pod.RuntimeAction.StartContainer;
import io.keelson.agent.pod.RuntimeAction.StopContainer;
import io.keelson.agent.pod.RuntimeAction.StopSandbox;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.SandboxId;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PodPlanTest {
    private static final SandboxId S0 = new SandboxId("s0");
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final String DELETED =
            "\"deletionTimestamp\":\"2026-01-01T12:00:00Z\",\"deletionGracePeriodSeconds\":9";

    private static StartContainer start(String name, int attempt, int streak) {
        return new StartContainer(S0, name, attempt, streak);
    }

    private static List<RuntimeAction> stops(List<RuntimeAction> actions) {
        return actions.stream().filter(StopContainer.class::isInstance).toList();
    }

    private static List<String> stopped(List<RuntimeAction> actions) {
        return stops(actions).stream().map(a -> ((StopContainer) a).name()).toList();
    }

    @Nested
    class Starting {
        @Test
        void beginsWithTheSandbox() {
            assertThat(TestPod.with("Always", "a").plan()).containsExactly(new CreateSandbox(0));
        }

        @Test
        void startsAllContainersOnceTheSandboxIsReady() {
            assertThat(TestPod.with("Always", "a", "b").ready().plan())
                    .containsExactly(start("a", 0, 0), start("b", 0, 0));
        }

        @Test
        void doesNothingWhenAllRun() {
            assertThat(TestPod.with("Always", "a", "b")
                            .ready()
                            .running("a", 0)
                            .running("b", 0)
                            .plan())
                    .isEmpty();
        }

        @Test
        void startsAnewWhatAnEarlierAgentOnlyCreated() {
            assertThat(TestPod.with("Always", "a").ready().created("a", 0).plan())
                    .containsExactly(new RemoveContainer(new ContainerId("a-0")), start("a", 0, 0));
        }

        @Test
        void waitsAfterAFailedSandbox() {
            var setbacks = Setbacks.NONE.withSandbox("no network", NOW.minusMillis(500));
            assertThat(TestPod.with("Always", "a").setbacks(setbacks).plan())
                    .contains(new LookAgain(NOW.plusMillis(500)))
                    .doesNotContain(new CreateSandbox(0));
            assertThat(TestPod.with("Always", "a")
                            .setbacks(setbacks)
                            .at(Duration.ofSeconds(1))
                            .plan())
                    .contains(new CreateSandbox(0));
        }

        @Test
        void waitsAfterFailedVolumesBeforeAndAfterTheSandbox() {
            var setbacks = Setbacks.NONE.withVolumes("no map", NOW);
            assertThat(TestPod.with("Always", "a").setbacks(setbacks).plan())
                    .noneMatch(CreateSandbox.class::isInstance);
            assertThat(TestPod.with("Always", "a").ready().setbacks(setbacks).plan())
                    .noneMatch(StartContainer.class::isInstance);
        }

        @Test
        void oneContainersImageDoesNotHoldUpTheOther() {
            var plan = TestPod.with("Always", "a", "b")
                    .ready()
                    .setback("a", Setbacks.Kind.IMAGE_PULL, Duration.ofSeconds(4))
                    .plan();
            assertThat(plan)
                    .contains(start("b", 0, 0), new LookAgain(NOW.plusSeconds(6)))
                    .doesNotContain(start("a", 0, 0));
        }

        @Test
        void triesTheImageAgainAfterItsBackOff() {
            assertThat(TestPod.with("Always", "a")
                            .ready()
                            .setback("a", Setbacks.Kind.IMAGE_PULL, Duration.ofSeconds(10))
                            .plan())
                    .contains(start("a", 0, 0));
        }
    }

    @Nested
    class InitContainers {
        private final DesiredPod pod =
                desired("{\"initContainers\":[" + containers("i", "j") + "],\"containers\":[" + containers("a") + "]}");

        @Test
        void goOneByOne() {
            assertThat(TestPod.of(pod).ready().plan()).containsExactly(start("i", 0, 0));
            assertThat(TestPod.of(pod).ready().running("i", 0).plan()).isEmpty();
            assertThat(TestPod.of(pod).ready().exited("i", 0, 0).plan()).containsExactly(start("j", 0, 0));
            assertThat(TestPod.of(pod)
                            .ready()
                            .exited("i", 0, 0)
                            .exited("j", 0, 0)
                            .plan())
                    .containsExactly(start("a", 0, 0));
        }

        @Test
        void oneThatFailsIsTriedAgainAndHoldsUpTheRest() {
            assertThat(TestPod.of(pod).ready().exited("i", 0, 1).plan()).containsExactly(start("i", 1, 1));
        }

        @Test
        void oneThatFailsEndsAPodThatIsNeverRestarted() {
            var never = desired("{\"restartPolicy\":\"Never\",\"initContainers\":[" + containers("i")
                    + "],\"containers\":[" + containers("a") + "]}");
            assertThat(TestPod.of(never).ready().exited("i", 0, 1).plan()).containsExactly(new StopSandbox(S0));
        }

        @Test
        void areNotRunAgainOnceAMainContainerHasStarted() {
            assertThat(TestPod.of(pod).ready().exited("a", 0, 1).plan()).containsExactly(start("a", 1, 1));
        }

        @Test
        void runAgainInANewSandbox() {
            var plan = TestPod.of(pod)
                    .sandbox(0, false)
                    .exited("i", 0, 0)
                    .exited("j", 0, 0)
                    .exited("a", 0, 137)
                    .sandbox(1, true)
                    .plan();
            assertThat(plan).containsExactly(new StartContainer(new SandboxId("s1"), "i", 1, 1));
        }
    }

    @Nested
    class Sidecars {
        private final DesiredPod pod = desired("""
                {"initContainers":[{"name":"s","image":"img:1","restartPolicy":"Always"},{"name":"i","image":"img:1"}],
                 "containers":[{"name":"a","image":"img:1"}]}""");

        @Test
        void startInTurnAndStay() {
            assertThat(TestPod.of(pod).ready().plan()).containsExactly(start("s", 0, 0));
            assertThat(TestPod.of(pod).ready().running("s", 0).plan()).containsExactly(start("i", 0, 0));
            assertThat(TestPod.of(pod).ready().running("s", 0).exited("i", 0, 0).plan())
                    .containsExactly(start("a", 0, 0));
        }

        @Test
        void areRestartedBesideTheOthers() {
            assertThat(TestPod.of(pod)
                            .ready()
                            .exited("s", 0, 0)
                            .exited("i", 0, 0)
                            .running("a", 0)
                            .plan())
                    .containsExactly(start("s", 1, 1));
        }

        @Test
        void holdUpTheRestUntilTheirStartupProbeSaysYes() {
            var probed = desired("""
                    {"initContainers":[{"name":"s","image":"img:1","restartPolicy":"Always","startupProbe":{"exec":{"command":["x"]}}}],
                     "containers":[{"name":"a","image":"img:1"}]}""");
            assertThat(TestPod.of(probed).ready().running("s", 0).plan()).isEmpty();
            assertThat(TestPod.of(probed)
                            .ready()
                            .running("s", 0)
                            .probed("s", 0, SUCCESS, UNKNOWN, UNKNOWN)
                            .plan())
                    .containsExactly(start("a", 0, 0));
        }

        @Test
        void stopAfterTheOthers() {
            var deleted = desired(DELETED, """
                    {"initContainers":[{"name":"s","image":"img:1","restartPolicy":"Always"},{"name":"t","image":"img:1","restartPolicy":"Always"}],
                     "containers":[{"name":"a","image":"img:1"}]}""", "{}");
            assertThat(stopped(TestPod.of(deleted)
                            .ready()
                            .running("s", 0)
                            .running("t", 0)
                            .running("a", 0)
                            .plan()))
                    .containsExactly("a");
            assertThat(stopped(TestPod.of(deleted)
                            .ready()
                            .running("s", 0)
                            .running("t", 0)
                            .exited("a", 0, 0)
                            .plan()))
                    .containsExactly("t");
            assertThat(stopped(TestPod.of(deleted)
                            .ready()
                            .running("s", 0)
                            .exited("t", 0, 0)
                            .exited("a", 0, 0)
                            .plan()))
                    .containsExactly("s");
        }
    }

    @Nested
    class RestartPolicy {
        @Test
        void alwaysRestartsWhateverTheCode() {
            assertThat(TestPod.with("Always", "a").ready().exited("a", 0, 0).plan())
                    .containsExactly(start("a", 1, 1));
            assertThat(TestPod.with("Always", "a").ready().exited("a", 0, 9).plan())
                    .containsExactly(start("a", 1, 1));
        }

        @Test
        void onFailureRestartsOnlyAfterFailure() {
            assertThat(TestPod.with("OnFailure", "a", "b")
                            .ready()
                            .exited("a", 0, 0)
                            .running("b", 0)
                            .plan())
                    .isEmpty();
            assertThat(TestPod.with("OnFailure", "a").ready().exited("a", 0, 9).plan())
                    .containsExactly(start("a", 1, 1));
        }

        @Test
        void neverRestartsNothing() {
            assertThat(TestPod.with("Never", "a", "b")
                            .ready()
                            .exited("a", 0, 9)
                            .running("b", 0)
                            .plan())
                    .isEmpty();
        }

        @Test
        void aLostContainerCountsAsFailed() {
            assertThat(TestPod.with("OnFailure", "a").ready().unknown("a", 0).plan())
                    .containsExactly(start("a", 1, 1));
        }

        @Test
        void whenAllHaveEndedTheSandboxGoesAndTheContainersStayForTheirLogs() {
            assertThat(TestPod.with("Never", "a", "b")
                            .ready()
                            .exited("a", 0, 0)
                            .exited("b", 0, 1)
                            .plan())
                    .containsExactly(new StopSandbox(S0));
            assertThat(TestPod.with("Never", "a")
                            .sandbox(0, false)
                            .exited("a", 0, 0)
                            .plan())
                    .isEmpty();
        }

        @Test
        void nothingOfAPodReportedAsFailedIsStarted() {
            var evicted = desired(
                    "", "{\"containers\":[" + containers("a") + "]}", "{\"phase\":\"Failed\",\"reason\":\"Evicted\"}");
            assertThat(TestPod.of(evicted).plan()).isEmpty();
            assertThat(stopped(TestPod.of(evicted).ready().running("a", 0).plan()))
                    .containsExactly("a");
        }
    }

    @Nested
    class CrashBackOff {
        /** attempt of the ended container, its streak, the delay before the next */
        @Test
        void doublesFromTenSecondsToFiveMinutes() {
            int[] delays = {0, 10, 20, 40, 80, 160, 300, 300, 300};
            for (int streak = 0; streak < delays.length; streak++) {
                var pod = TestPod.with("Always", "a")
                        .ready()
                        .exited("a", streak, 1, Duration.ofSeconds(1), Duration.ZERO, streak);
                if (delays[streak] > 0) {
                    assertThat(pod.plan())
                            .as("streak %d", streak)
                            .containsExactly(new LookAgain(NOW.plusSeconds(delays[streak])));
                }
                assertThat(pod.at(Duration.ofSeconds(delays[streak])).plan())
                        .as("streak %d", streak)
                        .containsExactly(start("a", streak + 1, streak + 1));
            }
        }

        @Test
        void isForgivenAfterTenMinutes() {
            var plan = TestPod.with("Always", "a")
                    .ready()
                    .exited("a", 7, 1, Duration.ofMinutes(10), Duration.ZERO, 7)
                    .plan();
            assertThat(plan).containsExactly(start("a", 8, 1));
        }

        @Test
        void countsFromTheEndNotFromNow() {
            var plan = TestPod.with("Always", "a")
                    .ready()
                    .exited("a", 2, 1, Duration.ofSeconds(1), Duration.ofSeconds(5), 1)
                    .plan();
            assertThat(plan).containsExactly(new LookAgain(NOW.plusSeconds(5)));
        }

        @Test
        void keepsTheNewestAndOneBefore() {
            var plan = TestPod.with("Always", "a")
                    .ready()
                    .exited("a", 0, 1)
                    .exited("a", 1, 1)
                    .exited("a", 2, 1)
                    .running("a", 3)
                    .plan();
            assertThat(plan)
                    .containsExactlyInAnyOrder(
                            new RemoveContainer(new ContainerId("a-1")), new RemoveContainer(new ContainerId("a-0")));
        }
    }

    @Nested
    class ProbesAndChanges {
        private final DesiredPod pod = desired("""
                {"terminationGracePeriodSeconds":11,"containers":[{"name":"a","image":"img:1",
                 "startupProbe":{"exec":{"command":["x"]}},
                 "livenessProbe":{"exec":{"command":["x"]},"terminationGracePeriodSeconds":3}}]}""");

        @Test
        void aDeadContainerIsStoppedWithTheProbesGrace() {
            var plan = TestPod.of(pod)
                    .ready()
                    .running("a", 0)
                    .probed("a", 0, SUCCESS, UNKNOWN, FAILURE)
                    .plan();
            assertThat(plan)
                    .containsExactly(new StopContainer(
                            new ContainerId("a-0"),
                            "a",
                            Duration.ofSeconds(3),
                            "Container a failed liveness probe, will be restarted"));
        }

        @Test
        void aContainerThatDoesNotStartUpIsStopped() {
            var plan = TestPod.of(pod)
                    .ready()
                    .running("a", 0)
                    .probed("a", 0, FAILURE, UNKNOWN, UNKNOWN)
                    .plan();
            assertThat(plan)
                    .containsExactly(new StopContainer(
                            new ContainerId("a-0"),
                            "a",
                            Duration.ofSeconds(11),
                            "Container a failed startup probe, will be restarted"));
        }

        @Test
        void theVerdictOnAPredecessorDoesNotCount() {
            assertThat(TestPod.of(pod)
                            .ready()
                            .exited("a", 0, 137)
                            .running("a", 1)
                            .probed("a", 0, SUCCESS, UNKNOWN, FAILURE)
                            .plan())
                    .isEmpty();
        }

        @Test
        void unreadyAloneRestartsNothing() {
            assertThat(TestPod.of(pod)
                            .ready()
                            .running("a", 0)
                            .probed("a", 0, SUCCESS, FAILURE, UNKNOWN)
                            .plan())
                    .isEmpty();
        }

        @Test
        void aNewImageRestartsTheContainer() {
            var old = TestPod.with("Always", "a").ready().running("a", 0).seen();
            var changed = desired("{\"containers\":[{\"name\":\"a\",\"image\":\"img:2\"}]}");
            assertThat(stopped(PodPlan.plan(changed, old, Setbacks.NONE, Probes.NONE, NOW)))
                    .containsExactly("a");
        }
    }

    @Nested
    class SandboxLost {
        @Test
        void whatRunsInADeadSandboxIsStoppedFirst() {
            assertThat(stopped(TestPod.with("Always", "a")
                            .sandbox(0, false)
                            .running("a", 0)
                            .plan()))
                    .containsExactly("a");
        }

        @Test
        void aDeadSandboxIsReplaced() {
            assertThat(TestPod.with("Always", "a")
                            .sandbox(0, false)
                            .exited("a", 0, 137)
                            .plan())
                    .containsExactly(new StopSandbox(S0), new CreateSandbox(1));
        }

        @Test
        void containersStartInTheNewOneWithTheNextNumberAtOnce() {
            var plan = TestPod.with("Always", "a")
                    .sandbox(0, false)
                    .sandbox(1, true)
                    .exited("a", 4, 137, Duration.ofSeconds(1), Duration.ZERO, 4)
                    .plan();
            assertThat(plan).containsExactly(new StartContainer(new SandboxId("s1"), "a", 5, 5));
        }

        @Test
        void anOldSandboxGoesWhenNothingInItIsNeededAnyMore() {
            var plan = TestPod.with("Always", "a")
                    .sandbox(0, false)
                    .exitedIn(0, "a", 0, 1)
                    .sandbox(1, true)
                    .exitedIn(1, "a", 1, 1)
                    .runningIn(1, "a", 2)
                    .plan();
            assertThat(plan).contains(new RemoveContainer(new ContainerId("a-0")), new RemoveSandbox(S0));
        }

        @Test
        void whatNeverRestartsIsNotRevived() {
            assertThat(TestPod.with("Never", "a")
                            .sandbox(0, false)
                            .exited("a", 0, 137)
                            .plan())
                    .isEmpty();
        }
    }

    @Nested
    class Deletion {
        private TestPod deleted(String... names) {
            return TestPod.of(desired(DELETED, "{\"containers\":[" + containers(names) + "]}", "{}"));
        }

        @Test
        void stopsAllSideBySideWithTheDeletionsGrace() {
            var plan = deleted("a", "b").ready().running("a", 0).running("b", 0).plan();
            assertThat(plan)
                    .containsExactlyInAnyOrder(
                            new StopContainer(new ContainerId("a-0"), "a", Duration.ofSeconds(9), "Stopping container"),
                            new StopContainer(
                                    new ContainerId("b-0"), "b", Duration.ofSeconds(9), "Stopping container"));
        }

        @Test
        void thenRemovesEverything() {
            assertThat(deleted("a").ready().exited("a", 0, 143).plan())
                    .containsExactly(
                            new StopSandbox(S0), new RemoveContainer(new ContainerId("a-0")), new RemoveSandbox(S0));
        }

        @Test
        void endsThePodOnlyWhenNothingIsLeft() {
            assertThat(deleted("a").plan()).containsExactly(new EndPod());
        }

        @Test
        void startsNothingOfAPodDeletedBeforeItBegan() {
            assertThat(deleted("a").ready().plan()).containsExactly(new StopSandbox(S0), new RemoveSandbox(S0));
        }

        @Test
        void withoutGraceKillsAtOnce() {
            var now = desired(
                    "\"deletionTimestamp\":\"2026-01-01T12:00:00Z\",\"deletionGracePeriodSeconds\":0",
                    "{\"containers\":[" + containers("a") + "]}",
                    "{}");
            assertThat(stops(TestPod.of(now).ready().running("a", 0).plan()))
                    .containsExactly(
                            new StopContainer(new ContainerId("a-0"), "a", Duration.ZERO, "Stopping container"));
        }
    }

    @Nested
    class Orphans {
        @Test
        void areStoppedWithTheGraceTheyWereGiven() {
            var plan = PodPlan.planOrphan(
                    TestPod.with("Always", "a").ready().running("a", 0).seen());
            assertThat(plan)
                    .containsExactly(new StopContainer(
                            new ContainerId("a-0"),
                            "a",
                            Duration.ofSeconds(7),
                            "pod is no longer wanted on this node"));
        }

        @Test
        void areRemovedThenForgotten() {
            assertThat(PodPlan.planOrphan(TestPod.with("Always", "a")
                            .ready()
                            .exited("a", 0, 0)
                            .seen()))
                    .containsExactly(
                            new StopSandbox(S0), new RemoveContainer(new ContainerId("a-0")), new RemoveSandbox(S0));
            assertThat(PodPlan.planOrphan(PodObservation.NOTHING)).isEmpty();
        }
    }

    @Nested
    class Deadline {
        private final DesiredPod pod = desired(
                "",
                "{\"activeDeadlineSeconds\":60,\"containers\":[" + containers("a") + "]}",
                "{\"startTime\":\"2026-01-01T12:00:00Z\"}");

        @Test
        void isLookedForward() {
            assertThat(TestPod.of(pod).ready().running("a", 0).plan())
                    .containsExactly(new LookAgain(NOW.plusSeconds(60)));
        }

        @Test
        void endsThePod() {
            assertThat(stopped(TestPod.of(pod)
                            .ready()
                            .running("a", 0)
                            .at(Duration.ofSeconds(60))
                            .plan()))
                    .containsExactly("a");
        }
    }

    /**
     * Goal: whatever containers do, the plan leads on and never contradicts itself. Method: play random lives of pods, carrying out each plan on
     * a model of a runtime; the seed is in the message.
     */
    @Test
    void randomLivesKeepTheRules() {
        for (long seed = 0; seed < 300; seed++) {
            new RandomLife(new Random(seed), "seed " + seed).play();
        }
    }

    @Test
    void theDefaultGraceIsThirtySeconds() {
        assertThat(TestPod.desired("{\"containers\":[]}").grace()).isEqualTo(GRACE);
    }
}
