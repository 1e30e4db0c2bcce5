package io.keelson.store.backup;

import io.keelson.proto.etcd.Lease;
import io.keelson.store.bbolt.BboltWriter;
import io.keelson.store.mvcc.LeaseRecord;
import io.keelson.store.mvcc.View;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes what a store holds as a file of etcd's. */
public final class SnapshotWriter {

    /**
     * Who the members are. A restore puts others in their place; until then the file tells where it came from.
     *
     * @param id the member's id
     * @param name its name
     * @param peers URLs for peers
     * @param clients URLs for clients
     * @param learner whether it does not vote
     */
    public record Row(long id, String name, List<String> peers, List<String> clients, boolean learner) {
        /** Copies the lists. */
        public Row {
            peers = List.copyOf(peers);
            clients = List.copyOf(clients);
        }
    }

    private SnapshotWriter() {}

    /**
     * Writes the file, without the checksum that ends it when it travels.
     *
     * @param file empty, open for writing
     * @return its size in bytes
     */
    public static long write(FileChannel file, Picture picture, List<Row> members) throws IOException {
        View view = picture.view();
        // In order of their names, as everything in such a file.
        return BboltWriter.write(file, root -> {
            root.bucket(Schema.ALARM, bucket -> alarms(view, bucket));
            root.bucket(Schema.AUTH, bucket -> {
                bucket.put(Schema.AUTH_ENABLED, new byte[] {(byte) (view.auth().enabled() ? 1 : 0)});
                bucket.put(Schema.AUTH_REVISION, Schema.number(view.auth().revision()));
            });
            root.bucket(Schema.AUTH_ROLES, bucket -> roles(view, bucket));
            root.bucket(Schema.AUTH_USERS, bucket -> users(view, bucket));
            root.bucket(Schema.CLUSTER, bucket -> bucket.put(Schema.CLUSTER_VERSION, Schema.text(Schema.VERSION)));
            root.bucket(
                    Schema.KEY,
                    bucket -> picture.history((revision, sub, deletion, keyValue) -> bucket.put(
                            deletion ? Schema.tombstone(revision, sub) : Schema.revision(revision, sub), keyValue)));
            root.bucket(Schema.LEASE, bucket -> leases(view, bucket));
            root.bucket(Schema.MEMBERS, bucket -> members(members, bucket));
            root.bucket(Schema.MEMBERS_REMOVED, _ -> {});
            root.bucket(Schema.META, bucket -> meta(picture, members, bucket));
        });
    }

    /** An alarm is its key. */
    private static void alarms(View view, BboltWriter.Bucket bucket) throws IOException {
        var rows = new TreeMap<byte[], byte[]>(Arrays::compareUnsigned);
        view.alarms().forEach(alarm -> rows.put(alarm.toByteArray(), new byte[0]));
        put(rows, bucket);
    }

    private static void leases(View view, BboltWriter.Bucket bucket) throws IOException {
        List<LeaseRecord> leases = view.leases().stream()
                .sorted(Comparator.comparingLong(LeaseRecord::id))
                .toList();
        for (LeaseRecord lease : leases) {
            bucket.put(
                    Schema.number(lease.id()),
                    Lease.newBuilder()
                            .setID(lease.id())
                            .setTTL(lease.ttlSeconds())
                            .setRemainingTTL(lease.remainingSeconds())
                            .build()
                            .toByteArray());
        }
    }

    private static void users(View view, BboltWriter.Bucket bucket) throws IOException {
        var rows = new TreeMap<byte[], byte[]>(Arrays::compareUnsigned);
        view.auth().users().forEach((name, user) -> rows.put(Schema.text(name), user.toByteArray()));
        put(rows, bucket);
    }

    private static void roles(View view, BboltWriter.Bucket bucket) throws IOException {
        var rows = new TreeMap<byte[], byte[]>(Arrays::compareUnsigned);
        view.auth()
                .roles()
                .forEach((name, role) -> rows.put(Schema.text(name), role.role().toByteArray()));
        put(rows, bucket);
    }

    private static void put(SortedMap<byte[], byte[]> rows, BboltWriter.Bucket bucket) throws IOException {
        for (var row : rows.entrySet()) {
            bucket.put(row.getKey(), row.getValue());
        }
    }

    private static void members(List<Row> members, BboltWriter.Bucket bucket) throws IOException {
        var rows = new TreeMap<String, String>();
        members.forEach(member -> rows.put(Long.toHexString(member.id), json(member)));
        for (var row : rows.entrySet()) {
            bucket.put(row.getKey(), Schema.text(row.getValue()));
        }
    }

    private static String json(Row member) {
        return "{\"id\":" + Long.toUnsignedString(member.id) + ",\"peerURLs\":" + json(member.peers)
                + (member.learner ? ",\"isLearner\":true" : "") + ",\"name\":" + Json.text(member.name)
                + ",\"clientURLs\":" + json(member.clients) + "}";
    }

    private static String json(List<String> urls) {
        return "[" + String.join(",", urls.stream().map(Json::text).toList()) + "]";
    }

    private static void meta(Picture picture, List<Row> members, BboltWriter.Bucket bucket) throws IOException {
        var rows = new TreeMap<String, byte[]>();
        rows.put(Schema.CONF_STATE, Schema.text(confState(members)));
        rows.put(Schema.CONSISTENT_INDEX, Schema.number(Math.max(0, picture.index())));
        rows.put(Schema.TERM, Schema.number(picture.term()));
        rows.put(Schema.STORAGE_VERSION, Schema.text(Schema.VERSION));
        long compacted = picture.view().compactRevision();
        if (compacted > 0) {
            // etcd does again what is scheduled and not finished.
            rows.put(Schema.COMPACT_SCHEDULED, Schema.revision(compacted, 0));
            if (picture.compactedThrough() > 0) {
                rows.put(Schema.COMPACT_FINISHED, Schema.revision(picture.compactedThrough(), 0));
            }
        }
        for (var row : rows.entrySet()) {
            bucket.put(row.getKey(), row.getValue());
        }
    }

    private static String confState(List<Row> members) {
        return "{\"voters\":" + ids(members, false) + ",\"learners\":" + ids(members, true) + ",\"auto_leave\":false}";
    }

    private static String ids(List<Row> members, boolean learners) {
        return "["
                + String.join(
                        ",",
                        members.stream()
                                .filter(member -> member.learner == learners)
                                .map(member -> Long.toUnsignedString(member.id))
                                .toList())
                + "]";
    }
}
