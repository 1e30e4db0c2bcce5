package io.keelson.store.raft;

import io.keelson.store.mvcc.MemberRecord;
import io.keelson.store.mvcc.Membership;
import java.util.List;

/** The members as this one knows them, and what it is among them. The first ones are known from the configuration before the log says so. */
final class KnownMembers {

    private final long self;
    private volatile Membership membership;
    private volatile boolean learner;

    /** @param first the first members of the cluster, as the configuration has them */
    KnownMembers(long self, List<MemberRecord> first) {
        this.self = self;
        this.membership = new Membership(first, List.of());
        MemberAddresses.learn(first);
    }

    /** The members are these now; a list without any says nothing. */
    void learn(Membership now) {
        if (now.members().isEmpty()) {
            return;
        }
        membership = now;
        learner = now.member(self).filter(MemberRecord::learner).isPresent();
        MemberAddresses.learn(now.members());
    }

    Membership membership() {
        return membership;
    }

    /** Whether this member has no vote. */
    boolean isLearner() {
        return learner;
    }

    /** Whether this member was one once. */
    boolean isRemoved() {
        return membership.isRemoved(self);
    }
}
