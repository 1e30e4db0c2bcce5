package io.keelson.store.mvcc;

import java.util.List;

/**
 * A member of the cluster, as all members know it.
 *
 * @param id never 0; stays the same for the life of the member and is not given again; unsigned
 * @param name empty until the member has started for the first time, unless it is one of the first members
 * @param peerUrls where the other members dial it, at least one
 * @param clientUrls where clients dial it, as it said itself; empty until then
 * @param learner it gets the log and has no vote
 */
public record MemberRecord(long id, String name, List<String> peerUrls, List<String> clientUrls, boolean learner) {

    /** Checks that the member can be told apart and dialled. */
    public MemberRecord {
        peerUrls = List.copyOf(peerUrls);
        clientUrls = List.copyOf(clientUrls);
        if (id == 0) {
            throw new IllegalArgumentException("a member's id is 0");
        }
        if (peerUrls.isEmpty()) {
            throw new IllegalArgumentException("member " + Long.toHexString(id) + " has no peer URL");
        }
    }

    /** Whether it has ever run: then it has said its name. */
    public boolean isStarted() {
        return !name.isEmpty();
    }
}
