package io.keelson.store;

import io.keelson.store.metrics.Metrics;
import io.keelson.store.node.Replica;
import io.keelson.store.raft.RaftReplica;
import io.keelson.store.rpc.StoreServer;
import io.keelson.store.tls.Credentials;
import io.keelson.store.tls.TlsProblem;
import java.util.Optional;
import java.util.function.Consumer;

/** A member of the replicated store: the replica, its doors for clients, and the port for who lives in the same process. */
public final class Store implements AutoCloseable {

    /** The version of etcd whose API this is. */
    public static final String ETCD_VERSION = StoreServer.ETCD_VERSION;

    private final StoreConfig config;
    private final RaftReplica replica;
    private final StoreServer doors;
    private final Kv kv;

    private Store(StoreConfig config, RaftReplica replica, StoreServer doors) {
        this.config = config;
        this.replica = replica;
        this.doors = doors;
        this.kv = new ReplicaKv(replica);
    }

    /**
     * Starts a member.
     *
     * @param onFailure told when the member cannot go on (its disk failed, an invariant broke): the process should end
     * @throws IllegalStateException if it cannot start: address taken, data of another cluster or member, no space, a
     *     certificate that cannot be read; the message names it and the way out
     */
    public static Store start(StoreConfig config, Consumer<Throwable> onFailure) {
        check("clients", config.clientTls());
        check("members", config.peerTls());
        DataDirectory.claim(config);
        var metrics = new Metrics();
        RaftReplica replica = RaftReplica.start(config, metrics, onFailure);
        try {
            return new Store(config, replica, StoreServer.start(replica, config, metrics));
        } catch (RuntimeException e) {
            replica.close();
            throw e;
        }
    }

    /** Before anything is written: who has mistyped the name of a file should not find a data directory. */
    private static void check(String speakingTo, Optional<Tls> tls) {
        try {
            tls.ifPresent(Credentials::load);
        } catch (TlsProblem e) {
            throw new IllegalStateException("TLS for " + speakingTo + ": " + e.getMessage(), e);
        }
    }

    /** The store for who lives in this process; the same guarantees as over the network. */
    public Kv kv() {
        return kv;
    }

    /** This member as the doors to it see it. */
    public Replica replica() {
        return replica;
    }

    /** This member's name. */
    public String name() {
        return config.name();
    }

    /** The name of the member that leads, if one does, as far as this one knows. */
    public Optional<String> leader() {
        return replica.standing().leader();
    }

    /** Whether a request has a chance: some member leads. */
    public boolean ready() {
        return replica.knowsLeader();
    }

    /** The newest revision applied here. */
    public long revision() {
        return replica.history().revision();
    }

    /**
     * Gives the lead to another member if this one has it, so that clients need not wait for an election when it stops. Requests that come
     * meanwhile wait, and go to the new leader. Blocks for 2 s at the most; if no other member can lead, this one leads on.
     */
    public void handOver() {
        replica.handOver();
    }

    /** Hands over, ends what clients have open here, and stops. What was acknowledged is on disk already. */
    @Override
    public void close() {
        // While the doors are still open: who comes in now is passed on to the new leader.
        handOver();
        doors.close();
        replica.close();
    }
}
