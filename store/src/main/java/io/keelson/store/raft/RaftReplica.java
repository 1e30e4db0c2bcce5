package io.keelson.store.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AlarmRequest.AlarmAction;
import io.keelson.proto.etcd.AlarmType;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.store.v1.LogEntry;
import io.keelson.proto.store.v1.PeerAnswer;
import io.keelson.proto.store.v1.PeerQuestion;
import io.keelson.store.KvException;
import io.keelson.store.Member;
import io.keelson.store.StoreConfig;
import io.keelson.store.auth.Authentication;
import io.keelson.store.auth.SimpleTokens;
import io.keelson.store.backup.SnapshotWriter;
import io.keelson.store.fault.CrashPoint;
import io.keelson.store.metrics.Metrics;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.HashAt;
import io.keelson.store.mvcc.MemberRecord;
import io.keelson.store.mvcc.Membership;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.RequestIds;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Cluster;
import io.keelson.store.node.History;
import io.keelson.store.node.Leases;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Standing;
import io.keelson.store.rocks.RocksHistory;
import io.keelson.store.rocks.RocksState;
import io.keelson.store.upkeep.Quota;
import io.keelson.store.watch.EventLog;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.jspecify.annotations.Nullable;

/** A member of a replicated store. */
public final class RaftReplica implements Replica, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(RaftReplica.class.getName());

    private static final long TICK_MILLIS = 250;
    private static final long OPEN_SECONDS = 120;

    private static final long STOP_SECONDS = 10;
    private static final long HAND_OVER_MILLIS = 2_000;
    private static final long REMOVED_SECONDS = 1;

    /** On a busy machine shorter ones are no news. */
    private static final long MIN_STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long STALL_REST_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long DISK_TICK_MILLIS = 50;

    private final StoreConfig config;
    private final RaftServer server;
    private final RaftServer.Division division;
    private final StoreStateMachine machine;
    private final Peers peers;
    private final Proposer proposer;
    private final ReadBarrier barrier;
    private final RaftLeases leases;
    private final PeerConnections connections = new PeerConnections();
    private final LeaderLoss leaderLoss;
    private final RaftCluster cluster;
    private final AutoCompactor compactor;
    private final Integrity integrity;
    private final Consumer<Throwable> onFailure;
    private final DataSize size;
    private final CompactionLoop compaction;
    private final Authentication authentication;
    private final Identity identity;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("store-timer").daemon().factory());
    private final ExecutorService answers = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("store-answers").daemon().factory());
    private final ExecutorService reads = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("store-reads").daemon().factory());
    private final ExecutorService wakeUps = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("store-watchers").daemon().factory());
    private final ExecutorService blocking = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("store-ask-", 0).factory());
    private final CommitNews commitNews = new CommitNews(timer);
    private volatile Membership membership;
    private volatile boolean learner;
    private @Nullable EventLog events;
    private final RaftMetrics metrics;
    /** Under which Ratis measures this member. */
    private final String measuredAs;

    private final CountDownLatch opened = new CountDownLatch(1);
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicBoolean failed = new AtomicBoolean();
    private volatile boolean closed;

    private RaftReplica(StoreConfig config, LogLimits limits, Metrics metrics, Consumer<Throwable> onFailure)
            throws IOException {
        this.config = config;
        this.metrics = new RaftMetrics(metrics);
        this.onFailure = onFailure;
        this.size = new DataSize(new Quota(config.options().limits().quota()));
        this.authentication = Authentication.of(config.options().auth());
        RaftProperties properties = RaftSettings.properties(config, limits);
        Parameters parameters = RaftSettings.parameters(config.peerTls());
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, connections);
        PeerRpc.tell(parameters, commitNews);
        var seeds = new Seeds(
                config.members().stream()
                        .filter(member -> !member.name().equals(config.name()))
                        .map(Member::peer)
                        .toList(),
                properties,
                parameters);
        this.identity = Joining.identity(config, seeds);
        this.membership = new Membership(Identity.firstMembers(config), List.of());
        MemberAddresses.learn(Identity.firstMembers(config));
        RaftGroup group = RaftSettings.group(config, identity);
        Path storage = config.dataDir()
                .resolve("raft")
                .resolve(group.getGroupId().getUuid().toString());
        Path state = config.dataDir().resolve("state");
        if (!Files.exists(storage) && Files.exists(state)) {
            // A new log begins at index 0, and the state would take its entries for old ones.
            throw new IOException("there is a state in " + state + " but no log in " + storage
                    + "; restore the log, or remove both so that the others bring this member up to date");
        }
        long logEnd = checkLog(storage);
        if (group.getPeer(PeerIds.of(identity.memberId())).getStartupRole() == RaftPeerRole.LISTENER) {
            LateVote.learn(storage.resolve("current"), logEnd, identity, seeds);
        }
        this.machine = new StoreStateMachine(state, logEnd, new Applier(), this.metrics);
        this.compaction = new CompactionLoop(machine::state, this::fail);
        this.measuredAs = RaftGroupMemberId.valueOf(PeerIds.of(identity.memberId()), group.getGroupId())
                .toString();
        RatisMeters.attach(measuredAs, this.metrics);
        this.server = RaftServer.newBuilder()
                .setServerId(PeerIds.of(identity.memberId()))
                .setGroup(group)
                .setProperties(properties)
                .setParameters(parameters)
                .setStateMachine(machine)
                .setOption(Files.exists(storage) ? RaftStorage.StartupOption.RECOVER : RaftStorage.StartupOption.FORMAT)
                .build();
        this.division = server.getDivision(group.getGroupId());
        this.peers = new Peers(server, division, group.getGroupId(), properties, parameters);
        this.proposer = new Proposer(Long.toHexString(identity.memberId()), peers, this.metrics);
        this.barrier = new ReadBarrier(peers, timer, reads, this.metrics);
        this.leaderLoss = new LeaderLoss(
                peers,
                blocking,
                identity.memberId(),
                config.options().timing().election().toMillis() / 2);
        connections.whenEnded(leaderLoss::connectionEnded);
        this.leases = new RaftLeases(
                this,
                peers,
                blocking,
                TimeUnit.MILLISECONDS.toNanos(
                        RaftSettings.electionTimeoutMaxMillis(config.options().timing())));
        this.cluster = new RaftCluster(config, identity, this, peers, seeds, blocking);
        this.compactor = new AutoCompactor(this, peers, config.options().compaction());
        this.integrity = new Integrity(this, peers, blocking, System.nanoTime());
        metrics.gauge(
                "etcd_server_proposals_pending",
                "The current number of pending proposals to commit.",
                proposer::pending);
        metrics.gauge(
                "etcd_debugging_mvcc_keys_total",
                "Total number of keys.",
                () -> machine.ifOpen().map(RocksState::keys).orElse(0L));
        metrics.gauge(
                "etcd_server_snapshot_apply_in_progress_total",
                "1 if the server is applying the incoming snapshot. 0 if none.",
                () -> machine.ifOpen().isPresent() ? 0 : 1);
    }

    /** The last entry of the log, which is whole. */
    private long checkLog(Path storage) throws IOException {
        try {
            return LogCheck.run(storage.resolve("current"), Snapshots.newest(storage));
        } catch (LogCheck.DamagedLogException e) {
            throw described(e);
        }
    }

    /** Everything that an applied entry concerns must be there before: Ratis begins to apply the log while it starts. */
    private void startServer() throws IOException {
        try {
            server.start();
        } catch (CompletionException e) {
            throw described(e.getCause() instanceof IOException cause ? cause : new IOException(e));
        }
    }

    private IOException described(IOException problem) {
        return problem instanceof LogCheck.DamagedLogException
                ? new IOException(problem.getMessage() + ".\n" + Joining.wayOut(config, identity), problem)
                : problem;
    }

    /**
     * Starts the member; it joins the others when they are there.
     *
     * @param onFailure told once when the replica cannot go on: the process should end, another member has the data
     * @throws IllegalStateException if it cannot start; the message names what is in the way
     */
    public static RaftReplica start(StoreConfig config, Consumer<Throwable> onFailure) {
        return start(config, new Metrics(), onFailure);
    }

    /**
     * As {@link #start(StoreConfig, Consumer)}.
     *
     * @param metrics where the replica shows what it measures of itself
     */
    public static RaftReplica start(StoreConfig config, Metrics metrics, Consumer<Throwable> onFailure) {
        return start(config, LogLimits.of(config.options().timing()), metrics, onFailure);
    }

    static RaftReplica start(StoreConfig config, LogLimits limits, Consumer<Throwable> onFailure) {
        return start(config, limits, new Metrics(), onFailure);
    }

    private static RaftReplica start(
            StoreConfig config, LogLimits limits, Metrics metrics, Consumer<Throwable> onFailure) {
        try {
            var replica = new RaftReplica(config, limits, metrics, onFailure);
            try {
                replica.run();
            } catch (IOException | RuntimeException e) {
                replica.stopNow();
                throw e;
            }
            return replica;
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the store member " + config.name() + " cannot start on " + config.peerListen() + " with data in "
                            + config.dataDir() + ": " + e.getMessage(),
                    e);
        }
    }

    private void run() throws IOException {
        startServer();
        awaitOpen();
        measure();
        proposer.start();
        Thread.ofPlatform().name("store-disk").daemon().start(this::watchDisk);
        var _ = timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Ratis opens the state on a thread of its own; nothing can be asked before. */
    private void awaitOpen() throws IOException {
        try {
            if (!opened.await(OPEN_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("its state was not open after " + OPEN_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it opened its state", e);
        }
    }

    private void tick() {
        if (closed) {
            return;
        }
        try {
            if (!division.getInfo().isAlive()) {
                stopped();
                return;
            }
            measure();
            leases.tick();
            cluster.tick();
            compactor.tick(System.nanoTime());
            barrier.tick();
            integrity.tick(System.nanoTime());
            leaderLoss.tick(System.nanoTime());
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void measure() {
        machine.ifOpen().ifPresent(size::measure);
    }

    /**
     * A leader whose log does not get to its disk holds up every writer, and a follower's disk would do. On a thread of its own, because
     * other work may wait for the same disk.
     */
    private void watchDisk() {
        long bound =
                Math.max(MIN_STALL_NANOS, config.options().timing().election().toNanos() / 2);
        var stall = new LogStall(bound, STALL_REST_NANOS);
        try {
            while (!closed && division.getInfo().isAlive()) {
                TimeUnit.MILLISECONDS.sleep(DISK_TICK_MILLIS);
                if (peers.isLeading() && stall.look(System.nanoTime(), peers.lastEntry(), peers.flushedTo())) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "the disk of the store member " + config.name()
                                    + ", which leads, has not written its log for "
                                    + TimeUnit.NANOSECONDS.toMillis(bound) + " ms: "
                                    + (cluster.handOver(HAND_OVER_MILLIS)
                                            ? "another member leads now"
                                            : "no other member can lead"));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Raft ends a member that is not in the configuration any more, without a word why. */
    private void stopped() {
        if (stopping.compareAndSet(false, true)) {
            blocking.execute(() -> {
                if (cluster.isRemoved()) {
                    removed();
                } else {
                    fail(new IllegalStateException("Raft has stopped this member, see its log"));
                }
            });
        }
    }

    /** This member is none any more. What it holds may not be served, nor ever be used again. */
    void removed() {
        fail(Joining.removed(config));
    }

    private void fail(Throwable problem) {
        if (!closed && failed.compareAndSet(false, true)) {
            LOG.log(System.Logger.Level.ERROR, "the store member " + config.name() + " cannot go on", problem);
            onFailure.accept(problem);
        }
    }

    @Override
    public CompletableFuture<Committed> propose(Command command) {
        return size.admits(command)
                ? GuessedAnswers.unlessPlanted(this, command, proposer.propose(command, 0))
                : noSpace(command);
    }

    /**
     * The quota is used up: raises this member's alarm, so that all members refuse, and refuses. What has a request id may have been
     * carried out before; the log knows.
     */
    private CompletableFuture<Committed> noSpace(Command command) {
        var alarm = AlarmMember.newBuilder()
                .setMemberID(standing().memberId())
                .setAlarm(AlarmType.NOSPACE)
                .build();
        boolean raised = read(View::alarms).contains(alarm);
        CompletableFuture<?> told = raised
                ? CompletableFuture.completedFuture(alarm)
                : proposer.propose(
                        new Command.As(
                                Caller.SYSTEM,
                                new Command.Alarm(AlarmRequest.newBuilder()
                                        .setAction(AlarmAction.ACTIVATE)
                                        .setMemberID(alarm.getMemberID())
                                        .setAlarm(alarm.getAlarm())
                                        .build())),
                        0);
        if (RequestIds.hasOne(command)) {
            return told.thenCompose(_ -> proposer.propose(command, 0));
        }
        // Whether or not the others could be told: here is no space.
        return told.handle((_, _) -> {
            throw new KvException(KvException.Reason.NO_SPACE, Refusal.NO_SPACE.message());
        });
    }

    /** As {@link #propose}, but only while this member leads in the present term. */
    CompletableFuture<Committed> proposeAsLeader(Command command) {
        return proposeAsLeader(command, term());
    }

    /** As {@link #propose}, but only while this member leads in a term: what a leader decides by its clock is void in the next. */
    CompletableFuture<Committed> proposeAsLeader(Command command, long term) {
        return proposer.propose(command, term);
    }

    @Override
    public CompletableFuture<Void> readBarrier() {
        return barrier.await();
    }

    @Override
    public <T> T read(Function<View, T> read) {
        return machine.state().read(read);
    }

    @Override
    public FileChannel snapshotFile() throws IOException {
        List<SnapshotWriter.Row> members = membership.members().stream()
                .map(member -> new SnapshotWriter.Row(
                        member.id(), member.name(), member.peerUrls(), member.clientUrls(), member.learner()))
                .toList();
        return SavedState.save(config.dataDir(), machine.state(), members);
    }

    @Override
    public <T> Optional<T> readInMemory(Function<View, T> read) {
        return machine.state().readInMemory(read);
    }

    @Override
    public History history() {
        return log();
    }

    private synchronized EventLog log() {
        EventLog known = events;
        if (known == null) {
            throw new IllegalStateException("the store is not open");
        }
        return known;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public AuthState auth() {
        return machine.state().auth();
    }

    @Override
    public Authentication authentication() {
        return authentication;
    }

    @Override
    public Cluster cluster() {
        return cluster;
    }

    @Override
    public boolean isLearner() {
        return learner;
    }

    /** Whether there is a state to read: not while a snapshot takes its place. */
    boolean isOpen() {
        return machine.ifOpen().isPresent();
    }

    long term() {
        return division.getInfo().getCurrentTerm();
    }

    /** Whether this member is ready: it knows a leader. */
    public boolean knowsLeader() {
        return peers.leader() != null;
    }

    @Override
    public Standing standing() {
        RaftPeerId leader = peers.leader();
        return new Standing(
                config.name(),
                identity.clusterId(),
                identity.memberId(),
                leader == null ? 0 : PeerIds.member(leader),
                membership,
                term(),
                Math.max(0, division.getRaftLog().getLastCommittedIndex()),
                Math.max(0, division.getInfo().getLastAppliedIndex()),
                size.onDisk(),
                size.inUse());
    }

    /** Gives the lead, if this member has it, to the one that has most of the log; blocks, but not for long. Proposals wait meanwhile. */
    public void handOver() {
        if (!division.getInfo().isAlive() || !peers.isLeading()) {
            return;
        }
        long begun = System.nanoTime();
        boolean handedOver = cluster.handOver(HAND_OVER_MILLIS);
        LOG.log(
                System.Logger.Level.INFO,
                "the store member " + config.name()
                        + (handedOver ? " has handed over the lead" : " found nobody to hand over the lead to")
                        + " within "
                        + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) + " ms");
    }

    /** Stops; a leader hands over first, so that nobody waits for an election. What was acknowledged is on disk already. */
    @Override
    public void close() {
        closed = true;
        handOver();
        stopNow();
    }

    /** Stops as if killed, as far as that can be done in one process: the others find out by themselves. */
    void stopNow() {
        closed = true;
        connections.whenEnded(_ -> {});
        proposer.close();
        peers.close();
        timer.shutdownNow();
        compaction.close();
        stopServer();
        answers.shutdown();
        authentication.close();
        wakeUps.shutdown();
        blocking.shutdownNow();
        RatisMeters.detach(measuredAs, metrics);
    }

    /**
     * Ratis waits without end for entries that it will not apply any more when it is closed while it installs a snapshot. The
     * state and the log are safe at any moment, so nobody need wait for it.
     */
    private void stopServer() {
        var stopped = new CompletableFuture<@Nullable Void>();
        Thread.ofPlatform().name("store-stop").daemon().start(() -> {
            try {
                server.close();
                stopped.complete(null);
            } catch (IOException | RuntimeException e) {
                stopped.completeExceptionally(e);
            }
        });
        try {
            stopped.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOG.log(System.Logger.Level.WARNING, "the store member " + config.name() + " is left behind half stopped");
        } catch (ExecutionException e) {
            throw new IllegalStateException("the store member " + config.name() + " does not stop cleanly", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public CompletableFuture<Boolean> reclaim() {
        return compaction.reclaim();
    }

    @Override
    public Optional<HashAt> runningHash(long revision) {
        return machine.state().runningHash(revision);
    }

    /** The comparison of members, for tests to call. */
    Integrity integrity() {
        return integrity;
    }

    /** Whether a member has a vote and is not still being promoted (then it counts as both), as far as this one's log goes, for tests to call. */
    boolean votes(long member) {
        ConfigurationPlan.Configuration now = peers.configuration();
        return now.voters().contains(member) && !now.learners().contains(member);
    }

    /** Whether this one's log says that a learner shall have a vote, and not yet that it has, for tests to call. */
    boolean isBeingPromoted(long member) {
        ConfigurationPlan.Configuration now = peers.configuration();
        return now.voters().contains(member) && now.learners().contains(member);
    }

    /** Stands for the lead at once, whoever leads, for tests to call. */
    boolean stand() {
        return peers.stand(division.getId());
    }

    /** Everything that follows from an applied entry. Runs on the apply thread. */
    private final class Applier implements StoreStateMachine.Listener {
        @Override
        public void opened(RocksState state) {
            long revision = state.read(View::revision);
            if (authentication.tokens() instanceof SimpleTokens simple) {
                // A snapshot does not say whose tokens have become void since.
                simple.clear();
            }
            members(state.read(View::membership));
            synchronized (RaftReplica.this) {
                EventLog known = events;
                if (known == null) {
                    events = new EventLog(new RocksHistory(machine::state), wakeUps, revision);
                } else {
                    known.restart(revision);
                }
            }
            opened.countDown();
            compaction.wake();
        }

        @Override
        public void committed(LogEntry entry, long index) {
            commitNews.committed(entry.getMember(), index);
        }

        @Override
        public void applied(LogEntry entry, List<Committed> committed, List<Change> changes, long revision) {
            leases.applied(changes);
            if (authentication.tokens() instanceof SimpleTokens simple) {
                simple.applied(changes);
            }
            for (Change change : changes) {
                if (change instanceof Change.Members(Membership after)) {
                    members(after);
                }
            }
            log().publish(events(changes), revision);
            Batch batch = proposer.applied(entry.getIncarnation(), entry.getSequence());
            if (batch != null && committed.size() == entry.getCommandsCount()) {
                answers.execute(() -> {
                    CrashPoint.ANSWER.pass();
                    batch.applied(committed);
                });
            }
            if (changes.stream().anyMatch(Change.Compacted.class::isInstance)) {
                compaction.wake();
            }
        }

        /** The members are these now. The first ones are known from the configuration before the log says so. */
        private void members(Membership now) {
            if (now.members().isEmpty()) {
                return;
            }
            membership = now;
            learner = now.member(identity.memberId())
                    .filter(MemberRecord::learner)
                    .isPresent();
            MemberAddresses.learn(now.members());
            if (now.isRemoved(identity.memberId())) {
                // After what is under way, this member's own removal perhaps, is answered and the lead is handed over.
                var _ = timer.schedule(RaftReplica.this::removed, REMOVED_SECONDS, TimeUnit.SECONDS);
            }
        }

        private static List<Event> events(List<Change> changes) {
            var events = new ArrayList<Event>(changes.size());
            for (Change change : changes) {
                switch (change) {
                    case Change.Put(KeyValue kv, long _) ->
                        events.add(Event.newBuilder().setKv(kv).build());
                    case Change.Delete(ByteString key, long at, long _) -> events.add(RocksHistory.deletion(key, at));
                    case Change.LeaseGranted _,
                            Change.LeaseCheckpointed _,
                            Change.LeaseRevoked _,
                            Change.AlarmRaised _,
                            Change.AlarmLowered _,
                            Change.Compacted _ -> {}
                    case Change.Auth _, Change.TokenAssigned _ -> {}
                    case Change.Members _, Change.AnswerKept _, Change.AnswerForgotten _ -> {}
                }
            }
            return events;
        }

        @Override
        public CompletableFuture<byte[]> ask(byte[] bytes) {
            try {
                PeerQuestion question = PeerQuestion.parseFrom(bytes);
                var answer = PeerAnswer.newBuilder();
                return switch (question.getQuestionCase()) {
                    case LEASE ->
                        CompletableFuture.completedFuture(answer.setLease(leases.answer(question.getLease()))
                                .build()
                                .toByteArray());
                    case HEALTH ->
                        CompletableFuture.completedFuture(
                                answer.setHealth(cluster.answerHealth()).build().toByteArray());
                    case HASH ->
                        CompletableFuture.completedFuture(answer.setHash(integrity.answer(question.getHash()))
                                .build()
                                .toByteArray());
                    case JOIN ->
                        cluster.join(question.getJoin())
                                .thenApply(join -> answer.setJoin(join).build().toByteArray());
                    case POSITION ->
                        CompletableFuture.completedFuture(answer.setPosition(peers.answerPosition())
                                .build()
                                .toByteArray());
                    case QUESTION_NOT_SET ->
                        throw new IllegalArgumentException("a member asked something that this version does not know");
                };
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalArgumentException("a member asked something that cannot be read", e);
            }
        }

        @Override
        public byte[] askLeaderless(byte[] bytes) {
            try {
                if (!PeerQuestion.parseFrom(bytes).hasPosition()) {
                    throw new IllegalArgumentException("only the position of the log can be asked without a leader");
                }
                return PeerAnswer.newBuilder()
                        .setPosition(peers.answerPosition())
                        .build()
                        .toByteArray();
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalArgumentException("a member asked something that cannot be read", e);
            }
        }

        @Override
        public void failed(Throwable problem) {
            fail(problem);
        }
    }
}
