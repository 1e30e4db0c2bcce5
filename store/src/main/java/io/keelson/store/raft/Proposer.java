package io.keelson.store.raft;

import io.keelson.store.KvException;
import io.keelson.store.fault.CrashPoint;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.CommandCodec;
import io.keelson.store.node.Replica.Committed;
import io.keelson.store.raft.Batch.Pending;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/**
 * Turns the stream of commands into log entries: while one entry is on its way, commands queue; then all that queued become the
 * next entry. One entry in flight measured best, because batches grow with the load.
 *
 * <p>An entry that meets a change of leader is sent again, under the same sequence number, until its answers are here or
 * nobody waits any more. Replicas skip numbers that they have applied, so it takes effect at most once.
 */
final class Proposer implements AutoCloseable {

    /** How long a client waits; etcd's 5 s and twice the election timeout. */
    static final long REQUEST_TIMEOUT_MILLIS = 7_000;

    /** Commands and bytes in one entry. */
    private static final int MAX_BATCH_COMMANDS = 1_024;

    private static final long MAX_BATCH_BYTES = 1L << 20;

    /** Commands that may wait; more are refused at once. */
    private static final int MAX_QUEUED_COMMANDS = 20_000;

    private static final long TRY_MILLIS = 2_000;
    private static final long PAUSE_MILLIS = 25;

    private final String member;
    private final Peers peers;
    private final RaftMetrics metrics;
    private final long incarnation = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>(MAX_QUEUED_COMMANDS);
    private final Map<Long, Batch> waiting = new ConcurrentHashMap<>();
    private final Thread thread;
    private @Nullable Pending carried;
    private long sequence;
    private volatile boolean closed;

    Proposer(String member, Peers peers, RaftMetrics metrics) {
        this.member = member;
        this.peers = peers;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().name("store-proposer").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Queues a command. */
    CompletableFuture<Committed> propose(Command command, long onlyInTerm) {
        var answer = new CompletableFuture<Committed>();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REQUEST_TIMEOUT_MILLIS);
        if (closed) {
            answer.completeExceptionally(new KvException(KvException.Reason.UNAVAILABLE, "etcdserver: server stopped"));
        } else if (!queue.offer(new Pending(command, onlyInTerm, deadline, answer))) {
            answer.completeExceptionally(
                    new KvException(KvException.Reason.OVERLOADED, "etcdserver: too many requests"));
        }
        return answer;
    }

    /** An entry of this incarnation was applied here; the batch that waits for it, if any still does. */
    @Nullable
    Batch applied(long entryIncarnation, long entrySequence) {
        return entryIncarnation == incarnation ? waiting.remove(entrySequence) : null;
    }

    /** Commands that wait for their answers. */
    int pending() {
        return queue.size()
                + waiting.values().stream()
                        .mapToInt(batch -> batch.entry().getCommandsCount())
                        .sum();
    }

    private void run() {
        try {
            while (!closed) {
                Batch batch = nextBatch();
                waiting.put(batch.entry().getSequence(), batch);
                KvException problem = send(batch);
                if (problem != null && waiting.remove(batch.entry().getSequence()) != null) {
                    metrics.proposalsFailed(batch.entry().getCommandsCount());
                    batch.failed(problem);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Batch nextBatch() throws InterruptedException {
        Pending first = carried != null ? carried : queue.take();
        carried = null;
        var batch = new ArrayList<Pending>();
        batch.add(first);
        long bytes = size(first);
        while (batch.size() < MAX_BATCH_COMMANDS) {
            Pending next = queue.poll();
            if (next == null) {
                break;
            }
            bytes += size(next);
            if (bytes > MAX_BATCH_BYTES || next.onlyInTerm() != first.onlyInTerm()) {
                carried = next;
                break;
            }
            batch.add(next);
        }
        return new Batch(batch, member, incarnation, ++sequence);
    }

    private static long size(Pending pending) {
        return size(pending.command());
    }

    private static long size(Command command) {
        return switch (command) {
            case Command.As(Caller caller, Command inner) -> caller.user().length() + size(inner);
            case Command.Once(String id, var fingerprint, Command inner) ->
                id.length() + fingerprint.size() + size(inner);
            case Command.Put(var request) -> request.getSerializedSize();
            case Command.DeleteRange(var request) -> request.getSerializedSize();
            case Command.Txn(var request) -> request.getSerializedSize();
            case Command.Compact _,
                    Command.LeaseGrant _,
                    Command.LeaseRevoke _,
                    Command.LeaseCheckpoint _,
                    Command.Alarm _,
                    Command.Members _,
                    Command.Auth _ -> CommandCodec.encode(command).getSerializedSize();
        };
    }

    /** Tries until the entry is committed (null) or nobody waits any more (why not). */
    private @Nullable KvException send(Batch batch) throws InterruptedException {
        Message message = Peers.message(batch.entry());
        CrashPoint.ENTRY_MADE.pass();
        boolean sent = false;
        Throwable last = null;
        while (!closed && !batch.isSettled()) {
            long remaining = TimeUnit.NANOSECONDS.toMillis(batch.deadlineNanos() - System.nanoTime());
            if (remaining <= 0) {
                break;
            }
            RaftPeerId leader = peers.leader();
            try {
                RaftClientReply reply = null;
                if (batch.onlyInTerm() != 0 && (!peers.isLeading() || peers.term() != batch.onlyInTerm())) {
                    return new KvException(KvException.Reason.UNAVAILABLE, "etcdserver: not leader");
                }
                if (peers.isLeading()) {
                    sent = true;
                    reply = peers.submit(RaftClientRequest.writeRequestType(), message)
                            .get(Math.min(remaining, TRY_MILLIS), TimeUnit.MILLISECONDS);
                } else if (leader != null) {
                    sent = true;
                    reply = forward(leader, message, Math.min(remaining, TRY_MILLIS));
                }
                if (reply != null && reply.isSuccess()) {
                    return null;
                }
                last = reply == null ? null : reply.getException();
            } catch (ExecutionException e) {
                last = e.getCause();
            } catch (TimeoutException e) {
                last = e;
            } catch (IOException e) {
                last = e;
                if (leader != null) {
                    peers.forget(leader);
                }
            }
            batch.awaitSettled(PAUSE_MILLIS);
        }
        if (batch.isSettled()) {
            return null;
        }
        return sent
                ? new KvException(KvException.Reason.UNKNOWN_OUTCOME, "etcdserver: request timed out", last)
                : new KvException(KvException.Reason.UNAVAILABLE, "etcdserver: no leader", last);
    }

    /**
     * Sends to the leader, and gives up as soon as another leads: one that is paused or cut off would be waited for in vain.
     *
     * @return null if there was no answer
     */
    private @Nullable RaftClientReply forward(RaftPeerId leader, Message message, long millis)
            throws IOException, InterruptedException {
        CompletableFuture<RaftClientReply> reply = peers.send(leader, message);
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - end < 0) {
            try {
                return reply.get(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                RaftPeerId now = peers.leader();
                if (now != null && !now.equals(leader)) {
                    break;
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
            }
        }
        peers.forget(leader);
        return null;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        var stopped = new KvException(KvException.Reason.UNKNOWN_OUTCOME, "etcdserver: server stopped");
        List.copyOf(waiting.values()).forEach(batch -> batch.failed(stopped));
        var rest = new ArrayList<Pending>();
        queue.drainTo(rest);
        rest.forEach(pending -> pending.answer()
                .completeExceptionally(new KvException(KvException.Reason.UNAVAILABLE, "etcdserver: server stopped")));
    }
}
