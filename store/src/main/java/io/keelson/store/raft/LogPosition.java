package io.keelson.store.raft;

import com.google.protobuf.InvalidProtocolBufferException;
import io.keelson.proto.store.v1.PeerAnswer;
import io.keelson.proto.store.v1.PeerQuestion;
import io.keelson.proto.store.v1.PositionAnswer;
import io.keelson.proto.store.v1.PositionQuestion;
import io.keelson.store.wire.Link;
import java.io.IOException;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * Asks a member how far its log goes and whom it counts. As a stale read, since it is asked when nobody leads. Ratis' own question for its
 * group would do, but it fails while a learner is being promoted, as Ratis then finds that member twice.
 */
final class LogPosition {

    private static final Message QUESTION = Peers.message(PeerQuestion.newBuilder()
            .setPosition(PositionQuestion.getDefaultInstance())
            .build());

    /** A member that was just started does not know yet that anything is committed. */
    private static final long WHATEVER_IS_COMMITTED = -1;

    private LogPosition() {}

    /**
     * Blocks for at most two seconds.
     *
     * @throws IOException if the member does not answer, or does not belong to the group
     */
    static PositionAnswer ask(Link link, Requests requests, RaftGroupId group, RaftPeerId member) throws IOException {
        RaftClientReply reply = Requests.ask(
                link,
                requests.request(
                        group, member, RaftClientRequest.staleReadRequestType(WHATEVER_IS_COMMITTED), QUESTION));
        if (!reply.isSuccess()) {
            throw new IOException("the member " + member + " refused the question", reply.getException());
        }
        try {
            return PeerAnswer.parseFrom(reply.getMessage().getContent().toByteArray())
                    .getPosition();
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("the member " + member + " answered something that cannot be read", e);
        }
    }
}
