package io.keelson.store.rpc;

import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.AuthDisableRequest;
import io.keelson.proto.etcd.AuthDisableResponse;
import io.keelson.proto.etcd.AuthEnableRequest;
import io.keelson.proto.etcd.AuthEnableResponse;
import io.keelson.proto.etcd.AuthGrpc;
import io.keelson.proto.etcd.AuthRoleAddRequest;
import io.keelson.proto.etcd.AuthRoleAddResponse;
import io.keelson.proto.etcd.AuthRoleDeleteRequest;
import io.keelson.proto.etcd.AuthRoleDeleteResponse;
import io.keelson.proto.etcd.AuthRoleGetRequest;
import io.keelson.proto.etcd.AuthRoleGetResponse;
import io.keelson.proto.etcd.AuthRoleGrantPermissionRequest;
import io.keelson.proto.etcd.AuthRoleGrantPermissionResponse;
import io.keelson.proto.etcd.AuthRoleListRequest;
import io.keelson.proto.etcd.AuthRoleListResponse;
import io.keelson.proto.etcd.AuthRoleRevokePermissionRequest;
import io.keelson.proto.etcd.AuthRoleRevokePermissionResponse;
import io.keelson.proto.etcd.AuthStatusRequest;
import io.keelson.proto.etcd.AuthStatusResponse;
import io.keelson.proto.etcd.AuthUserAddRequest;
import io.keelson.proto.etcd.AuthUserAddResponse;
import io.keelson.proto.etcd.AuthUserChangePasswordRequest;
import io.keelson.proto.etcd.AuthUserChangePasswordResponse;
import io.keelson.proto.etcd.AuthUserDeleteRequest;
import io.keelson.proto.etcd.AuthUserDeleteResponse;
import io.keelson.proto.etcd.AuthUserGetRequest;
import io.keelson.proto.etcd.AuthUserGetResponse;
import io.keelson.proto.etcd.AuthUserGrantRoleRequest;
import io.keelson.proto.etcd.AuthUserGrantRoleResponse;
import io.keelson.proto.etcd.AuthUserListRequest;
import io.keelson.proto.etcd.AuthUserListResponse;
import io.keelson.proto.etcd.AuthUserRevokeRoleRequest;
import io.keelson.proto.etcd.AuthUserRevokeRoleResponse;
import io.keelson.proto.etcd.AuthenticateRequest;
import io.keelson.proto.etcd.AuthenticateResponse;
import io.keelson.proto.etcd.Permission;
import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.proto.etcd.Role;
import io.keelson.proto.etcd.User;
import io.keelson.store.auth.Passwords;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.AuthCommand;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Permits;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Replica;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * {@code etcdserverpb.Auth}: users and roles change through the log, where the rules are; reads come after a barrier. Passwords end
 * here: what goes on is a hash.
 */
final class AuthService extends AuthGrpc.AuthImplBase {

    private final Replica replica;
    private final Calls calls;
    private final Headers headers;
    private final Guard guard;
    private final Passwords passwords;
    private final Authenticator authenticator;

    AuthService(Replica replica, Calls calls, Headers headers, Guard guard) {
        this.replica = replica;
        this.calls = calls;
        this.headers = headers;
        this.guard = guard;
        this.passwords = replica.authentication().passwords();
        this.authenticator = new Authenticator(replica);
    }

    @Override
    public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> observer) {
        read(
                observer,
                (view, _) -> AuthStatusResponse.newBuilder()
                        .setHeader(headers.at(view.revision()))
                        .setEnabled(view.auth().enabled())
                        .setAuthRevision(view.auth().revision())
                        .build());
    }

    @Override
    public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> observer) {
        calls.answer(
                observer,
                () -> authenticator.token(request.getName(), request.getPassword()),
                token -> AuthenticateResponse.newBuilder()
                        .setHeader(headers.now())
                        .setToken(token)
                        .build());
    }

    // ---- changes ---------------------------------------------------------------------------------------------------

    @Override
    public void authEnable(AuthEnableRequest request, StreamObserver<AuthEnableResponse> observer) {
        change(
                observer,
                new AuthCommand.Enable(),
                header -> AuthEnableResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void authDisable(AuthDisableRequest request, StreamObserver<AuthDisableResponse> observer) {
        change(
                observer,
                new AuthCommand.Disable(),
                header -> AuthDisableResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void userAdd(AuthUserAddRequest request, StreamObserver<AuthUserAddResponse> observer) {
        Identity who = Identity.current();
        String name = request.getName();
        calls.answer(
                observer,
                () -> request.getOptions().getNoPassword()
                        ? propose(who, new AuthCommand.UserAdd(name, Optional.empty()))
                        : passwords
                                .hash(request.getPassword())
                                .thenCompose(hash -> propose(who, new AuthCommand.UserAdd(name, Optional.of(hash)))),
                committed -> AuthUserAddResponse.newBuilder()
                        .setHeader(header(committed))
                        .build());
    }

    @Override
    public void userChangePassword(
            AuthUserChangePasswordRequest request, StreamObserver<AuthUserChangePasswordResponse> observer) {
        Identity who = Identity.current();
        calls.answer(
                observer,
                () -> passwords
                        .hash(request.getPassword())
                        .thenCompose(hash -> propose(who, new AuthCommand.UserChangePassword(request.getName(), hash))),
                committed -> AuthUserChangePasswordResponse.newBuilder()
                        .setHeader(header(committed))
                        .build());
    }

    @Override
    public void userDelete(AuthUserDeleteRequest request, StreamObserver<AuthUserDeleteResponse> observer) {
        change(
                observer,
                new AuthCommand.UserDelete(request.getName()),
                header -> AuthUserDeleteResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void userGrantRole(AuthUserGrantRoleRequest request, StreamObserver<AuthUserGrantRoleResponse> observer) {
        change(
                observer,
                new AuthCommand.UserGrantRole(request.getUser(), request.getRole()),
                header ->
                        AuthUserGrantRoleResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void userRevokeRole(AuthUserRevokeRoleRequest request, StreamObserver<AuthUserRevokeRoleResponse> observer) {
        change(
                observer,
                new AuthCommand.UserRevokeRole(request.getName(), request.getRole()),
                header -> AuthUserRevokeRoleResponse.newBuilder()
                        .setHeader(header)
                        .build());
    }

    @Override
    public void roleAdd(AuthRoleAddRequest request, StreamObserver<AuthRoleAddResponse> observer) {
        change(
                observer,
                new AuthCommand.RoleAdd(request.getName()),
                header -> AuthRoleAddResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void roleDelete(AuthRoleDeleteRequest request, StreamObserver<AuthRoleDeleteResponse> observer) {
        change(
                observer,
                new AuthCommand.RoleDelete(request.getRole()),
                header -> AuthRoleDeleteResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void roleGrantPermission(
            AuthRoleGrantPermissionRequest request, StreamObserver<AuthRoleGrantPermissionResponse> observer) {
        change(
                observer,
                new AuthCommand.RoleGrantPermission(
                        request.getName(), request.hasPerm() ? Optional.of(request.getPerm()) : Optional.empty()),
                header -> AuthRoleGrantPermissionResponse.newBuilder()
                        .setHeader(header)
                        .build());
    }

    @Override
    public void roleRevokePermission(
            AuthRoleRevokePermissionRequest request, StreamObserver<AuthRoleRevokePermissionResponse> observer) {
        change(
                observer,
                new AuthCommand.RoleRevokePermission(request.getRole(), request.getKey(), request.getRangeEnd()),
                header -> AuthRoleRevokePermissionResponse.newBuilder()
                        .setHeader(header)
                        .build());
    }

    private <T> void change(StreamObserver<T> observer, AuthCommand command, Function<ResponseHeader, T> answer) {
        Identity who = Identity.current();
        calls.answer(observer, () -> propose(who, command), committed -> answer.apply(header(committed)));
    }

    private CompletableFuture<Replica.Committed> propose(Identity who, AuthCommand command) {
        return guard.propose(who, new Command.Auth(command));
    }

    private ResponseHeader header(Replica.Committed committed) {
        Failures.expect(Answer.AuthChanged.class, committed.answer());
        return headers.at(committed.revision());
    }

    // ---- reads -----------------------------------------------------------------------------------------------------

    private interface Read<T> {
        T of(View view, Identity who);
    }

    private <T> void read(StreamObserver<T> observer, Read<T> read) {
        Identity who = Identity.current();
        calls.answer(
                observer,
                () -> replica.readBarrier().thenApply(_ -> true),
                _ -> replica.read(view -> read.of(view, who)));
    }

    /** Who has the role root may see all users, everybody itself. */
    @Override
    public void userGet(AuthUserGetRequest request, StreamObserver<AuthUserGetResponse> observer) {
        read(observer, (view, who) -> {
            guard.check(
                    view,
                    who,
                    caller -> caller.user().equals(request.getName())
                            ? Optional.empty()
                            : Permits.admin(view.auth(), caller));
            User user = view.auth().user(request.getName()).orElseThrow(() -> refused(Refusal.USER_NOT_FOUND));
            return AuthUserGetResponse.newBuilder()
                    .setHeader(headers.at(view.revision()))
                    .addAllRoles(user.getRolesList())
                    .build();
        });
    }

    @Override
    public void userList(AuthUserListRequest request, StreamObserver<AuthUserListResponse> observer) {
        read(observer, (view, who) -> {
            guard.check(view, who, caller -> Permits.admin(view.auth(), caller));
            return AuthUserListResponse.newBuilder()
                    .setHeader(headers.at(view.revision()))
                    .addAllUsers(view.auth().users().keySet())
                    .build();
        });
    }

    /** Who has the role root may see all roles, everybody its own. */
    @Override
    public void roleGet(AuthRoleGetRequest request, StreamObserver<AuthRoleGetResponse> observer) {
        read(observer, (view, who) -> {
            AuthState auth = view.auth();
            guard.check(view, who, caller -> {
                boolean own = auth.user(caller.user())
                        .filter(user -> user.getRolesList().contains(request.getRole()))
                        .isPresent();
                return own ? Optional.empty() : Permits.admin(auth, caller);
            });
            Role role = auth.role(request.getRole()).orElseThrow(() -> refused(Refusal.ROLE_NOT_FOUND));
            var answer = AuthRoleGetResponse.newBuilder().setHeader(headers.at(view.revision()));
            if (request.getRole().equals(AuthState.ROOT)) {
                answer.addPerm(EVERYTHING);
            } else {
                answer.addAllPerm(role.getKeyPermissionList());
            }
            return answer.build();
        });
    }

    /** As which etcd shows the role root, whatever was granted to it. */
    private static final Permission EVERYTHING = Permission.newBuilder()
            .setPermType(Permission.Type.READWRITE)
            .setRangeEnd(com.google.protobuf.ByteString.copyFrom(new byte[] {0}))
            .build();

    @Override
    public void roleList(AuthRoleListRequest request, StreamObserver<AuthRoleListResponse> observer) {
        read(observer, (view, who) -> {
            guard.check(view, who, caller -> Permits.admin(view.auth(), caller));
            return AuthRoleListResponse.newBuilder()
                    .setHeader(headers.at(view.revision()))
                    .addAllRoles(view.auth().roles().keySet())
                    .build();
        });
    }

    private static RuntimeException refused(Refusal refusal) {
        return Failures.status(refusal).asRuntimeException();
    }
}
