package io.keelson.store.mvcc;

import io.keelson.proto.etcd.AuthDisableRequest;
import io.keelson.proto.etcd.AuthEnableRequest;
import io.keelson.proto.etcd.AuthRoleAddRequest;
import io.keelson.proto.etcd.AuthRoleDeleteRequest;
import io.keelson.proto.etcd.AuthRoleGrantPermissionRequest;
import io.keelson.proto.etcd.AuthRoleRevokePermissionRequest;
import io.keelson.proto.etcd.AuthUserAddRequest;
import io.keelson.proto.etcd.AuthUserChangePasswordRequest;
import io.keelson.proto.etcd.AuthUserDeleteRequest;
import io.keelson.proto.etcd.AuthUserGrantRoleRequest;
import io.keelson.proto.etcd.AuthUserRevokeRoleRequest;
import io.keelson.proto.etcd.UserAddOptions;
import io.keelson.proto.store.v1.AuthenticateCommand;
import io.keelson.proto.store.v1.LogAuthCommand;
import io.keelson.proto.store.v1.LogCaller;
import java.util.Optional;

/** Commands of users and roles in the form in which the log holds them: etcd's requests, with a hash in place of the password. */
final class AuthCodec {

    private AuthCodec() {}

    static LogCaller encode(Caller caller) {
        return LogCaller.newBuilder()
                .setUser(caller.user())
                .setAuthRevision(caller.authRevision())
                .setSystem(caller.system())
                .build();
    }

    static Caller decode(LogCaller log) {
        return new Caller(log.getUser(), log.getAuthRevision(), log.getSystem());
    }

    static LogAuthCommand encode(AuthCommand command) {
        var log = LogAuthCommand.newBuilder();
        switch (command) {
            case AuthCommand.Enable() -> log.setEnable(AuthEnableRequest.getDefaultInstance());
            case AuthCommand.Disable() -> log.setDisable(AuthDisableRequest.getDefaultInstance());
            case AuthCommand.UserAdd(var name, var hash) ->
                log.setUserAdd(AuthUserAddRequest.newBuilder()
                        .setName(name)
                        .setHashedPassword(hash.orElse(""))
                        .setOptions(UserAddOptions.newBuilder().setNoPassword(hash.isEmpty())));
            case AuthCommand.UserDelete(var name) ->
                log.setUserDelete(AuthUserDeleteRequest.newBuilder().setName(name));
            case AuthCommand.UserChangePassword(var name, var hash) ->
                log.setUserChangePassword(
                        AuthUserChangePasswordRequest.newBuilder().setName(name).setHashedPassword(hash));
            case AuthCommand.UserGrantRole(var user, var role) ->
                log.setUserGrantRole(
                        AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role));
            case AuthCommand.UserRevokeRole(var user, var role) ->
                log.setUserRevokeRole(
                        AuthUserRevokeRoleRequest.newBuilder().setName(user).setRole(role));
            case AuthCommand.RoleAdd(var name) ->
                log.setRoleAdd(AuthRoleAddRequest.newBuilder().setName(name));
            case AuthCommand.RoleDelete(var name) ->
                log.setRoleDelete(AuthRoleDeleteRequest.newBuilder().setRole(name));
            case AuthCommand.RoleGrantPermission(var role, var permission) -> {
                var request = AuthRoleGrantPermissionRequest.newBuilder().setName(role);
                permission.ifPresent(request::setPerm);
                log.setRoleGrantPermission(request);
            }
            case AuthCommand.RoleRevokePermission(var role, var key, var rangeEnd) ->
                log.setRoleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder()
                        .setRole(role)
                        .setKey(key)
                        .setRangeEnd(rangeEnd));
            case AuthCommand.Authenticate(var user, var secret, long checkedRevision) ->
                log.setAuthenticate(AuthenticateCommand.newBuilder()
                        .setUser(user)
                        .setSecret(secret)
                        .setCheckedRevision(checkedRevision));
        }
        return log.build();
    }

    static AuthCommand decode(LogAuthCommand log) {
        return switch (log.getCommandCase()) {
            case ENABLE -> new AuthCommand.Enable();
            case DISABLE -> new AuthCommand.Disable();
            case USER_ADD -> {
                AuthUserAddRequest add = log.getUserAdd();
                yield new AuthCommand.UserAdd(
                        add.getName(),
                        add.getOptions().getNoPassword() ? Optional.empty() : Optional.of(add.getHashedPassword()));
            }
            case USER_DELETE -> new AuthCommand.UserDelete(log.getUserDelete().getName());
            case USER_CHANGE_PASSWORD ->
                new AuthCommand.UserChangePassword(
                        log.getUserChangePassword().getName(),
                        log.getUserChangePassword().getHashedPassword());
            case USER_GRANT_ROLE ->
                new AuthCommand.UserGrantRole(
                        log.getUserGrantRole().getUser(), log.getUserGrantRole().getRole());
            case USER_REVOKE_ROLE ->
                new AuthCommand.UserRevokeRole(
                        log.getUserRevokeRole().getName(),
                        log.getUserRevokeRole().getRole());
            case ROLE_ADD -> new AuthCommand.RoleAdd(log.getRoleAdd().getName());
            case ROLE_DELETE -> new AuthCommand.RoleDelete(log.getRoleDelete().getRole());
            case ROLE_GRANT_PERMISSION -> {
                AuthRoleGrantPermissionRequest grant = log.getRoleGrantPermission();
                yield new AuthCommand.RoleGrantPermission(
                        grant.getName(), grant.hasPerm() ? Optional.of(grant.getPerm()) : Optional.empty());
            }
            case ROLE_REVOKE_PERMISSION ->
                new AuthCommand.RoleRevokePermission(
                        log.getRoleRevokePermission().getRole(),
                        log.getRoleRevokePermission().getKey(),
                        log.getRoleRevokePermission().getRangeEnd());
            case AUTHENTICATE ->
                new AuthCommand.Authenticate(
                        log.getAuthenticate().getUser(),
                        log.getAuthenticate().getSecret(),
                        log.getAuthenticate().getCheckedRevision());
            case COMMAND_NOT_SET ->
                throw new IllegalArgumentException("the log holds an auth command that this version does not know");
        };
    }
}
