package io.keelson.orchestrator.api;

import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.orchestrator.registry.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one watcher: put there by the {@link WatchHub}, up to a bound, and taken by the watcher's own thread. The hub never waits
 * for a watcher; beyond the bound the watch is cut.
 *
 * @param <T> how the watcher is told of a change
 */
final class Subscription<T> {

    /** A client that was cut may finish what it is just being sent, for so long; then its connection is closed. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private record Pending<T>(KeyChange change, Supplier<Optional<T>> told) {}

    private final Interest<T> interest;
    private final WatchLimits limits;
    private final LongSupplier position;

    /** Nothing up to this revision is wanted; later, all up to it was taken. */
    private volatile long reached;

    // Of the hub alone.
    private List<Pending<T>> arriving = new ArrayList<>();
    private long arrivingBytes;
    private boolean ending;
    private @Nullable ApiException failing;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private List<Pending<T>> ready = new ArrayList<>();
    private long readyBytes;
    private boolean ended;
    private boolean closed;
    private @Nullable ApiException failure;
    private @Nullable Thread reader;

    /**
     * Nothing waits yet.
     *
     * @param from only what comes after this revision is wanted
     * @param position all changes up to this revision have been published
     */
    Subscription(Interest<T> interest, WatchLimits limits, long from, LongSupplier position) {
        this.interest = interest;
        this.limits = limits;
        this.reached = from;
        this.position = position;
    }

    Interest<T> interest() {
        return interest;
    }

    // ---- the hub's side

    /** Notes a change; the watcher sees it with the next {@link #publish}. */
    void stage(KeyChange change) {
        if (change.revision() <= reached || !interest.concerns(change) || failing != null) {
            return;
        }
        try {
            if (interest.onlyComputes()) {
                Optional<T> told = interest.told(change);
                told.ifPresent(_ -> arriving.add(new Pending<>(change, () -> told)));
            } else {
                arriving.add(new Pending<>(change, () -> interest.told(change)));
            }
            arrivingBytes += change.bytes();
        } catch (ApiException e) {
            failing = e;
        } catch (RuntimeException e) {
            // What is stored there is no object: nobody else's watch ends because of it.
            failing = new ApiException(Reason.INTERNAL_ERROR, "Internal error occurred: " + e);
        }
    }

    /** What is watched is not there any more: the watch ends behind what was staged. */
    void stageEnd() {
        ending = true;
    }

    /** Whether there is something to publish. */
    boolean isStaged() {
        return ending || failing != null || !arriving.isEmpty();
    }

    /**
     * Lets the watcher see what was staged. Who has taken everything before is not cut, however much comes at once.
     *
     * @return whether the watch goes on
     */
    boolean publish() {
        lock.lock();
        try {
            boolean tooMany = ready.size() + arriving.size() > limits.pendingEvents()
                    || readyBytes + arrivingBytes > limits.pendingBytes();
            if (!ready.isEmpty() && tooMany) {
                cut();
                return false;
            }
            if (ready.isEmpty()) {
                ready = arriving;
                arriving = new ArrayList<>();
            } else {
                ready.addAll(arriving);
                arriving.clear();
            }
            readyBytes += arrivingBytes;
            arrivingBytes = 0;
            ended = ending;
            failure = failing;
            changed.signalAll();
            return !ended && failure == null;
        } finally {
            lock.unlock();
        }
    }

    private void cut() {
        failure = new ApiException(
                Reason.TOO_MANY_REQUESTS,
                "the client takes events more slowly than they come: more than " + limits.pendingEvents()
                        + " events or " + limits.pendingBytes()
                        + " bytes wait for it; watch again from the last resourceVersion");
        ready = new ArrayList<>();
        readyBytes = 0;
        changed.signalAll();
        Thread.ofVirtual().name("watch-cut").start(this::interruptLater);
    }

    /** A thread that waits for a client to read may wait forever: interrupted, it closes the connection. */
    private void interruptLater() {
        try {
            Thread.sleep(GRACE);
        } catch (InterruptedException e) {
            return;
        }
        lock.lock();
        try {
            if (!closed && reader != null) {
                reader.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The watch fails now; what waits for the watcher is told before. */
    void fail(ApiException e) {
        lock.lock();
        try {
            failure = e;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    // ---- the watcher's side

    /**
     * What has come, in order of revision; empty if nothing came in time, or if {@link #isEnded}.
     *
     * @throws ApiException when all was taken and the watch has failed
     */
    List<T> next(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        List<Pending<T>> taken;
        lock.lockInterruptibly();
        try {
            reader = Thread.currentThread();
            while (true) {
                if (closed) {
                    throw new InterruptedException("the watch is closed");
                }
                // Before it is seen that nothing waits: what is published up to here has been taken then.
                long published = position.getAsLong();
                if (!ready.isEmpty()) {
                    taken = ready;
                    ready = new ArrayList<>();
                    readyBytes = 0;
                    reached = Math.max(reached, taken.getLast().change().revision());
                    break;
                }
                if (failure != null) {
                    throw new ApiException(failure.rejection(), failure);
                }
                reached = Math.max(reached, published);
                if (ended || left <= 0) {
                    return List.of();
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        List<T> told =
                taken.stream().flatMap(pending -> pending.told().get().stream()).toList();
        // The list grew old while it waited for this change. What a dead list of the old generation still names would
        // grow old, too.
        taken.clear();
        return told;
    }

    /** Whether the watch is over and all was taken. */
    boolean isEnded() {
        lock.lock();
        try {
            return ended && ready.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** All changes up to this revision have been returned. */
    long progress() {
        return reached;
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            ready = new ArrayList<>();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
