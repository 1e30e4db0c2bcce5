package io.keelson.orchestrator;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.Past;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Gives up old history: every {@link #EVERY} what is older than {@link #KEPT}. So a watch may be that long away and still go on where it
 * was. Between these it notes the time in the store, so that people can ask for the past by time, see {@link Past#TIMES}. Only where
 * {@code leads} says so, for once is enough.
 */
final class Compaction implements AutoCloseable {

    private static final Duration EVERY = Duration.ofMinutes(5);
    private static final Duration KEPT = Duration.ofMinutes(10);

    /** So exact is a question for the past by time. */
    private static final Duration NOTED_EVERY = Duration.ofSeconds(10);

    private static final System.Logger LOG = System.getLogger(Compaction.class.getName());

    private record Mark(Instant at, long revision) {}

    private final Kv kv;
    private final BooleanSupplier leads;
    private final LongSupplier revision;
    private final InstantSource clock;
    private final Deque<Mark> marks = new ArrayDeque<>();
    private final Thread thread;
    private long noted;

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
            Instant next = clock.instant().plus(EVERY);
            while (true) {
                Thread.sleep(NOTED_EVERY);
                note();
                if (!clock.instant().isBefore(next)) {
                    look();
                    next = clock.instant().plus(EVERY);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    /** Notes the time in the store, unless nothing has happened since it did. */
    void note() {
        long reached = revision.getAsLong();
        if (!leads.getAsBoolean() || reached == noted) {
            return;
        }
        try {
            noted = kv.txn(TxnRequest.newBuilder()
                            .addSuccess(RequestOp.newBuilder()
                                    .setRequestPut(PutRequest.newBuilder()
                                            .setKey(ByteString.copyFromUtf8(Past.TIMES))
                                            .setValue(ByteString.copyFromUtf8(clock.instant()
                                                    .truncatedTo(ChronoUnit.SECONDS)
                                                    .toString()))))
                            .build())
                    .getHeader()
                    .getRevision();
        } catch (KvException e) {
            LOG.log(Level.DEBUG, "the time could not be noted; it will be the next time", e);
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
