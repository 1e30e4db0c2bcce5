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
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/**
 * Turns the stream of commands into log entries: while one entry is on its way, commands queue; then all that queued become the
 * next entry. One entry in flight measured best, because batches grow with the load.
 *
 * <p>Whoever brings a command while nothing is on its way makes the entry and sends it, and whoever learns that it has arrived sends the
 * next: few commands need no change of thread. Many, and whatever does not go well, are the business of a thread of this class.
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

    /**
     * While more commands than these are in an entry, the next is made by the thread: while it wakes up, more come together, and fewer entries
     * cost less than the change of thread.
     */
    private static final int FEW_COMMANDS = 4;

    /** More bytes are a work on the way to the leader that nobody is held up with who does something else. */
    private static final int MAX_AT_ONCE_BYTES = 64 << 10;

    /** The thread takes over an entry that is under way for longer. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS);

    /** The thread sleeps after so many looks without anything under way. */
    private static final int IDLE_LOOKS = 40;

    private final String member;
    private final Peers peers;
    private final Confluence confluence;
    private final RaftMetrics metrics;
    private final long incarnation = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>(MAX_QUEUED_COMMANDS);
    private final Map<Long, Batch> waiting = new ConcurrentHashMap<>();
    private final Thread thread;

    /** Held from when an entry is made until it is committed, or nobody waits for it any more. */
    private final AtomicBoolean turn = new AtomicBoolean();

    /** Wakes the thread. */
    private final Semaphore wake = new Semaphore(0);

    /** The thread has been given the turn. */
    private volatile boolean given;

    /** The thread looks at nothing until it is woken. */
    private volatile boolean asleep;

    /** What is on its way without the thread. */
    private volatile @Nullable Flight flight;

    /** An entry to be sent again. Of who has the turn, as the next three. */
    private @Nullable Batch again;

    private @Nullable Pending carried;
    private long sequence;
    /** The last entry had more than a few commands. */
    private boolean many;

    private volatile boolean closed;

    /** An entry on its way; whoever sets {@code landed} has the turn. */
    private record Flight(
            Batch batch,
            @Nullable RaftPeerId leader,
            CompletableFuture<Optional<IOException>> outcome,
            long begunNanos,
            AtomicBoolean landed) {}

    Proposer(String member, Peers peers, Confluence confluence, RaftMetrics metrics) {
        this.member = member;
        this.confluence = confluence;
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
        } else {
            proceed();
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

    /** Sends what has queued, if nothing is on its way. Does not block. */
    private void proceed() {
        while (!isEmpty() && turn.compareAndSet(false, true)) {
            if (isEmpty()) {
                turn.set(false);
            } else if (many || queue.size() > FEW_COMMANDS || !begin()) {
                give();
            } else {
                return;
            }
        }
    }

    private boolean isEmpty() {
        return queue.isEmpty() && carried == null;
    }

    private void give() {
        given = true;
        wake.release();
    }

    /** Sends an entry without the thread, if that is possible. Of who has the turn. */
    private boolean begin() {
        RaftPeerId leader = peers.leader();
        boolean leading = peers.isLeading();
        if (closed || !thread.isAlive() || !(leading || (leader != null && peers.isInReach(leader)))) {
            return false;
        }
        Batch batch = nextBatch();
        waiting.put(batch.entry().getSequence(), batch);
        if (batch.onlyInTerm() != 0 || (!leading && batch.entry().getSerializedSize() > MAX_AT_ONCE_BYTES)) {
            again = batch;
            return false;
        }
        ByteString entry = encoded(batch);
        CrashPoint.ENTRY_MADE.pass();
        CompletableFuture<Optional<IOException>> outcome =
                leading || leader == null ? confluence.add(entry) : peers.propose(leader, entry);
        var now = new Flight(batch, leader, outcome, System.nanoTime(), new AtomicBoolean());
        flight = now;
        if (asleep) {
            wake.release();
        }
        var _ = outcome.whenComplete((problem, error) -> landed(now, error == null && problem.isEmpty()));
        return true;
    }

    private static ByteString encoded(Batch batch) {
        return UnsafeByteOperations.unsafeWrap(batch.entry().toByteArray());
    }

    private void landed(Flight now, boolean committed) {
        if (!now.landed.compareAndSet(false, true)) {
            return;
        }
        flight = null;
        if (committed) {
            turn.set(false);
            proceed();
        } else {
            again = now.batch;
            give();
        }
    }

    private void run() {
        try {
            while (!closed) {
                if (given) {
                    given = false;
                    Batch batch = again;
                    if (batch == null) {
                        batch = nextBatch();
                        waiting.put(batch.entry().getSequence(), batch);
                    }
                    again = null;
                    see(batch, null);
                }
                Flight late = flight;
                if (late != null
                        && System.nanoTime() - late.begunNanos > LATE_NANOS
                        && late.landed.compareAndSet(false, true)) {
                    flight = null;
                    see(late.batch, late);
                }
                await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until there is something to do; looks up now and then while entries are under way, and for a while after. */
    private void await() throws InterruptedException {
        if (given) {
            return;
        }
        for (int idle = 0; idle < IDLE_LOOKS; idle = flight == null ? idle + 1 : 0) {
            Flight now = flight;
            if (wake.tryAcquire(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                    || (now != null && System.nanoTime() - now.begunNanos > LATE_NANOS)) {
                return;
            }
        }
        asleep = true;
        if (flight == null && !given) {
            wake.acquire();
        }
        asleep = false;
        wake.drainPermits();
    }

    /** Sees to it that an entry is committed, or that nobody waits for it any more; then it is the next one's turn. */
    private void see(Batch batch, @Nullable Flight begun) throws InterruptedException {
        KvException problem = send(batch, begun);
        if (problem != null && waiting.remove(batch.entry().getSequence()) != null) {
            metrics.proposalsFailed(batch.entry().getCommandsCount());
            batch.failed(problem);
        }
        turn.set(false);
        proceed();
    }

    /** All that has queued, as far as it fits into an entry. Of who has the turn; there must be something. */
    private Batch nextBatch() {
        Pending first = carried != null ? carried : queue.remove();
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
        many = batch.size() > FEW_COMMANDS;
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

    /**
     * Tries until the entry is committed (null) or nobody waits any more (why not).
     *
     * @param begun the first try, if it was made
     */
    private @Nullable KvException send(Batch batch, @Nullable Flight begun) throws InterruptedException {
        ByteString entry = encoded(batch);
        CrashPoint.ENTRY_MADE.pass();
        Flight flying = begun;
        boolean sent = false;
        Throwable last = null;
        while (!closed && !batch.isSettled()) {
            long remaining = TimeUnit.NANOSECONDS.toMillis(batch.deadlineNanos() - System.nanoTime());
            if (remaining <= 0) {
                break;
            }
            if (batch.onlyInTerm() != 0 && (!peers.isLeading() || peers.term() != batch.onlyInTerm())) {
                return new KvException(KvException.Reason.UNAVAILABLE, "etcdserver: not leader");
            }
            Flight now = flying != null ? flying : again(batch, entry);
            flying = null;
            if (now != null) {
                sent = true;
                try {
                    Optional<IOException> problem = await(now, Math.min(remaining, TRY_MILLIS));
                    if (problem.isEmpty()) {
                        return null;
                    }
                    last = problem.get();
                } catch (ExecutionException e) {
                    last = e.getCause();
                    forget(now);
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

    /** One try; null if nobody leads. */
    private @Nullable Flight again(Batch batch, ByteString entry) {
        RaftPeerId leader = peers.leader();
        if (peers.isLeading()) {
            // What counts in this term only goes by itself: it was just looked up.
            CompletableFuture<Optional<IOException>> outcome =
                    batch.onlyInTerm() != 0 ? peers.write(entry) : confluence.add(entry);
            return new Flight(batch, null, outcome, System.nanoTime(), new AtomicBoolean(true));
        }
        return leader == null
                ? null
                : new Flight(batch, leader, peers.propose(leader, entry), System.nanoTime(), new AtomicBoolean(true));
    }

    private void forget(Flight now) {
        if (now.leader != null && !peers.isLeading()) {
            peers.forget(now.leader);
        }
    }

    /**
     * Waits for the leader, and gives up as soon as another leads: one that is paused or cut off would be waited for in vain.
     *
     * @return nothing if it is committed, or what is in the way
     */
    private Optional<IOException> await(Flight now, long millis) throws ExecutionException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - end < 0) {
            try {
                return now.outcome.get(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                RaftPeerId leader = peers.leader();
                if (now.leader != null && leader != null && !leader.equals(now.leader)) {
                    break;
                }
            }
        }
        forget(now);
        return Optional.of(new IOException("no answer from the leader"));
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
