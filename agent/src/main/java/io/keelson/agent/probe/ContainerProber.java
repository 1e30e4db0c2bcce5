package io.keelson.agent.probe;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import io.keelson.agent.pod.ProbeCount;
import io.keelson.agent.pod.Probes.Verdict;
import io.keelson.agent.pod.Probes.Verdicts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Keeps the probes of one running container going on a virtual thread of its own, until it is closed. */
public final class ContainerProber implements AutoCloseable {
    private final Container spec;
    private final Actions.Target target;
    private final Actions actions;
    private final Instant startedAt;
    private final InstantSource clock;
    private final Listener listener;
    private final Thread thread;
    private volatile Verdicts verdicts;
    private ProbeCount startup;
    private ProbeCount readiness;
    private ProbeCount liveness;

    /** Hears from a prober, on its thread. */
    public interface Listener {
        /** The verdicts have changed. */
        void changed();

        /** A probe has failed; {@code kind} is Startup, Readiness or Liveness. */
        void failed(String kind, String message);
    }

    /** Whether the container has any probe. */
    public static boolean isNeeded(Container spec) {
        return spec.getStartupProbe() != null || spec.getReadinessProbe() != null || spec.getLivenessProbe() != null;
    }

    /**
     * Begins at once.
     *
     * @param wasStarted its startup probe had succeeded before, as reported: an agent's restart does not take that back
     * @param wasReady the same for readiness
     */
    public ContainerProber(
            Container spec,
            Actions.Target target,
            Instant startedAt,
            boolean wasStarted,
            boolean wasReady,
            Actions actions,
            InstantSource clock,
            Listener listener) {
        this.spec = spec;
        this.target = target;
        this.actions = actions;
        this.startedAt = startedAt;
        this.clock = clock;
        this.listener = listener;
        this.startup = ProbeCount.startingWith(wasStarted ? Verdict.SUCCESS : Verdict.UNKNOWN);
        this.readiness = ProbeCount.startingWith(wasReady ? Verdict.SUCCESS : Verdict.UNKNOWN);
        this.liveness = ProbeCount.startingWith(Verdict.UNKNOWN);
        this.verdicts = new Verdicts(startup.verdict(), readiness.verdict(), liveness.verdict(), "");
        this.thread = Thread.ofVirtual().name("probe-" + spec.getName()).start(this::run);
    }

    public Verdicts verdicts() {
        return verdicts;
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                boolean starting = spec.getStartupProbe() != null && startup.verdict() != Verdict.SUCCESS;
                if (startup.verdict() == Verdict.FAILURE || liveness.verdict() == Verdict.FAILURE) {
                    // The verdict is final: the container will be restarted, and its successor gets a prober of its
                    // own.
                    return;
                }
                var next = starting ? due(spec.getStartupProbe(), startup) : earliest();
                if (next.isEmpty()) {
                    return;
                }
                var wait = Duration.between(clock.instant(), next.get());
                if (wait.isPositive()) {
                    Thread.sleep(wait);
                }
                var now = clock.instant();
                if (starting) {
                    startup = probe("Startup", spec.getStartupProbe(), startup, now);
                } else {
                    if (isDue(spec.getReadinessProbe(), readiness, now)) {
                        readiness = probe("Readiness", spec.getReadinessProbe(), readiness, now);
                    }
                    if (isDue(spec.getLivenessProbe(), liveness, now)) {
                        liveness = probe("Liveness", spec.getLivenessProbe(), liveness, now);
                    }
                }
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Instant> earliest() {
        var a = due(spec.getReadinessProbe(), readiness);
        var b = due(spec.getLivenessProbe(), liveness);
        return a.isEmpty() ? b : b.isEmpty() || a.get().isBefore(b.get()) ? a : b;
    }

    private boolean isDue(Probe probe, ProbeCount count, Instant now) {
        return due(probe, count).filter(d -> !d.isAfter(now)).isPresent();
    }

    private Optional<Instant> due(Probe probe, ProbeCount count) {
        return probe == null ? Optional.empty() : Optional.of(count.dueAt(probe, startedAt));
    }

    private ProbeCount probe(String kind, Probe probe, ProbeCount count, Instant now) {
        var outcome = actions.probe(probe, target);
        if (Thread.currentThread().isInterrupted()) {
            return count;
        }
        var after = count.after(probe, outcome.success(), now);
        if (!outcome.success()) {
            listener.failed(kind, outcome.message());
        }
        if (after.verdict() != count.verdict()) {
            verdicts = new Verdicts(
                    kind.equals("Startup") ? after.verdict() : startup.verdict(),
                    kind.equals("Readiness") ? after.verdict() : readiness.verdict(),
                    kind.equals("Liveness") ? after.verdict() : liveness.verdict(),
                    outcome.message());
            listener.changed();
        }
        return after;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
