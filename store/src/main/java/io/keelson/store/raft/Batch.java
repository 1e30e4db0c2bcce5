package io.keelson.store.raft;

import io.keelson.proto.store.v1.LogEntry;
import io.keelson.store.KvException;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.CommandCodec;
import io.keelson.store.node.Replica.Committed;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Commands that go through the log together, and those who wait for their answers. */
final class Batch {

    /**
     * One command that waits.
     *
     * @param onlyInTerm give up rather than let it be led through the log by another member, or in another term; 0: whoever leads
     * @param deadlineNanos when the client stops waiting, {@link System#nanoTime()}
     */
    record Pending(Command command, long onlyInTerm, long deadlineNanos, CompletableFuture<Committed> answer) {}

    private final List<Pending> pending;
    private final LogEntry entry;
    private final CountDownLatch settled = new CountDownLatch(1);

    Batch(List<Pending> pending, String member, long incarnation, long sequence) {
        this.pending = List.copyOf(pending);
        var log = LogEntry.newBuilder()
                .setMember(member)
                .setIncarnation(incarnation)
                .setSequence(sequence);
        for (Pending one : pending) {
            log.addCommands(CommandCodec.encode(one.command));
        }
        this.entry = log.build();
    }

    LogEntry entry() {
        return entry;
    }

    long onlyInTerm() {
        return pending.getFirst().onlyInTerm;
    }

    /** The last of the deadlines: until then somebody waits. */
    long deadlineNanos() {
        return pending.getLast().deadlineNanos;
    }

    /** The entry was applied here. */
    void applied(List<Committed> answers) {
        settled.countDown();
        for (int i = 0; i < pending.size(); i++) {
            pending.get(i).answer.complete(answers.get(i));
        }
    }

    /** Nobody waits any longer. */
    void failed(KvException problem) {
        settled.countDown();
        pending.forEach(one -> one.answer.completeExceptionally(problem));
    }

    boolean isSettled() {
        return settled.getCount() == 0;
    }

    boolean awaitSettled(long millis) throws InterruptedException {
        return settled.await(millis, TimeUnit.MILLISECONDS);
    }
}
