package io.keelson.store.raft;

import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AlarmRequest.AlarmAction;
import io.keelson.proto.etcd.AlarmType;
import io.keelson.store.KvException;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.RequestIds;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Replica.Committed;
import java.util.concurrent.CompletableFuture;

/** What becomes of commands when the quota is used up. */
final class FullStore {

    private final long self;
    private final Replica replica;
    private final Proposer proposer;

    /** @param self id of this member */
    FullStore(long self, Replica replica, Proposer proposer) {
        this.self = self;
        this.replica = replica;
        this.proposer = proposer;
    }

    /**
     * Raises this member's alarm, so that all members refuse, and refuses. What has a request id may have been carried out before; the
     * log knows.
     */
    CompletableFuture<Committed> refuse(Command command) {
        var alarm = AlarmMember.newBuilder()
                .setMemberID(self)
                .setAlarm(AlarmType.NOSPACE)
                .build();
        CompletableFuture<?> told = replica.read(View::alarms).contains(alarm)
                ? CompletableFuture.completedFuture(alarm)
                : proposer.propose(raise(alarm), 0);
        if (RequestIds.hasOne(command)) {
            return told.thenCompose(_ -> proposer.propose(command, 0));
        }
        // Whether or not the others could be told: here is no space.
        return told.handle((_, _) -> {
            throw new KvException(KvException.Reason.NO_SPACE, Refusal.NO_SPACE.message());
        });
    }

    private static Command raise(AlarmMember alarm) {
        return new Command.As(
                Caller.SYSTEM,
                new Command.Alarm(AlarmRequest.newBuilder()
                        .setAction(AlarmAction.ACTIVATE)
                        .setMemberID(alarm.getMemberID())
                        .setAlarm(alarm.getAlarm())
                        .build()));
    }
}
