package io.keelson.store.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Where entries of all members come together, at the one that leads: while a Raft entry is on its way, those that come queue, and become
 * the next one together. Each member has one entry on its way at most, so few wait here.
 *
 * <pre>
 *   member 1: [a b c] ─┐
 *   member 2: [d e] ───┼─> one Raft entry [a b c] [d e] [f] ─> three outcomes
 *   member 3: [f] ─────┘
 * </pre>
 *
 * <p>It promises nothing that its entries do not have without it: they are committed together or not at all, and a member that does not hear
 * what became of its own sends it again, under the same number.
 */
final class Confluence {

    /** In one Raft entry, but for one that is larger by itself. */
    private static final int MAX_BYTES = 1 << 20;

    /** An entry that is on its way for longer does not hold up others: its fate may never be told. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private record Waiting(ByteString entry, CompletableFuture<Optional<IOException>> outcome) {}

    /** A Raft entry on its way; it ends once. */
    private record Flight(long begunNanos) {}

    private final Function<ByteString, CompletableFuture<Optional<IOException>>> log;
    private final LongSupplier nanoTime;
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Flight> flight = new AtomicReference<>();

    /**
     * Nothing is on its way.
     *
     * @param log takes a Raft entry, without blocking; what it gives ends with nothing when the entry is committed, or with what is in the way
     * @param nanoTime the clock, as {@link System#nanoTime}
     */
    Confluence(Function<ByteString, CompletableFuture<Optional<IOException>>> log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
    }

    /** An entry; what this gives ends with nothing when it is committed, or with what is in the way. Does not block. */
    CompletableFuture<Optional<IOException>> add(ByteString entry) {
        var waiting = new Waiting(entry, new CompletableFuture<>());
        queue.add(waiting);
        proceed();
        return waiting.outcome;
    }

    private void proceed() {
        while (!queue.isEmpty()) {
            Flight before = flight.get();
            long now = nanoTime.getAsLong();
            if (before != null && now - before.begunNanos < LATE_NANOS) {
                return;
            }
            var next = new Flight(now);
            if (flight.compareAndSet(before, next)) {
                List<Waiting> together = take();
                if (together.isEmpty()) {
                    flight.compareAndSet(next, null);
                } else {
                    begin(next, together);
                }
            }
        }
    }

    private List<Waiting> take() {
        var together = new ArrayList<Waiting>();
        long bytes = 0;
        for (Waiting next = queue.peek(); next != null; next = queue.peek()) {
            bytes += next.entry.size();
            if (!together.isEmpty() && bytes > MAX_BYTES) {
                break;
            }
            // Who has the turn is the only one to take; a turn that is late may still be about to.
            Waiting taken = queue.poll();
            if (taken == null) {
                break;
            }
            together.add(taken);
        }
        return together;
    }

    private void begin(Flight now, List<Waiting> together) {
        var _ = log.apply(LogEntries.join(together.stream().map(Waiting::entry).toList()))
                .whenComplete((outcome, problem) -> {
                    flight.compareAndSet(now, null);
                    for (Waiting each : together) {
                        if (problem == null) {
                            each.outcome.complete(outcome);
                        } else {
                            each.outcome.completeExceptionally(problem);
                        }
                    }
                    proceed();
                });
    }
}
