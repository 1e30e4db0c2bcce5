package io.keelson.store.raft;

import io.keelson.proto.store.v1.JoinAnswer;
import io.keelson.proto.store.v1.JoinQuestion;
import io.keelson.proto.store.v1.PeerAnswer;
import io.keelson.proto.store.v1.PeerQuestion;
import io.keelson.proto.store.v1.PositionAnswer;
import io.keelson.store.HostPort;
import io.keelson.store.wire.Link;
import io.keelson.store.wire.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;

/** Asks members of a cluster by their addresses alone: one that joins knows nobody's id, one that was removed is told nothing by the log. */
final class Seeds {

    private static final System.Logger LOG = System.getLogger(Seeds.class.getName());

    private final List<HostPort> addresses;
    private final PeerLinks links;
    private final Requests requests = new Requests();

    /** @param addresses of the other members, as the operator gave them */
    Seeds(List<HostPort> addresses, PeerLinks links) {
        this.addresses = List.copyOf(addresses);
        this.links = links;
    }

    /**
     * What a cluster said.
     *
     * @param clusterId the cluster
     * @param answer its answer
     */
    record Found(long clusterId, JoinAnswer answer) {}

    /**
     * Asks each address until one answers. Blocks, for each that does not answer up to two seconds.
     *
     * @return empty if no address belongs to a member of a cluster that has a leader
     */
    Optional<Found> ask(JoinQuestion question) {
        for (HostPort address : addresses) {
            try {
                Optional<Found> found = ask(address, question);
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
            try (Link link = links.to(address)) {
                said.add(LogPosition.ask(link, requests, group, peer(address)));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the member on " + address + " does not answer", e);
            }
        }
        return said;
    }

    private Optional<Found> ask(HostPort address, JoinQuestion question) throws IOException {
        try (Link link = links.to(address)) {
            for (RaftGroupId group : groups(link)) {
                Optional<Long> cluster = PeerIds.cluster(group);
                if (cluster.isPresent()) {
                    RaftClientReply reply = Requests.ask(
                            link,
                            requests.request(
                                    group,
                                    peer(address),
                                    RaftClientRequest.readRequestType(),
                                    Peers.message(PeerQuestion.newBuilder()
                                            .setJoin(question)
                                            .build())));
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

    private static List<RaftGroupId> groups(Link link) throws IOException {
        var bytes = ByteBuffer.wrap(Requests.await(link.call(PeerCall.GROUPS.kind(), Payload.of(new byte[0]))));
        var groups = new ArrayList<RaftGroupId>();
        while (bytes.remaining() >= 2 * Long.BYTES) {
            groups.add(RaftGroupId.valueOf(new UUID(bytes.getLong(), bytes.getLong())));
        }
        return groups;
    }

    /** Its id is not known, and who is asked does not look. */
    private static RaftPeerId peer(HostPort address) {
        return RaftPeerId.valueOf(address.toString());
    }
}
