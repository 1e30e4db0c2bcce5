package io.keelson.store.mvcc;

import io.keelson.proto.etcd.Role;
import io.keelson.proto.etcd.User;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Users, roles and whether they count. A value: commands make new ones ({@link AuthRules}), nobody changes one.
 *
 * @param enabled whether requests are checked at all
 * @param revision counts the changes to users, roles and permissions; a new store begins at 1, as in etcd
 * @param users by name
 * @param roles by name
 */
public record AuthState(
        boolean enabled, long revision, NavigableMap<String, User> users, NavigableMap<String, AuthRole> roles) {

    /** Name of the user that must be there to enable authentication, and of the role that may do everything. */
    public static final String ROOT = "root";

    /** A new store's: off, nobody there. */
    public static final AuthState NEW = new AuthState(false, 1, new TreeMap<>(), new TreeMap<>());

    /** Takes the maps over; they must not be changed after. */
    public AuthState {
        users = Collections.unmodifiableNavigableMap(users);
        roles = Collections.unmodifiableNavigableMap(roles);
    }

    /** A user, if there is one of that name. */
    public Optional<User> user(String name) {
        return Optional.ofNullable(users.get(name));
    }

    /** A role, if there is one of that name. */
    public Optional<Role> role(String name) {
        return Optional.ofNullable(roles.get(name)).map(AuthRole::role);
    }

    /** Whether a user may do everything. */
    static boolean isRoot(User user) {
        return user.getRolesList().contains(ROOT);
    }

    /** Whether the user's roles together permit all of a range to be read. */
    boolean mayRead(User user, KeyRange range) {
        return AuthRole.covers(permitted(user, true), range);
    }

    /** Whether the user's roles together permit all of a range to be written. */
    boolean mayWrite(User user, KeyRange range) {
        return AuthRole.covers(permitted(user, false), range);
    }

    private List<List<KeyRange>> permitted(User user, boolean read) {
        return user.getRolesList().stream()
                .map(roles::get)
                .filter(role -> role != null)
                .map(role -> read ? role.readable() : role.writable())
                .toList();
    }

    AuthState withEnabled(boolean nowEnabled) {
        return new AuthState(nowEnabled, revision, users, roles);
    }

    AuthState nextRevision() {
        return new AuthState(enabled, revision + 1, users, roles);
    }

    AuthState withUsers(UnaryOperator<NavigableMap<String, User>> change) {
        return new AuthState(enabled, revision, change.apply(new TreeMap<>(users)), roles);
    }

    AuthState withRoles(UnaryOperator<NavigableMap<String, AuthRole>> change) {
        return new AuthState(enabled, revision, users, change.apply(new TreeMap<>(roles)));
    }
}
