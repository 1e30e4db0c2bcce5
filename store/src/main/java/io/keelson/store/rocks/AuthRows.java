package io.keelson.store.rocks;

import com.google.protobuf.InvalidProtocolBufferException;
import io.keelson.proto.etcd.Role;
import io.keelson.proto.etcd.User;
import io.keelson.store.mvcc.AuthRole;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Change;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * How users and roles are stored: a row each beside the store's other small numbers, the values etcd's messages. All of them are
 * read when the database is opened, as every request may need any.
 *
 * <pre>
 *   auth/enabled      1 or 0
 *   auth/revision     the auth revision
 *   auth/user/NAME    authpb.User
 *   auth/role/NAME    authpb.Role
 * </pre>
 */
final class AuthRows {

    private static final byte[] ENABLED = bytes("auth/enabled");
    private static final byte[] REVISION = bytes("auth/revision");
    private static final String USER = "auth/user/";
    private static final String ROLE = "auth/role/";

    private AuthRows() {}

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The last state that the changes lead to, empty if they do not touch it. */
    static Optional<AuthState> newest(List<Change> changes) {
        Optional<AuthState> newest = Optional.empty();
        for (Change change : changes) {
            if (change instanceof Change.Auth(AuthState _, AuthState after)) {
                newest = Optional.of(after);
            }
        }
        return newest;
    }

    /** Writes what is different. */
    static void write(WriteBatch batch, ColumnFamilyHandle family, AuthState before, AuthState after)
            throws RocksDBException {
        batch.put(family, ENABLED, Layout.number(after.enabled() ? 1 : 0));
        batch.put(family, REVISION, Layout.number(after.revision()));
        for (Map.Entry<String, User> user : after.users().entrySet()) {
            if (!user.getValue().equals(before.users().get(user.getKey()))) {
                batch.put(family, bytes(USER + user.getKey()), user.getValue().toByteArray());
            }
        }
        for (String name : before.users().keySet()) {
            if (!after.users().containsKey(name)) {
                batch.delete(family, bytes(USER + name));
            }
        }
        for (Map.Entry<String, AuthRole> role : after.roles().entrySet()) {
            if (!role.getValue().equals(before.roles().get(role.getKey()))) {
                batch.put(
                        family,
                        bytes(ROLE + role.getKey()),
                        role.getValue().role().toByteArray());
            }
        }
        for (String name : before.roles().keySet()) {
            if (!after.roles().containsKey(name)) {
                batch.delete(family, bytes(ROLE + name));
            }
        }
    }

    static AuthState read(RocksDB db, ColumnFamilyHandle family) throws RocksDBException {
        byte[] revision = db.get(family, REVISION);
        if (revision == null) {
            return AuthState.NEW;
        }
        byte[] enabled = db.get(family, ENABLED);
        NavigableMap<String, User> users = new TreeMap<>();
        NavigableMap<String, AuthRole> roles = new TreeMap<>();
        try (RocksIterator iterator = db.newIterator(family)) {
            for (Map.Entry<String, byte[]> row : rows(iterator, USER).entrySet()) {
                users.put(row.getKey(), User.parseFrom(row.getValue()));
            }
            for (Map.Entry<String, byte[]> row : rows(iterator, ROLE).entrySet()) {
                roles.put(row.getKey(), AuthRole.of(Role.parseFrom(row.getValue())));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(
                    "the store holds a user or a role that cannot be read: the disk or Keelson is at fault", e);
        }
        return new AuthState(enabled != null && Layout.number(enabled) != 0, Layout.number(revision), users, roles);
    }

    private static Map<String, byte[]> rows(RocksIterator iterator, String prefix) throws RocksDBException {
        var rows = new TreeMap<String, byte[]>();
        byte[] begin = bytes(prefix);
        for (iterator.seek(begin); iterator.isValid() && Layout.startsWith(iterator.key(), begin); iterator.next()) {
            byte[] key = iterator.key();
            rows.put(
                    new String(key, begin.length, key.length - begin.length, StandardCharsets.UTF_8), iterator.value());
        }
        iterator.status();
        return rows;
    }
}
