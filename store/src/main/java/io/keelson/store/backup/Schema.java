package io.keelson.store.backup;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Names and forms of keys in etcd's file. */
final class Schema {

    static final String ALARM = "alarm";
    static final String AUTH = "auth";
    static final String AUTH_ROLES = "authRoles";
    static final String AUTH_USERS = "authUsers";
    static final String CLUSTER = "cluster";
    static final String KEY = "key";
    static final String LEASE = "lease";
    static final String MEMBERS = "members";
    static final String MEMBERS_REMOVED = "members_removed";
    static final String META = "meta";

    static final String AUTH_ENABLED = "authEnabled";
    static final String AUTH_REVISION = "authRevision";
    static final String CLUSTER_VERSION = "clusterVersion";
    static final String CONF_STATE = "confState";
    static final String CONSISTENT_INDEX = "consistent_index";
    static final String COMPACT_FINISHED = "finishedCompactRev";
    static final String COMPACT_SCHEDULED = "scheduledCompactRev";
    static final String STORAGE_VERSION = "storageVersion";
    static final String TERM = "term";

    /** The etcd whose schema this is. */
    static final String VERSION = "3.6.0";

    static final int REVISION_BYTES = 2 * Long.BYTES + 1;
    static final byte SEPARATOR = '_';
    static final byte TOMBSTONE = 't';

    private Schema() {}

    static byte[] revision(long main, long sub) {
        return ByteBuffer.allocate(REVISION_BYTES)
                .putLong(main)
                .put(SEPARATOR)
                .putLong(sub)
                .array();
    }

    static byte[] tombstone(long main, long sub) {
        return ByteBuffer.allocate(REVISION_BYTES + 1)
                .putLong(main)
                .put(SEPARATOR)
                .putLong(sub)
                .put(TOMBSTONE)
                .array();
    }

    static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
