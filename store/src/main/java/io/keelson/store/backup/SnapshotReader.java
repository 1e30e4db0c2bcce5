package io.keelson.store.backup;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.Lease;
import io.keelson.proto.etcd.Role;
import io.keelson.proto.etcd.User;
import io.keelson.store.bbolt.BboltReader;
import io.keelson.store.bbolt.DamagedFileException;
import io.keelson.store.mvcc.AuthRole;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.LeaseRecord;
import io.keelson.store.mvcc.Mvcc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Reads a file of etcd's (3.4 to 3.6) or ours into a store. Buckets that mean nothing here are passed over; in those that do, everything
 * must make sense.
 */
public final class SnapshotReader {

    /**
     * What is not as in the file.
     *
     * @param bumpRevision how much higher the revision shall be, so that clients who saw later ones of the lost store do not see them
     *     again with other contents; 0 for not at all
     * @param markCompacted whether everything up to the (raised) revision counts as compacted, so that watchers begin anew
     */
    public record Adjustment(long bumpRevision, boolean markCompacted) {

        /** As it is. */
        public static final Adjustment NONE = new Adjustment(0, false);

        /** Checks that the two go together, as etcd does. */
        public Adjustment {
            if (bumpRevision < 0) {
                throw new IllegalArgumentException("--bump-revision " + bumpRevision + " is negative");
            }
            if (bumpRevision > 0 != markCompacted) {
                throw new IllegalArgumentException(
                        "--mark-compacted is required if --bump-revision is above 0, and disallowed otherwise");
            }
        }
    }

    private SnapshotReader() {}

    /**
     * Reads everything.
     *
     * @throws BadSnapshotException if the file is damaged, or no file of etcd's
     * @throws IOException if it cannot be read, or the store not be written
     */
    public static void read(SnapshotFile file, Adjustment adjustment, Loading into) throws IOException {
        try {
            var visitor = new Contents(into);
            BboltReader.open(file.channel(), file.dataBytes()).walk(visitor);
            visitor.finish(adjustment);
        } catch (DamagedFileException e) {
            throw new BadSnapshotException(file.path(), "is damaged: " + e.getMessage(), e);
        }
    }

    /** Tells what the entries mean, and checks them. */
    private static final class Contents implements BboltReader.Visitor {

        /** Highest revision that is believed: far above all that can be reached, and adding to it does not overflow. */
        private static final long MAX_REVISION = 1L << 62;

        private final Loading into;
        private final List<Change> rest = new ArrayList<>();
        private final List<String> path = new ArrayList<>();
        private boolean hasKeys;
        private long revision = 1;
        private long compactScheduled;
        private long compactFinished;
        private boolean authEnabled;
        private long authRevision;
        private final NavigableMap<String, User> users = new TreeMap<>();
        private final NavigableMap<String, AuthRole> roles = new TreeMap<>();

        Contents(Loading into) {
            this.into = into;
        }

        @Override
        public void enter(byte[] name) throws IOException {
            if (path.size() == 1 && known(path.getFirst())) {
                throw new DamagedFileException("bucket " + path.getFirst(), "has a bucket in it");
            }
            path.add(new String(name, StandardCharsets.ISO_8859_1));
            hasKeys |= path.size() == 1 && path.getFirst().equals(Schema.KEY);
        }

        @Override
        public void leave() {
            path.removeLast();
        }

        private static boolean known(String bucket) {
            return List.of(Schema.AUTH, Schema.AUTH_ROLES, Schema.AUTH_USERS, Schema.KEY, Schema.LEASE, Schema.META)
                    .contains(bucket);
        }

        @Override
        public void entry(byte[] key, byte[] value) throws IOException {
            if (path.size() != 1) {
                return;
            }
            try {
                switch (path.getFirst()) {
                    case Schema.ALARM -> alarm(key);
                    case Schema.AUTH -> auth(new String(key, StandardCharsets.ISO_8859_1), value);
                    case Schema.AUTH_ROLES -> role(key, Role.parseFrom(value));
                    case Schema.AUTH_USERS -> user(key, User.parseFrom(value));
                    case Schema.KEY -> row(key, value);
                    case Schema.LEASE -> lease(key, value);
                    case Schema.META -> meta(new String(key, StandardCharsets.ISO_8859_1), value);
                    default -> {}
                }
            } catch (InvalidProtocolBufferException e) {
                throw damaged(key, "has a value that cannot be read: " + e.getMessage());
            }
        }

        private DamagedFileException damaged(byte[] key, String problem) {
            return new DamagedFileException(
                    "bucket " + path.getFirst() + ", key "
                            + java.util.HexFormat.of().formatHex(key),
                    problem);
        }

        private void row(byte[] key, byte[] value) throws IOException {
            boolean deletion = key.length == Schema.REVISION_BYTES + 1 && key[key.length - 1] == Schema.TOMBSTONE;
            if (key.length != (deletion ? Schema.REVISION_BYTES + 1 : Schema.REVISION_BYTES)
                    || key[Long.BYTES] != Schema.SEPARATOR) {
                throw damaged(key, "is no revision");
            }
            long main = ByteBuffer.wrap(key).getLong();
            long sub = ByteBuffer.wrap(key).getLong(Long.BYTES + 1);
            if (main < 1 || main > MAX_REVISION || sub < 0 || sub > Integer.MAX_VALUE) {
                throw damaged(key, "is a revision that cannot be");
            }
            revision = Math.max(revision, main);
            if (value.length == 0) {
                // What "etcdutl snapshot restore --bump-revision" leaves: a revision in which nothing happened.
                return;
            }
            KeyValue kv = KeyValue.parseFrom(value);
            if (kv.getKey().isEmpty()) {
                throw damaged(key, "has a value without a key");
            }
            if (deletion) {
                into.delete(main, (int) sub, kv.getKey());
                return;
            }
            if (kv.getModRevision() != main || kv.getCreateRevision() < 1 || kv.getCreateRevision() > main) {
                throw damaged(
                        key,
                        "has a value of revision " + kv.getModRevision() + ", created at " + kv.getCreateRevision());
            }
            if (kv.getVersion() < 1) {
                throw damaged(key, "has a value of version " + kv.getVersion());
            }
            into.put((int) sub, kv);
        }

        private void lease(byte[] key, byte[] value) throws IOException {
            Lease lease = Lease.parseFrom(value);
            if (key.length != Long.BYTES || ByteBuffer.wrap(key).getLong() != lease.getID() || lease.getID() == 0) {
                throw damaged(key, "has a value that is lease " + lease.getID());
            }
            if (lease.getTTL() < 1 || lease.getTTL() > Mvcc.MAX_LEASE_TTL_SECONDS) {
                throw damaged(key, "is a lease with a TTL of " + lease.getTTL() + " seconds");
            }
            // Its full time: nobody could keep it alive while the store was away.
            rest.add(new Change.LeaseGranted(new LeaseRecord(lease.getID(), lease.getTTL())));
        }

        /** Stays on, as in etcd, until somebody lifts it: what it warns of may be in the data. */
        private void alarm(byte[] key) throws IOException {
            AlarmMember alarm = AlarmMember.parseFrom(key);
            switch (alarm.getAlarm()) {
                case NOSPACE, CORRUPT -> rest.add(new Change.AlarmRaised(alarm));
                case NONE, UNRECOGNIZED -> throw damaged(key, "is no alarm that is known");
            }
        }

        private void auth(String key, byte[] value) throws IOException {
            switch (key) {
                case Schema.AUTH_ENABLED -> authEnabled = value.length == 1 && value[0] == 1;
                case Schema.AUTH_REVISION -> {
                    if (value.length != Long.BYTES) {
                        throw damaged(Schema.text(key), "has a value of " + value.length + " bytes");
                    }
                    authRevision = ByteBuffer.wrap(value).getLong();
                    if (authRevision < 0 || authRevision > MAX_REVISION) {
                        throw damaged(Schema.text(key), "is a revision that cannot be");
                    }
                }
                default -> {}
            }
        }

        private void user(byte[] key, User user) throws IOException {
            if (user.getName().isEmpty() || !user.getName().equals(ByteString.copyFrom(key))) {
                throw damaged(
                        key, "has a value that is user \"" + user.getName().toStringUtf8() + "\"");
            }
            users.put(user.getName().toStringUtf8(), user);
        }

        private void role(byte[] key, Role role) throws IOException {
            if (role.getName().isEmpty() || !role.getName().equals(ByteString.copyFrom(key))) {
                throw damaged(
                        key, "has a value that is role \"" + role.getName().toStringUtf8() + "\"");
            }
            roles.put(role.getName().toStringUtf8(), AuthRole.of(role));
        }

        /** A file without these buckets says nothing of users, as a new store. */
        private AuthState auth() {
            return new AuthState(authEnabled, Math.max(AuthState.NEW.revision(), authRevision), users, roles);
        }

        private void meta(String key, byte[] value) throws IOException {
            switch (key) {
                case Schema.COMPACT_SCHEDULED -> compactScheduled = compactRevision(key, value);
                case Schema.COMPACT_FINISHED -> compactFinished = compactRevision(key, value);
                default -> {}
            }
        }

        private long compactRevision(String key, byte[] value) throws IOException {
            if (value.length != Schema.REVISION_BYTES) {
                throw damaged(Schema.text(key), "has a value of " + value.length + " bytes");
            }
            long main = ByteBuffer.wrap(value).getLong();
            if (main < 0 || main > MAX_REVISION) {
                throw damaged(Schema.text(key), "is a revision that cannot be");
            }
            return main;
        }

        void finish(Adjustment adjustment) throws IOException {
            if (!hasKeys) {
                throw new DamagedFileException("bucket " + Schema.KEY, "is not there: this is no file of etcd's");
            }
            // As etcd: what is scheduled counts, and a compacted store is at least at that revision.
            long compact = Math.max(compactScheduled, compactFinished);
            long now = Math.max(revision, compact);
            if (adjustment.bumpRevision > MAX_REVISION - now) {
                throw new IllegalArgumentException("--bump-revision " + adjustment.bumpRevision + " is too much");
            }
            now += adjustment.bumpRevision;
            if (!auth().equals(AuthState.NEW)) {
                rest.add(new Change.Auth(AuthState.NEW, auth()));
            }
            into.finish(rest, now, adjustment.markCompacted ? now : compact, Math.min(compactFinished, compact));
        }
    }
}
