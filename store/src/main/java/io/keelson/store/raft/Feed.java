package io.keelson.store.raft;

import io.keelson.store.wire.Link;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a follower with entries, and tells it what is committed when it should hear of it. Ratis itself would write an entry of its own into
 * the log after every commit, which is replicated and synced as well; or say it with the next entries or heartbeat, up to half an election
 * timeout later.
 *
 * <p>What is new and small is sent by who brings the news: the thread that appended an entry, or committed one. It never waits there, as
 * no more is sent so than fits between two kernels. Everything else (a follower that is behind, a large entry, a snapshot, a connection that
 * is not there, heartbeats) is for the feed's own thread, which may wait.
 */
final class Feed extends LogAppenderBase {

    private static final System.Logger LOG = System.getLogger(Feed.class.getName());

    /** Messages with entries, and bytes of them, that may wait for their answers. */
    private static final int MAX_UNDER_WAY = 8;

    private static final long MAX_BYTES_UNDER_WAY = 4L << 20;

    /** Sent without a change of thread while no more than this waits for answers: Linux takes as much for a socket without blocking. */
    private static final long AT_ONCE_BYTES = 96L << 10;

    /** A follower that misses more is behind. */
    private static final long AT_ONCE_ENTRIES = 4;

    private static final int MAX_HEARTBEATS_UNDER_WAY = 32;

    /** Pieces of a snapshot that may wait for their answers, and for how long. */
    private static final int PIECES_UNDER_WAY = 2;

    private static final long PIECE_SECONDS = 8;

    /** A member that comes back is found soon, and not looked for without a pause. */
    private static final long PAUSE_MILLIS = 50;

    private static final int SHORT_PAUSES = 20;
    private static final long LONG_PAUSE_MILLIS = 250;

    private static final Comparator<Long> CALL_ORDER = (one, other) -> Long.signum(one - other);

    /** One message with entries that waits for its answer. */
    private record UnderWay(long first, int bytes) {}

    /** What the follower was told of that it has. */
    private volatile long told = -1;
    /** What it should hear of at once. */
    private volatile long news = -1;
    /** Another feeds the same follower. */
    private volatile boolean superfluous;
    /** When the newest message was sent that the follower has answered as its leader's, by {@link System#nanoTime}; null if there is none. */
    private final AtomicReference<@Nullable Long> lastAnswered = new AtomicReference<>();
    /** When the newest message was sent, in the same way. */
    private volatile @Nullable Long lastSent;

    private final CommitNews from;
    private final Leadership leadership;
    private final PeerTraffic traffic;
    private final RaftMetrics metrics;
    private final Link link;
    private final AtomicLong calls = new AtomicLong();
    private final Semaphore wake = new Semaphore(0);

    /**
     * Held by who decides what is sent next, so that messages go in the order of the log. The feed's own thread and the one that reads answers
     * wait for it; nobody else does, as the feed's own may wait for the follower while it holds it.
     */
    private final ReentrantLock order = new ReentrantLock();

    /** By call; what waits for an answer since the follower's place in the log was last set back. Under {@link #order}. */
    private final TreeMap<Long, UnderWay> underWay = new TreeMap<>();

    private long bytesUnderWay;
    private int heartbeatsUnderWay;
    /** Grows whenever what is under way is given up. Under {@link #order}. */
    private long attempt;
    /** The follower has answered in this attempt, so that its place in the log is known. Under {@link #order}. */
    private boolean answering;
    /** The earliest entry that the follower has refused since it last took one. Under {@link #order}. */
    private long refusedFrom = Long.MAX_VALUE;
    /** In a row. */
    private final AtomicInteger failures = new AtomicInteger();

    /** The last attempt to read the log or a snapshot failed. Of the feed's own thread. */
    private boolean unreadable;

    /** @param means of the server; tells this feed what is committed until it is stopped */
    Feed(RaftServer.Division server, LeaderState state, FollowerInfo follower, PeerRpc.Means means) {
        super(server, state, follower);
        this.from = means.news();
        this.leadership = means.leadership();
        this.traffic = means.traffic();
        this.metrics = means.metrics();
        this.link = means.links().raft(follower.getId());
        from.begins(this);
        leadership.begins(this);
    }

    /**
     * Another feeds this follower, from the beginning. Ratis lets nobody lead while a learner's promotion is under way: it makes a feed for
     * the voter and one for the learner, and ends with an exception as both are for one member. So the first of the two never starts, and
     * goes by a name that nobody has; Ratis drops it with the next configuration, which a leader begins with.
     */
    void giveWay() {
        superfluous = true;
    }

    @Override
    public RaftPeerId getFollowerId() {
        RaftPeerId follower = super.getFollowerId();
        return superfluous ? RaftPeerId.valueOf(follower + " once more") : follower;
    }

    @Override
    public void start() {
        if (!superfluous) {
            super.start();
        }
    }

    @Override
    public CompletableFuture<LifeCycle.State> stopAsync() {
        from.ends(this);
        leadership.ends(this);
        return super.stopAsync();
    }

    /**
     * For Ratis, which wants a message's answer that was sent after a question, and asks for its number when that message may be under way: it would
     * wait for the next heartbeat. {@link Leadership} is sure by itself, so that any answer is good enough here.
     */
    @Override
    public long getCallId() {
        return 0;
    }

    @Override
    public Comparator<Long> getCallIdComparator() {
        return CALL_ORDER;
    }

    /** The follower should know soon that an entry is committed: as soon as it has it. */
    void tell(long index) {
        news = index;
        if (told < index) {
            notifyLogAppender();
        }
    }

    /** The news is a heartbeat, which says nothing of the log while entries are under way; those that follow them will. */
    @Override
    public long getHeartbeatWaitTimeMs() {
        return isNewsDue() ? 0 : super.getHeartbeatWaitTimeMs();
    }

    private boolean isNewsDue() {
        return told < Math.min(news, getFollower().getMatchIndex()) && !hasAppendEntries() && !hasPendingDataRequests();
    }

    @Override
    public boolean hasPendingDataRequests() {
        return bytesUnderWay > 0;
    }

    // ---- at once, on any thread
    // --------------------------------------------------------------------------------------

    /** There may be something to send. Does not block. */
    @Override
    public void notifyLogAppender() {
        if (!atOnce()) {
            awake();
        }
    }

    private void awake() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    /** Whether nothing is left to send. */
    private boolean atOnce() {
        if (failures.get() > 0 || superfluous || !link.isConnected() || !isRunning() || !order.tryLock()) {
            return false;
        }
        try {
            while (answering && isSmall()) {
                if (!sendNext()) {
                    return !hasAppendEntries() || bytesUnderWay > 0;
                }
            }
            return false;
        } catch (RaftLogIOException e) {
            // The feed's own thread will meet it, too.
            return false;
        } finally {
            order.unlock();
        }
    }

    /** Whether what is to be sent is in memory, and the kernel will take it without waiting for the follower. */
    private boolean isSmall() throws RaftLogIOException {
        RaftLog log = getRaftLog();
        long next = getFollower().getNextIndex();
        long end = log.getNextIndex();
        if (end - next > AT_ONCE_ENTRIES || next < log.getStartIndex() || shouldInstallSnapshot(true)) {
            return false;
        }
        long bytes = bytesUnderWay;
        for (long index = next; index < end; index++) {
            var entry = log.get(index);
            bytes += entry == null ? 0 : entry.getSerializedSize();
        }
        return bytes <= AT_ONCE_BYTES;
    }

    // ---- sending
    // -----------------------------------------------------------------------------------------------------

    /** Sends one message, if one is due. Under {@link #order}. */
    private boolean sendNext() throws RaftLogIOException {
        boolean full = underWay.size() >= MAX_UNDER_WAY
                || bytesUnderWay >= MAX_BYTES_UNDER_WAY
                || (!underWay.isEmpty() && !answering);
        boolean heartbeat = getHeartbeatWaitTimeMs() <= 0;
        if (heartbeat ? heartbeatsUnderWay >= MAX_HEARTBEATS_UNDER_WAY : full || !hasAppendEntries()) {
            return false;
        }
        @Nullable
        AppendEntriesRequestProto request = newAppendEntriesRequest(calls.getAndIncrement(), full || heartbeat);
        if (request == null) {
            return false;
        }
        send(request);
        return true;
    }

    private void send(AppendEntriesRequestProto request) {
        int count = request.getEntriesCount();
        int bytes = request.getSerializedSize();
        long call = request.getServerRequest().getCallId();
        long first =
                count == 0 ? RaftLog.INVALID_LOG_INDEX : request.getEntries(0).getIndex();
        if (count == 0) {
            heartbeatsUnderWay++;
        } else {
            underWay.put(call, new UnderWay(first, bytes));
            bytesUnderWay += bytes;
            getFollower().increaseNextIndex(first + count);
        }
        traffic.sent(getFollowerId(), bytes);
        if (request.hasPreviousLog()) {
            long last = request.getPreviousLog().getIndex() + count;
            told = Math.max(told, Math.min(last, request.getLeaderCommit()));
        }
        resetHeartbeatTrigger();
        Timestamp sent = Timestamp.currentTime();
        getFollower().updateLastRpcSendTime(count == 0);
        long begun = System.nanoTime();
        lastSent = begun;
        long during = attempt;
        var _ = link.call(PeerCall.APPEND.kind(), PeerCall.payload(request)).whenComplete((body, problem) -> {
            try {
                if (problem != null) {
                    failed(during, count == 0, problem);
                } else {
                    metrics.roundTrip(getFollowerId().toString(), System.nanoTime() - begun);
                    answered(during, call, first, sent, begun, PeerCall.read(AppendEntriesReplyProto.parser(), body));
                }
            } catch (IOException | RuntimeException e) {
                failed(during, count == 0, e);
            }
        });
    }

    // ---- answers
    // -----------------------------------------------------------------------------------------------------

    /** Whether the follower has answered, as the follower of this term's leader, a message that was sent since then. */
    boolean hasAnsweredSince(long nanoTime) {
        Long newest = lastAnswered.get();
        return newest != null && newest - nanoTime >= 0;
    }

    /** Whether a message was sent since then, so that its answer is yet to come. */
    boolean hasSentSince(long nanoTime) {
        Long newest = lastSent;
        return newest != null && newest - nanoTime >= 0;
    }

    private void confirmed(long at) {
        var _ = lastAnswered.updateAndGet(known -> known == null || at - known > 0 ? (Long) at : known);
        leadership.heard();
    }

    private void answered(
            long during, long call, long first, Timestamp sent, long begun, AppendEntriesReplyProto reply) {
        boolean current = settle(during, call, reply.getIsHearbeat(), reply.getResult());
        getFollower().updateLastRespondedAppendEntriesSendTime(sent);
        getFollower().updateLastRpcResponseTime();
        boolean hope = true;
        switch (reply.getResult()) {
            case SUCCESS -> {
                confirmed(begun);
                getLeaderState().onFollowerCommitIndex(getFollower(), reply.getFollowerCommit());
                if (getFollower().updateMatchIndex(reply.getMatchIndex())) {
                    getFollower().updateNextIndex(reply.getMatchIndex() + 1);
                    getLeaderState().onFollowerSuccessAppendEntries(getFollower());
                }
            }
            case NOT_LEADER -> {
                if (onFollowerTerm(reply.getTerm())) {
                    return;
                }
            }
            case INCONSISTENCY -> {
                confirmed(begun);
                hope = !current || startAgain(getNextIndexForInconsistency(first, reply.getNextIndex()));
            }
            case UNRECOGNIZED ->
                throw new IllegalStateException(
                        "the follower " + getFollowerId() + " answers in a way that this version does not know");
        }
        getLeaderState().onAppendEntriesReply(this, reply);
        if (hope) {
            notifyLogAppender();
        }
        // Otherwise not at once again, and again: with the next heartbeat.
    }

    /** An answer is here. Whether it is of the present attempt. */
    private boolean settle(long during, long call, boolean heartbeat, AppendResult result) {
        order.lock();
        try {
            if (during != attempt) {
                return false;
            }
            if (heartbeat) {
                heartbeatsUnderWay--;
            } else {
                forget(call);
            }
            if (result == AppendResult.SUCCESS) {
                answering = true;
                failures.set(0);
                refusedFrom = Long.MAX_VALUE;
            }
            return true;
        } finally {
            order.unlock();
        }
    }

    private void forget(long call) {
        UnderWay one = underWay.remove(call);
        if (one != null) {
            bytesUnderWay -= one.bytes;
        }
    }

    /** Whether this has brought us further back than before, so that there is hope. */
    private boolean startAgain(long next) {
        boolean further;
        order.lock();
        try {
            giveUp();
            getFollower().setNextIndex(next);
            further = next < refusedFrom;
            refusedFrom = Math.min(refusedFrom, next);
        } finally {
            order.unlock();
        }
        if (!further) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the follower " + getFollowerId() + " refuses entries from " + next + " on, again");
        }
        return further;
    }

    /** What is under way is not waited for any more. Under {@link #order}. */
    private void giveUp() {
        attempt++;
        underWay.clear();
        bytesUnderWay = 0;
        heartbeatsUnderWay = 0;
    }

    private void failed(long during, boolean heartbeat, Throwable problem) {
        order.lock();
        try {
            if (during != attempt) {
                return;
            }
            long first = underWay.isEmpty()
                    ? RaftLog.INVALID_LOG_INDEX
                    : underWay.firstEntry().getValue().first;
            giveUp();
            answering = false;
            if (first != RaftLog.INVALID_LOG_INDEX) {
                getFollower().computeNextIndex(getNextIndexForError(first));
            }
            failures.incrementAndGet();
        } finally {
            order.unlock();
        }
        if (isRunning()) {
            metrics.sendFailed(getFollowerId().toString(), heartbeat);
            report(problem);
        }
        awake();
    }

    private void report(Throwable said) {
        Throwable problem = said instanceof CompletionException && said.getCause() != null ? said.getCause() : said;
        System.Logger.Level level = failures.get() == 1 ? System.Logger.Level.INFO : System.Logger.Level.DEBUG;
        if (problem instanceof IOException) {
            // A connection that ends without a word is told by the kind of error alone.
            Object why = problem.getMessage() == null ? problem : problem.getMessage();
            LOG.log(level, "the follower " + getFollowerId() + " is not reached: " + why);
        } else {
            LOG.log(level, "the follower " + getFollowerId() + " is not fed", problem);
        }
    }

    // ---- the feed's own thread
    // ---------------------------------------------------------------------------------------

    @Override
    public void run() throws InterruptedException {
        while (isRunning()) {
            if (isConnected()) {
                feed();
            }
            getLeaderState().checkHealth(getFollower());
            if (isRunning() && wake.tryAcquire(pauseMillis(), TimeUnit.MILLISECONDS)) {
                wake.drainPermits();
            }
        }
    }

    /**
     * Sends what there is. No failure ends the feed: Ratis would begin another and take the follower for a new one, "not caught up", whose
     * higher term deposes no leader ({@code LeaderStateImpl.onFollowerTerm}). It would refuse this leader for ever.
     */
    private void feed() throws InterruptedException {
        try {
            SnapshotInfo snapshot = shouldSendAppendEntries() ? shouldInstallSnapshot() : null;
            if (snapshot != null) {
                install(snapshot);
            } else {
                sendAll();
            }
            unreadable = false;
        } catch (IOException | RuntimeException e) {
            // A snapshot that a newer one replaces while it is read, for example.
            LOG.log(
                    unreadable ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "what the follower " + getFollowerId() + " needs cannot be read; it is tried again",
                    e);
            unreadable = true;
            failed(attempt, false, new IOException("what it needs cannot be read", e));
        }
    }

    private boolean isConnected() throws InterruptedException {
        if (link.isConnected()) {
            return true;
        }
        try {
            link.connect().get();
            return true;
        } catch (ExecutionException e) {
            failed(attempt, false, e.getCause() == null ? e : e.getCause());
            return false;
        }
    }

    private void sendAll() throws InterruptedException, RaftLogIOException {
        order.lockInterruptibly();
        try {
            boolean more;
            do {
                // After a failure one message, then a pause.
                more = sendNext() && failures.get() == 0;
            } while (more && isRunning());
        } finally {
            order.unlock();
        }
    }

    private long pauseMillis() {
        if (failures.get() > 0) {
            return failures.get() <= SHORT_PAUSES ? PAUSE_MILLIS : LONG_PAUSE_MILLIS;
        }
        return Math.clamp(getHeartbeatWaitTimeMs(), 1, LONG_PAUSE_MILLIS);
    }

    // ---- snapshots
    // ---------------------------------------------------------------------------------------------------

    private void install(SnapshotInfo snapshot) throws InterruptedException {
        LOG.log(
                System.Logger.Level.INFO,
                "the follower " + getFollowerId() + " is sent the snapshot at " + snapshot.getTermIndex());
        Deque<CompletableFuture<byte[]>> pieces = new ArrayDeque<>();
        for (InstallSnapshotRequestProto request :
                newInstallSnapshotRequests(UUID.randomUUID().toString(), snapshot)) {
            if (!isRunning() || (pieces.size() >= PIECES_UNDER_WAY && !isTaken(pieces.poll()))) {
                return;
            }
            traffic.sent(getFollowerId(), request.getSerializedSize());
            pieces.add(link.call(PeerCall.INSTALL.kind(), PeerCall.payload(request)));
            getFollower().updateLastRpcSendTime(false);
        }
        while (!pieces.isEmpty()) {
            if (!isTaken(pieces.poll())) {
                return;
            }
        }
        getFollower().setSnapshotIndex(snapshot.getTermIndex().getIndex());
        LOG.log(
                System.Logger.Level.INFO,
                "the follower " + getFollowerId() + " has the snapshot at " + snapshot.getTermIndex());
    }

    /** Waits for the answer to a piece. Whether the next makes sense. */
    private boolean isTaken(CompletableFuture<byte[]> piece) throws InterruptedException {
        try {
            var reply = PeerCall.read(InstallSnapshotReplyProto.parser(), piece.get(PIECE_SECONDS, TimeUnit.SECONDS));
            getFollower().updateLastRpcResponseTime();
            failures.set(0);
            return isTaken(reply);
        } catch (TimeoutException e) {
            link.reset();
            failed(attempt, false, new IOException("no answer to a piece of a snapshot", e));
        } catch (ExecutionException e) {
            failed(attempt, false, e.getCause() == null ? e : e.getCause());
        } catch (IOException e) {
            failed(attempt, false, e);
        }
        return false;
    }

    private boolean isTaken(InstallSnapshotReplyProto reply) {
        return switch (reply.getResult()) {
            case IN_PROGRESS -> true;
            case SUCCESS -> {
                getFollower().setAttemptedToInstallSnapshot();
                yield true;
            }
            case ALREADY_INSTALLED, SNAPSHOT_INSTALLED -> {
                getFollower().setSnapshotIndex(reply.getSnapshotIndex());
                getFollower().setAttemptedToInstallSnapshot();
                getLeaderState().onFollowerCommitIndex(getFollower(), reply.getSnapshotIndex());
                getFollower().updateNextIndex(reply.getSnapshotIndex() + 1);
                yield false;
            }
            case NOT_LEADER -> {
                var _ = onFollowerTerm(reply.getTerm());
                yield false;
            }
            case SNAPSHOT_UNAVAILABLE, SNAPSHOT_EXPIRED, CONF_MISMATCH, UNRECOGNIZED -> {
                failed(attempt, false, new IOException("a piece of a snapshot was not taken: " + reply.getResult()));
                yield false;
            }
        };
    }
}
