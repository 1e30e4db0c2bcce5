package io.keelson.store.raft;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Gives the lead away when the log does not get to the disk: a leader with such a disk holds up every writer, and a follower's disk would do.
 * On a thread of its own, because other work may wait for the same disk.
 */
final class DiskWatch {

    private static final System.Logger LOG = System.getLogger(DiskWatch.class.getName());

    /** On a busy machine shorter ones are no news. */
    private static final long MIN_STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long STALL_REST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long TICK_MILLIS = 50;

    private final String member;
    private final long boundNanos;
    private final Peers peers;
    private final BooleanSupplier handOver;

    /**
     * @param member its name, for the log
     * @param electionNanos the election timeout
     * @param handOver gives the lead away, and says whether this member leads no longer
     */
    DiskWatch(String member, long electionNanos, Peers peers, BooleanSupplier handOver) {
        this.member = member;
        this.boundNanos = Math.max(MIN_STALL_NANOS, electionNanos / 2);
        this.peers = peers;
        this.handOver = handOver;
    }

    /** Begins to look, as long as the member runs. */
    void start(BooleanSupplier running) {
        Thread.ofPlatform().name("store-disk").daemon().start(() -> {
            try {
                look(running);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void look(BooleanSupplier running) throws InterruptedException {
        var stall = new LogStall(boundNanos, STALL_REST_NANOS);
        while (running.getAsBoolean()) {
            TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
            if (peers.isLeading() && stall.look(System.nanoTime(), peers.lastEntry(), peers.flushedTo())) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the disk of the store member " + member + ", which leads, has not written its log for "
                                + TimeUnit.NANOSECONDS.toMillis(boundNanos) + " ms: "
                                + (handOver.getAsBoolean() ? "another member leads now" : "no other member can lead"));
            }
        }
    }
}
