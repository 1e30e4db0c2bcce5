package io.keelson.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodStatus;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.Labels;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedContainer.State;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.SandboxId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A pod's life against a model of a runtime, with containers and sandboxes that end whenever chance says so. */
final class RandomLife {
    private static final String[] POLICIES = {"Always", "OnFailure", "Never"};

    private final Random random;
    private final String name;
    private final List<ObservedSandbox> sandboxes = new ArrayList<>();
    private final List<ObservedContainer> containers = new ArrayList<>();
    private Instant now = TestPod.NOW;
    private int serial;

    RandomLife(Random random, String name) {
        this.random = random;
        this.name = name;
    }

    void play() {
        var policy = POLICIES[random.nextInt(POLICIES.length)];
        var spec = "{\"restartPolicy\":\"" + policy + "\",\"initContainers\":["
                + (random.nextBoolean() ? TestPod.containers("i") : "") + "],\"containers\":["
                + TestPod.containers("a", "b") + "],\"ephemeralContainers\":["
                + (random.nextBoolean() ? TestPod.containers("e") : "") + "]}";
        var pod = TestPod.desired(spec);
        for (int i = 0; i < 60; i++) {
            step(pod);
            accident();
            now = now.plusMillis(random.nextInt(20_000));
        }
        settle(pod);
        var deleted = TestPod.desired("\"deletionTimestamp\":\"2026-01-01T12:00:00Z\"", spec, "{}");
        for (int i = 0; i < 10 && !observation().isEmpty(); i++) {
            step(deleted);
        }
        assertThat(observation().isEmpty())
                .as(name + ": a deleted pod leaves nothing")
                .isTrue();
        assertThat(PodPlan.plan(deleted, observation(), Setbacks.NONE, Probes.NONE, now))
                .as(name)
                .containsExactly(new RuntimeAction.EndPod());
    }

    /** Without accidents a pod comes to rest: it runs, or it is over. */
    private void settle(DesiredPod pod) {
        for (int i = 0; i < 20; i++) {
            containers.replaceAll(c -> c.state() == State.RUNNING
                            && pod.isPlainInit(pod.container(c.name()).orElseThrow())
                    ? ended(c, 0)
                    : c);
            now = now.plus(Duration.ofMinutes(6));
            step(pod);
        }
        var status = PodStatuses.status(
                pod, observation(), Setbacks.NONE, Probes.NONE, new PodStatus(), "model", "1.1.1.1", now);
        assertThat(status.getPhase()).as(name).isIn("Running", "Succeeded", "Failed");
        assertThat(PodPlan.plan(pod, observation(), Setbacks.NONE, Probes.NONE, now))
                .as(name + ": at rest")
                .isEmpty();
    }

    private PodObservation observation() {
        return new PodObservation(sandboxes, containers);
    }

    private void step(DesiredPod pod) {
        for (var action : PodPlan.plan(pod, observation(), Setbacks.NONE, Probes.NONE, now)) {
            carryOut(pod, action);
        }
        assertThat(sandboxes.stream().filter(ObservedSandbox::ready).count())
                .as(name + ": one sandbox at a time")
                .isLessThanOrEqualTo(1);
        for (var container : pod.allContainers()) {
            assertThat(containers.stream()
                            .filter(c -> c.name().equals(container.getName()) && c.state() == State.RUNNING)
                            .count())
                    .as(name + ": one of each container at a time")
                    .isLessThanOrEqualTo(1);
        }
    }

    private void carryOut(DesiredPod pod, RuntimeAction action) {
        switch (action) {
            case RuntimeAction.CreateSandbox create ->
                sandboxes.add(new ObservedSandbox(
                        new SandboxId("s" + create.attempt()),
                        TestPod.ID,
                        create.attempt(),
                        true,
                        false,
                        now,
                        List.of("10.0.0.1"),
                        1,
                        Map.of(),
                        Map.of()));
            case RuntimeAction.StopSandbox stop -> {
                assertThat(containers)
                        .as(name)
                        .noneMatch(c -> c.sandbox().equals(stop.sandbox()) && c.state() == State.RUNNING);
                sandboxes.replaceAll(s -> s.id().equals(stop.sandbox()) ? dead(s) : s);
            }
            case RuntimeAction.RemoveSandbox remove -> {
                assertThat(containers).as(name).noneMatch(c -> c.sandbox().equals(remove.sandbox()));
                sandboxes.removeIf(s -> s.id().equals(remove.sandbox()));
            }
            case RuntimeAction.StartContainer start -> start(pod, start);
            case RuntimeAction.StopContainer stop ->
                containers.replaceAll(c -> c.id().equals(stop.container()) ? ended(c, 143) : c);
            case RuntimeAction.RemoveContainer remove -> {
                assertThat(containers)
                        .as(name)
                        .noneMatch(c -> c.id().equals(remove.container()) && c.state() == State.RUNNING);
                containers.removeIf(c -> c.id().equals(remove.container()));
            }
            case RuntimeAction.EndPod ignored ->
                assertThat(observation().isEmpty()).isTrue();
            case RuntimeAction.LookAgain again ->
                assertThat(again.at()).as(name).isAfter(now);
        }
    }

    private void start(DesiredPod pod, RuntimeAction.StartContainer start) {
        assertThat(start.name().equals("e") && start.attempt() > 0)
                .as(name + ": an ephemeral container is started once")
                .isFalse();
        assertThat(sandboxes).as(name).anyMatch(s -> s.id().equals(start.sandbox()) && s.ready());
        assertThat(containers)
                .as(name + ": numbers are not used twice")
                .noneMatch(c -> c.name().equals(start.name()) && c.attempt() == start.attempt());
        containers.add(new ObservedContainer(
                new ContainerId("c" + serial++),
                start.sandbox(),
                TestPod.ID,
                start.name(),
                start.attempt(),
                State.RUNNING,
                now,
                Optional.of(now),
                Optional.empty(),
                0,
                "",
                "",
                "img",
                "sha256:1",
                1,
                Map.of(),
                Map.of(
                        Labels.CONTAINER_HASH,
                                PodPlan.hash(pod.container(start.name()).orElseThrow()),
                        Backoff.STREAK, Integer.toString(start.streak()))));
    }

    private void accident() {
        if (random.nextInt(3) == 0 && !containers.isEmpty()) {
            int victim = random.nextInt(containers.size());
            var c = containers.get(victim);
            if (c.state() == State.RUNNING) {
                containers.set(victim, ended(c, random.nextInt(3)));
            }
        }
        if (random.nextInt(10) == 0 && !sandboxes.isEmpty()) {
            int victim = random.nextInt(sandboxes.size());
            var lost = sandboxes.get(victim);
            sandboxes.set(victim, dead(lost));
            if (random.nextBoolean()) {
                containers.replaceAll(
                        c -> c.sandbox().equals(lost.id()) && c.state() == State.RUNNING ? ended(c, 137) : c);
            }
        }
    }

    private ObservedContainer ended(ObservedContainer c, int code) {
        return new ObservedContainer(
                c.id(),
                c.sandbox(),
                c.pod(),
                c.name(),
                c.attempt(),
                State.EXITED,
                c.createdAt(),
                c.startedAt(),
                Optional.of(now),
                code,
                "",
                "",
                c.image(),
                c.imageId(),
                0,
                c.labels(),
                c.annotations());
    }

    private static ObservedSandbox dead(ObservedSandbox s) {
        return new ObservedSandbox(
                s.id(), s.pod(), s.attempt(), false, false, s.createdAt(), List.of(), 0, s.labels(), s.annotations());
    }
}
