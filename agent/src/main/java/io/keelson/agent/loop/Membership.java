package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.keelson.agent.loop.ControlPlane.Registration;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/** Keeps the node registered, with a status that is true and a heartbeat that comes in time. */
final class Membership {
    private static final Duration TICK = Duration.ofSeconds(1);
    /** So many heartbeats late, and everything is reported again: well before a node counts as lost, which is after four. */
    private static final int SILENCE_BEATS = 2;

    /** An unchanged status is still reported this often, so that its heartbeat times say something. */
    private static final Duration STATUS_EVERY = Duration.ofMinutes(5);

    private final ControlPlane control;
    private final NodeObjects.Constants constants;
    private final Function<List<NodeCondition>, NodeStatus> status;
    private final Consumer<Optional<Registration>> registered;
    private final Runnable afterSilence;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private Optional<Registration> registration = Optional.empty();
    private volatile Optional<String> problem = Optional.of("not registered yet");

    private Optional<NodeStatus> reported = Optional.empty();
    private Instant lastBeat = Instant.MIN;
    private Instant lastStatus = Instant.MIN;

    /**
     * Nothing happens before {@link #keep}.
     *
     * @param status the node's now, after one with these conditions
     * @param registered hears what the control plane gave, and when that counts no more
     * @param afterSilence the control plane may have given the node up, and changed what it says of its pods
     */
    Membership(
            ControlPlane control,
            NodeObjects.Constants constants,
            Function<List<NodeCondition>, NodeStatus> status,
            Consumer<Optional<Registration>> registered,
            Runnable afterSilence,
            InstantSource clock) {
        this.control = control;
        this.constants = constants;
        this.status = status;
        this.registered = registered;
        this.afterSilence = afterSilence;
        this.clock = clock;
    }

    /** Empty once the node is registered; else why not, for who waits. */
    Optional<String> problem() {
        return problem;
    }

    void awaitRegistered() throws InterruptedException {
        lock.lock();
        try {
            while (registration.isEmpty()) {
                news.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Goes on until its thread is interrupted. */
    void keep(Retry retry) throws InterruptedException {
        List<NodeCondition> conditions = List.of();
        while (true) {
            var now = status.apply(conditions);
            conditions = now.getConditions();
            try {
                beat(now);
                retry.success();
                Thread.sleep(TICK);
            } catch (ControlPlane.Unreachable e) {
                trouble(e);
                Thread.sleep(retry.failure());
            } catch (ControlPlane.Refused e) {
                // The Node may have been deleted: registering makes it anew. If that is refused, too, the reason is
                // shown.
                trouble(e);
                remember(Optional.empty());
                Thread.sleep(retry.failure());
            }
        }
    }

    private void beat(NodeStatus status) {
        var known = registration();
        var now = clock.instant();
        if (known.isEmpty()) {
            remember(Optional.of(control.register(NodeObjects.node(constants, status))));
            problem = Optional.empty();
            reported = Optional.of(status);
            lastBeat = now;
            lastStatus = now;
            return;
        }
        var every = known.get().heartbeat();
        // After a silence the control plane may have marked the node and its pods as lost: tell it all again.
        boolean silence = lastBeat.plus(every.multipliedBy(SILENCE_BEATS)).isBefore(now);
        boolean toTell = silence
                || reported.filter(r -> NodeObjects.same(r, status)).isEmpty()
                || lastStatus.plus(STATUS_EVERY).isBefore(now);
        if (!toTell && lastBeat.plus(every).isAfter(now)) {
            return;
        }
        control.heartbeat(toTell ? Optional.of(status) : Optional.empty());
        lastBeat = now;
        if (toTell) {
            reported = Optional.of(status);
            lastStatus = now;
        }
        if (silence) {
            afterSilence.run();
        }
    }

    private void trouble(RuntimeException e) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("closed");
        }
        if (registration().isPresent()) {
            return;
        }
        if (!problem.equals(Optional.ofNullable(e.getMessage()))) {
            System.getLogger(Membership.class.getName())
                    .log(System.Logger.Level.WARNING, "not registered: " + e.getMessage());
        }
        problem = Optional.of(String.valueOf(e.getMessage()));
    }

    private void remember(Optional<Registration> now) {
        lock.lock();
        try {
            registration = now;
            news.signalAll();
        } finally {
            lock.unlock();
        }
        registered.accept(now);
    }

    private Optional<Registration> registration() {
        lock.lock();
        try {
            return registration;
        } finally {
            lock.unlock();
        }
    }
}
