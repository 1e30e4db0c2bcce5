package io.keelson.store.raft;

import io.keelson.store.HostPort;
import io.keelson.store.wire.Link;
import io.keelson.store.wire.Tunnel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * The ways from this member to others: for each one that Raft uses, and one for all else, so that a question need not wait until a snapshot
 * has passed.
 */
final class PeerLinks implements AutoCloseable {

    private final Tunnel tunnel;
    private final int maxBytes;
    private final Map<RaftPeerId, Link> raft = new ConcurrentHashMap<>();
    private final Map<RaftPeerId, Link> requests = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** @param maxBytes the longest message */
    PeerLinks(Tunnel tunnel, int maxBytes) {
        this.tunnel = tunnel;
        this.maxBytes = maxBytes;
    }

    Tunnel tunnel() {
        return tunnel;
    }

    int maxBytes() {
        return maxBytes;
    }

    /** For Raft itself. */
    Link raft(RaftPeerId peer) {
        return opened(raft.computeIfAbsent(peer, id -> link("store-raft-", id)));
    }

    /** For requests and questions. */
    Link requests(RaftPeerId peer) {
        return opened(requests.computeIfAbsent(peer, id -> link("store-ask-", id)));
    }

    private Link link(String name, RaftPeerId peer) {
        return new Link(name + peer, () -> MemberAddresses.of(PeerIds.member(peer)), tunnel, maxBytes);
    }

    private Link opened(Link link) {
        if (closed) {
            link.close();
        }
        return link;
    }

    /** To whoever is there; who asked closes it. */
    Link to(HostPort address) {
        return new Link("store-ask-" + address, () -> List.of(address), tunnel, maxBytes);
    }

    @Override
    public void close() {
        closed = true;
        raft.values().forEach(Link::close);
        requests.values().forEach(Link::close);
    }
}
