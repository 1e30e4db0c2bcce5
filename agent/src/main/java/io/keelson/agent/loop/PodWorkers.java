package io.keelson.agent.loop;

import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.PodId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;

/** A worker for each pod that is wanted here or runs here, from its first sign of life until nothing is left of it. */
final class PodWorkers implements AutoCloseable {
    private final Function<PodId, PodWorker> hire;
    private final DesiredState desired;
    private final Map<String, PodWorker> workers = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /** What a worker of these is made from. Nobody is hired before a pod is known. */
    PodWorkers(WorkerContext context) {
        this.hire = pod -> new PodWorker(context, pod, this::retire);
        this.desired = context.desired();
    }

    /** Pods have changed, or what they refer to. */
    void wake(Set<String> uids) {
        for (var uid : uids) {
            var pod = desired.pod(uid);
            lock.lock();
            try {
                var worker = Optional.ofNullable(workers.get(uid));
                worker.ifPresentOrElse(w -> w.wake(true), () -> pod.ifPresent(p -> care(p.id())));
            } finally {
                lock.unlock();
            }
        }
    }

    void wakeAll() {
        lock.lock();
        try {
            workers.values().forEach(worker -> worker.wake(false));
        } finally {
            lock.unlock();
        }
    }

    /** Something may have changed on this node. */
    void observed(ObservedPods before, ObservedPods now) {
        var changed = new HashSet<String>();
        pods(before, now).forEach(pod -> {
            if (!before.of(pod).equals(now.of(pod))) {
                changed.add(pod.uid());
            }
        });
        lock.lock();
        try {
            changed.forEach(uid -> Optional.ofNullable(workers.get(uid)).ifPresent(w -> w.wake(false)));
        } finally {
            lock.unlock();
        }
        if (desired.synced()) {
            adopt(now);
        }
    }

    /** Whatever is there has a worker, wanted or not. */
    void adopt(ObservedPods seen) {
        lock.lock();
        try {
            pods(seen, ObservedPods.NONE).forEach(pod -> {
                if (!workers.containsKey(pod.uid())) {
                    care(pod);
                }
            });
        } finally {
            lock.unlock();
        }
    }

    /** Runs under the lock. */
    private void care(PodId pod) {
        var worker = hire.apply(pod);
        workers.put(pod.uid(), worker);
        worker.start();
    }

    /** A worker with nothing left may go, unless it was woken meanwhile. */
    private boolean retire(PodWorker worker) {
        lock.lock();
        try {
            if (worker.isWoken()) {
                return false;
            }
            workers.remove(worker.id().uid());
            return true;
        } finally {
            lock.unlock();
        }
    }

    private static Stream<PodId> pods(ObservedPods a, ObservedPods b) {
        return Stream.of(a, b)
                .flatMap(o -> Stream.concat(
                        o.sandboxes().stream().map(ObservedSandbox::pod),
                        o.containers().stream().map(ObservedContainer::pod)))
                .distinct();
    }

    /** Stops caring; pods keep running. */
    @Override
    public void close() {
        lock.lock();
        try {
            workers.values().forEach(PodWorker::close);
        } finally {
            lock.unlock();
        }
    }
}
