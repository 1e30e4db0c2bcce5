package io.keelson.store.node;

import io.keelson.store.mvcc.MemberRecord;
import io.keelson.store.mvcc.Membership;
import java.util.List;
import java.util.Optional;

/**
 * Who a member is and how it stands, now.
 *
 * @param name its name
 * @param clusterId the cluster's id, the same on every member
 * @param memberId its own id
 * @param leaderId the id of the member that leads, 0 while none is known
 * @param membership all members, as far as they are applied here
 * @param term Raft term
 * @param committedIndex index of the last committed log entry that this member knows
 * @param appliedIndex index of the last applied log entry
 * @param storedBytes size of the data on disk
 * @param liveBytes how much of it is in use
 */
public record Standing(
        String name,
        long clusterId,
        long memberId,
        long leaderId,
        Membership membership,
        long term,
        long committedIndex,
        long appliedIndex,
        long storedBytes,
        long liveBytes) {

    /** All members. */
    public List<MemberRecord> members() {
        return membership.members();
    }

    /** The name of the member that leads, or its id in hexadecimal if the name is not known here yet; empty while there is none. */
    public Optional<String> leader() {
        return leaderId == 0
                ? Optional.empty()
                : Optional.of(membership
                        .member(leaderId)
                        .filter(MemberRecord::isStarted)
                        .map(MemberRecord::name)
                        .orElseGet(() -> Long.toHexString(leaderId)));
    }

    /** Whether this member is a learner: it has no vote, and serves only what may be stale. */
    public boolean isLearner() {
        return membership.member(memberId).filter(MemberRecord::learner).isPresent();
    }
}
