package io.keelson.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AlarmType;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.PutRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a request id means, case by case. */
class RequestIdRulesTest {

    private static final ByteString PRINT = ByteString.copyFromUtf8("print");

    private final TreeView view = new TreeView();

    private static Command put(String key, String value) {
        return new Command.Put(PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build());
    }

    private static Command delete(String key) {
        return new Command.DeleteRange(DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setPrevKv(true)
                .build());
    }

    private static Command once(String id, Command command) {
        return new Command.Once(id, PRINT, command);
    }

    private Applied apply(Command command) {
        Applied applied = Mvcc.apply(view, command);
        view.take(applied);
        return applied;
    }

    @Test
    void theSecondTimeChangesNothingAndAnswersWithTheFirstRevision() {
        Applied first = apply(once("one", put("a", "1")));
        apply(put("b", "2"));
        Applied second = apply(once("one", put("a", "1")));
        assertThat(second.changes()).isEmpty();
        assertThat(second.revision()).isEqualTo(3);
        assertThat(second.answer()).isEqualTo(new Answer.Again(first.answer(), 2));
    }

    @Test
    void anotherRequestUnderTheSameIdIsRefused() {
        apply(once("one", put("a", "1")));
        Applied other = apply(new Command.Once("one", ByteString.copyFromUtf8("other"), put("a", "2")));
        assertThat(other).isEqualTo(new Applied(new Answer.Refused(Refusal.REQUEST_ID_REUSED), List.of(), 2));
    }

    @Test
    void usersDoNotMeetEachOthersIds() {
        apply(new Command.As(Caller.user("ada", 1), once("one", put("a", "1"))));
        Applied other = apply(new Command.As(Caller.user("bob", 1), once("one", put("a", "1"))));
        assertThat(other.answer()).isInstanceOf(Answer.Put.class);
        assertThat(view.revision()).isEqualTo(3);
    }

    @Test
    void whatWasRefusedIsJudgedAgain() {
        Command revoke = once("one", new Command.LeaseRevoke(7));
        assertThat(apply(revoke).answer()).isEqualTo(new Answer.Refused(Refusal.LEASE_NOT_FOUND));
        apply(new Command.LeaseGrant(7, 60));
        assertThat(apply(revoke).answer()).isEqualTo(new Answer.LeaseRevoked(7));
        assertThat(apply(revoke).answer()).isEqualTo(new Answer.Again(new Answer.LeaseRevoked(7), 1));
    }

    @Test
    void whatChangedNothingIsAnsweredAgainAllTheSame() {
        apply(once("one", delete("a")));
        apply(put("a", "1"));
        Applied second = apply(once("one", delete("a")));
        assertThat(second.answer()).isInstanceOf(Answer.Again.class);
        assertThat(view.get(ByteString.copyFromUtf8("a"), view.revision())).isPresent();
    }

    @Test
    void ofAnAnswerTooLargeOnlyTheRevisionIsKept() {
        String large = "x".repeat(70_000);
        apply(put("a", large));
        apply(once("one", delete("a")));
        apply(put("a", "1"));
        Applied second = apply(once("one", delete("a")));
        assertThat(second).isEqualTo(new Applied(new Answer.CarriedOut(3), List.of(), 4));
    }

    @Test
    void leaseOfAChosenIdIsTheSameLeaseTheSecondTime() {
        apply(once("one", new Command.LeaseGrant(17, 60)));
        // Whoever takes the request in chooses the id anew.
        Applied second = apply(once("one", new Command.LeaseGrant(99, 60)));
        assertThat(second.answer()).isEqualTo(new Answer.Again(new Answer.LeaseGranted(new LeaseRecord(17, 60)), 1));
        assertThat(view.leases()).hasSize(1);
    }

    @Test
    void whatWasCarriedOutIsAnsweredThoughSpaceHasRunOut() {
        apply(once("one", put("a", "1")));
        apply(new Command.Alarm(AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.ACTIVATE)
                .setAlarm(AlarmType.NOSPACE)
                .setMemberID(1)
                .build()));
        assertThat(view.alarms()).extracting(AlarmMember::getAlarm).containsExactly(AlarmType.NOSPACE);
        assertThat(apply(once("one", put("a", "1"))).answer()).isInstanceOf(Answer.Again.class);
        assertThat(apply(once("two", put("a", "1"))).answer()).isEqualTo(new Answer.Refused(Refusal.NO_SPACE));
    }

    @Test
    void theOldestIsForgottenAndThenANewRequest() {
        var two = new RequestIds.Bounds(2, 1 << 20, 1 << 10);
        for (String id : List.of("one", "two", "three", "one")) {
            Applied applied = Mvcc.apply(view, once(id, put("a", id)), two);
            view.take(applied);
            assertThat(applied.answer()).isInstanceOf(Answer.Put.class);
        }
        assertThat(view.answers().window().size()).isEqualTo(2);
        assertThat(view.answers().find(new RequestKey("", "two"))).isEmpty();
        assertThat(view.revision()).isEqualTo(5);
    }

    @Test
    void theLogHoldsTheId() {
        Command named = new Command.As(Caller.user("ada", 3), once("one", put("a", "1")));
        assertThat(CommandCodec.decode(CommandCodec.encode(named))).isEqualTo(named);
        assertThat(CommandCodec.decode(CommandCodec.encode(once("one", put("a", "1")))))
                .isEqualTo(once("one", put("a", "1")));
    }

    @Test
    void onlyWhatHasAnAnswerToKeepHasAnId() {
        Command checkpoint = new Command.LeaseCheckpoint(List.of());
        assertThatThrownBy(() -> once("one", checkpoint)).isInstanceOf(IllegalArgumentException.class);
        Command twice = once("one", put("a", "1"));
        assertThatThrownBy(() -> once("two", twice)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anIdIsPrintableAndShort() {
        assertThat(RequestIds.problem("a")).isEmpty();
        assertThat(RequestIds.problem("~ !".repeat(40))).isEmpty();
        assertThat(RequestIds.problem("")).contains("must have 1 to 128 characters, not 0");
        assertThat(RequestIds.problem("x".repeat(129))).contains("must have 1 to 128 characters, not 129");
        assertThat(RequestIds.problem("caf\u00e9")).contains("must be printable ASCII");
    }
}
