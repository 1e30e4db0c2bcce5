package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.keelson.agent.io.FileTree;
import io.keelson.agent.pod.DesiredPod;
import io.keelson.agent.pod.PodObservation;
import io.keelson.agent.pod.PodPlan;
import io.keelson.agent.pod.PodStatuses;
import io.keelson.agent.pod.Probes;
import io.keelson.agent.pod.Probes.Verdicts;
import io.keelson.agent.pod.RuntimeAction;
import io.keelson.agent.pod.Setbacks;
import io.keelson.agent.probe.Actions;
import io.keelson.agent.probe.ContainerProber;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedContainer.State;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.volume.VolumeProblem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Cares for one pod, on one virtual thread: look, plan, report, act, and again; sleep when there is nothing to do. All that happens to the pod
 * on this node happens here, one thing after the other.
 */
final class PodWorker implements AutoCloseable {
    /** Looks again after this long even if nobody said that anything changed; refreshes volumes. */
    private static final Duration RESYNC = Duration.ofSeconds(30);
    /** After an unexpected failure of the runtime. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final WorkerContext context;
    private final PodId id;
    private final Predicate<PodWorker> retire;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Map<ContainerId, ContainerProber> probers = new ConcurrentHashMap<>();
    private final Map<ContainerId, Verdicts> verdicts = new HashMap<>();
    private final Set<String> told = new HashSet<>();
    private boolean wake;
    private boolean sourcesChanged;
    private Setbacks setbacks = Setbacks.NONE;
    private Optional<PodStatus> last = Optional.empty();
    private Optional<PodStatus> ended = Optional.empty();

    /** {@code retire} is asked when nothing is left to do; true ends the worker. */
    PodWorker(WorkerContext context, PodId id, Predicate<PodWorker> retire) {
        this.context = context;
        this.id = id;
        this.retire = retire;
        this.thread = Thread.ofVirtual().name("pod-" + id.path()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    PodId id() {
        return id;
    }

    /** Something about the pod has changed; {@code sources}: what it refers to, or itself. */
    void wake(boolean sources) {
        lock.lock();
        try {
            wake = true;
            sourcesChanged |= sources;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a call to {@link #wake} has not been looked at yet. */
    boolean isWoken() {
        lock.lock();
        try {
            return wake;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (true) {
                Optional<Instant> next;
                try {
                    next = round();
                } catch (RuntimeFault.Unavailable e) {
                    // The runtime is away, which is the node's trouble and stands in its Ready condition.
                    next = Optional.of(context.clock().instant().plus(PAUSE));
                } catch (RuntimeException e) {
                    // Without its worker the pod would be cared for by nobody, so tell and try again.
                    tellFailure(e);
                    next = Optional.of(context.clock().instant().plus(PAUSE));
                }
                if (next.isEmpty()) {
                    if (retire.test(this)) {
                        return;
                    }
                } else {
                    await(next.get());
                }
            }
        } catch (InterruptedException e) {
            // Closed: the pod goes on, the next agent picks it up.
            Thread.currentThread().interrupt();
        } finally {
            probers.values().forEach(ContainerProber::close);
        }
    }

    private void tellFailure(RuntimeException e) {
        System.getLogger(PodWorker.class.getName()).log(System.Logger.Level.WARNING, "pod " + id.path(), e);
        context.desired()
                .pod(id.uid())
                .ifPresent(pod -> new PodEvents(context.reporter(), pod)
                        .warning("", "FailedSync", "error syncing pod: " + e.getMessage()));
    }

    private void await(Instant until) throws InterruptedException {
        lock.lock();
        try {
            long nanos = Math.max(
                    0, Duration.between(context.clock().instant(), until).toNanos());
            while (!wake && nanos > 0) {
                nanos = woken.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean takeWake() {
        lock.lock();
        try {
            wake = false;
            boolean changed = sourcesChanged;
            sourcesChanged = false;
            return changed;
        } finally {
            lock.unlock();
        }
    }

    /** One look at everything. Returns when to look again; empty when there is nothing left to care for. */
    private Optional<Instant> round() throws InterruptedException {
        boolean changed = takeWake();
        var wanted = context.desired().pod(id.uid());
        if (!context.desired().synced()) {
            // Before the first complete picture, a pod not known yet may well be wanted, and a ConfigMap not known yet
            // may well exist.
            return Optional.of(context.clock().instant().plus(RESYNC));
        }
        var seen = withMessages(PodObservation.of(context.observations().fresh().of(id)));
        var now = context.clock().instant();
        if (wanted.isEmpty()) {
            return endOrphan(seen);
        }
        var pod = wanted.get();
        if (changed) {
            setbacks = setbacks.afterSourcesChanged();
        }
        if (changed || context.tokens().isDue(pod)) {
            refreshVolumes(pod, seen);
        }
        probe(pod, seen);
        var probes = new Probes(verdicts);
        var actions = PodPlan.plan(pod, seen, setbacks, probes, now);
        report(pod, seen, probes, actions, now);
        tellBackOff(pod);
        if (actions.stream().allMatch(a -> a instanceof RuntimeAction.LookAgain || a instanceof RuntimeAction.EndPod)) {
            var at = actions.stream()
                    .filter(RuntimeAction.LookAgain.class::isInstance)
                    .map(a -> ((RuntimeAction.LookAgain) a).at())
                    .min(Comparator.naturalOrder());
            return at.filter(a -> a.isBefore(now.plus(RESYNC))).or(() -> Optional.of(now.plus(RESYNC)));
        }
        setbacks = new ActionRunner(context, wanted, seen, setbacks).run(actions);
        return Optional.of(now);
    }

    private void report(DesiredPod pod, PodObservation seen, Probes probes, List<RuntimeAction> actions, Instant now) {
        var status = PodStatuses.status(
                pod,
                seen,
                setbacks,
                probes,
                last.orElseGet(pod::reported),
                context.runtime().info().name(),
                context.facts().address(),
                now);
        if (actions.contains(new RuntimeAction.EndPod())) {
            // What it was when its containers had ended but were still there says more than the look at nothing.
            context.reporter().ended(id, ended.orElse(status));
            return;
        }
        if (pod.deleted()) {
            ended = Optional.of(status);
        }
        last = Optional.of(status);
        context.reporter().status(id, status);
    }

    private Optional<Instant> endOrphan(PodObservation seen) throws InterruptedException {
        var actions = PodPlan.planOrphan(seen);
        if (!actions.isEmpty()) {
            new ActionRunner(context, Optional.empty(), seen, setbacks).run(actions);
            return Optional.of(context.clock().instant());
        }
        probers.values().forEach(ContainerProber::close);
        probers.clear();
        try {
            context.volumes().remove(id.uid());
            context.tokens().forget(id.uid());
            removeLogs();
        } catch (IOException e) {
            throw new RuntimeFault.Failed("removing the files of pod " + id.path(), e);
        }
        context.reporter().forget(id.uid());
        return Optional.empty();
    }

    private void removeLogs() throws IOException {
        FileTree.delete(context.logs().resolve(id.logDirectoryName()));
    }

    /** Objects mounted as files follow their sources while the pod runs; what is missing then only matters to the next start. */
    private void refreshVolumes(DesiredPod pod, PodObservation seen) {
        if (seen.running().findAny().isEmpty() || pod.deleted()) {
            return;
        }
        try {
            context.volumes().prepare(pod, context.desired().sources(), context.facts());
        } catch (VolumeProblem e) {
            new PodEvents(context.reporter(), pod).warning("", "FailedMount", String.valueOf(e.getMessage()));
        }
    }

    private PodObservation withMessages(PodObservation seen) {
        return new PodObservation(
                seen.sandboxes(),
                seen.containers().stream().map(this::withMessage).toList());
    }

    private ObservedContainer withMessage(ObservedContainer c) {
        if (c.state() != State.EXITED || !c.message().isEmpty()) {
            return c;
        }
        var message = context.volumes().terminationMessage(id.uid(), c.name(), c.attempt());
        return message.isEmpty() ? c : c.withMessage(message);
    }

    /** Begins and ends probing as containers come and go. */
    private void probe(DesiredPod pod, PodObservation seen) {
        var running = seen.running().toList();
        probers.entrySet().removeIf(e -> {
            boolean gone = pod.deleted() || running.stream().noneMatch(c -> c.id().equals(e.getKey()));
            if (gone) {
                verdicts.put(e.getKey(), e.getValue().verdicts());
                e.getValue().close();
            }
            return gone;
        });
        verdicts.keySet().removeIf(known -> seen.containers().stream().noneMatch(c -> c.id().equals(known)));
        if (!pod.deleted()) {
            for (var container : running) {
                pod.container(container.name())
                        .filter(ContainerProber::isNeeded)
                        .ifPresent(spec ->
                                probers.computeIfAbsent(container.id(), key -> prober(pod, seen, spec, container)));
            }
        }
        probers.forEach((key, prober) -> verdicts.put(key, prober.verdicts()));
    }

    private ContainerProber prober(DesiredPod pod, PodObservation seen, Container spec, ObservedContainer container) {
        var address =
                pod.hostNetwork() ? context.facts().address() : seen.podIp().orElse("");
        var containerId =
                context.runtime().info().name() + "://" + container.id().value();
        var before = Optional.ofNullable(pod.reported().getContainerStatuses()).orElse(List.of()).stream()
                .filter(s -> containerId.equals(s.getContainerID()))
                .findFirst();
        return new ContainerProber(
                spec,
                new Actions.Target(container.id(), spec, address),
                container.startedAt().orElse(container.createdAt()),
                before.map(ContainerStatus::getStarted).orElse(false),
                before.map(ContainerStatus::getReady).orElse(false),
                context.actions(),
                context.clock(),
                new ContainerProber.Listener() {
                    @Override
                    public void changed() {
                        wake(false);
                    }

                    @Override
                    public void failed(String kind, String message) {
                        new PodEvents(context.reporter(), pod)
                                .warning(container.name(), "Unhealthy", kind + " probe failed: " + message);
                    }
                });
    }

    /** One BackOff event per waiting, not one per look. */
    private void tellBackOff(DesiredPod pod) {
        var events = new PodEvents(context.reporter(), pod);
        setbacks.containers().forEach((name, setback) -> {
            if (setback.kind() == Setbacks.Kind.IMAGE_PULL && told.add(name + " pull " + setback.at())) {
                events.normal(
                        name,
                        "BackOff",
                        "Back-off pulling image \""
                                + pod.container(name).map(c -> c.getImage()).orElse("") + "\"");
            }
        });
        var statuses = last.map(PodStatus::getContainerStatuses).orElse(List.of());
        for (var status : statuses) {
            var waiting = status.getState().getWaiting();
            if (waiting != null
                    && "CrashLoopBackOff".equals(waiting.getReason())
                    && told.add(status.getName() + " crash " + status.getRestartCount())) {
                events.warning(
                        status.getName(),
                        "BackOff",
                        "Back-off restarting failed container " + status.getName() + " in pod " + id.name() + "_"
                                + id.namespace() + "(" + id.uid() + ")");
            }
        }
        // What has been told of containers long gone is of no use; a pod restarts its containers without end.
        if (told.size() > 1_000) {
            told.clear();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        probers.values().forEach(ContainerProber::close);
    }
}
