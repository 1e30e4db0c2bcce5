package io.keelson.store.raft;

import com.google.protobuf.InvalidProtocolBufferException;
import io.keelson.proto.store.v1.HealthAnswer;
import io.keelson.proto.store.v1.HealthQuestion;
import io.keelson.proto.store.v1.JoinAnswer;
import io.keelson.proto.store.v1.JoinQuestion;
import io.keelson.proto.store.v1.PeerAnswer;
import io.keelson.proto.store.v1.PeerQuestion;
import io.keelson.store.KvException;
import io.keelson.store.PeerUrls;
import io.keelson.store.StoreConfig;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.MemberChange;
import io.keelson.store.mvcc.MemberCodec;
import io.keelson.store.mvcc.MemberIds;
import io.keelson.store.mvcc.MemberRecord;
import io.keelson.store.mvcc.Membership;
import io.keelson.store.mvcc.Reconfiguration;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Cluster;
import io.keelson.store.node.Replica;
import io.keelson.store.raft.ConfigurationPlan.Configuration;
import io.keelson.store.raft.ConfigurationPlan.Step;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/**
 * The members, as the log has them and as Raft counts them. The list of members is replicated state; the leader lets Ratis' configuration
 * follow it, one step at a time ({@link ConfigurationPlan}), so a change that a leader began is finished by the next.
 *
 * <pre>
 *   change(add X)  -> in the list, without a vote         X starts -> asks to be let in -> the leader feeds it -> it has its vote
 *   change(remove) -> out of the list -> the leader takes it out of the configuration -> answered
 * </pre>
 */
final class RaftCluster implements Cluster {

    private static final System.Logger LOG = System.getLogger(RaftCluster.class.getName());

    /** A member that waits to be let in asks again and again; one that has not for so long does not run. */
    private static final long KNOCK_SECONDS = 3;

    /** Without a leader for so long, a member asks whether it still is one. */
    private static final long LEADERLESS_SECONDS = 3;

    private static final long PUBLISH_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long POLL_MILLIS = 20;

    private final StoreConfig config;
    private final Identity identity;
    private final RaftReplica replica;
    private final Peers peers;
    private final Seeds seeds;
    private final ExecutorService blocking;
    private final Map<Long, Long> knocks = new ConcurrentHashMap<>();
    private final AtomicBoolean configuring = new AtomicBoolean();
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile long ledNanos = System.nanoTime();
    private volatile long publishedNanos = System.nanoTime() - PUBLISH_PAUSE_NANOS;

    RaftCluster(
            StoreConfig config,
            Identity identity,
            RaftReplica replica,
            Peers peers,
            Seeds seeds,
            ExecutorService blocking) {
        this.config = config;
        this.identity = identity;
        this.replica = replica;
        this.peers = peers;
        this.seeds = seeds;
        this.blocking = blocking;
    }

    // ---- changes ---------------------------------------------------------------------------------------------------

    @Override
    public MemberChange.Add newMember(List<String> peerUrls, boolean learner) {
        long now = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
        return new MemberChange.Add(new MemberRecord(
                MemberIds.later(peerUrls, config.clusterToken(), now), "", peerUrls, List.of(), learner));
    }

    @Override
    public CompletableFuture<Answer> change(MemberChange change) {
        return replica.readBarrier().thenApplyAsync(_ -> changeNow(change), blocking);
    }

    private Answer changeNow(MemberChange change) {
        awaitFirstMembers();
        if (config.options().membership().strictReconfigCheck() || change instanceof MemberChange.Promote) {
            Optional<Refusal> refusal = Reconfiguration.check(membership(), change, health());
            if (refusal.isPresent()) {
                return new Answer.Refused(refusal.get());
            }
        }
        Answer answer = propose(change).join().answer();
        if (answer instanceof Answer.Members(Membership after)) {
            awaitConfigured(change, after);
        }
        return answer;
    }

    /** Who may ask for it was checked at the door; some of it nobody asks for. */
    private CompletableFuture<Replica.Committed> propose(MemberChange change) {
        return replica.propose(new Command.As(Caller.SYSTEM, new Command.Members(change)));
    }

    /** The first leader of a new cluster is about to say who is in it. */
    private void awaitFirstMembers() {
        long deadline = deadline();
        while (membership().members().isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw new KvException(KvException.Reason.UNAVAILABLE, "etcdserver: no leader");
            }
            pause();
        }
    }

    private Membership membership() {
        return replica.read(View::membership);
    }

    private Reconfiguration.Health health() {
        long deadline = deadline();
        while (System.nanoTime() - deadline < 0) {
            HealthAnswer answer = peers.isLeading()
                    ? ownHealth()
                    : askLeader(PeerQuestion.newBuilder()
                                    .setHealth(HealthQuestion.getDefaultInstance())
                                    .build())
                            .map(PeerAnswer::getHealth)
                            .orElse(HealthAnswer.getDefaultInstance());
            if (answer.getLeading()) {
                return new Reconfiguration.Health(
                        answer.getLeader(), Set.copyOf(answer.getConnectedList()), answer.getMatchedMap());
            }
            pause();
        }
        throw new KvException(KvException.Reason.UNAVAILABLE, "etcdserver: no leader");
    }

    private HealthAnswer ownHealth() {
        Map<Long, Long> matched = peers.matched();
        return HealthAnswer.newBuilder()
                .setLeading(peers.isLeading())
                .setLeader(identity.memberId())
                .addAllConnected(
                        peers.answering(2 * config.options().timing().election().toMillis()))
                .putAllMatched(matched)
                .build();
    }

    /** A removed member must not vote, and a promoted one must, when the client hears that it is done. */
    private void awaitConfigured(MemberChange change, Membership after) {
        long deadline = deadline();
        while (!isConfigured(change)) {
            if (System.nanoTime() - deadline > 0) {
                throw new KvException(
                        KvException.Reason.UNKNOWN_OUTCOME,
                        "etcdserver: request timed out, the members are " + after.members());
            }
            pause();
        }
    }

    private boolean isConfigured(MemberChange change) {
        return switch (change) {
            // Who is removed hears no more of the log; that it leads no longer is all that it can know.
            case MemberChange.Remove(long id) ->
                id == identity.memberId()
                        ? !peers.isLeading() || peers.configuration().voters().size() <= 1
                        : !peers.configuration().contains(id);
            case MemberChange.Promote(long id) -> peers.configuration().voters().contains(id);
            case MemberChange.Add _, MemberChange.Update _, MemberChange.Bootstrap _, MemberChange.Publish _ -> true;
        };
    }

    private static long deadline() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Proposer.REQUEST_TIMEOUT_MILLIS);
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KvException(KvException.Reason.UNKNOWN_OUTCOME, "etcdserver: server stopped", e);
        }
    }

    // ---- the leader ------------------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<Optional<Refusal>> moveLeader(long target) {
        // A leader that was just elected may not know yet what its predecessor committed; with the barrier it does.
        return replica.readBarrier().thenApplyAsync(_ -> move(target), blocking);
    }

    private Optional<Refusal> move(long target) {
        if (!peers.isLeading()) {
            return Optional.of(Refusal.NOT_LEADER);
        }
        awaitFirstMembers();
        if (membership().member(target).filter(member -> !member.learner()).isEmpty()) {
            return Optional.of(Refusal.BAD_LEADER_TRANSFEREE);
        }
        return peers.transfer(target, Proposer.REQUEST_TIMEOUT_MILLIS)
                ? Optional.empty()
                : Optional.of(Refusal.LEADER_TRANSFER_TIMEOUT);
    }

    /**
     * Gives the lead to the member that has most of the log and answers, if there is one.
     *
     * @return whether this member leads no longer
     */
    boolean handOver(long timeoutMillis) {
        Set<Long> voters = peers.configuration().voters();
        Set<Long> answering =
                peers.answering(config.options().timing().election().toMillis());
        Optional<Long> best = peers.matched().entrySet().stream()
                .filter(entry -> entry.getKey() != identity.memberId()
                        && voters.contains(entry.getKey())
                        && answering.contains(entry.getKey()))
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
        return !peers.isLeading() || (best.isPresent() && peers.transfer(best.get(), timeoutMillis));
    }

    // ---- from time to time -----------------------------------------------------------------------------------------

    /** Looks whether something is to be done; called a few times a second, must not block. */
    void tick() {
        if (peers.isLeading()) {
            if (replica.isOpen()) {
                lead();
            }
        } else {
            knocks.clear();
        }
        if (peers.leader() != null && replica.isOpen()) {
            publish();
        }
        long now = System.nanoTime();
        if (peers.leader() != null) {
            ledNanos = now;
        }
        // An election is no reason to ask: it comes to its end sooner without.
        if (!peers.isConfigured(identity.memberId()) || now - ledNanos > TimeUnit.SECONDS.toNanos(LEADERLESS_SECONDS)) {
            knock();
        }
    }

    private void lead() {
        Membership membership = membership();
        if (membership.members().isEmpty()) {
            proposeOften(new MemberChange.Bootstrap(Identity.firstMembers(config)));
            return;
        }
        if (nextStep(membership).isPresent() && configuring.compareAndSet(false, true)) {
            blocking.execute(() -> {
                try {
                    configure();
                } finally {
                    configuring.set(false);
                }
            });
        }
    }

    private Optional<Step> nextStep(Membership membership) {
        long now = System.nanoTime();
        knocks.values().removeIf(at -> now - at > TimeUnit.SECONDS.toNanos(KNOCK_SECONDS));
        return ConfigurationPlan.next(
                membership, peers.configuration(), identity.memberId(), new HashSet<>(knocks.keySet()));
    }

    private void configure() {
        try {
            // What is not confirmed by a majority may have been decided differently already.
            replica.readBarrier().join();
            Optional<Step> step = nextStep(membership());
            while (peers.isLeading() && step.isPresent()) {
                switch (step.get()) {
                    case Step.Configure(Configuration next) -> {
                        peers.configure(next);
                        LOG.log(System.Logger.Level.INFO, "the log is now kept by " + describe(next));
                    }
                    case Step.HandOver _ -> {
                        if (!handOver(Proposer.REQUEST_TIMEOUT_MILLIS)) {
                            return;
                        }
                    }
                }
                step = nextStep(membership());
            }
        } catch (IOException | RuntimeException e) {
            // The next tick sees that it is still to be done.
            LOG.log(System.Logger.Level.INFO, "the members of the log could not be changed yet: " + e.getMessage());
        }
    }

    private static String describe(Configuration configuration) {
        return hex(configuration.voters())
                + (configuration.learners().isEmpty() ? "" : ", learner " + hex(configuration.learners()));
    }

    private static String hex(Set<Long> ids) {
        return ids.stream().map(Long::toHexString).sorted().collect(Collectors.joining(", "));
    }

    /** Says who this member is, when the list does not yet. */
    private void publish() {
        List<String> clients = clientUrls();
        Optional<MemberRecord> self = membership().member(identity.memberId());
        if (self.isPresent()
                && !(self.get().name().equals(config.name())
                        && self.get().clientUrls().equals(clients))) {
            proposeOften(new MemberChange.Publish(identity.memberId(), config.name(), clients));
        }
    }

    private List<String> clientUrls() {
        return config.self().clients().stream()
                .map(client -> PeerUrls.url(client, config.speaksTls(client)))
                .toList();
    }

    private void proposeOften(MemberChange change) {
        long now = System.nanoTime();
        if (now - publishedNanos >= PUBLISH_PAUSE_NANOS) {
            publishedNanos = now;
            // If it fails, the next tick sees that it is still to be said.
            var _ = propose(change);
        }
    }

    /** Asks to be let in, or whether this member still is one. */
    private void knock() {
        if (!asking.compareAndSet(false, true)) {
            return;
        }
        blocking.execute(() -> {
            try {
                if (isRemoved()) {
                    replica.removed();
                }
                TimeUnit.MILLISECONDS.sleep(config.options().timing().election().toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                asking.set(false);
            }
        });
    }

    /** Whether the others say that this member was removed. Blocks; counts as a knock. */
    boolean isRemoved() {
        return seeds.ask(JoinQuestion.newBuilder().setId(identity.memberId()).build())
                .filter(found -> found.clusterId() == identity.clusterId())
                .map(Seeds.Found::answer)
                .filter(JoinAnswer::getRemoved)
                .isPresent();
    }

    // ---- questions of others ---------------------------------------------------------------------------------------

    /** How the members stand; says nothing unless this member leads. */
    HealthAnswer answerHealth() {
        return peers.isLeading() ? ownHealth() : HealthAnswer.getDefaultInstance();
    }

    /** Answers one that wants to join, for the leader, which alone can let it in. */
    CompletableFuture<JoinAnswer> join(JoinQuestion question) {
        return CompletableFuture.supplyAsync(
                () -> peers.isLeading() || question.getRelayed()
                        ? answer(question)
                        : askLeader(PeerQuestion.newBuilder()
                                        .setJoin(question.toBuilder().setRelayed(true))
                                        .build())
                                .map(PeerAnswer::getJoin)
                                .orElseGet(() -> answer(question)),
                blocking);
    }

    private JoinAnswer answer(JoinQuestion question) {
        Membership membership = membership();
        Optional<MemberRecord> member = membership.members().stream()
                .filter(one -> question.getId() == 0
                        ? new HashSet<>(one.peerUrls()).equals(new HashSet<>(question.getPeerUrlsList()))
                        : one.id() == question.getId())
                .findFirst();
        if (question.getId() != 0 && member.isPresent()) {
            knocks.put(question.getId(), System.nanoTime());
        }
        return JoinAnswer.newBuilder()
                .setId(member.map(MemberRecord::id).orElse(0L))
                .setRemoved(question.getId() != 0 && membership.isRemoved(question.getId()))
                .setMembers(MemberCodec.state(membership))
                .setLeading(peers.isLeading())
                .build();
    }

    private Optional<PeerAnswer> askLeader(PeerQuestion question) {
        @Nullable RaftPeerId leader = peers.leader();
        if (leader == null) {
            return Optional.empty();
        }
        try {
            RaftClientReply reply = peers.ask(leader, Peers.message(question));
            return reply.isSuccess()
                    ? Optional.of(
                            PeerAnswer.parseFrom(reply.getMessage().getContent().toByteArray()))
                    : Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a member answered something that cannot be read", e);
        } catch (IOException e) {
            peers.forget(leader);
            return Optional.empty();
        }
    }
}
