package io.keelson.store.raft;

import io.keelson.store.HostPort;
import io.keelson.store.PeerUrls;
import io.keelson.store.mvcc.MemberRecord;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where members are dialled. Ratis keeps the first address that it heard of a peer for as long as the process lives, so it is given a name,
 * {@code keelson:///ID}, and who dials looks here each time. A member's peer URLs can so change while it runs, and it may have several.
 */
final class MemberAddresses {

    private static final String SCHEME = "keelson";

    /** Ids differ between clusters too, so one table serves all members in this process. */
    private static final Map<Long, List<HostPort>> ADDRESSES = new ConcurrentHashMap<>();

    private MemberAddresses() {}

    /** What Ratis takes for an address. */
    static String target(long member) {
        return SCHEME + ":///" + Long.toHexString(member);
    }

    /** From now on these are the addresses of these members; others stay as they are. */
    static void learn(Collection<MemberRecord> members) {
        members.forEach(member -> ADDRESSES.put(
                member.id(), member.peerUrls().stream().map(PeerUrls::address).toList()));
    }

    /** Where a member is dialled; empty if nothing is known of it. */
    static List<HostPort> of(long member) {
        return ADDRESSES.getOrDefault(member, List.of());
    }
}
