package io.keelson.store.raft;

import io.keelson.store.KvException;
import io.keelson.store.fault.PlantedFault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/**
 * Linearizable reads: one question to the leader ("how far is the log?") serves every read that was waiting before it was
 * asked. While it is on its way, reads gather for the next.
 */
final class ReadBarrier {

    private static final long RETRY_MILLIS = 30;
    private static final long TRY_MILLIS = 2_000;

    /** The question under way, and who led when it was asked. */
    private record Question(
            CompletableFuture<RaftClientReply> reply,
            @Nullable RaftPeerId leader) {}

    private record Waiting(CompletableFuture<Void> done, long deadlineNanos) {}

    private final Peers peers;
    private final Leadership leadership;
    private final RaftMetrics metrics;
    private final ScheduledExecutorService timer;
    private final Executor answers;
    private final Object lock = new Object();
    private volatile @Nullable Question asking;
    private List<Waiting> gathering = new ArrayList<>();
    private boolean inFlight;

    ReadBarrier(
            Peers peers, Leadership leadership, ScheduledExecutorService timer, Executor answers, RaftMetrics metrics) {
        this.peers = peers;
        this.leadership = leadership;
        this.metrics = metrics;
        this.timer = timer;
        this.answers = answers;
    }

    CompletableFuture<Void> await() {
        if (PlantedFault.READ_WITHOUT_BARRIER.isPlanted()
                || (PlantedFault.READ_WITHOUT_QUORUM.isPlanted() && peers.isLeading())) {
            return CompletableFuture.completedFuture(null);
        }
        var done = new CompletableFuture<Void>();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Proposer.REQUEST_TIMEOUT_MILLIS);
        synchronized (lock) {
            gathering.add(new Waiting(done, deadline));
            if (inFlight) {
                return done;
            }
            inFlight = true;
        }
        ask();
        return done;
    }

    /** Asks again when another leads than the one that was asked, which may never answer. Called a few times a second. */
    void tick() {
        Question question = asking;
        RaftPeerId leader = peers.leader();
        if (question != null && leader != null && !leader.equals(question.leader) && !question.reply.isDone()) {
            question.reply.completeExceptionally(new IOException("another member leads now"));
        }
    }

    private void ask() {
        List<Waiting> asked;
        synchronized (lock) {
            asked = gathering;
            gathering = new ArrayList<>();
            if (asked.isEmpty()) {
                inFlight = false;
                return;
            }
        }
        CompletableFuture<RaftClientReply> question = peers.read(leadership);
        asking = new Question(question, peers.leader());
        var _ = question.orTimeout(TRY_MILLIS, TimeUnit.MILLISECONDS)
                // Never on Ratis' thread: it calls back while it walks the list that the next question is added to.
                .whenCompleteAsync((reply, problem) -> answered(asked, reply, problem), answers);
    }

    private void answered(List<Waiting> asked, @Nullable RaftClientReply reply, @Nullable Throwable problem) {
        if (reply != null && reply.isSuccess()) {
            ask();
            asked.forEach(waiting -> waiting.done.complete(null));
            return;
        }
        metrics.readIndexSlow();
        long now = System.nanoTime();
        var expired = new ArrayList<Runnable>();
        synchronized (lock) {
            for (Waiting waiting : asked) {
                if (waiting.deadlineNanos - now > 0) {
                    gathering.add(waiting);
                } else {
                    var timeout = new KvException(
                            KvException.Reason.UNAVAILABLE,
                            peers.leader() == null ? "etcdserver: no leader" : "etcdserver: request timed out",
                            problem != null ? problem : reply == null ? null : reply.getException());
                    metrics.readIndexFailed();
                    expired.add(() -> waiting.done.completeExceptionally(timeout));
                }
            }
        }
        expired.forEach(Runnable::run);
        var _ = timer.schedule(this::ask, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }
}
