package io.keelson.store.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.keelson.proto.store.v1.PositionAnswer;
import io.keelson.store.raft.ConfigurationPlan.Configuration;
import io.keelson.store.raft.Succession.Position;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;

/** Ways to hand something to a member: this one directly, others over the peer port. Every try is one try; who calls decides on more. */
final class Peers {

    private static final System.Logger LOG = System.getLogger(Peers.class.getName());

    private static final long SNAPSHOT_MILLIS = 30_000;

    private final RaftServer server;
    private final RaftServer.Division division;
    private final RaftGroupId group;
    private final PeerLinks links;
    private final PeerTraffic traffic;
    private final Requests requests = new Requests();

    Peers(RaftServer server, RaftServer.Division division, RaftGroupId group, PeerLinks links, PeerTraffic traffic) {
        this.server = server;
        this.division = division;
        this.group = group;
        this.links = links;
        this.traffic = traffic;
    }

    /** Whether this member leads, as far as it knows, and has caught up with what leaders before it committed. */
    boolean isLeading() {
        return division.getInfo().isLeader() && division.getInfo().isLeaderReady();
    }

    /** Raft's term, as far as this member knows. */
    long term() {
        return division.getInfo().getCurrentTerm();
    }

    /** Index of the log's last entry, -1 if it has none; it may not be on disk yet. */
    long lastEntry() {
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        return last == null ? -1 : last.getIndex();
    }

    /** Index up to which the log is on disk. */
    long flushedTo() {
        return division.getRaftLog().getFlushIndex();
    }

    /** Who leads, as far as this member knows; null for nobody. */
    @Nullable
    RaftPeerId leader() {
        return division.getInfo().getLeaderId();
    }

    /** Who counts in the log, as far as this member's log goes. */
    Configuration configuration() {
        RaftConfiguration known = division.getRaftConf();
        return new Configuration(
                ids(known.getAllPeers(RaftPeerRole.FOLLOWER)), ids(known.getAllPeers(RaftPeerRole.LISTENER)));
    }

    /** Whether the log itself, not only what this member was started with, says that a member counts. */
    boolean isConfigured(long member) {
        return division.getRaftConf().getLogEntryIndex() >= 0 && configuration().contains(member);
    }

    private static Set<Long> ids(Collection<RaftPeer> peers) {
        return peers.stream().map(peer -> PeerIds.member(peer.getId())).collect(Collectors.toSet());
    }

    /** How much of the log each member is known to have; complete on the leader only. */
    Map<Long, Long> matched() {
        return division.getCommitInfos().stream()
                .collect(Collectors.toMap(
                        info -> PeerIds.member(
                                RaftPeerId.valueOf(info.getServer().getId())),
                        CommitInfoProto::getCommitIndex,
                        Math::max));
    }

    /** Members that have answered this one, the leader, within a time; itself included. */
    Set<Long> answering(long withinMillis) {
        return Stream.concat(
                        Stream.of(PeerIds.member(division.getId())),
                        division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
                                .filter(rpc -> rpc.getLastRpcElapsedTimeMs() <= withinMillis)
                                .map(rpc -> PeerIds.member(
                                        RaftPeerId.valueOf(rpc.getId().getId()))))
                .collect(Collectors.toSet());
    }

    /** Who hears of this member all the time: the leader's followers that answer, and a follower's leader. */
    Set<Long> inTouch(long withinMillis) {
        if (isLeading()) {
            long self = PeerIds.member(division.getId());
            return answering(withinMillis).stream()
                    .filter(member -> member != self)
                    .collect(Collectors.toSet());
        }
        RaftPeerId leader = leader();
        return leader == null || leader.equals(division.getId()) ? Set.of() : Set.of(PeerIds.member(leader));
    }

    /**
     * Makes a configuration that of the log; a new member is first brought up to date. Blocks until it is committed.
     *
     * @throws IOException if this member does not lead, another change is under way, or the new member does not answer
     */
    void configure(Configuration next) throws IOException {
        Configuration now = configuration();
        var arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .setServersInCurrentConf(peers(now.voters(), false))
                .setListenersInCurrentConf(peers(now.learners(), true))
                .setServersInNewConf(peers(next.voters(), false))
                .setListenersInNewConf(peers(next.learners(), true))
                .build();
        RaftClientReply reply = server.setConfiguration(new SetConfigurationRequest(
                requests.client(), division.getId(), group, requests.nextCall(), arguments));
        if (!reply.isSuccess()) {
            throw new IOException("the configuration was refused", reply.getException());
        }
    }

    private static List<RaftPeer> peers(Set<Long> ids, boolean learners) {
        return ids.stream().map(id -> PeerIds.peer(id, learners)).toList();
    }

    /** Gives the lead to another member; blocks. Whether that one leads now. */
    boolean transfer(long member, long timeoutMillis) {
        try {
            return server.transferLeadership(new TransferLeadershipRequest(
                            requests.client(),
                            division.getId(),
                            group,
                            requests.nextCall(),
                            PeerIds.of(member),
                            timeoutMillis))
                    .isSuccess();
        } catch (IOException e) {
            return false;
        }
    }

    /** How far this member's log goes; empty if it has no entry. */
    Optional<Position> position() {
        return Optional.ofNullable(division.getRaftLog().getLastEntryTermIndex())
                .map(last -> new Position(last.getTerm(), last.getIndex(), PeerIds.member(division.getId())));
    }

    /** What this member says of its log to others. */
    PositionAnswer answerPosition() {
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        RaftConfiguration counted = division.getRaftConf();
        return PositionAnswer.newBuilder()
                .setLastTerm(last == null ? 0 : last.getTerm())
                .setLastIndex(last == null ? -1 : last.getIndex())
                .addAllVoters(ids(counted.getCurrentPeers(RaftPeerRole.FOLLOWER)))
                .addAllLearners(ids(counted.getCurrentPeers(RaftPeerRole.LISTENER)))
                .build();
    }

    /** How far another member's log goes; empty if it does not say. Blocks for at most the client's request timeout. */
    Optional<Position> position(long member) {
        RaftPeerId peer = PeerIds.of(member);
        try {
            PositionAnswer said = LogPosition.ask(links.requests(peer), requests, group, peer);
            return Optional.of(new Position(said.getLastTerm(), said.getLastIndex(), member));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the member " + peer + " does not say how far its log goes", e);
            return Optional.empty();
        }
    }

    /**
     * Stands for the lead without waiting for the election timeout, and without asking first who would vote: they may still believe that
     * the leader is there. Only in the term of the last entry, since Ratis takes it for the leader's own wish to hand over.
     *
     * @param leader who leads as far as this member knows
     * @return whether this member stands
     */
    boolean stand(RaftPeerId leader) {
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        var header = RaftRpcRequestProto.newBuilder()
                .setRequestorId(leader.toByteString())
                .setReplyId(division.getId().toByteString())
                .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(group));
        try {
            return server.startLeaderElection(StartLeaderElectionRequestProto.newBuilder()
                            .setServerRequest(header)
                            .setLeaderLastEntry(last == null ? TermIndexProto.getDefaultInstance() : last.toProto())
                            .build())
                    .getServerReply()
                    .getSuccess();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "this member cannot stand for the lead", e);
            return false;
        }
    }

    /** To this member's own division, without a network between. */
    CompletableFuture<RaftClientReply> submit(RaftClientRequest.Type type, Message message) {
        try {
            return ((RaftClientAsynchronousProtocol) division)
                    .submitClientRequestAsync(request(division.getId(), type, message));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** How far the log goes, as the leader says who is sure that it leads; the answer comes when this member has applied that. */
    CompletableFuture<RaftClientReply> read(Leadership leadership) {
        return leadership.confirmed(division, () -> submit(RaftClientRequest.readRequestType(), Message.EMPTY));
    }

    /** Has this member make a snapshot of what it has applied. */
    CompletableFuture<RaftClientReply> snapshot() {
        return server.snapshotManagementAsync(SnapshotManagementRequest.newCreate(
                requests.client(), division.getId(), group, requests.nextCall(), SNAPSHOT_MILLIS, 1));
    }

    private RaftClientRequest request(RaftPeerId to, RaftClientRequest.Type type, Message message) {
        return requests.request(group, to, type, message);
    }

    /**
     * An entry for this member's own log, if it leads.
     *
     * @return nothing when it is committed and applied here, or what is in the way; it may never end
     */
    CompletableFuture<Optional<IOException>> write(ByteString entry) {
        return submit(RaftClientRequest.writeRequestType(), Message.valueOf(entry))
                .thenApply(reply -> reply.isSuccess() ? Optional.empty() : Optional.of(reply.getException()));
    }

    /** An entry for the log of another member, as {@link #write}. */
    CompletableFuture<Optional<IOException>> propose(RaftPeerId leader, ByteString entry) {
        traffic.sent(leader, entry.size());
        return links.requests(leader)
                .call(PeerCall.PROPOSE.kind(), PeerCall.payload(entry))
                .thenApply(problem -> problem.length == 0
                        ? Optional.empty()
                        : Optional.of(new IOException(new String(problem, UTF_8))));
    }

    static Message message(com.google.protobuf.MessageLite proto) {
        return Message.valueOf(UnsafeByteOperations.unsafeWrap(proto.toByteArray()));
    }

    /** Whether there is a connection to a member, so that {@link #propose} need not wait for one. */
    boolean isInReach(RaftPeerId peer) {
        return links.requests(peer).isConnected();
    }

    /** A question to another member; blocks for at most two seconds. */
    RaftClientReply ask(RaftPeerId peer, Message message) throws IOException {
        traffic.sent(peer, message.getContent().size());
        return Requests.ask(links.requests(peer), request(peer, RaftClientRequest.readRequestType(), message));
    }

    /** Ends the connection to a member, because a try with it failed. */
    void forget(RaftPeerId peer) {
        links.requests(peer).reset();
    }
}
