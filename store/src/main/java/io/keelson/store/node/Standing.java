package io.keelson.store.node;

import io.keelson.store.Member;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who a member is and how it stands, now.
 *
 * @param name its name
 * @param clusterId the cluster's id, the same on every member
 * @param memberIds ids of all members by name
 * @param members all members
 * @param leader name of the member that leads, empty while there is none
 * @param term Raft term
 * @param committedIndex index of the last committed log entry that this member knows
 * @param appliedIndex index of the last applied log entry
 * @param storedBytes size of the data on disk
 * @param liveBytes how much of it is in use
 */
public record Standing(
        String name,
        long clusterId,
        Map<String, Long> memberIds,
        List<Member> members,
        Optional<String> leader,
        long term,
        long committedIndex,
        long appliedIndex,
        long storedBytes,
        long liveBytes) {

    /** The id of this member. */
    public long memberId() {
        return memberIds.getOrDefault(name, 0L);
    }

    /** The id of the leader, 0 for none. */
    public long leaderId() {
        return leader.map(memberIds::get).orElse(0L);
    }
}
