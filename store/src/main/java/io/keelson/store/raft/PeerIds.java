package io.keelson.store.raft;

import java.util.Optional;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/** Our ids of members and clusters as Ratis knows them. */
final class PeerIds {

    /** The upper half of every group's id, "keelson!"; the lower half is the cluster's id. */
    private static final long GROUP = 0x6b65_656c_736f_6e21L;

    private PeerIds() {}

    /** A member is called by its id in hexadecimal, as etcdctl prints it: a name may change and is not known before the first start. */
    static RaftPeerId of(long member) {
        return RaftPeerId.valueOf(Long.toHexString(member));
    }

    static long member(RaftPeerId peer) {
        return Long.parseUnsignedLong(peer.toString(), 16);
    }

    /** A member for Ratis' configuration: its address is looked up when it is dialled, see {@link MemberAddresses}. */
    static RaftPeer peer(long member, boolean learner) {
        return RaftPeer.newBuilder()
                .setId(of(member))
                .setAddress(MemberAddresses.target(member))
                .setStartupRole(learner ? RaftPeerRole.LISTENER : RaftPeerRole.FOLLOWER)
                .build();
    }

    static RaftGroupId group(long cluster) {
        return RaftGroupId.valueOf(new UUID(GROUP, cluster));
    }

    /** The cluster of a group, if it is one of ours. */
    static Optional<Long> cluster(RaftGroupId group) {
        UUID id = group.getUuid();
        return id.getMostSignificantBits() == GROUP ? Optional.of(id.getLeastSignificantBits()) : Optional.empty();
    }
}
