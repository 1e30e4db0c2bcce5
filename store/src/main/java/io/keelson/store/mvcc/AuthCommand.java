package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Permission;
import java.util.Optional;

/** What changes users, roles and permissions. Passwords come as salted hashes, made by who proposes: the log holds no secret. */
public sealed interface AuthCommand {

    /** From now on requests are checked. */
    record Enable() implements AuthCommand {}

    /** Requests are not checked any more; users and roles stay. */
    record Disable() implements AuthCommand {}

    /**
     * A new user.
     *
     * @param hash bcrypt hash of the password; empty for a user without one, who is known by a certificate
     */
    record UserAdd(String name, Optional<String> hash) implements AuthCommand {}

    /** A user goes. */
    record UserDelete(String name) implements AuthCommand {}

    /** A user's password is another. Has no effect on a user who was added without one. */
    record UserChangePassword(String name, String hash) implements AuthCommand {}

    /** A user gets a role. */
    record UserGrantRole(String user, String role) implements AuthCommand {}

    /** A user loses a role. */
    record UserRevokeRole(String user, String role) implements AuthCommand {}

    /** A new role, which permits nothing. */
    record RoleAdd(String name) implements AuthCommand {}

    /** A role goes, and every user loses it. */
    record RoleDelete(String name) implements AuthCommand {}

    /** A role permits a key or a range; what it permitted of exactly this range before is replaced. */
    record RoleGrantPermission(String role, Optional<Permission> permission) implements AuthCommand {}

    /** A role does not permit this key or range any more; the range must be one that was granted, letter for letter. */
    record RoleRevokePermission(String role, ByteString key, ByteString rangeEnd) implements AuthCommand {}

    /**
     * A user who has given the right password gets a token, which every member knows when it has applied this.
     *
     * @param secret what is random in the token, chosen by who proposes
     * @param checkedRevision the auth revision at which the password was right; if it is not the current one any more, the password
     *     must be looked at again
     */
    record Authenticate(String user, String secret, long checkedRevision) implements AuthCommand {}
}
