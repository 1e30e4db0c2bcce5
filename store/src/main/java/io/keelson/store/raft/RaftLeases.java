package io.keelson.store.raft;

import io.keelson.proto.store.v1.LeaseAnswer;
import io.keelson.proto.store.v1.LeaseQuestion;
import io.keelson.proto.store.v1.PeerAnswer;
import io.keelson.proto.store.v1.PeerQuestion;
import io.keelson.store.KvException;
import io.keelson.store.fault.PlantedFault;
import io.keelson.store.lease.LeaseClock;
import io.keelson.store.mvcc.Alarms;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.LeaseRecord;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Leases;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.jspecify.annotations.Nullable;

/**
 * The time of leases. The leader keeps it; others ask the leader. Before a leader ends a lease or renews one, it makes sure
 * that it still leads: one that was asleep must not end leases that its successor has renewed.
 */
final class RaftLeases implements Leases {

    /** Leases ended by one look at the clock. */
    private static final int MAX_DUE = 250;

    /** Leases of which one command notes what is left. */
    private static final int MAX_NOTES = 1_000;

    private static final long PAUSE_MILLIS = 50;

    private final RaftReplica replica;
    private final Peers peers;
    private final Executor blocking;
    private final RaftMetrics metrics;
    private final long extensionNanos;
    private final Object lock = new Object();
    private final LeaseClock clock = new LeaseClock();
    private final Set<Long> ending = new HashSet<>();
    /** Leases whose note is being taken back. */
    private final Set<Long> restoring = new HashSet<>();
    /** The term for which the clock was started; 0 while this member does not lead. */
    private long leadingTerm;

    /** @param extensionNanos what a new leader adds to every lease: a renewal that the last one took may be so old */
    RaftLeases(RaftReplica replica, Peers peers, Executor blocking, RaftMetrics metrics, long extensionNanos) {
        this.metrics = metrics;
        this.extensionNanos = extensionNanos;
        this.replica = replica;
        this.peers = peers;
        this.blocking = blocking;
    }

    /** Looks at the clock; called a few times a second. */
    void tick() {
        if (!peers.isLeading()) {
            synchronized (lock) {
                leadingTerm = 0;
                ending.clear();
                restoring.clear();
            }
            return;
        }
        long term = replica.term();
        boolean started;
        boolean due;
        List<LeaseRecord> notes;
        synchronized (lock) {
            started = leadingTerm == term;
            due = started && !dueNow().isEmpty();
            notes = started ? clock.dueNotes(System.nanoTime(), MAX_NOTES) : List.of();
        }
        if (!notes.isEmpty()) {
            // If it does not get through, the next leader gives these leases more time, and that is all.
            var _ = replica.proposeAsLeader(new Command.As(Caller.SYSTEM, new Command.LeaseCheckpoint(notes)));
        }
        if (!started || due) {
            var _ = replica.readBarrier().thenRun(() -> {
                if (peers.isLeading() && replica.term() == term) {
                    begin(term);
                    endDue(term);
                }
            });
        }
    }

    private void begin(long term) {
        synchronized (lock) {
            if (leadingTerm != term) {
                clock.restart(replica.read(View::leases), System.nanoTime(), extensionNanos);
                leadingTerm = term;
            }
        }
    }

    private List<Long> dueNow() {
        long early = PlantedFault.LEASE_ENDS_EARLY.isPlanted() ? TimeUnit.MILLISECONDS.toNanos(1_500) : 0;
        return clock.due(System.nanoTime() + early, MAX_DUE).stream()
                .filter(id -> !ending.contains(id))
                .toList();
    }

    private void endDue(long term) {
        if (Alarms.refusalOfRead(replica.read(View::alarms)).isPresent()) {
            // It would be refused, and asked again four times a second.
            return;
        }
        List<Long> due;
        synchronized (lock) {
            due = dueNow();
            ending.addAll(due);
        }
        metrics.leasesExpired(due.size());
        for (long id : due) {
            var _ = replica.proposeAsLeader(new Command.As(Caller.SYSTEM, new Command.LeaseRevoke(id)), term)
                    .whenComplete((_, _) -> {
                        synchronized (lock) {
                            ending.remove(id);
                        }
                    });
        }
    }

    /** What the log says of leases; called on the apply thread. */
    void applied(List<Change> changes) {
        for (Change change : changes) {
            switch (change) {
                case Change.LeaseGranted(var lease) -> {
                    synchronized (lock) {
                        clock.granted(lease, System.nanoTime());
                    }
                }
                case Change.LeaseCheckpointed(var lease) -> {
                    synchronized (lock) {
                        clock.noted(lease);
                    }
                }
                case Change.LeaseRevoked(long id) -> {
                    synchronized (lock) {
                        clock.revoked(id);
                    }
                }
                case Change.Put _,
                        Change.Delete _,
                        Change.AlarmRaised _,
                        Change.AlarmLowered _,
                        Change.Compacted _ -> {}
                case Change.Auth _, Change.TokenAssigned _ -> {}
                case Change.Members _, Change.AnswerKept _, Change.AnswerForgotten _ -> {}
            }
        }
    }

    /** A question of another member, or of this one; reads here are linearizable by now. */
    LeaseAnswer answer(LeaseQuestion question) {
        boolean leads = peers.isLeading();
        if (leads) {
            begin(replica.term());
        }
        synchronized (lock) {
            long now = System.nanoTime();
            if (leads && question.getKind() == LeaseQuestion.Kind.KEEP_ALIVE && mustWait(question.getId(), now)) {
                return LeaseAnswer.newBuilder()
                        .setLeading(true)
                        .setPending(true)
                        .build();
            }
            OptionalLong ttl = switch (question.getKind()) {
                case KEEP_ALIVE -> clock.renew(question.getId(), now);
                case REMAINING -> clock.remainingSeconds(question.getId(), now);
                case UNRECOGNIZED -> OptionalLong.empty();
            };
            if (leads && ttl.isPresent() && question.getKind() == LeaseQuestion.Kind.KEEP_ALIVE) {
                metrics.leaseRenewed();
            }
            return LeaseAnswer.newBuilder()
                    .setLeading(leads)
                    .setFound(ttl.isPresent())
                    .setTtl(ttl.orElse(0))
                    .build();
        }
    }

    /**
     * Whether a renewal has to wait for the log: a lease that has ended must be seen to go, not to be told of as if it had never been;
     * and of one whose remaining time is noted the note must be gone, or the next leader might end it before what is promised now.
     */
    private boolean mustWait(long id, long now) {
        if (clock.hasEnded(id, now)) {
            return true;
        }
        if (!clock.isNoted(id)) {
            return false;
        }
        if (restoring.add(id)) {
            var fullTime = new Command.LeaseCheckpoint(List.of(new LeaseRecord(id, 0)));
            var _ = replica.proposeAsLeader(new Command.As(Caller.SYSTEM, fullTime))
                    .whenComplete((_, _) -> {
                        synchronized (lock) {
                            restoring.remove(id);
                        }
                    });
        }
        return true;
    }

    @Override
    public CompletableFuture<Long> keepAlive(long id) {
        return ask(LeaseQuestion.Kind.KEEP_ALIVE, id).thenApply(answer -> answer.getFound() ? answer.getTtl() : 0L);
    }

    @Override
    public CompletableFuture<OptionalLong> remaining(long id) {
        return ask(LeaseQuestion.Kind.REMAINING, id)
                .thenApply(answer -> answer.getFound() ? OptionalLong.of(answer.getTtl()) : OptionalLong.empty());
    }

    private CompletableFuture<LeaseAnswer> ask(LeaseQuestion.Kind kind, long id) {
        LeaseQuestion question =
                LeaseQuestion.newBuilder().setKind(kind).setId(id).build();
        if (peers.isLeading()) {
            return replica.readBarrier().thenCompose(_ -> {
                LeaseAnswer answer = answer(question);
                return answer.getLeading() && !answer.getPending()
                        ? CompletableFuture.completedFuture(answer)
                        : CompletableFuture.supplyAsync(() -> askLeader(question), blocking);
            });
        }
        return CompletableFuture.supplyAsync(() -> askLeader(question), blocking);
    }

    private LeaseAnswer askLeader(LeaseQuestion question) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Proposer.REQUEST_TIMEOUT_MILLIS);
        @Nullable Throwable last = null;
        while (System.nanoTime() - deadline < 0) {
            RaftPeerId leader = peers.leader();
            try {
                if (leader != null) {
                    RaftClientReply reply = peers.ask(
                            leader,
                            Peers.message(
                                    PeerQuestion.newBuilder().setLease(question).build()));
                    LeaseAnswer answer = PeerAnswer.parseFrom(
                                    reply.getMessage().getContent().toByteArray())
                            .getLease();
                    if (reply.isSuccess() && answer.getLeading() && !answer.getPending()) {
                        return answer;
                    }
                }
                Thread.sleep(PAUSE_MILLIS);
            } catch (IOException e) {
                last = e;
                if (leader != null) {
                    peers.forget(leader);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                last = e;
                break;
            }
        }
        throw new KvException(
                KvException.Reason.UNAVAILABLE,
                peers.leader() == null ? "etcdserver: no leader" : "etcdserver: request timed out",
                last);
    }
}
