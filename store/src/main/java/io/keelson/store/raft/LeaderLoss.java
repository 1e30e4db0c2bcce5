package io.keelson.store.raft;

import io.keelson.store.HostPort;
import io.keelson.store.raft.Succession.Position;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * Elects at once when the leader's process is gone, instead of after an election timeout of silence. That it is gone is believed only if its
 * connection to this member has ended and its peer address refuses a new one, as only the machine it ran on can say it; a leader that is
 * slow, paused or cut off refuses nothing, and for it the timeouts hold. A mistake costs an election, no more.
 *
 * <pre>
 *   connection ends -> does anybody listen there? -> how far are the others' logs? -> wait for those that stand first -> stand
 * </pre>
 */
final class LeaderLoss {

    private static final System.Logger LOG = System.getLogger(LeaderLoss.class.getName());

    /** A process that ends closes its sockets one after the other; the one that it listens on may be the last. */
    private static final int PROBES = 4;

    private static final long PROBE_PAUSE_MILLIS = 15;
    private static final int PROBE_MILLIS = 200;

    /** Within a network that answers at all; who does not is not waited for. */
    private static final long ASK_MILLIS = 100;

    /** The others are asked from time to time for nothing, so that the way to them is open, and warm, when it counts. */
    private static final long WARM_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Peers peers;
    private final ExecutorService blocking;
    private final long self;
    private final long stepMillis;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile boolean stopped;
    private long warmedNanos = System.nanoTime() - WARM_NANOS;

    /**
     * @param self this member's id
     * @param stepMillis how long each that stands first is given before the next stands
     */
    LeaderLoss(Peers peers, ExecutorService blocking, long self, long stepMillis) {
        this.peers = peers;
        this.blocking = blocking;
        this.self = self;
        this.stepMillis = stepMillis;
    }

    /** A connection over which a leader fed this member has ended. Returns at once. */
    void connectionEnded(RaftPeerId leader) {
        if (!stopped && leads(leader) && looking.compareAndSet(false, true)) {
            blocking.execute(() -> {
                try {
                    look(leader);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (RuntimeException e) {
                    if (!stopped) {
                        throw e;
                    }
                    // The log that it looked into was closed meanwhile.
                } finally {
                    looking.set(false);
                }
            });
        }
    }

    /** This member stops: whoever leads is no business of its any more. */
    void stop() {
        stopped = true;
    }

    /** Called a few times a second by one thread, does not block. */
    void tick(long nowNanos) {
        RaftPeerId leader = peers.leader();
        if (leader != null && !peers.isLeading() && nowNanos - warmedNanos >= WARM_NANOS) {
            warmedNanos = nowNanos;
            peers.configuration().voters().stream()
                    .filter(member -> member != self && member != PeerIds.member(leader))
                    .forEach(member -> blocking.execute(() -> peers.position(member)));
        }
    }

    private boolean leads(RaftPeerId leader) {
        return !peers.isLeading() && leader.equals(peers.leader());
    }

    private void look(RaftPeerId leader) throws InterruptedException {
        long term = peers.term();
        if (!isGone(MemberAddresses.of(PeerIds.member(leader)))) {
            return;
        }
        Optional<Position> own = peers.position();
        Set<Long> voters = peers.configuration().voters();
        if (own.isEmpty() || !voters.contains(self)) {
            return;
        }
        long before = Succession.before(own.get(), positions(own.get(), voters, PeerIds.member(leader)));
        LOG.log(
                System.Logger.Level.INFO,
                "the leader " + leader + " is gone: nobody listens where it did; " + before
                        + " of the others may stand before this member");
        TimeUnit.MILLISECONDS.sleep(before * stepMillis);
        if (!stopped && leads(leader) && peers.term() == term && peers.stand(leader)) {
            LOG.log(System.Logger.Level.INFO, "this member stands for the lead at once");
        }
    }

    /** Whether each of the addresses refuses connections. */
    static boolean isGone(List<HostPort> addresses) throws InterruptedException {
        for (int probe = 0; probe < PROBES; probe++) {
            if (probe > 0) {
                TimeUnit.MILLISECONDS.sleep(PROBE_PAUSE_MILLIS);
            }
            if (!addresses.isEmpty() && addresses.stream().allMatch(LeaderLoss::refuses)) {
                return true;
            }
        }
        return false;
    }

    private static boolean refuses(HostPort address) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.host(), address.port()), PROBE_MILLIS);
            return false;
        } catch (ConnectException | NoRouteToHostException e) {
            return true;
        } catch (IOException e) {
            // No answer at all, or no such name: that says nothing about the process.
            return false;
        }
    }

    /** How far the logs of the others are that may stand. Who does not say so in time counts as equal, so that the ids decide. */
    private List<Position> positions(Position own, Set<Long> voters, long leader) {
        List<CompletableFuture<Position>> asked = voters.stream()
                .filter(member -> member != self && member != leader)
                .map(member -> {
                    var equal = new Position(own.term(), own.index(), member);
                    return CompletableFuture.supplyAsync(
                                    () -> peers.position(member).orElse(equal), blocking)
                            .completeOnTimeout(equal, ASK_MILLIS, TimeUnit.MILLISECONDS);
                })
                .toList();
        return asked.stream().map(CompletableFuture::join).toList();
    }
}
