package io.keelson.agent.loop;

import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.RuntimeFault;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/** Looks at the runtime: whenever it says that something changed, and every second in case it did not. Many askers share one look. */
final class Observations implements AutoCloseable {
    private static final Duration RELIST = Duration.ofSeconds(1);

    private final ContainerRuntime runtime;
    private final BiConsumer<ObservedPods, ObservedPods> changed;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Thread thread;
    private ObservedPods latest = ObservedPods.NONE;
    private Optional<RuntimeFault> fault = Optional.empty();
    private long asked;
    private long answered;
    private boolean closed;

    /** {@code changed} hears what was and what is, on the looking thread, after each look that differs. */
    Observations(ContainerRuntime runtime, BiConsumer<ObservedPods, ObservedPods> changed) {
        this.runtime = runtime;
        this.changed = changed;
        runtime.onChange(this::look);
        this.thread = Thread.ofVirtual().name("observe").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Asks for a look soon. */
    void look() {
        lock.lock();
        try {
            asked++;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What is there: a look that began after this call. Throws the runtime's fault if it cannot be had. */
    ObservedPods fresh() throws InterruptedException {
        lock.lock();
        try {
            long mine = ++asked;
            news.signalAll();
            while (answered < mine) {
                if (closed) {
                    throw new InterruptedException("closed");
                }
                news.await();
            }
            if (fault.isPresent()) {
                throw fault.get();
            }
            return latest;
        } finally {
            lock.unlock();
        }
    }

    /** The last look. */
    ObservedPods latest() {
        lock.lock();
        try {
            return latest;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (true) {
                long answering = awaitQuestion();
                Optional<ObservedPods> seen = Optional.empty();
                Optional<RuntimeFault> failed = Optional.empty();
                try {
                    seen = Optional.of(runtime.list());
                } catch (RuntimeFault e) {
                    failed = Optional.of(e);
                }
                var before = answer(answering, seen, failed);
                if (seen.isPresent() && !seen.get().equals(before)) {
                    changed.accept(before, seen.get());
                }
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private long awaitQuestion() throws InterruptedException {
        lock.lock();
        try {
            long nanos = RELIST.toNanos();
            while (asked == answered && nanos > 0 && !closed) {
                nanos = news.awaitNanos(nanos);
            }
            if (closed) {
                throw new InterruptedException("closed");
            }
            return asked;
        } finally {
            lock.unlock();
        }
    }

    private ObservedPods answer(long answering, Optional<ObservedPods> seen, Optional<RuntimeFault> failed)
            throws InterruptedException {
        lock.lock();
        try {
            var before = latest;
            seen.ifPresent(s -> latest = s);
            fault = failed;
            answered = answering;
            news.signalAll();
            if (failed.isPresent()) {
                // The runtime is away; asking it in a tight loop would not bring it back sooner.
                long nanos = TimeUnit.MILLISECONDS.toNanos(500);
                while (nanos > 0 && !closed) {
                    nanos = news.awaitNanos(nanos);
                }
            }
            return before;
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
    }
}
