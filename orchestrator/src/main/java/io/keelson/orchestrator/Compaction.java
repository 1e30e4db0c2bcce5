package io.keelson.orchestrator;

import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Gives up old history: every {@link #EVERY} what is older than {@link #KEPT}. So a watch may be that long away and still go on where it
 * was. Only where {@code leads} says so, for once is enough.
 */
final class Compaction implements AutoCloseable {

    private static final Duration EVERY = Duration.ofMinutes(5);
    private static final Duration KEPT = Duration.ofMinutes(10);

    private static final System.Logger LOG = System.getLogger(Compaction.class.getName());

    private record Mark(Instant at, long revision) {}

    private final Kv kv;
    private final BooleanSupplier leads;
    private final LongSupplier revision;
    private final InstantSource clock;
    private final Deque<Mark> marks = new ArrayDeque<>();
    private final Thread thread;

    Compaction(Kv kv, BooleanSupplier leads, LongSupplier revision, InstantSource clock) {
        this.kv = kv;
        this.leads = leads;
        this.revision = revision;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("compaction").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(EVERY);
                look();
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    /** Notes which revision it is now, and compacts up to the newest that was noted long enough ago. */
    void look() {
        Instant now = clock.instant();
        long reached = 0;
        while (!marks.isEmpty() && !marks.getFirst().at().isAfter(now.minus(KEPT))) {
            reached = marks.removeFirst().revision();
        }
        marks.addLast(new Mark(now, revision.getAsLong()));
        if (reached > 0 && leads.getAsBoolean()) {
            try {
                kv.compact(CompactionRequest.newBuilder().setRevision(reached).build());
            } catch (KvException e) {
                // Another has done it, or there is no leader now; the next look tries a newer revision.
                LOG.log(Level.DEBUG, "compaction to " + reached + " did not go through", e);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
