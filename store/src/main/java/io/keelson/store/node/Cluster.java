package io.keelson.store.node;

import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.MemberChange;
import io.keelson.store.mvcc.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The members of the cluster as something that changes, and who leads it. */
public interface Cluster {

    /**
     * Changes who the members are, if that is safe now. Any member can be asked.
     *
     * <p>An added member counts for the quorum when it has started and caught up, not before. A removed or promoted one is out or has its
     * vote when the answer comes.
     *
     * @return {@link Answer.Members}, or {@link Answer.Refused} with the reason; exceptionally as {@link Replica#propose}
     */
    CompletableFuture<Answer> change(MemberChange change);

    /** Makes the record of a member to add, with an id of its own. */
    MemberChange.Add newMember(List<String> peerUrls, boolean learner);

    /**
     * Gives the lead to another member and waits until that one leads.
     *
     * @return why not: this member does not lead, the other is no voting member, or it took too long
     */
    CompletableFuture<Optional<Refusal>> moveLeader(long target);
}
