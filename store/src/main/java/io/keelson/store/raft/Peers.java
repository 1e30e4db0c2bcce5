package io.keelson.store.raft;

import io.keelson.store.KvException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/** Ways to hand something to a member: this one directly, others over the peer port. Every try is one try; who calls decides on more. */
final class Peers implements AutoCloseable {

    private final RaftServer.Division division;
    private final RaftGroup group;
    private final RaftProperties properties;
    private final Parameters parameters;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final Map<RaftPeerId, RaftClient> clients = new ConcurrentHashMap<>();

    Peers(RaftServer.Division division, RaftGroup group, RaftProperties properties, Parameters parameters) {
        this.division = division;
        this.group = group;
        this.properties = properties;
        this.parameters = parameters;
    }

    /** Whether this member leads, as far as it knows, and has caught up with what leaders before it committed. */
    boolean isLeading() {
        return division.getInfo().isLeader() && division.getInfo().isLeaderReady();
    }

    /** Who leads, as far as this member knows; null for nobody. */
    @Nullable
    RaftPeerId leader() {
        return division.getInfo().getLeaderId();
    }

    /** To this member's own division, without a network between. */
    CompletableFuture<RaftClientReply> submit(RaftClientRequest.Type type, Message message) {
        var request = RaftClientRequest.newBuilder()
                .setClientId(clientId)
                .setServerId(division.getId())
                .setGroupId(group.getGroupId())
                .setCallId(callIds.incrementAndGet())
                .setType(type)
                .setMessage(message)
                .build();
        try {
            return ((RaftClientAsynchronousProtocol) division).submitClientRequestAsync(request);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A write to another member, which must lead; blocks for at most the client's request timeout. */
    RaftClientReply send(RaftPeerId leader, Message message) throws IOException {
        return client(leader).io().send(message);
    }

    /** A question to another member; blocks for at most the client's request timeout. */
    RaftClientReply ask(RaftPeerId peer, Message message) throws IOException {
        return client(peer).io().sendReadOnly(message, peer);
    }

    private RaftClient client(RaftPeerId leader) {
        return clients.computeIfAbsent(
                leader,
                id -> RaftClient.newBuilder()
                        .setRaftGroup(group)
                        .setLeaderId(id)
                        .setProperties(properties)
                        .setParameters(parameters)
                        .setRetryPolicy(RetryPolicies.noRetry())
                        .build());
    }

    /** Forget the connection to a member, because a try with it failed: its view of who leads may be old. */
    void forget(RaftPeerId peer) {
        RaftClient client = clients.remove(peer);
        if (client != null) {
            close(client);
        }
    }

    static Message message(com.google.protobuf.MessageLite proto) {
        return Message.valueOf(UnsafeByteOperations.unsafeWrap(proto.toByteArray()));
    }

    @Override
    public void close() {
        clients.values().forEach(Peers::close);
        clients.clear();
    }

    private static void close(RaftClient client) {
        try {
            client.close();
        } catch (IOException e) {
            throw new KvException(KvException.Reason.UNAVAILABLE, "a connection to a member does not close", e);
        }
    }
}
