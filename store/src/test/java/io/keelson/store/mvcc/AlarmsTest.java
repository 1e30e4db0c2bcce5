package io.keelson.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AlarmRequest.AlarmAction;
import io.keelson.proto.etcd.AlarmType;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlarmsTest {

    private static final PutRequest PUT = PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8("key"))
            .setValue(ByteString.copyFromUtf8("value"))
            .build();

    private final TreeView view = new TreeView();

    private Answer apply(Command command) {
        Applied applied = Mvcc.apply(view, command);
        view.take(applied);
        return applied.answer();
    }

    private Answer alarm(AlarmAction action, long member, AlarmType type) {
        return apply(new Command.Alarm(AlarmRequest.newBuilder()
                .setAction(action)
                .setMemberID(member)
                .setAlarm(type)
                .build()));
    }

    private static AlarmMember of(long member, AlarmType type) {
        return AlarmMember.newBuilder().setMemberID(member).setAlarm(type).build();
    }

    private static TxnRequest elsePut() {
        return TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(PUT.getKey())))
                .addFailure(RequestOp.newBuilder()
                        .setRequestTxn(TxnRequest.newBuilder()
                                .addSuccess(RequestOp.newBuilder().setRequestPut(PUT))))
                .build();
    }

    @Test
    void withoutSpaceWhatWouldGrowIsRefusedAndTheRestGoesOn() {
        apply(new Command.LeaseGrant(5, 10));
        apply(new Command.Put(PUT));
        alarm(AlarmAction.ACTIVATE, 1, AlarmType.NOSPACE);
        var refused = new Answer.Refused(Refusal.NO_SPACE);
        assertThat(apply(new Command.Put(PUT))).isEqualTo(refused);
        assertThat(apply(new Command.Txn(elsePut()))).isEqualTo(refused);
        assertThat(apply(new Command.LeaseGrant(6, 10))).isEqualTo(refused);
        assertThat(Ranges.check(view, RangeRequest.getDefaultInstance())).isEmpty();
        assertThat(apply(new Command.DeleteRange(
                        DeleteRangeRequest.newBuilder().setKey(PUT.getKey()).build())))
                .isInstanceOf(Answer.DeleteRange.class);
        assertThat(apply(new Command.Compact(2))).isInstanceOf(Answer.Compacted.class);
        assertThat(apply(new Command.LeaseRevoke(5))).isInstanceOf(Answer.LeaseRevoked.class);
        alarm(AlarmAction.DEACTIVATE, 1, AlarmType.NOSPACE);
        assertThat(apply(new Command.Put(PUT))).isInstanceOf(Answer.Put.class);
    }

    @Test
    void nothingIsServedWhenDataDiffer() {
        alarm(AlarmAction.ACTIVATE, 2, AlarmType.NOSPACE);
        alarm(AlarmAction.ACTIVATE, 1, AlarmType.CORRUPT);
        var refused = new Answer.Refused(Refusal.CORRUPT);
        assertThat(Ranges.check(view, RangeRequest.getDefaultInstance())).isEqualTo(Optional.of(Refusal.CORRUPT));
        for (Command command : List.of(
                new Command.Put(PUT),
                new Command.DeleteRange(DeleteRangeRequest.getDefaultInstance()),
                new Command.Txn(TxnRequest.getDefaultInstance()),
                new Command.Compact(1),
                new Command.LeaseGrant(6, 10),
                new Command.LeaseRevoke(6))) {
            assertThat(apply(command)).as(command.toString()).isEqualTo(refused);
        }
    }

    @Test
    void alarmsAreRaisedOnceAndLoweredOneByOneOrAllTogether() {
        assertThat(alarm(AlarmAction.ACTIVATE, 2, AlarmType.NOSPACE))
                .isEqualTo(new Answer.Alarms(List.of(of(2, AlarmType.NOSPACE))));
        assertThat(alarm(AlarmAction.ACTIVATE, 2, AlarmType.NOSPACE))
                .isEqualTo(new Answer.Alarms(List.of(of(2, AlarmType.NOSPACE))));
        alarm(AlarmAction.ACTIVATE, 1, AlarmType.CORRUPT);
        alarm(AlarmAction.ACTIVATE, 1, AlarmType.NOSPACE);
        assertThat(view.alarms())
                .containsExactly(of(1, AlarmType.NOSPACE), of(2, AlarmType.NOSPACE), of(1, AlarmType.CORRUPT));
        assertThat(alarm(AlarmAction.ACTIVATE, 1, AlarmType.NONE)).isEqualTo(new Answer.Alarms(List.of()));
        assertThat(alarm(AlarmAction.DEACTIVATE, 3, AlarmType.NOSPACE)).isEqualTo(new Answer.Alarms(List.of()));
        assertThat(alarm(AlarmAction.DEACTIVATE, 1, AlarmType.NOSPACE))
                .isEqualTo(new Answer.Alarms(List.of(of(1, AlarmType.NOSPACE))));
        assertThat(alarm(AlarmAction.DEACTIVATE, 0, AlarmType.NONE))
                .isEqualTo(new Answer.Alarms(List.of(of(2, AlarmType.NOSPACE), of(1, AlarmType.CORRUPT))));
        assertThat(view.alarms()).isEmpty();
    }

    @Test
    void costIsThatOfTheDearerBranchAndOfKeyValueAndOverhead() {
        assertThat(Cost.of(new Command.Put(PUT))).isEqualTo(3 + 5 + 256);
        assertThat(Cost.of(new Command.Txn(elsePut()))).isEqualTo(3 + 5 + 256);
        assertThat(Cost.of(new Command.LeaseGrant(1, 1))).isEqualTo(64);
        assertThat(Cost.of(new Command.LeaseRevoke(1))).isZero();
    }
}
