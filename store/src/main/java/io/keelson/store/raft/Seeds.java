package io.keelson.store.raft;

import io.keelson.proto.store.v1.JoinAnswer;
import io.keelson.proto.store.v1.JoinQuestion;
import io.keelson.proto.store.v1.PeerAnswer;
import io.keelson.proto.store.v1.PeerQuestion;
import io.keelson.proto.store.v1.PositionAnswer;
import io.keelson.store.HostPort;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.retry.RetryPolicies;

/** Asks members of a cluster by their addresses alone: one that joins knows nobody's id, one that was removed is told nothing by the log. */
final class Seeds {

    private static final System.Logger LOG = System.getLogger(Seeds.class.getName());

    private final List<HostPort> addresses;
    private final RaftProperties properties;
    private final Parameters parameters;

    /** @param addresses of the other members, as the operator gave them */
    Seeds(List<HostPort> addresses, RaftProperties properties, Parameters parameters) {
        this.addresses = List.copyOf(addresses);
        this.properties = properties;
        this.parameters = parameters;
    }

    /**
     * What a cluster said.
     *
     * @param clusterId the cluster
     * @param answer its answer
     */
    record Found(long clusterId, JoinAnswer answer) {}

    /**
     * Asks each address until one answers. Blocks, for each that does not answer up to the client's request timeout.
     *
     * @return empty if no address belongs to a member of a cluster that has a leader
     */
    Optional<Found> ask(JoinQuestion question) {
        for (HostPort address : addresses) {
            try {
                Optional<Found> found = Calling.member(() -> ask(address, question));
                if (found.isPresent()) {
                    return found;
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the member on " + address + " does not answer", e);
            }
        }
        return Optional.empty();
    }

    /** What the members that answer say of their logs, whether a leader is known or not. */
    List<PositionAnswer> positions(long cluster) {
        var said = new ArrayList<PositionAnswer>();
        RaftGroupId group = PeerIds.group(cluster);
        for (HostPort address : addresses) {
            try (RaftClient client = client(address, group)) {
                said.add(LogPosition.ask(client, peer(address).getId()));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the member on " + address + " does not answer", e);
            }
        }
        return said;
    }

    private Optional<Found> ask(HostPort address, JoinQuestion question) throws IOException {
        for (RaftGroupId group : groups(address)) {
            Optional<Long> cluster = PeerIds.cluster(group);
            if (cluster.isPresent()) {
                try (RaftClient client = client(address, group)) {
                    RaftClientReply reply = client.io()
                            .sendReadOnly(Peers.message(
                                    PeerQuestion.newBuilder().setJoin(question).build()));
                    if (reply.isSuccess()) {
                        PeerAnswer answer = PeerAnswer.parseFrom(
                                reply.getMessage().getContent().toByteArray());
                        return Optional.of(new Found(cluster.get(), answer.getJoin()));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private List<RaftGroupId> groups(HostPort address) throws IOException {
        // Any group will do: the list is the server's.
        try (RaftClient client = client(address, PeerIds.group(0))) {
            return client.getGroupManagementApi(peer(address).getId()).list().getGroupIds();
        }
    }

    private static RaftPeer peer(HostPort address) {
        return RaftPeer.newBuilder()
                .setId(RaftPeerId.valueOf(address.toString()))
                .setAddress(address.toString())
                .build();
    }

    private RaftClient client(HostPort address, RaftGroupId group) {
        RaftPeer peer = peer(address);
        return RaftClient.newBuilder()
                .setRaftGroup(RaftGroup.valueOf(group, peer))
                .setLeaderId(peer.getId())
                .setProperties(properties)
                .setParameters(parameters)
                .setRetryPolicy(RetryPolicies.noRetry())
                .build();
    }
}
