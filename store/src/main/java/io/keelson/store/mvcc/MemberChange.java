package io.keelson.store.mvcc;

import java.util.List;

/** A change of who the members are. */
public sealed interface MemberChange {

    /** The first members of a new cluster; changes nothing where there are members already. */
    record Bootstrap(List<MemberRecord> members) implements MemberChange {
        /** Takes a copy. */
        public Bootstrap {
            members = List.copyOf(members);
        }
    }

    /** A new member, or learner; the id is chosen by who proposes, so that every replica takes the same. */
    record Add(MemberRecord member) implements MemberChange {}

    /** A member goes, for good: its id is never accepted again. */
    record Remove(long id) implements MemberChange {}

    /** A member is to be dialled elsewhere. */
    record Update(long id, List<String> peerUrls) implements MemberChange {
        /** Takes a copy. */
        public Update {
            peerUrls = List.copyOf(peerUrls);
        }
    }

    /** A learner gets its vote. */
    record Promote(long id) implements MemberChange {}

    /** What a member says of itself when it starts. */
    record Publish(long id, String name, List<String> clientUrls) implements MemberChange {
        /** Takes a copy. */
        public Publish {
            clientUrls = List.copyOf(clientUrls);
        }
    }
}
