package io.keelson.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.Permission;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rules of users, roles and permissions, one at a time. */
class AuthRulesTest {

    private final TreeView view = new TreeView();

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private Answer answer(Command command) {
        Applied applied = Mvcc.apply(view, command);
        view.take(applied);
        return applied.answer();
    }

    private Answer system(AuthCommand command) {
        return answer(new Command.As(Caller.SYSTEM, new Command.Auth(command)));
    }

    private void done(AuthCommand command) {
        assertThat(system(command)).isEqualTo(new Answer.AuthChanged());
    }

    private static Answer refused(Refusal refusal) {
        return new Answer.Refused(refusal);
    }

    private Caller now(String user) {
        return Caller.user(user, view.auth().revision());
    }

    private static AuthCommand user(String name) {
        return new AuthCommand.UserAdd(name, Optional.of("hash of " + name));
    }

    private static AuthCommand grant(String role, Permission.Type type, String key, String end) {
        return new AuthCommand.RoleGrantPermission(
                role,
                Optional.of(Permission.newBuilder()
                        .setPermType(type)
                        .setKey(bytes(key))
                        .setRangeEnd(bytes(end))
                        .build()));
    }

    /** root, and ann with a role that reads and writes [a, c), and reads d. */
    private void enabled() {
        done(user("root"));
        done(new AuthCommand.UserGrantRole("root", "root"));
        done(user("ann"));
        done(new AuthCommand.RoleAdd("some"));
        done(grant("some", Permission.Type.READWRITE, "a", "c"));
        done(grant("some", Permission.Type.READ, "d", ""));
        done(new AuthCommand.UserGrantRole("ann", "some"));
        done(new AuthCommand.Enable());
    }

    private static Command put(String key) {
        return new Command.Put(PutRequest.newBuilder().setKey(bytes(key)).build());
    }

    @Test
    void enablingNeedsTheUserRootWithTheRoleRoot() {
        assertThat(system(new AuthCommand.Enable())).isEqualTo(refused(Refusal.ROOT_USER_MISSING));
        done(user("root"));
        assertThat(system(new AuthCommand.Enable())).isEqualTo(refused(Refusal.ROOT_ROLE_MISSING));
        done(new AuthCommand.UserGrantRole("root", "root"));
        assertThat(view.auth().enabled()).isFalse();
        done(new AuthCommand.Enable());
        assertThat(view.auth().enabled()).isTrue();
    }

    @Test
    void theAuthRevisionCountsChangesAndNothingElse() {
        assertThat(view.auth().revision()).isEqualTo(1);
        enabled();
        assertThat(view.auth().revision()).isEqualTo(8);
        done(new AuthCommand.Enable());
        done(new AuthCommand.UserGrantRole("ann", "some"));
        assertThat(system(user("ann"))).isEqualTo(refused(Refusal.USER_EXISTS));
        assertThat(view.auth().revision()).isEqualTo(8);
        done(new AuthCommand.Disable());
        assertThat(view.auth().revision()).isEqualTo(9);
        done(new AuthCommand.Disable());
        assertThat(view.auth().revision()).isEqualTo(9);
        assertThat(view.revision()).as("users are no keys").isEqualTo(1);
    }

    @Test
    void rootStaysRootWhileAuthenticationIsOn() {
        enabled();
        done(new AuthCommand.RoleAdd("root"));
        assertThat(system(new AuthCommand.UserDelete("root"))).isEqualTo(refused(Refusal.INVALID_AUTH_MANAGEMENT));
        assertThat(system(new AuthCommand.RoleDelete("root"))).isEqualTo(refused(Refusal.INVALID_AUTH_MANAGEMENT));
        assertThat(system(new AuthCommand.UserRevokeRole("root", "root")))
                .isEqualTo(refused(Refusal.INVALID_AUTH_MANAGEMENT));
        done(new AuthCommand.Disable());
        done(new AuthCommand.UserDelete("root"));
    }

    @Test
    void permissionsAreOfOneKeyOfARangeOrOfAllFromAKeyOn() {
        done(new AuthCommand.RoleAdd("some"));
        assertThat(system(grant("some", Permission.Type.READ, "b", "a")))
                .isEqualTo(refused(Refusal.INVALID_AUTH_MANAGEMENT));
        assertThat(system(grant("some", Permission.Type.READ, "b", "b")))
                .isEqualTo(refused(Refusal.INVALID_AUTH_MANAGEMENT));
        assertThat(system(grant("some", Permission.Type.READ, "", "b")))
                .isEqualTo(refused(Refusal.INVALID_AUTH_MANAGEMENT));
        assertThat(system(new AuthCommand.RoleGrantPermission("some", Optional.empty())))
                .isEqualTo(refused(Refusal.PERMISSION_NOT_GIVEN));
        assertThat(system(grant("other", Permission.Type.READ, "a", "b"))).isEqualTo(refused(Refusal.ROLE_NOT_FOUND));
        done(grant("some", Permission.Type.READ, "b", "\0"));
        done(grant("some", Permission.Type.WRITE, "b", "\0"));
        assertThat(view.auth().role("some").orElseThrow().getKeyPermissionList())
                .as("granted again, the kind is replaced")
                .extracting(Permission::getPermType)
                .containsExactly(Permission.Type.WRITE);
        assertThat(system(new AuthCommand.RoleRevokePermission("some", bytes("b"), bytes("c"))))
                .isEqualTo(refused(Refusal.PERMISSION_NOT_GRANTED));
        done(new AuthCommand.RoleRevokePermission("some", bytes("b"), bytes("\0")));
    }

    @Test
    void aRoleThatGoesIsTakenFromEverybodyAndTheirOptionsStay() {
        enabled();
        done(new AuthCommand.UserAdd("robot", Optional.empty()));
        done(new AuthCommand.UserGrantRole("robot", "some"));
        done(new AuthCommand.RoleDelete("some"));
        assertThat(view.auth().user("robot").orElseThrow().getRolesList()).isEmpty();
        assertThat(view.auth().user("robot").orElseThrow().getOptions().getNoPassword())
                .isTrue();
        assertThat(answer(new Command.As(now("ann"), put("a")))).isEqualTo(refused(Refusal.PERMISSION_DENIED));
    }

    @Test
    void nobodyMayDoNothing() {
        enabled();
        assertThat(answer(put("a"))).isEqualTo(refused(Refusal.USER_EMPTY));
        assertThat(answer(new Command.LeaseGrant(1, 10))).isEqualTo(refused(Refusal.USER_EMPTY));
        assertThat(answer(new Command.LeaseRevoke(1))).isEqualTo(refused(Refusal.USER_EMPTY));
        assertThat(answer(new Command.Compact(1))).isEqualTo(refused(Refusal.USER_EMPTY));
        assertThat(answer(new Command.Txn(TxnRequest.getDefaultInstance()))).isEqualTo(refused(Refusal.USER_EMPTY));
        assertThat(answer(new Command.Auth(new AuthCommand.Disable()))).isEqualTo(refused(Refusal.USER_EMPTY));
    }

    @Test
    void theStoreItselfMayDoEverything() {
        enabled();
        assertThat(answer(new Command.As(Caller.SYSTEM, put("z")))).isInstanceOf(Answer.Put.class);
        assertThat(answer(new Command.As(Caller.SYSTEM, new Command.LeaseGrant(1, 10))))
                .isInstanceOf(Answer.LeaseGranted.class);
    }

    @Test
    void whoWasRecognizedBeforePermissionsChangedIsAskedAgain() {
        enabled();
        Caller ann = now("ann");
        assertThat(answer(new Command.As(ann, put("a")))).isInstanceOf(Answer.Put.class);
        done(user("other"));
        assertThat(answer(new Command.As(ann, put("a")))).isEqualTo(refused(Refusal.AUTH_OLD_REVISION));
        assertThat(answer(new Command.As(now("ann"), put("a")))).isInstanceOf(Answer.Put.class);
    }

    @Test
    void aKeyIsNotTheRangeThatBeginsWithIt() {
        enabled();
        AuthState auth = view.auth();
        assertThat(Permits.read(auth, now("ann"), bytes("d"), ByteString.EMPTY)).isEmpty();
        assertThat(Permits.read(auth, now("ann"), bytes("d"), bytes("\0"))).contains(Refusal.PERMISSION_DENIED);
        assertThat(Permits.read(auth, now("ann"), bytes("d"), bytes("e"))).contains(Refusal.PERMISSION_DENIED);
        assertThat(Permits.read(auth, now("ann"), bytes("d"), bytes("d\0"))).isEmpty();
        assertThat(Permits.read(auth, now("ann"), bytes("\0"), bytes("\0"))).contains(Refusal.PERMISSION_DENIED);
        assertThat(answer(new Command.As(now("ann"), put("d")))).isEqualTo(refused(Refusal.PERMISSION_DENIED));
    }

    @Test
    void rangesThatMeetAreOneAlsoThroughSeveralRoles() {
        enabled();
        done(new AuthCommand.RoleAdd("more"));
        done(grant("more", Permission.Type.READ, "c", "d"));
        done(grant("more", Permission.Type.READ, "d\0", "\0"));
        done(new AuthCommand.UserGrantRole("ann", "more"));
        assertThat(Permits.read(view.auth(), now("ann"), bytes("a"), bytes("\0")))
                .isEmpty();
        done(new AuthCommand.RoleRevokePermission("some", bytes("d"), ByteString.EMPTY));
        assertThat(Permits.read(view.auth(), now("ann"), bytes("a"), bytes("\0")))
                .contains(Refusal.PERMISSION_DENIED);
        assertThat(Permits.read(view.auth(), now("ann"), bytes("a"), bytes("d")))
                .isEmpty();
    }

    @Test
    void whatWasBeforeNeedsReading() {
        enabled();
        done(new AuthCommand.RoleAdd("writer"));
        done(grant("writer", Permission.Type.WRITE, "w", "x"));
        done(new AuthCommand.UserGrantRole("ann", "writer"));
        var put = PutRequest.newBuilder().setKey(bytes("w"));
        assertThat(answer(new Command.As(now("ann"), new Command.Put(put.build()))))
                .isInstanceOf(Answer.Put.class);
        put.setPrevKv(true);
        assertThat(answer(new Command.As(now("ann"), new Command.Put(put.build()))))
                .isEqualTo(refused(Refusal.PERMISSION_DENIED));
        var delete = DeleteRangeRequest.newBuilder().setKey(bytes("w")).setRangeEnd(bytes("x"));
        assertThat(answer(new Command.As(
                        now("ann"),
                        new Command.DeleteRange(delete.clone().setPrevKv(true).build()))))
                .isEqualTo(refused(Refusal.PERMISSION_DENIED));
        assertThat(answer(new Command.As(now("ann"), new Command.DeleteRange(delete.build()))))
                .isInstanceOf(Answer.DeleteRange.class);
    }

    @Test
    void aTransactionNeedsEverythingThatItCouldDo() {
        enabled();
        var reads = RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder().setKey(bytes("z")))
                .build();
        var puts = RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(bytes("a")))
                .build();
        var nested = RequestOp.newBuilder()
                .setRequestTxn(TxnRequest.newBuilder()
                        .addSuccess(puts)
                        .addFailure(RequestOp.newBuilder()
                                .setRequestDeleteRange(
                                        DeleteRangeRequest.newBuilder().setKey(bytes("d")))))
                .build();
        var compares = Compare.newBuilder().setKey(bytes("c")).build();
        for (TxnRequest txn : java.util.List.of(
                TxnRequest.newBuilder().addSuccess(puts).addFailure(reads).build(),
                TxnRequest.newBuilder().addSuccess(puts).addSuccess(nested).build(),
                TxnRequest.newBuilder().addCompare(compares).addSuccess(puts).build())) {
            assertThat(answer(new Command.As(now("ann"), new Command.Txn(txn))))
                    .as(txn.toString())
                    .isEqualTo(refused(Refusal.PERMISSION_DENIED));
        }
        var txn = TxnRequest.newBuilder()
                .addCompare(compares.toBuilder().setKey(bytes("d")))
                .addSuccess(puts);
        assertThat(answer(new Command.As(now("ann"), new Command.Txn(txn.build()))))
                .isInstanceOf(Answer.Txn.class);
    }

    @Test
    void aLeaseThatHoldsForeignKeysIsForeign() {
        enabled();
        assertThat(answer(new Command.As(now("ann"), new Command.LeaseGrant(7, 10))))
                .isInstanceOf(Answer.LeaseGranted.class);
        var mine = PutRequest.newBuilder().setKey(bytes("a")).setLease(7);
        var foreign = PutRequest.newBuilder().setKey(bytes("z")).setLease(7);
        assertThat(answer(new Command.As(now("ann"), new Command.Put(mine.build()))))
                .isInstanceOf(Answer.Put.class);
        assertThat(answer(new Command.As(now("root"), new Command.Put(foreign.build()))))
                .isInstanceOf(Answer.Put.class);
        assertThat(answer(new Command.As(now("ann"), new Command.Put(mine.build()))))
                .isEqualTo(refused(Refusal.PERMISSION_DENIED));
        var txn = TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestPut(mine))
                .build();
        assertThat(answer(new Command.As(now("ann"), new Command.Txn(txn))))
                .isEqualTo(refused(Refusal.PERMISSION_DENIED));
        assertThat(answer(new Command.As(now("ann"), new Command.LeaseRevoke(7))))
                .isEqualTo(refused(Refusal.PERMISSION_DENIED));
        assertThat(answer(new Command.As(now("root"), new Command.LeaseRevoke(7))))
                .isInstanceOf(Answer.LeaseRevoked.class);
    }

    @Test
    void aPermissionTakenAwayEarlierInTheSameEntryDoesNotCount() {
        enabled();
        var pending = new PendingView(view);
        Caller ann = now("ann");
        Command revoke = new Command.As(Caller.SYSTEM, new Command.Auth(new AuthCommand.UserRevokeRole("ann", "some")));
        pending.take(Mvcc.apply(pending, revoke));
        assertThat(Mvcc.apply(pending, new Command.As(ann, put("a"))).answer())
                .isEqualTo(refused(Refusal.AUTH_OLD_REVISION));
        Caller again = Caller.user("ann", pending.auth().revision());
        assertThat(Mvcc.apply(pending, new Command.As(again, put("a"))).answer())
                .isEqualTo(refused(Refusal.PERMISSION_DENIED));
    }

    @Test
    void aTokenIsGivenOnlyIfNothingChangedSinceThePasswordWasSeen() {
        Command ask = new Command.Auth(new AuthCommand.Authenticate("ann", "secret", 8));
        assertThat(answer(ask)).isEqualTo(refused(Refusal.AUTH_NOT_ENABLED));
        enabled();
        Applied given = Mvcc.apply(view, ask);
        assertThat(given.answer()).isEqualTo(new Answer.Authenticated("secret.1"));
        assertThat(given.changes()).containsExactly(new Change.TokenAssigned("secret.1", "ann"));
        done(new AuthCommand.UserChangePassword("ann", "another"));
        assertThat(answer(ask)).isEqualTo(refused(Refusal.AUTH_OLD_REVISION));
        done(new AuthCommand.UserDelete("ann"));
        assertThat(answer(ask)).isEqualTo(refused(Refusal.AUTH_FAILED));
    }

    @Test
    void everyCommandComesBackFromTheLogAsItWas() {
        var permission = Permission.newBuilder()
                .setPermType(Permission.Type.WRITE)
                .setKey(bytes("k"))
                .setRangeEnd(bytes("l"))
                .build();
        for (AuthCommand command : java.util.List.of(
                new AuthCommand.Enable(),
                new AuthCommand.Disable(),
                user("u"),
                new AuthCommand.UserAdd("u", Optional.empty()),
                new AuthCommand.UserDelete("u"),
                new AuthCommand.UserChangePassword("u", "h"),
                new AuthCommand.UserGrantRole("u", "r"),
                new AuthCommand.UserRevokeRole("u", "r"),
                new AuthCommand.RoleAdd("r"),
                new AuthCommand.RoleDelete("r"),
                new AuthCommand.RoleGrantPermission("r", Optional.of(permission)),
                new AuthCommand.RoleGrantPermission("r", Optional.empty()),
                new AuthCommand.RoleRevokePermission("r", bytes("k"), bytes("l")),
                new AuthCommand.Authenticate("u", "s", 7))) {
            Command bare = new Command.Auth(command);
            assertThat(CommandCodec.decode(CommandCodec.encode(bare))).isEqualTo(bare);
            Command named = new Command.As(Caller.user("ann", 5), bare);
            assertThat(CommandCodec.decode(CommandCodec.encode(named))).isEqualTo(named);
        }
        Command own = new Command.As(Caller.SYSTEM, new Command.LeaseRevoke(3));
        assertThat(CommandCodec.decode(CommandCodec.encode(own))).isEqualTo(own);
        assertThatThrownBy(() -> new Command.As(Caller.SYSTEM, own)).isInstanceOf(IllegalArgumentException.class);
    }
}
