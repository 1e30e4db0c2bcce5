package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Permission;
import io.keelson.proto.etcd.Role;
import io.keelson.proto.etcd.User;
import io.keelson.proto.etcd.UserAddOptions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What a command does to users and roles: etcd's rules, in the order in which etcd looks. */
final class AuthRules {

    private static final ByteString OPEN_END = ByteString.copyFrom(new byte[] {0});

    private AuthRules() {}

    /** A new state, or why there is none. */
    private record Outcome(Optional<AuthState> state, Optional<Refusal> refusal) {
        static Outcome of(AuthState state) {
            return new Outcome(Optional.of(state), Optional.empty());
        }

        static Outcome refused(Refusal refusal) {
            return new Outcome(Optional.empty(), Optional.of(refusal));
        }
    }

    static Applied apply(View view, AuthCommand command) {
        AuthState before = view.auth();
        if (command instanceof AuthCommand.Authenticate authenticate) {
            return authenticate(view, authenticate);
        }
        Outcome outcome = decide(before, command);
        if (outcome.refusal.isPresent()) {
            return refused(view, outcome.refusal.get());
        }
        AuthState after = outcome.state.orElseThrow();
        List<Change> changes = after.equals(before) ? List.of() : List.of(new Change.Auth(before, after));
        return new Applied(new Answer.AuthChanged(), changes, view.revision());
    }

    private static Applied refused(View view, Refusal refusal) {
        return new Applied(new Answer.Refused(refusal), List.of(), view.revision());
    }

    private static Outcome decide(AuthState state, AuthCommand command) {
        return switch (command) {
            case AuthCommand.Enable() -> enable(state);
            case AuthCommand.Disable() ->
                Outcome.of(state.enabled() ? state.withEnabled(false).nextRevision() : state);
            case AuthCommand.UserAdd(String name, Optional<String> hash) -> addUser(state, name, hash);
            case AuthCommand.UserDelete(String name) -> {
                if (state.enabled() && name.equals(AuthState.ROOT)) {
                    yield Outcome.refused(Refusal.INVALID_AUTH_MANAGEMENT);
                }
                yield state.user(name)
                        .map(_ -> Outcome.of(state.withUsers(users -> {
                                    users.remove(name);
                                    return users;
                                })
                                .nextRevision()))
                        .orElse(Outcome.refused(Refusal.USER_NOT_FOUND));
            }
            case AuthCommand.UserChangePassword(String name, String hash) ->
                state.user(name)
                        .map(user -> Outcome.of(put(
                                        state,
                                        user.getOptions().getNoPassword()
                                                ? user
                                                : user.toBuilder()
                                                        .setPassword(ByteString.copyFromUtf8(hash))
                                                        .build())
                                .nextRevision()))
                        .orElse(Outcome.refused(Refusal.USER_NOT_FOUND));
            case AuthCommand.UserGrantRole(String name, String role) -> grantRole(state, name, role);
            case AuthCommand.UserRevokeRole(String name, String role) -> revokeRole(state, name, role);
            case AuthCommand.RoleAdd(String name) -> {
                if (name.isEmpty()) {
                    yield Outcome.refused(Refusal.ROLE_EMPTY);
                }
                yield state.role(name).isPresent()
                        ? Outcome.refused(Refusal.ROLE_EXISTS)
                        : Outcome.of(put(
                                        state,
                                        Role.newBuilder()
                                                .setName(ByteString.copyFromUtf8(name))
                                                .build())
                                .nextRevision());
            }
            case AuthCommand.RoleDelete(String name) -> deleteRole(state, name);
            case AuthCommand.RoleGrantPermission(String role, Optional<Permission> permission) ->
                grantPermission(state, role, permission);
            case AuthCommand.RoleRevokePermission(String role, ByteString key, ByteString rangeEnd) ->
                revokePermission(state, role, key, rangeEnd);
            case AuthCommand.Authenticate _ -> throw new IllegalArgumentException("changes no users: " + command);
        };
    }

    private static Outcome enable(AuthState state) {
        if (state.enabled()) {
            return Outcome.of(state);
        }
        Optional<User> root = state.user(AuthState.ROOT);
        if (root.isEmpty()) {
            return Outcome.refused(Refusal.ROOT_USER_MISSING);
        }
        // The revision stays: nothing that a token could promise has changed.
        return AuthState.isRoot(root.get())
                ? Outcome.of(state.withEnabled(true))
                : Outcome.refused(Refusal.ROOT_ROLE_MISSING);
    }

    // ---- users -----------------------------------------------------------------------------------------------------

    private static Outcome addUser(AuthState state, String name, Optional<String> hash) {
        if (name.isEmpty()) {
            return Outcome.refused(Refusal.USER_EMPTY);
        }
        if (state.user(name).isPresent()) {
            return Outcome.refused(Refusal.USER_EXISTS);
        }
        var user = User.newBuilder()
                .setName(ByteString.copyFromUtf8(name))
                .setOptions(UserAddOptions.newBuilder().setNoPassword(hash.isEmpty()));
        hash.map(ByteString::copyFromUtf8).ifPresent(user::setPassword);
        return Outcome.of(put(state, user.build()).nextRevision());
    }

    private static Outcome grantRole(AuthState state, String name, String role) {
        Optional<User> user = state.user(name);
        if (user.isEmpty()) {
            return Outcome.refused(Refusal.USER_NOT_FOUND);
        }
        // The role root need not have been added: it permits everything by its name.
        if (!role.equals(AuthState.ROOT) && state.role(role).isEmpty()) {
            return Outcome.refused(Refusal.ROLE_NOT_FOUND);
        }
        if (user.get().getRolesList().contains(role)) {
            return Outcome.of(state);
        }
        var roles = new TreeSet<>(user.get().getRolesList());
        roles.add(role);
        return Outcome.of(put(
                        state,
                        user.get().toBuilder().clearRoles().addAllRoles(roles).build())
                .nextRevision());
    }

    private static Outcome revokeRole(AuthState state, String name, String role) {
        if (state.enabled() && name.equals(AuthState.ROOT) && role.equals(AuthState.ROOT)) {
            return Outcome.refused(Refusal.INVALID_AUTH_MANAGEMENT);
        }
        Optional<User> user = state.user(name);
        if (user.isEmpty()) {
            return Outcome.refused(Refusal.USER_NOT_FOUND);
        }
        return user.get().getRolesList().contains(role)
                ? Outcome.of(put(state, without(user.get(), role)).nextRevision())
                : Outcome.refused(Refusal.ROLE_NOT_GRANTED);
    }

    private static User without(User user, String role) {
        return user.toBuilder()
                .clearRoles()
                .addAllRoles(user.getRolesList().stream()
                        .filter(one -> !one.equals(role))
                        .toList())
                .build();
    }

    private static AuthState put(AuthState state, User user) {
        return state.withUsers(users -> {
            users.put(user.getName().toStringUtf8(), user);
            return users;
        });
    }

    // ---- roles -----------------------------------------------------------------------------------------------------

    private static Outcome deleteRole(AuthState state, String name) {
        if (state.enabled() && name.equals(AuthState.ROOT)) {
            return Outcome.refused(Refusal.INVALID_AUTH_MANAGEMENT);
        }
        if (state.role(name).isEmpty()) {
            return Outcome.refused(Refusal.ROLE_NOT_FOUND);
        }
        return Outcome.of(state.withRoles(roles -> {
                    roles.remove(name);
                    return roles;
                })
                .withUsers(users -> {
                    users.replaceAll((_, user) -> user.getRolesList().contains(name) ? without(user, name) : user);
                    return users;
                })
                .nextRevision());
    }

    private static Outcome grantPermission(AuthState state, String name, Optional<Permission> given) {
        if (given.isEmpty()) {
            return Outcome.refused(Refusal.PERMISSION_NOT_GIVEN);
        }
        if (!isRange(given.get().getKey(), given.get().getRangeEnd())) {
            return Outcome.refused(Refusal.INVALID_AUTH_MANAGEMENT);
        }
        Optional<Role> role = state.role(name);
        if (role.isEmpty()) {
            return Outcome.refused(Refusal.ROLE_NOT_FOUND);
        }
        Permission granted = Permission.newBuilder()
                .setPermTypeValue(given.get().getPermTypeValue())
                .setKey(given.get().getKey())
                .setRangeEnd(given.get().getRangeEnd())
                .build();
        var permissions = new ArrayList<>(role.get().getKeyPermissionList());
        permissions.removeIf(isOf(granted.getKey(), granted.getRangeEnd()));
        permissions.add(granted);
        permissions.sort(Comparator.comparing(Permission::getKey, KeyRange.ORDER)
                .thenComparing(Permission::getRangeEnd, KeyRange.ORDER));
        return Outcome.of(put(state, with(role.get(), permissions)).nextRevision());
    }

    private static Outcome revokePermission(AuthState state, String name, ByteString key, ByteString rangeEnd) {
        Optional<Role> role = state.role(name);
        if (role.isEmpty()) {
            return Outcome.refused(Refusal.ROLE_NOT_FOUND);
        }
        var permissions = new ArrayList<>(role.get().getKeyPermissionList());
        return permissions.removeIf(isOf(key, rangeEnd))
                ? Outcome.of(put(state, with(role.get(), permissions)).nextRevision())
                : Outcome.refused(Refusal.PERMISSION_NOT_GRANTED);
    }

    private static Predicate<Permission> isOf(ByteString key, ByteString rangeEnd) {
        return permission ->
                permission.getKey().equals(key) && permission.getRangeEnd().equals(rangeEnd);
    }

    /** One key, a range that is not empty, or a range without end. */
    private static boolean isRange(ByteString key, ByteString rangeEnd) {
        return !key.isEmpty()
                && (rangeEnd.isEmpty() || rangeEnd.equals(OPEN_END) || KeyRange.ORDER.compare(key, rangeEnd) < 0);
    }

    private static Role with(Role role, List<Permission> permissions) {
        return role.toBuilder()
                .clearKeyPermission()
                .addAllKeyPermission(permissions)
                .build();
    }

    private static AuthState put(AuthState state, Role role) {
        return state.withRoles(roles -> {
            roles.put(role.getName().toStringUtf8(), AuthRole.of(role));
            return roles;
        });
    }

    // ---- tokens ----------------------------------------------------------------------------------------------------

    private static Applied authenticate(View view, AuthCommand.Authenticate command) {
        AuthState state = view.auth();
        if (!state.enabled()) {
            return refused(view, Refusal.AUTH_NOT_ENABLED);
        }
        if (state.user(command.user())
                .filter(user -> !user.getOptions().getNoPassword())
                .isEmpty()) {
            return refused(view, Refusal.AUTH_FAILED);
        }
        if (state.revision() != command.checkedRevision()) {
            return refused(view, Refusal.AUTH_OLD_REVISION);
        }
        // The number makes tokens of one secret distinct and says how far a member must have come to know it.
        String token = command.secret() + "." + view.revision();
        return new Applied(
                new Answer.Authenticated(token),
                List.of(new Change.TokenAssigned(token, command.user())),
                view.revision());
    }
}
