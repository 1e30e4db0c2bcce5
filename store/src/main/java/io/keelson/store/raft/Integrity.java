package io.keelson.store.raft;

import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AlarmType;
import io.keelson.proto.store.v1.HashAnswer;
import io.keelson.proto.store.v1.HashQuestion;
import io.keelson.proto.store.v1.PeerAnswer;
import io.keelson.proto.store.v1.PeerQuestion;
import io.keelson.store.KvException;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.HashAt;
import io.keelson.store.mvcc.MemberRecord;
import io.keelson.store.mvcc.View;
import io.keelson.store.upkeep.Deviation;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;

/**
 * Compares the members' running hashes while this member leads: one question to each, one after the other, every {@link
 * #PERIOD_NANOS}. Who deviates gets the alarm CORRUPT, and from that log entry on nothing is served until an operator has replaced that
 * member and lowered the alarm.
 */
final class Integrity {

    /** From one comparison to the next. */
    static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final System.Logger LOG = System.getLogger(Integrity.class.getName());

    private final RaftReplica replica;
    private final Peers peers;
    private final Executor blocking;
    private final AtomicBoolean comparing = new AtomicBoolean();
    private long last;

    Integrity(RaftReplica replica, Peers peers, Executor blocking, long nowNanos) {
        this.replica = replica;
        this.peers = peers;
        this.blocking = blocking;
        this.last = nowNanos;
    }

    /** Looks at the clock; called a few times a second. */
    void tick(long nowNanos) {
        if (nowNanos - last < PERIOD_NANOS || !peers.isLeading() || !comparing.compareAndSet(false, true)) {
            return;
        }
        last = nowNanos;
        blocking.execute(() -> {
            try {
                var _ = compare();
            } catch (KvException e) {
                // The state is being replaced, or the member stops: the next comparison tells.
                LOG.log(Level.DEBUG, "the members' data are not compared this time", e);
            } finally {
                comparing.set(false);
            }
        });
    }

    /** Compares now; blocks for the answers. The members that deviate, {@link Deviation#ANY} if it cannot be said which. */
    Set<Long> compare() {
        long revision = replica.history().revision();
        Optional<HashAt> own = replica.runningHash(revision);
        List<MemberRecord> members = replica.standing().members();
        if (own.isEmpty() || members.size() < 2) {
            return Set.of();
        }
        long self = replica.standing().memberId();
        var hashes = new HashMap<Long, Long>(Map.of(self, own.get().hash()));
        for (MemberRecord member : members) {
            if (member.id() != self) {
                HashAnswer answer = ask(member.id(), revision);
                if (answer.getFound() && answer.getBase() == own.get().base()) {
                    hashes.put(member.id(), answer.getHash());
                }
            }
        }
        Set<Long> deviating = Deviation.of(hashes, members.size());
        deviating.forEach(member -> raise(member, revision, hashes));
        return deviating;
    }

    /** A member that does not answer has nothing found: nothing follows from that. */
    private HashAnswer ask(long member, long revision) {
        RaftPeerId peer = PeerIds.of(member);
        var question = PeerQuestion.newBuilder()
                .setHash(HashQuestion.newBuilder().setRevision(revision))
                .build();
        try {
            RaftClientReply reply = peers.ask(peer, Peers.message(question));
            return reply.isSuccess()
                    ? PeerAnswer.parseFrom(reply.getMessage().getContent().toByteArray())
                            .getHash()
                    : HashAnswer.getDefaultInstance();
        } catch (IOException | StatusRuntimeException e) {
            LOG.log(Level.DEBUG, () -> "member " + Long.toHexString(member) + " did not tell its hash", e);
            peers.forget(peer);
            return HashAnswer.getDefaultInstance();
        }
    }

    HashAnswer answer(HashQuestion question) {
        return replica.runningHash(question.getRevision())
                .map(found -> HashAnswer.newBuilder()
                        .setFound(true)
                        .setBase(found.base())
                        .setHash(found.hash())
                        .build())
                .orElse(HashAnswer.getDefaultInstance());
    }

    private static Map<String, String> inHex(Map<Long, Long> hashes) {
        var shown = new TreeMap<String, String>();
        hashes.forEach((member, hash) -> shown.put(Long.toHexString(member), Long.toHexString(hash)));
        return shown;
    }

    private void raise(long member, long revision, Map<Long, Long> hashes) {
        var alarm = AlarmMember.newBuilder()
                .setMemberID(member)
                .setAlarm(AlarmType.CORRUPT)
                .build();
        if (replica.read(View::alarms).contains(alarm)) {
            return;
        }
        LOG.log(
                Level.ERROR,
                () -> "the data of members differ at revision " + revision + ", hashes by member: " + inHex(hashes)
                        + "; the alarm CORRUPT is raised for "
                        + (member == Deviation.ANY ? "all, as no majority agrees" : Long.toHexString(member)));
        var request = AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                .setMemberID(member)
                .setAlarm(AlarmType.CORRUPT);
        // If it does not get through, the next comparison finds the same.
        var _ = replica.proposeAsLeader(new Command.As(Caller.SYSTEM, new Command.Alarm(request.build())));
    }
}
