package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.Labels;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedContainer.State;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.SandboxId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Builds what goes into the pure core: a pod from JSON, and what the runtime would show of it. */
final class TestPod {
    static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    static final PodId ID = new PodId("default", "web", "u1");
    static final NodeFacts NODE = new NodeFacts("n1", "192.168.0.1", new BigDecimal("4"), 8L << 30, 100L << 30);

    private final List<ObservedSandbox> sandboxes = new ArrayList<>();
    private final List<ObservedContainer> containers = new ArrayList<>();
    private Setbacks setbacks = Setbacks.NONE;
    private Map<ContainerId, Probes.Verdicts> verdicts = new HashMap<>();
    private Instant now = NOW;
    private final DesiredPod pod;

    private TestPod(DesiredPod pod) {
        this.pod = pod;
    }

    static DesiredPod desired(String spec) {
        return desired("", spec, "{}");
    }

    /** {@code meta} are further members of the metadata. */
    static DesiredPod desired(String meta, String spec, String status) {
        var json = "{\"metadata\":{\"name\":\"web\",\"namespace\":\"default\",\"uid\":\"u1\""
                + (meta.isEmpty() ? "" : "," + meta) + "},\"spec\":" + spec + ",\"status\":" + status + "}";
        return new DesiredPod(JsonMapper.shared().readValue(json, Pod.class));
    }

    static TestPod of(DesiredPod pod) {
        return new TestPod(pod);
    }

    /** A pod with containers of these names. */
    static TestPod with(String policy, String... names) {
        return of(desired("{\"restartPolicy\":\"" + policy + "\",\"containers\":[" + containers(names) + "]}"));
    }

    static String containers(String... names) {
        var each = new ArrayList<String>();
        for (var name : names) {
            each.add("{\"name\":\"" + name + "\",\"image\":\"img:1\"}");
        }
        return String.join(",", each);
    }

    TestPod at(Duration later) {
        now = NOW.plus(later);
        return this;
    }

    TestPod sandbox(int attempt, boolean ready) {
        sandboxes.add(new ObservedSandbox(
                new SandboxId("s" + attempt),
                ID,
                attempt,
                ready,
                false,
                NOW.minusSeconds(1000 - attempt),
                ready ? List.of("10.244.1.5") : List.of(),
                1,
                Map.of(),
                Map.of()));
        return this;
    }

    TestPod ready() {
        return sandbox(0, true);
    }

    TestPod running(String name, int attempt) {
        return add(name, attempt, State.RUNNING, 0, Duration.ofSeconds(60), Duration.ZERO, 0, 0);
    }

    TestPod created(String name, int attempt) {
        return add(name, attempt, State.CREATED, 0, Duration.ZERO, Duration.ZERO, 0, 0);
    }

    /** Ended just now, after having run for a minute. */
    TestPod exited(String name, int attempt, int code) {
        return add(name, attempt, State.EXITED, code, Duration.ofSeconds(60), Duration.ZERO, 0, 0);
    }

    TestPod exited(String name, int attempt, int code, Duration ran, Duration ago, int streak) {
        return add(name, attempt, State.EXITED, code, ran, ago, streak, 0);
    }

    TestPod exitedIn(int sandbox, String name, int attempt, int code) {
        return add(name, attempt, State.EXITED, code, Duration.ofSeconds(60), Duration.ZERO, 0, sandbox);
    }

    TestPod runningIn(int sandbox, String name, int attempt) {
        return add(name, attempt, State.RUNNING, 0, Duration.ofSeconds(60), Duration.ZERO, 0, sandbox);
    }

    TestPod unknown(String name, int attempt) {
        return add(name, attempt, State.UNKNOWN, 0, Duration.ofSeconds(60), Duration.ZERO, 0, 0);
    }

    private TestPod add(
            String name, int attempt, State state, int code, Duration ran, Duration ago, int streak, int sandbox) {
        boolean ended = state == State.EXITED || state == State.UNKNOWN;
        var finished = NOW.minus(ago);
        var started = finished.minus(ran);
        containers.add(new ObservedContainer(
                new ContainerId(name + "-" + attempt),
                new SandboxId("s" + sandbox),
                ID,
                name,
                attempt,
                state,
                started,
                state == State.CREATED ? Optional.empty() : Optional.of(started),
                ended ? Optional.of(finished) : Optional.empty(),
                code,
                "",
                "",
                "docker.io/library/img:1",
                "sha256:1",
                0,
                Map.of(),
                Map.of(
                        Labels.CONTAINER_HASH,
                                pod.container(name).map(PodPlan::hash).orElse("?"),
                        Labels.GRACE_SECONDS, "7",
                        Backoff.STREAK, Integer.toString(streak))));
        return this;
    }

    TestPod setback(String container, Setbacks.Kind kind, Duration ago) {
        setbacks = setbacks.withContainer(container, kind, "no such thing", NOW.minus(ago));
        return this;
    }

    TestPod setbacks(Setbacks other) {
        setbacks = other;
        return this;
    }

    TestPod probed(
            String name, int attempt, Probes.Verdict startup, Probes.Verdict readiness, Probes.Verdict liveness) {
        verdicts = new HashMap<>(verdicts);
        verdicts.put(new ContainerId(name + "-" + attempt), new Probes.Verdicts(startup, readiness, liveness, ""));
        return this;
    }

    PodObservation seen() {
        return new PodObservation(sandboxes, containers);
    }

    List<RuntimeAction> plan() {
        return PodPlan.plan(pod, seen(), setbacks, new Probes(verdicts), now);
    }

    PodStatus status() {
        return status(new PodStatus());
    }

    PodStatus status(PodStatus previous) {
        return PodStatuses.status(pod, seen(), setbacks, new Probes(verdicts), previous, "process", "192.168.0.1", now);
    }

    static Container container(DesiredPod pod, String name) {
        return pod.container(name).orElseThrow();
    }
}
