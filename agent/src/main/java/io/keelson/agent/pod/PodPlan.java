package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.keelson.agent.pod.DesiredPod.RestartPolicy;
import io.keelson.agent.pod.RuntimeAction.CreateSandbox;
import io.keelson.agent.pod.RuntimeAction.EndPod;
import io.keelson.agent.pod.RuntimeAction.LookAgain;
import io.keelson.agent.pod.RuntimeAction.RemoveContainer;
import io.keelson.agent.pod.RuntimeAction.RemoveSandbox;
import io.keelson.agent.pod.RuntimeAction.StartContainer;
import io.keelson.agent.pod.RuntimeAction.StopContainer;
import io.keelson.agent.pod.RuntimeAction.StopSandbox;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.Labels;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedSandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What to do next for one pod. In turn:
 *
 * <pre>
 * deleted      stop containers (sidecars last) -> stop sandbox -> remove all -> EndPod
 * over         stop containers (sidecars last) -> stop sandbox; the ended containers stay for their logs
 * else         old sandboxes go -> sandbox -> ephemeral containers; init containers, one by one -> containers; ended ones again, after their back-off
 * </pre>
 */
public final class PodPlan {
    /** Of each container, this many ended ones are kept besides the newest: the one whose log {@code --previous} shows. */
    static final int ENDED_KEPT = 1;

    private static final Duration ORPHAN_GRACE = Duration.ofSeconds(30);

    private final DesiredPod pod;
    private final PodObservation seen;
    private final Setbacks setbacks;
    private final Probes probes;
    private final Instant now;
    private final List<RuntimeAction> actions = new ArrayList<>();

    private PodPlan(DesiredPod pod, PodObservation seen, Setbacks setbacks, Probes probes, Instant now) {
        this.pod = pod;
        this.seen = seen;
        this.setbacks = setbacks;
        this.probes = probes;
        this.now = now;
    }

    /** The next steps for a pod that the control plane has bound to this node. Empty: all is as it should be. */
    public static List<RuntimeAction> plan(
            DesiredPod pod, PodObservation seen, Setbacks setbacks, Probes probes, Instant now) {
        var plan = new PodPlan(pod, seen, setbacks, probes, now);
        plan.decide();
        return List.copyOf(plan.actions);
    }

    /** The next steps for what runs on this node although nobody wants it: an end with grace. Empty: nothing is left. */
    public static List<RuntimeAction> planOrphan(PodObservation seen) {
        var running = seen.running().toList();
        if (!running.isEmpty()) {
            return running.stream()
                    .<RuntimeAction>map(
                            c -> new StopContainer(c.id(), c.name(), grace(c), "pod is no longer wanted on this node"))
                    .toList();
        }
        return removal(seen);
    }

    private void decide() {
        if (pod.deleted()) {
            if (!stopAll("Stopping container")) {
                actions.addAll(removal(seen));
                if (actions.isEmpty()) {
                    actions.add(new EndPod());
                }
            }
            return;
        }
        if (PodOutcome.of(pod, seen, now).over()) {
            if (!stopAll("Stopping container")) {
                seen.sandboxes().stream()
                        .filter(ObservedSandbox::ready)
                        .forEach(s -> actions.add(new StopSandbox(s.id())));
            }
            return;
        }
        if (!oldSandboxesAreGone()) {
            return;
        }
        seen.readySandbox().ifPresentOrElse(this::decideContainers, this::decideSandbox);
        PodOutcome.deadline(pod, seen).filter(now::isBefore).ifPresent(this::lookAgain);
    }

    /** Plain containers first, then sidecars, the last one first. True: there was something to stop. */
    private boolean stopAll(String why) {
        var running = seen.running().toList();
        var sidecars = pod.initContainers().stream()
                .filter(DesiredPod::isSidecar)
                .map(Container::getName)
                .toList();
        var plain = running.stream().filter(c -> !sidecars.contains(c.name())).toList();
        if (!plain.isEmpty()) {
            plain.forEach(c -> stop(c, pod.grace(), why));
            return true;
        }
        for (var name : sidecars.reversed()) {
            var sidecar = running.stream().filter(c -> c.name().equals(name)).toList();
            if (!sidecar.isEmpty()) {
                sidecar.forEach(c -> stop(c, pod.grace(), why));
                return true;
            }
        }
        return false;
    }

    /** Sandboxes before the newest, and a newest one that has died, are emptied and stopped; then removed once nothing in them is needed. */
    private boolean oldSandboxesAreGone() {
        var kept = kept();
        boolean gone = true;
        for (var sandbox : seen.sandboxes()) {
            if (sandbox.equals(seen.readySandbox().orElse(null))) {
                continue;
            }
            var running = seen.in(sandbox.id())
                    .filter(c -> c.state() == ObservedContainer.State.RUNNING)
                    .toList();
            if (!running.isEmpty()) {
                running.forEach(c -> stop(c, pod.grace(), "Pod sandbox changed, it will be killed and re-created."));
                gone = false;
            } else if (sandbox.ready()) {
                actions.add(new StopSandbox(sandbox.id()));
                gone = false;
            } else if (!isNewest(sandbox) && seen.in(sandbox.id()).noneMatch(c -> kept.contains(c.id()))) {
                seen.in(sandbox.id()).forEach(c -> actions.add(new RemoveContainer(c.id())));
                actions.add(new RemoveSandbox(sandbox.id()));
            }
        }
        return gone;
    }

    private boolean isNewest(ObservedSandbox sandbox) {
        return sandbox.equals(seen.newestSandbox().orElse(null));
    }

    private void decideSandbox() {
        if (waits(setbacks.sandbox()) || waits(setbacks.volumes())) {
            return;
        }
        // A dead sandbox still holds its network; stopping it again is how the runtime gives that back.
        seen.newestSandbox().ifPresent(s -> actions.add(new StopSandbox(s.id())));
        actions.add(
                new CreateSandbox(seen.newestSandbox().map(s -> s.attempt() + 1).orElse(0)));
    }

    private void decideContainers(ObservedSandbox sandbox) {
        removeOldContainers();
        if (waits(setbacks.volumes())) {
            return;
        }
        // At once: it may be the init containers that somebody wants to look into.
        pod.ephemeralContainers().forEach(c -> decideContainer(sandbox, c));
        if (!initialized(sandbox)) {
            return;
        }
        for (var container : pod.containers()) {
            decideContainer(sandbox, container);
        }
    }

    /** Starts the next init container whose turn it is. True: the others may run. */
    private boolean initialized(ObservedSandbox sandbox) {
        boolean past = PodOutcome.mainHasStarted(pod, seen, sandbox.id());
        for (var container : pod.initContainers()) {
            var latest = seen.latestIn(sandbox.id(), container.getName());
            if (DesiredPod.isSidecar(container)) {
                decideContainer(sandbox, container);
                if (!past && latest.filter(c -> probes.started(container, c)).isEmpty()) {
                    return false;
                }
            } else if (!past && latest.filter(PodOutcome::succeeded).isEmpty()) {
                decideContainer(sandbox, container);
                return false;
            }
        }
        return true;
    }

    private void decideContainer(ObservedSandbox sandbox, Container container) {
        var latest = seen.latest(container.getName());
        if (latest.isEmpty()) {
            start(sandbox, container, 0, 0);
            return;
        }
        var last = latest.get();
        switch (last.state()) {
            case RUNNING -> decideRunning(container, last);
            case CREATED -> {
                // Created by an agent that did not come to start it, or could not. Begin anew under the same number.
                actions.add(new RemoveContainer(last.id()));
                start(sandbox, container, last.attempt(), Backoff.streak(last));
            }
            case EXITED, UNKNOWN -> decideEnded(sandbox, container, last);
        }
    }

    private void decideRunning(Container container, ObservedContainer running) {
        if (probes.dead(running)) {
            var failed = probes.of(running).startup() == Probes.Verdict.FAILURE ? "startup" : "liveness";
            stop(
                    running,
                    probeGrace(container, failed),
                    "Container " + container.getName() + " failed " + failed + " probe, will be restarted");
        } else if (specChanged(container, running)) {
            stop(running, pod.grace(), "Container " + container.getName() + " definition changed, will be restarted");
        }
    }

    private void decideEnded(ObservedSandbox sandbox, Container container, ObservedContainer ended) {
        boolean inThisSandbox = ended.sandbox().equals(sandbox.id());
        // A new sandbox has seen no init container yet, however often one ended well in the old one.
        boolean again = PodOutcome.restarts(pod, container, ended)
                || (!inThisSandbox && pod.isPlainInit(container))
                || specChanged(container, ended);
        if (!again) {
            return;
        }
        var at = inThisSandbox ? Backoff.restartAt(ended) : now;
        if (now.isBefore(at)) {
            lookAgain(at);
        } else {
            start(sandbox, container, ended.attempt() + 1, Backoff.nextStreak(ended));
        }
    }

    private void start(ObservedSandbox sandbox, Container container, int attempt, int streak) {
        if (!waits(Optional.ofNullable(setbacks.containers().get(container.getName())))) {
            actions.add(new StartContainer(sandbox.id(), container.getName(), attempt, streak));
        }
    }

    private void stop(ObservedContainer container, Duration grace, String why) {
        actions.add(new StopContainer(container.id(), container.name(), grace, why));
    }

    private boolean waits(Optional<Setbacks.Setback> setback) {
        var at = setback.map(Setbacks.Setback::retryAt).filter(now::isBefore);
        at.ifPresent(this::lookAgain);
        // The status changes its word for a failed pull before the next try.
        setback.map(s -> s.at().plus(Setbacks.Setback.FRESH))
                .filter(now::isBefore)
                .ifPresent(this::lookAgain);
        return at.isPresent();
    }

    private void lookAgain(Instant at) {
        actions.add(new LookAgain(at));
    }

    private void removeOldContainers() {
        var kept = kept();
        seen.containers().stream()
                .filter(c -> PodObservation.ended(c) && !kept.contains(c.id()))
                .forEach(c -> actions.add(new RemoveContainer(c.id())));
    }

    private Set<ContainerId> kept() {
        var kept = new HashSet<ContainerId>();
        for (var name : seen.containers().stream()
                .map(ObservedContainer::name)
                .distinct()
                .toList()) {
            seen.history(name).stream().limit(1 + ENDED_KEPT).forEach(c -> kept.add(c.id()));
        }
        return kept;
    }

    private Duration probeGrace(Container container, String which) {
        var probe = which.equals("startup") ? container.getStartupProbe() : container.getLivenessProbe();
        var own = probe == null ? null : probe.getTerminationGracePeriodSeconds();
        return own == null ? pod.grace() : Duration.ofSeconds(own);
    }

    private static boolean specChanged(Container container, ObservedContainer observed) {
        var was = observed.annotations().get(Labels.CONTAINER_HASH);
        return was != null && !was.equals(hash(container));
    }

    /** Of a container's spec only the image may change while the pod lives, so only that is in the hash. */
    public static String hash(Container container) {
        return Integer.toHexString(Objects.hashCode(container.getImage()));
    }

    private static List<RuntimeAction> removal(PodObservation seen) {
        var actions = new ArrayList<RuntimeAction>();
        // Stopped even when not ready: a sandbox whose holder died still has its address.
        seen.sandboxes().forEach(s -> actions.add(new StopSandbox(s.id())));
        seen.containers().forEach(c -> actions.add(new RemoveContainer(c.id())));
        seen.sandboxes().stream()
                .sorted(Comparator.comparingInt(ObservedSandbox::attempt))
                .forEach(s -> actions.add(new RemoveSandbox(s.id())));
        return List.copyOf(actions);
    }

    private static Duration grace(ObservedContainer container) {
        var seconds = container.annotations().get(Labels.GRACE_SECONDS);
        if (seconds == null || !seconds.matches("\\d{1,9}")) {
            return ORPHAN_GRACE;
        }
        return Duration.ofSeconds(Long.parseLong(seconds));
    }

    /** Whether a container in this state is started again, by policy alone. */
    static boolean restartsBy(RestartPolicy policy, ObservedContainer ended) {
        return switch (policy) {
            case ALWAYS -> true;
            case ON_FAILURE -> ended.exitCode() != 0 || ended.state() == ObservedContainer.State.UNKNOWN;
            case NEVER -> false;
        };
    }
}
