package io.keelson.store.raft;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.keelson.store.wire.Payload;
import io.keelson.store.wire.Port;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.ProtoUtils;
import org.jspecify.annotations.Nullable;

/**
 * Answers the calls that come over one connection, on its thread as far as that is possible. Tells when a connection has ended over which a
 * leader fed this member: the kernel closes them in the moment in which a process dies, long before silence would tell.
 */
final class PeerService implements Port.Visitor {

    private static final byte[] COMMITTED = {};

    private final RaftServer server;
    private final Following following;
    private final PeerTraffic traffic;
    private final Leadership leadership;
    private final Confluence confluence;
    private final Consumer<RaftPeerId> whenEnded;
    /** Who has appended entries over this connection, once somebody has. */
    private @Nullable RaftPeerId leader;

    /**
     * @param following the way of all connections to the log and to votes
     * @param means of the server
     */
    PeerService(RaftServer server, Following following, PeerRpc.Means means) {
        this.server = server;
        this.following = following;
        this.traffic = means.traffic();
        this.leadership = means.leadership();
        this.confluence = means.confluence();
        this.whenEnded = means.ended();
    }

    @Override
    public void call(byte kind, byte[] body, Port.Answer answer) {
        try {
            var _ = PeerCall.of(kind)
                    .map(call -> begun(call, body))
                    .orElseGet(
                            () -> CompletableFuture.failedFuture(new IOException("this member knows no call " + kind)))
                    .whenComplete((payload, problem) -> {
                        if (problem == null) {
                            answer.with(payload);
                        } else {
                            answer.failed(reason(problem));
                        }
                    });
        } catch (RuntimeException e) {
            answer.failed(reason(e));
        }
    }

    private static String reason(Throwable problem) {
        Throwable cause =
                problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        return String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
    }

    private CompletableFuture<Payload> begun(PeerCall call, byte[] body) {
        try {
            return switch (call) {
                case VOTE -> {
                    var request = counted(PeerCall.read(RequestVoteRequestProto.parser(), body));
                    yield done(following.vote(request));
                }
                case STAND -> {
                    var request = counted(PeerCall.read(StartLeaderElectionRequestProto.parser(), body));
                    yield done(server.startLeaderElection(request));
                }
                case APPEND -> append(counted(PeerCall.read(AppendEntriesRequestProto.parser(), body)));
                case INSTALL -> {
                    var request = counted(PeerCall.read(InstallSnapshotRequestProto.parser(), body));
                    yield done(server.installSnapshot(request));
                }
                case READ_INDEX -> {
                    var request = counted(PeerCall.read(ReadIndexRequestProto.parser(), body));
                    yield readIndex(request).thenApply(PeerCall::payload);
                }
                case REQUEST -> request(counted(PeerCall.read(RaftClientRequestProto.parser(), body)));
                case GROUPS -> CompletableFuture.completedFuture(groups());
                case PROPOSE -> propose(body);
            };
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<ReadIndexReplyProto> readIndex(ReadIndexRequestProto request) throws IOException {
        RaftServer.Division division = server.getDivision(
                ProtoUtils.toRaftGroupId(request.getServerRequest().getRaftGroupId()));
        return leadership.confirmed(division, () -> {
            try {
                return server.readIndexAsync(request);
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    private <M extends MessageLite> M counted(M message) {
        traffic.received(message);
        return message;
    }

    private static CompletableFuture<Payload> done(MessageLite reply) {
        return CompletableFuture.completedFuture(PeerCall.payload(reply));
    }

    private CompletableFuture<Payload> append(AppendEntriesRequestProto request) throws IOException {
        if (leader == null) {
            leader = RaftPeerId.valueOf(request.getServerRequest().getRequestorId());
        }
        return following.append(bounded(request)).thenApply(PeerCall::payload);
    }

    /**
     * A message whose entries follow none, or that has none and does not say what the follower should have, can tell of its own entries only that they
     * are committed. Ratis (3.3.0, {@code ServerImplUtils.effectiveCommitIndex}) takes it for one that follows entry 0, and commits one entry too many: with a
     * heartbeat, the entry 0 of a leader that is gone. The follower then refuses the true one for ever.
     */
    private static AppendEntriesRequestProto bounded(AppendEntriesRequestProto request) {
        int count = request.getEntriesCount();
        long last = count == 0
                ? RaftLog.INVALID_LOG_INDEX
                : request.getEntries(count - 1).getIndex();
        return request.hasPreviousLog() || request.getLeaderCommit() <= last
                ? request
                : request.toBuilder().setLeaderCommit(last).build();
    }

    private CompletableFuture<Payload> propose(byte[] entry) {
        traffic.proposed(entry.length);
        return confluence
                .add(UnsafeByteOperations.unsafeWrap(entry))
                .thenApply(outcome -> Payload.of(outcome.map(
                                problem -> String.valueOf(problem.getMessage()).getBytes(UTF_8))
                        .orElse(COMMITTED)));
    }

    /** A question may have to look things up. */
    private CompletableFuture<Payload> request(RaftClientRequestProto message) throws IOException {
        RaftClientRequest request = ClientProtoUtils.toRaftClientRequest(message);
        var division = (RaftClientAsynchronousProtocol) server.getDivision(request.getRaftGroupId());
        var answer = new CompletableFuture<Payload>();
        Thread.ofVirtual().name("store-asked").start(() -> {
            try {
                var _ = division.submitClientRequestAsync(request)
                        .thenApply(PeerService::payload)
                        .whenComplete((payload, problem) -> {
                            if (problem == null) {
                                answer.complete(payload);
                            } else {
                                answer.completeExceptionally(problem);
                            }
                        });
            } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static Payload payload(RaftClientReply reply) {
        return PeerCall.payload(ClientProtoUtils.toRaftClientReplyProto(reply));
    }

    private Payload groups() {
        var bytes = ByteBuffer.allocate(Long.BYTES * 2 * 16);
        for (RaftGroupId group : server.getGroupIds()) {
            if (bytes.hasRemaining()) {
                UUID id = group.getUuid();
                bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
            }
        }
        return Payload.of(Arrays.copyOf(bytes.array(), bytes.position()));
    }

    @Override
    public void ended() {
        if (leader != null) {
            whenEnded.accept(leader);
        }
    }
}
