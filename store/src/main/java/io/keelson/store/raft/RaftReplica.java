package io.keelson.store.raft;

import io.keelson.store.KvException;
import io.keelson.store.Member;
import io.keelson.store.StoreConfig;
import io.keelson.store.auth.Authentication;
import io.keelson.store.backup.SnapshotWriter;
import io.keelson.store.metrics.Metrics;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.HashAt;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Cluster;
import io.keelson.store.node.History;
import io.keelson.store.node.Leases;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Standing;
import io.keelson.store.rocks.RocksState;
import io.keelson.store.upkeep.Quota;
import io.keelson.store.wire.Tunnel;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;

/** A member of a replicated store. */
public final class RaftReplica implements Replica, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(RaftReplica.class.getName());

    private static final long TICK_MILLIS = 250;
    private static final long HAND_OVER_MILLIS = 2_000;
    private static final long REMOVED_SECONDS = 1;

    private final StoreConfig config;
    private final RatisServer ratis;
    private final RaftServer.Division division;
    private final StoreStateMachine machine;
    private final Peers peers;
    private final Proposer proposer;
    private final ReadBarrier barrier;
    private final RaftLeases leases;
    private final PeerLinks links;
    private final LeaderLoss leaderLoss;
    private final RaftCluster cluster;
    private final AutoCompactor compactor;
    private final Integrity integrity;
    private final LogLength logLength;
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
    private final Leadership leadership = new Leadership();
    private final Confluence confluence = new Confluence(entry -> peers().write(entry), System::nanoTime);
    private final KnownMembers members;
    private final OpenHistory history;
    private final FullStore full;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicBoolean failed = new AtomicBoolean();
    private volatile boolean closed;

    private RaftReplica(StoreConfig config, LogLimits limits, Metrics metrics, Consumer<Throwable> onFailure)
            throws IOException {
        this.config = config;
        var measured = new RaftMetrics(metrics);
        this.onFailure = onFailure;
        this.size = new DataSize(new Quota(config.options().limits().quota()));
        this.authentication = Authentication.of(config.options().auth());
        RaftProperties properties = RaftSettings.properties(config, limits);
        var traffic = new PeerTraffic(metrics);
        this.links = new PeerLinks(new Tunnel(config.peerTls()), RaftSettings.messageBytes(config));
        Parameters parameters = PeerRpc.parameters(new PeerRpc.Means(
                config.peerListen(),
                links,
                traffic,
                commitNews,
                leadership,
                confluence,
                measured,
                peer -> leaderLoss().connectionEnded(peer)));
        var seeds = new Seeds(
                config.members().stream()
                        .filter(member -> !member.name().equals(config.name()))
                        .map(Member::peer)
                        .toList(),
                links);
        this.identity = Joining.identity(config, seeds);
        this.members = new KnownMembers(identity.memberId(), Identity.firstMembers(config));
        this.ratis = new RatisServer(config, identity, seeds, properties, parameters, measured);
        this.division = ratis.division();
        this.machine = ratis.machine();
        this.compaction = new CompactionLoop(machine::state, this::fail);
        this.history = new OpenHistory(machine::state, wakeUps);
        this.peers = ratis.peers(links, traffic);
        this.proposer = new Proposer(Long.toHexString(identity.memberId()), peers, confluence, measured);
        this.full = new FullStore(identity.memberId(), this, proposer);
        this.barrier = new ReadBarrier(peers, leadership, timer, reads, measured);
        this.leaderLoss = new LeaderLoss(
                peers,
                blocking,
                identity.memberId(),
                config.options().timing().election().toMillis() / 2);
        this.leases = new RaftLeases(
                this,
                peers,
                blocking,
                measured,
                TimeUnit.MILLISECONDS.toNanos(
                        RaftSettings.electionTimeoutMaxMillis(config.options().timing())));
        this.cluster = new RaftCluster(config, identity, this, peers, seeds, blocking);
        this.compactor = new AutoCompactor(this, peers, config.options().compaction());
        this.integrity = new Integrity(this, peers, blocking, System.nanoTime());
        this.logLength = new LogLength(machine, peers, limits.snapshotBytes());
        machine.tell(new Applier(
                members,
                history,
                leases,
                authentication.tokens(),
                compaction,
                commitNews,
                proposer,
                answers,
                new PeerQuestions(leases, cluster, integrity, peers),
                this::removedSoon,
                this::fail));
        traffic.show(
                Long.toHexString(identity.memberId()),
                peers,
                config.options().timing().election().toMillis());
        show(metrics);
    }

    private LeaderLoss leaderLoss() {
        return leaderLoss;
    }

    /** Ways to hand something to members. */
    Peers peers() {
        return peers;
    }

    private void show(Metrics metrics) {
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
        ratis.start();
        history.await();
        measure();
        proposer.start();
        new DiskWatch(
                        config.name(),
                        config.options().timing().election().toNanos(),
                        peers,
                        () -> cluster.handOver(HAND_OVER_MILLIS))
                .start(() -> !closed && division.getInfo().isAlive());
        var _ = timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
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
            logLength.tick();
            barrier.tick();
            integrity.tick(System.nanoTime());
            leaderLoss.tick(System.nanoTime());
        } catch (KvException e) {
            // A snapshot of the leader's took the state's place after somebody had seen it open: the next tick finds
            // the new one.
            if (e.reason() != KvException.Reason.UNAVAILABLE) {
                fail(e);
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void measure() {
        machine.ifOpen().ifPresent(size::measure);
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

    /** After what is under way, this member's own removal perhaps, is answered and the lead is handed over. */
    private void removedSoon() {
        var _ = timer.schedule(this::removed, REMOVED_SECONDS, TimeUnit.SECONDS);
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
                : full.refuse(command);
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
        List<SnapshotWriter.Row> rows = members.membership().members().stream()
                .map(member -> new SnapshotWriter.Row(
                        member.id(), member.name(), member.peerUrls(), member.clientUrls(), member.learner()))
                .toList();
        return SavedState.save(config.dataDir(), machine.state(), rows);
    }

    @Override
    public <T> Optional<T> readInMemory(Function<View, T> read) {
        return machine.state().readInMemory(read);
    }

    @Override
    public History history() {
        return history.log();
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
        return members.isLearner();
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
                members.membership(),
                term(),
                Math.max(0, division.getRaftLog().getLastCommittedIndex()),
                Math.max(0, division.getInfo().getLastAppliedIndex()),
                size.onDisk(),
                size.inUse());
    }

    /** Gives the lead, if this member has it, to the one that has most of the log; blocks, but not for long. Proposals wait meanwhile. */
    public void handOver() {
        if (!division.getInfo().isAlive() || !peers.isLeading() || isAlone()) {
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

    private boolean isAlone() {
        return peers.configuration().voters().size() <= 1;
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
        leaderLoss.stop();
        proposer.close();
        timer.shutdownNow();
        compaction.close();
        // Connections end when nobody listens any more, as when a process ends: the others look whether somebody does.
        ratis.stop();
        links.close();
        answers.shutdown();
        authentication.close();
        wakeUps.shutdown();
        blocking.shutdownNow();
        ratis.forgetMetrics();
    }

    @Override
    public CompletableFuture<Boolean> reclaim() {
        return compaction.reclaim();
    }

    @Override
    public CompletableFuture<Boolean> compacted(long revision) {
        return compaction.compacted(revision);
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
}
