package io.keelson.store.raft;

import io.keelson.store.HostPort;
import io.keelson.store.wire.Port;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;
import org.jspecify.annotations.Nullable;

/** Ratis' way to other members and theirs to it. Entries and snapshots go past it, see {@link Feed}. */
final class PeerServer implements RaftServerRpc, RaftServerAsynchronousProtocol {

    private static final long ANSWER_MILLIS = 3_000;

    private final RaftServer server;
    private final HostPort listen;
    private final PeerRpc.Means means;
    private @Nullable Port port;

    PeerServer(RaftServer server, HostPort listen, PeerRpc.Means means) {
        this.server = server;
        this.listen = listen;
        this.means = means;
    }

    @Override
    public synchronized void start() throws IOException {
        var following = new Following(server, server);
        port = Port.open(
                listen,
                means.links().tunnel(),
                means.links().maxBytes(),
                () -> new PeerService(server, following, means));
    }

    @Override
    public synchronized void close() {
        if (port != null) {
            port.close();
        }
        means.links().close();
    }

    @Override
    public InetSocketAddress getInetSocketAddress() {
        return InetSocketAddress.createUnresolved(listen.host(), listen.port());
    }

    @Override
    public RpcType getRpcType() {
        return new PeerRpc();
    }

    /** Who is dialled is looked up by its id. */
    @Override
    public void addRaftPeers(Collection<RaftPeer> peers) {}

    /** A connection that fails ends, and the next call dials anew. */
    @Override
    public void handleException(RaftPeerId peer, Exception problem, boolean reconnect) {}

    @Override
    public RaftServerAsynchronousProtocol async() {
        return this;
    }

    private <M extends MessageLite> M ask(
            PeerCall call, RaftRpcRequestProto header, MessageLite request, Parser<M> answer) throws IOException {
        RaftPeerId to = RaftPeerId.valueOf(header.getReplyId());
        means.traffic().sent(to, request.getSerializedSize());
        CompletableFuture<byte[]> reply = means.links().raft(to).call(call.kind(), PeerCall.payload(request));
        try {
            return PeerCall.read(answer, reply.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            reply.cancel(false);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the member " + to + " was asked");
        } catch (TimeoutException e) {
            reply.cancel(false);
            throw new IOException("the member " + to + " does not answer", e);
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        }
    }

    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
        return ask(PeerCall.VOTE, request.getServerRequest(), request, RequestVoteReplyProto.parser());
    }

    @Override
    public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request)
            throws IOException {
        return ask(PeerCall.STAND, request.getServerRequest(), request, StartLeaderElectionReplyProto.parser());
    }

    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) {
        throw new UnsupportedOperationException("entries are sent by feeds");
    }

    @Override
    public CompletableFuture<AppendEntriesReplyProto> appendEntriesAsync(AppendEntriesRequestProto request) {
        throw new UnsupportedOperationException("entries are sent by feeds");
    }

    @Override
    public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request) {
        throw new UnsupportedOperationException("snapshots are sent by feeds");
    }

    @Override
    public CompletableFuture<ReadIndexReplyProto> readIndexAsync(ReadIndexRequestProto request) {
        RaftPeerId to = RaftPeerId.valueOf(request.getServerRequest().getReplyId());
        means.traffic().sent(to, request.getSerializedSize());
        return means.links()
                .raft(to)
                .call(PeerCall.READ_INDEX.kind(), PeerCall.payload(request))
                .thenApply(body -> {
                    try {
                        return PeerCall.read(ReadIndexReplyProto.parser(), body);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }
}
