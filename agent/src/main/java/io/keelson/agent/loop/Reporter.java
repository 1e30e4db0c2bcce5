package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.PodStatus;
import io.keelson.agent.loop.ControlPlane.NodeEvent;
import io.keelson.agent.runtime.PodId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * Sends upward what changed: the newest status of each pod, ends of pods, events. One sender; nobody waits for it, so pods are cared for while
 * the control plane is away.
 */
final class Reporter implements AutoCloseable {
    /** Events waiting to be sent; the oldest is dropped beyond that. Events are for people, and may be lost. */
    static final int EVENTS_MAX = 1_000;

    private final ControlPlane control;
    private final Listener listener;
    private final Retry retry;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Map<String, Report> reports = new LinkedHashMap<>();
    private final Map<String, PodStatus> sent = new HashMap<>();
    private final ArrayDeque<NodeEvent> events = new ArrayDeque<>();
    private boolean closed;

    /** Hears what came of reports. */
    interface Listener {
        /** The control plane has let go of the pod. */
        void released(PodId pod);
    }

    private record Report(PodId pod, PodStatus status, boolean ended) {}

    Reporter(ControlPlane control, RandomGenerator random, Listener listener) {
        this.control = control;
        this.listener = listener;
        this.retry = new Retry(random);
        this.thread = Thread.ofVirtual().name("report").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** The pod's status is this now. Sent if it differs from what was sent last. */
    void status(PodId pod, PodStatus status) {
        lock.lock();
        try {
            var waiting = Optional.ofNullable(reports.get(pod.uid()));
            if (waiting.filter(Report::ended).isPresent()) {
                return;
            }
            if (status.equals(sent.get(pod.uid()))) {
                reports.remove(pod.uid());
            } else {
                reports.put(pod.uid(), new Report(pod, status, false));
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is left of this deleted pod. */
    void ended(PodId pod, PodStatus last) {
        lock.lock();
        try {
            reports.put(pod.uid(), new Report(pod, last, true));
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** This node has nothing to do with the pod any more. */
    void forget(String podUid) {
        lock.lock();
        try {
            sent.remove(podUid);
        } finally {
            lock.unlock();
        }
    }

    /** The control plane may have given this node up and changed what it says of its pods: what was sent does not count any more. */
    void repeat() {
        lock.lock();
        try {
            sent.clear();
        } finally {
            lock.unlock();
        }
    }

    void event(NodeEvent event) {
        lock.lock();
        try {
            if (events.size() >= EVENTS_MAX) {
                events.removeFirst();
            }
            events.addLast(event);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (true) {
                var report = next();
                try {
                    if (report.isPresent()) {
                        send(report.get());
                    } else {
                        sendEvent();
                    }
                    retry.success();
                } catch (ControlPlane.Unreachable e) {
                    Thread.sleep(retry.failure());
                } catch (ControlPlane.Refused e) {
                    // Sending the same again would be refused again; the next change of the pod brings another report.
                    report.ifPresent(this::done);
                    System.getLogger(Reporter.class.getName()).log(System.Logger.Level.WARNING, e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    /** Statuses before events. Empty: there is an event. */
    private Optional<Report> next() throws InterruptedException {
        lock.lock();
        try {
            while (reports.isEmpty() && events.isEmpty() && !closed) {
                news.await();
            }
            if (closed) {
                throw new InterruptedException("closed");
            }
            return reports.values().stream().findFirst();
        } finally {
            lock.unlock();
        }
    }

    private void send(Report report) {
        if (report.ended()) {
            control.podEnded(report.pod(), report.status());
            done(report);
            listener.released(report.pod());
            return;
        }
        var outcome = control.reportPod(report.pod(), report.status());
        done(report);
        if (outcome != ControlPlane.Reported.TAKEN) {
            // The watch will say so, too, if it has not yet.
            forget(report.pod().uid());
        }
    }

    private void sendEvent() {
        var event = firstEvent();
        try {
            event.ifPresent(control::recordEvent);
        } catch (ControlPlane.Refused e) {
            event.ifPresent(this::remove);
            throw e;
        }
        event.ifPresent(this::remove);
    }

    private Optional<NodeEvent> firstEvent() {
        lock.lock();
        try {
            return Optional.ofNullable(events.peekFirst());
        } finally {
            lock.unlock();
        }
    }

    private void remove(NodeEvent event) {
        lock.lock();
        try {
            events.removeFirstOccurrence(event);
        } finally {
            lock.unlock();
        }
    }

    private void done(Report report) {
        lock.lock();
        try {
            sent.put(report.pod().uid(), report.status());
            // A newer one may have come meanwhile.
            reports.remove(report.pod().uid(), report);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }
}
