package io.keelson.store.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmType;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.store.Mutations;
import io.keelson.store.mvcc.Applied;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.LeaseRecord;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.PendingView;
import io.keelson.store.mvcc.View;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: of damaged files of the state, and of a snapshot, which is made of the same files, nobody is ever told something that was not
 * written: what they hold is read whole, or the store stops and says why. Method: a state on disk, one of its files broken in a random
 * place from a seed, opened and read through.
 */
class StateFilesFuzzTest {

    private static final int TRIALS = 40;
    private static final int ENTRIES = 120;
    private static final KeyRange ALL =
            KeyRange.of(ByteString.copyFrom(new byte[] {0}), ByteString.copyFrom(new byte[] {0}));

    @TempDir
    Path directory;

    /** All that a state answers. */
    private record Content(
            long revision,
            List<KeyValue> keys,
            List<Optional<KeyValue>> before,
            List<LeaseRecord> leases,
            List<AlarmMember> alarms,
            AppliedIndex applied) {
        static Content of(RocksState state) {
            AppliedIndex applied = state.appliedIndex();
            return state.read(view -> {
                var keys = new ArrayList<KeyValue>();
                try (View.Cursor cursor = view.range(ALL, view.revision())) {
                    cursor.forEachRemaining(keys::add);
                }
                var before = new ArrayList<Optional<KeyValue>>();
                for (KeyValue kv : keys) {
                    before.add(view.get(kv.getKey(), kv.getModRevision() - 1));
                }
                return new Content(view.revision(), keys, before, view.leases(), view.alarms(), applied);
            });
        }
    }

    private Path good(Random random) {
        Path good = directory.resolve("good");
        try (RocksState state = RocksState.open(good)) {
            for (int i = 0; i < ENTRIES; i++) {
                Command command = i % 10 == 0
                        ? new Command.LeaseGrant(1 + i, 60)
                        : new Command.Put(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("key-" + random.nextInt(40)))
                                .setValue(ByteString.copyFromUtf8("value-" + i))
                                .build());
                var changes = new ArrayList<Change>();
                long revision = state.read(view -> {
                    var pending = new PendingView(view);
                    Applied applied = Mvcc.apply(pending, command);
                    pending.take(applied);
                    changes.addAll(applied.changes());
                    return pending.revision();
                });
                if (i == ENTRIES - 1) {
                    changes.add(new Change.AlarmRaised(AlarmMember.newBuilder()
                            .setMemberID(1)
                            .setAlarm(AlarmType.NOSPACE)
                            .build()));
                }
                state.write(changes, revision, new AppliedIndex(1, i), List.of(new Proposed("m1", 1, i)));
                if (i % 50 == 49) {
                    state.flush();
                }
            }
            state.flush();
            state.checkpoint(directory.resolve("snapshot"));
        }
        return directory.resolve("snapshot");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 90141})
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void damagedFilesAreReadWholeOrNotAtAll(long seed) throws Exception {
        System.out.println("seed " + seed);
        var random = new Random(seed);
        Path good = good(random);
        List<Path> files;
        try (Stream<Path> list = Files.list(good)) {
            files = list.sorted().toList();
        }
        Content written = read(DatabaseCopy.of(good, directory.resolve("untouched")));
        assertThat(written.keys).hasSizeGreaterThan(20);
        int whole = 0;
        int stopped = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            String where = "seed " + seed + ", trial " + trial;
            Path damaged = DatabaseCopy.of(good, directory.resolve("damaged-" + trial));
            Path file = damaged.resolve(files.get(random.nextInt(files.size())).getFileName());
            Files.write(file, Mutations.of(Files.readAllBytes(file), random));
            try {
                assertThat(read(damaged))
                        .as("%s, %s", where, file.getFileName())
                        .isEqualTo(written);
                whole++;
            } catch (IllegalStateException expected) {
                assertThat(expected.getMessage())
                        .as("%s, %s", where, file.getFileName())
                        .startsWith("the store");
                stopped++;
            }
        }
        System.out.println(whole + " read whole, " + stopped + " refused");
        assertThat(stopped).isPositive();
    }

    private static Content read(Path state) {
        try (RocksState opened = RocksState.open(state)) {
            return Content.of(opened);
        }
    }
}
