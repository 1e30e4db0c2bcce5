package io.keelson.chaos.client;

import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Recording;
import io.keelson.chaos.history.WatchLog;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Collects what clients see. From any thread. */
public final class Recorder {

    private final long began = System.nanoTime();
    private final Queue<Op> ops = new ConcurrentLinkedQueue<>();
    private final Queue<WatchLog> watches = new ConcurrentLinkedQueue<>();
    private final AtomicLong unique = new AtomicLong();
    private final AtomicLong newest = new AtomicLong(1);

    /** Nanoseconds since the run began. */
    public long now() {
        return System.nanoTime() - began;
    }

    /** A number that nobody else gets in this run. */
    public long unique() {
        return unique.incrementAndGet();
    }

    /** Notes an operation that has come to its end. */
    public void add(Op op) {
        ops.add(op);
    }

    /** Notes a watch that has come to its end. */
    public void add(WatchLog watch) {
        watches.add(watch);
    }

    /** The newest revision that any client has seen. */
    public long newest() {
        return newest.get();
    }

    /** A client has seen a revision. */
    public void seen(long revision) {
        newest.accumulateAndGet(revision, Math::max);
    }

    /** How many operations have come to their end. */
    public int count() {
        return ops.size();
    }

    /** Everything so far. */
    public Recording recording() {
        return new Recording(
                ops.stream().sorted(Comparator.comparingLong(Op::invoked)).toList(),
                watches.stream().toList());
    }
}
