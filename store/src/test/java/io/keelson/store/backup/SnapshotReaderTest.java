package io.keelson.store.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmType;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.Lease;
import io.keelson.proto.etcd.Role;
import io.keelson.store.backup.SnapshotReader.Adjustment;
import io.keelson.store.bbolt.BboltWriter;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.LeaseRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose pages are in order and whose contents may not be. */
class SnapshotReaderTest {

    private static final int FUZZ_ROUNDS = 1_500;

    private static final AlarmMember ALARM =
            AlarmMember.newBuilder().setMemberID(3).setAlarm(AlarmType.NOSPACE).build();

    @TempDir
    Path directory;

    private Path file(BboltWriter.Contents contents) throws IOException {
        Path file = directory.resolve("file.db");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            var _ = BboltWriter.write(channel, contents);
        }
        return file;
    }

    private static Recorded read(Path file, Adjustment adjustment) throws IOException {
        var recorded = new Recorded();
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            SnapshotReader.read(snapshot, adjustment, recorded);
        }
        return recorded;
    }

    private static byte[] value(String key, long created, long modified, long version) {
        return KeyValue.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setCreateRevision(created)
                .setModRevision(modified)
                .setVersion(version)
                .build()
                .toByteArray();
    }

    private static byte[] role(String name) {
        return Role.newBuilder().setName(ByteString.copyFromUtf8(name)).build().toByteArray();
    }

    private void refused(BboltWriter.Contents contents, String problem) throws IOException {
        Path file = file(contents);
        assertThatThrownBy(() -> read(file, Adjustment.NONE))
                .isInstanceOf(BadSnapshotException.class)
                .hasMessageContaining("file.db is damaged: bucket ")
                .hasMessageContaining(problem);
    }

    @Test
    void entriesThatCannotBeAreRefusedByName() throws IOException {
        refused(_ -> {}, "bucket key: is not there");
        refused(root -> root.bucket("key", key -> key.put("abc", new byte[0])), "key 616263: is no revision");
        refused(
                root -> root.bucket("key", key -> key.put(Schema.revision(0, 0), value("a", 1, 1, 1))),
                "is a revision that cannot be");
        refused(
                root -> root.bucket("key", key -> key.put(Schema.revision(5, 0), value("a", 4, 6, 1))),
                "has a value of revision 6, created at 4");
        refused(
                root -> root.bucket("key", key -> key.put(Schema.revision(5, 0), value("a", 5, 5, 0))),
                "has a value of version 0");
        refused(
                root -> root.bucket("key", key -> key.put(Schema.tombstone(5, 0), value("", 0, 0, 1))),
                "has a value without a key");
        refused(
                root -> root.bucket("key", key -> key.put(Schema.revision(5, 0), new byte[] {1, 2, 3})),
                "has a value that cannot be read");
        refused(root -> root.bucket("key", key -> key.bucket("inner", _ -> {})), "bucket key: has a bucket in it");
        refused(
                root -> {
                    root.bucket("key", _ -> {});
                    root.bucket(
                            "lease",
                            lease -> lease.put(
                                    Schema.number(7),
                                    Lease.newBuilder()
                                            .setID(8)
                                            .setTTL(1)
                                            .build()
                                            .toByteArray()));
                },
                "has a value that is lease 8");
        refused(
                root -> {
                    root.bucket("key", _ -> {});
                    root.bucket(
                            "lease",
                            lease -> lease.put(
                                    Schema.number(7),
                                    Lease.newBuilder()
                                            .setID(7)
                                            .setTTL(-1)
                                            .build()
                                            .toByteArray()));
                },
                "is a lease with a TTL of -1 seconds");
        refused(
                root -> {
                    root.bucket("alarm", alarm -> alarm.put(new byte[] {8, 1}, new byte[0]));
                    root.bucket("key", _ -> {});
                },
                "is no alarm that is known");
        refused(
                root -> {
                    root.bucket("authRoles", roles -> roles.put("one", role("other")));
                    root.bucket("key", _ -> {});
                },
                "has a value that is role \"other\"");
        refused(
                root -> {
                    root.bucket("auth", auth -> auth.put("authRevision", new byte[2]));
                    root.bucket("key", _ -> {});
                },
                "has a value of 2 bytes");
        refused(
                root -> {
                    root.bucket("key", _ -> {});
                    root.bucket("meta", meta -> meta.put("scheduledCompactRev", new byte[3]));
                },
                "has a value of 3 bytes");
    }

    @Test
    void revisionIsTheHighestOfKeysAndCompactions() throws IOException {
        Recorded recorded = read(
                file(root -> {
                    root.bucket("alarm", alarm -> alarm.put(ALARM.toByteArray(), new byte[0]));
                    root.bucket("key", key -> {
                        key.put(Schema.revision(2, 0), value("a", 2, 2, 1));
                        key.put(Schema.tombstone(3, 0), value("b", 0, 0, 0));
                        // What "etcdutl snapshot restore --bump-revision" leaves.
                        key.put(Schema.revision(50, 0), new byte[0]);
                    });
                    root.bucket(
                            "lease",
                            lease -> lease.put(
                                    Schema.number(7),
                                    Lease.newBuilder()
                                            .setID(7)
                                            .setTTL(60)
                                            .setRemainingTTL(5)
                                            .build()
                                            .toByteArray()));
                    root.bucket("meta", meta -> {
                        meta.put("finishedCompactRev", Schema.revision(20, 0));
                        meta.put("scheduledCompactRev", Schema.revision(50, 0));
                    });
                    root.bucket("unknown", bucket -> bucket.bucket("within", _ -> {}));
                }),
                Adjustment.NONE);
        assertThat(recorded.revision).isEqualTo(50);
        assertThat(recorded.compactRevision).isEqualTo(50);
        assertThat(recorded.compactedThrough).isEqualTo(20);
        assertThat(recorded.rows).isEqualTo(2);
        assertThat(recorded.rest)
                .containsExactly(new Change.AlarmRaised(ALARM), new Change.LeaseGranted(new LeaseRecord(7, 60)));
    }

    @Test
    void raisedRevisionIsMarkedCompacted() throws IOException {
        Path file = file(root -> root.bucket("key", key -> key.put(Schema.revision(9, 0), value("a", 9, 9, 1))));
        Recorded recorded = read(file, new Adjustment(1_000, true));
        assertThat(recorded.revision).isEqualTo(1_009);
        assertThat(recorded.compactRevision).isEqualTo(1_009);
        assertThatThrownBy(() -> read(file, new Adjustment(Long.MAX_VALUE, true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is too much");
    }

    /** Goal: no file brings a restore to anything but an end or a refusal. Method: random bytes anywhere in a good file. */
    @Test
    void damagedFilesAreReadOrRefusedAndNothingElse() throws IOException {
        long seed = Long.getLong("keelson.seed", System.nanoTime());
        System.out.println("seed " + seed + " (-Dkeelson.seed=" + seed + ")");
        var random = new Random(seed);
        Path file = file(root -> {
            root.bucket("key", key -> {
                for (int revision = 2; revision < 300; revision++) {
                    key.put(Schema.revision(revision, 0), value("key" + revision % 20, 2, revision, 1));
                }
            });
            root.bucket(
                    "lease",
                    lease -> lease.put(
                            Schema.number(7),
                            Lease.newBuilder().setID(7).setTTL(60).build().toByteArray()));
            root.bucket("meta", meta -> meta.put("scheduledCompactRev", Schema.revision(20, 0)));
        });
        byte[] whole = Files.readAllBytes(file);
        int refused = 0;
        for (int round = 0; round < FUZZ_ROUNDS; round++) {
            byte[] damaged = whole.clone();
            for (int i = random.nextInt(1, 5); i > 0; i--) {
                damaged[2 * 4096 + random.nextInt(damaged.length - 2 * 4096)] = (byte) random.nextInt();
            }
            if (random.nextInt(10) == 0) {
                damaged = java.util.Arrays.copyOf(damaged, random.nextInt(damaged.length));
            }
            Files.write(file, damaged);
            try {
                var _ = read(file, Adjustment.NONE);
            } catch (BadSnapshotException e) {
                refused++;
                assertThat(e).hasMessageMatching("the snapshot .*file\\.db is damaged: .+: .+");
            }
        }
        assertThat(refused).isGreaterThan(FUZZ_ROUNDS / 20);
    }
}
