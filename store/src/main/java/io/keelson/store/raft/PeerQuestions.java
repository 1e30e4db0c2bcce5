package io.keelson.store.raft;

import com.google.protobuf.InvalidProtocolBufferException;
import io.keelson.proto.store.v1.PeerAnswer;
import io.keelson.proto.store.v1.PeerQuestion;
import java.util.concurrent.CompletableFuture;

/** Answers what other members ask. What cannot be read is an {@link IllegalArgumentException}. */
final class PeerQuestions {

    private final RaftLeases leases;
    private final RaftCluster cluster;
    private final Integrity integrity;
    private final Peers peers;

    PeerQuestions(RaftLeases leases, RaftCluster cluster, Integrity integrity, Peers peers) {
        this.leases = leases;
        this.cluster = cluster;
        this.integrity = integrity;
        this.peers = peers;
    }

    /** The answer to a question that was asked through Ratis once reads here are linearizable. */
    CompletableFuture<byte[]> answer(byte[] bytes) {
        PeerQuestion question = parse(bytes);
        var answer = PeerAnswer.newBuilder();
        return switch (question.getQuestionCase()) {
            case LEASE -> done(answer.setLease(leases.answer(question.getLease())));
            case HEALTH -> done(answer.setHealth(cluster.answerHealth()));
            case HASH -> done(answer.setHash(integrity.answer(question.getHash())));
            case JOIN ->
                cluster.join(question.getJoin())
                        .thenApply(join -> answer.setJoin(join).build().toByteArray());
            case POSITION -> done(answer.setPosition(peers.answerPosition()));
            case QUESTION_NOT_SET ->
                throw new IllegalArgumentException("a member asked something that this version does not know");
        };
    }

    /** The answer to a question that was asked whether anybody leads or not. */
    byte[] answerLeaderless(byte[] bytes) {
        if (!parse(bytes).hasPosition()) {
            throw new IllegalArgumentException("only the position of the log can be asked without a leader");
        }
        return PeerAnswer.newBuilder()
                .setPosition(peers.answerPosition())
                .build()
                .toByteArray();
    }

    private static CompletableFuture<byte[]> done(PeerAnswer.Builder answer) {
        return CompletableFuture.completedFuture(answer.build().toByteArray());
    }

    private static PeerQuestion parse(byte[] bytes) {
        try {
            return PeerQuestion.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("a member asked something that cannot be read", e);
        }
    }
}
