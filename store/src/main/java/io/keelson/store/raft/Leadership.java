package io.keelson.store.raft;

import java.io.IOException;
import java.util.Collection;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer.Division;

/**
 * Whether this member still leads: whoever leads says so only when a majority has answered a message that was sent after the question came (Raft, section
 * 6.4). Ratis (3.3.0, {@code ReadIndexHeartbeats}) asks nobody if nothing was committed since it asked last; but another may lead by then, and have
 * committed what this member does not know of.
 */
final class Leadership {

    private static final long TRY_MILLIS = 2_000;

    /**
     * One who asks.
     *
     * @param asked by {@link System#nanoTime}
     * @param term in which this member led then
     */
    private record Question(Division division, long asked, long term, CompletableFuture<Void> answer) {}

    private final Set<Feed> feeds = ConcurrentHashMap.newKeySet();
    private final Queue<Question> open = new ConcurrentLinkedQueue<>();

    /** While this member leads: who feeds a follower from now on. */
    void begins(Feed feed) {
        feeds.add(feed);
    }

    /** Who does not any more. */
    void ends(Feed feed) {
        feeds.remove(feed);
        heard();
    }

    /**
     * Asks something that only the leader may answer. If this member leads, its answer counts when it is sure that it did so when it was asked; else the one
     * who is asked in its place sees to that.
     *
     * @return fails if this member does not lead any more, or nobody answers
     */
    <T> CompletableFuture<T> confirmed(Division division, Supplier<CompletableFuture<T>> question) {
        long asked = System.nanoTime();
        boolean led = division.getInfo().isLeader();
        long term = division.getInfo().getCurrentTerm();
        CompletableFuture<T> answer = question.get();
        if (led) {
            return answer.thenCombine(confirm(division, asked, term), (given, _) -> given);
        }
        return division.getInfo().isLeader()
                ? answer.thenCombine(confirm(division, asked, division.getInfo().getCurrentTerm()), (given, _) -> given)
                : answer;
    }

    private CompletableFuture<Void> confirm(Division division, long asked, long term) {
        var question = new Question(division, asked, term, new CompletableFuture<>());
        open.add(question);
        var _ = question.answer
                .orTimeout(TRY_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((_, _) -> open.remove(question));
        if (!judge(question)) {
            // What was sent since then asks as well: entries, or what Ratis has just had sent for the same question.
            feeds.stream().filter(feed -> !feed.hasSentSince(asked)).forEach(Feed::triggerHeartbeat);
        }
        return question.answer;
    }

    /** A follower has answered, or is not fed any more. */
    void heard() {
        open.forEach(this::judge);
    }

    /** Whether there is nothing to wait for any more. */
    private boolean judge(Question question) {
        var info = question.division.getInfo();
        if (!info.isLeader() || info.getCurrentTerm() != question.term) {
            question.answer.completeExceptionally(new IOException("this member does not lead any more"));
            return true;
        }
        RaftConfiguration counted = question.division.getRaftConf();
        Collection<RaftPeer> before = counted.getPreviousPeers(RaftPeerRole.FOLLOWER);
        boolean sure = isMajority(question, counted.getCurrentPeers(RaftPeerRole.FOLLOWER))
                && (before.isEmpty() || isMajority(question, before));
        if (sure) {
            question.answer.complete(null);
        }
        return sure;
    }

    private boolean isMajority(Question question, Collection<RaftPeer> voters) {
        RaftPeerId self = question.division.getId();
        long sure = voters.stream()
                .filter(voter -> voter.getId().equals(self)
                        || feeds.stream()
                                .anyMatch(feed -> feed.getFollowerId().equals(voter.getId())
                                        && feed.hasAnsweredSince(question.asked)))
                .count();
        return 2 * sure > voters.size();
    }
}
