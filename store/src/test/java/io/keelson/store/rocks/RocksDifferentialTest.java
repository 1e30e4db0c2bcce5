package io.keelson.store.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.store.mvcc.Alarms;
import io.keelson.store.mvcc.Applied;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.LeaseRecord;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.NaiveStore;
import io.keelson.store.mvcc.NaiveStore.Happened;
import io.keelson.store.mvcc.Oracle;
import io.keelson.store.mvcc.PendingView;
import io.keelson.store.mvcc.RandomRequests;
import io.keelson.store.mvcc.RequestCheck;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.History.Slice;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Goal: what is on disk is what the rules say, at every revision that is not compacted, whatever happens to the process.
 * Method: random entries from a seed go to the database and to {@link NaiveStore}; in between the database is flushed, compacted
 * in steps, copied as a kill would leave it, closed, and caught up from the log; reads, leases and history must agree.
 */
class RocksDifferentialTest {

    private static final KeyRange ALL =
            KeyRange.of(ByteString.copyFrom(new byte[] {0}), ByteString.copyFrom(new byte[] {0}));
    private static final String MEMBER = "m1";
    private static final long INCARNATION = 1;

    @TempDir
    Path directory;

    private final List<List<Command>> log = new ArrayList<>();
    private final NaiveStore oracle = new NaiveStore();
    private int images;
    private int replayed;
    private int kept;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void statesAfterKillsAndCompactionsAreThoseOfTheNaiveStore(long seed) throws Exception {
        var random = new Random(seed);
        var requests = new RandomRequests(random);
        RocksState state = RocksState.open(directory.resolve("image-0"));
        try {
            for (int step = 0; step < 250; step++) {
                String where = "seed " + seed + ", step " + step;
                List<Command> entry = entry(requests, random.nextInt(6));
                log.add(entry);
                apply(state, log.size() - 1);
                entry.forEach(command -> Oracle.answer(oracle, command));
                switch (random.nextInt(12)) {
                    case 0 -> state.flush();
                    case 1 -> {
                        var _ = Compactor.step(state);
                    }
                    case 2 -> {
                        while (Compactor.step(state)) {
                            assertThat(state.compactedThrough()).isLessThan(oracle.compactRevision());
                        }
                    }
                    case 3 -> state = killed(state);
                    case 4 -> state = stopped(state);
                    default -> {}
                }
                agreesOnReads(state, requests, where);
                agreesOnWhatWasReplaced(state, where);
                if (step % 25 == 24) {
                    agreesOnHistory(state, where);
                    agreesOnLeases(state, where);
                }
            }
        } finally {
            state.close();
        }
        assertThat(oracle.revision()).as("the run did something").isGreaterThan(150);
        assertThat(oracle.compactRevision()).isPositive();
        assertThat(kept).as("versions that are kept for watchers").isPositive();
        assertThat(replayed)
                .as("kills lost something that the log brought back")
                .isPositive();
    }

    private List<Command> entry(RandomRequests requests, int more) {
        return Stream.generate(() -> requests.command(oracle.revision()))
                .filter(command -> Oracle.check(command).isEmpty())
                .limit(more + 1L)
                .toList();
    }

    private void apply(RocksState state, int index) {
        var changes = new ArrayList<Change>();
        long revision = state.readToWrite(view -> {
            var pending = new PendingView(view);
            for (Command command : log.get(index)) {
                Applied applied = Mvcc.apply(pending, command);
                pending.take(applied);
                changes.addAll(applied.changes());
            }
            return pending.revision();
        });
        state.write(changes, revision, new AppliedIndex(1, index), List.of(new Proposed(MEMBER, INCARNATION, index)));
    }

    /** The files as they lie there when a process is killed, without what RocksDB had only in memory. */
    private RocksState killed(RocksState state) throws IOException, RocksDBException {
        Path image = directory.resolve("image-" + ++images);
        Files.createDirectories(image);
        state.db.disableFileDeletions();
        Path from = Path.of(state.db.getName());
        RocksDB.LiveFiles live = state.db.getLiveFiles(false);
        for (String name : live.files) {
            // RocksDB names them with a slash in front.
            Path copy = Files.copy(from.resolve(name.substring(1)), image.resolve(name.substring(1)));
            if (name.contains("MANIFEST")) {
                try (var manifest = FileChannel.open(copy, StandardOpenOption.WRITE)) {
                    manifest.truncate(live.manifestFileSize);
                }
            }
        }
        state.close();
        return caughtUp(image);
    }

    private RocksState stopped(RocksState state) {
        Path same = Path.of(state.db.getName());
        state.close();
        return caughtUp(same);
    }

    private RocksState caughtUp(Path image) {
        RocksState state = RocksState.open(image);
        AppliedIndex held = state.appliedIndex();
        if (held.index() >= 0) {
            assertThat(state.sequenceOf(MEMBER, INCARNATION)).isEqualTo(held.index());
        }
        for (int index = (int) held.index() + 1; index < log.size(); index++) {
            apply(state, index);
            replayed++;
        }
        return state;
    }

    private void agreesOnReads(RocksState state, RandomRequests requests, String where) {
        for (int i = 0; i < 4; i++) {
            RangeRequest range = requests.range(oracle.revision());
            if (RequestCheck.check(range).isEmpty()) {
                Object read = state.read(view -> Oracle.read(view, range));
                assertThat(read).as("%s: %s", where, range).isEqualTo(Oracle.range(oracle, range));
            }
        }
    }

    /** What watchers ask right after a change: the key as it was before. */
    private void agreesOnWhatWasReplaced(RocksState state, String where) {
        long newest = oracle.revision();
        for (long at = Math.max(oracle.compactRevision() + 1, newest - 3); at <= newest; at++) {
            long before = at - 1;
            for (Happened event : oracle.events(at)) {
                RangeRequest request = RangeRequest.newBuilder()
                        .setKey(event.key())
                        .setRevision(before)
                        .build();
                if (before > 0) {
                    Object read = state.read(view -> Oracle.read(view, request));
                    assertThat(read).as("%s: %s", where, request).isEqualTo(Oracle.range(oracle, request));
                    if (state.replaced().at(event.key(), before).isPresent()) {
                        kept++;
                    }
                }
            }
        }
    }

    private void agreesOnHistory(RocksState state, String where) {
        var history = new RocksHistory(() -> state);
        long from = Math.max(oracle.compactRevision(), 1);
        var expected = new ArrayList<Happened>();
        for (long at = from; at <= oracle.revision(); at++) {
            expected.addAll(oracle.events(at));
        }
        var found = new ArrayList<Happened>();
        for (long next = from; next <= oracle.revision(); ) {
            Slice slice = history.read(ALL, next, oracle.revision(), 7);
            slice.events().forEach(event -> found.add(happened(event)));
            assertThat(slice.through()).as(where).isGreaterThanOrEqualTo(next);
            next = slice.through() + 1;
        }
        assertThat(found).as(where).isEqualTo(expected);
    }

    private static Happened happened(Event event) {
        KeyValue kv = event.getKv();
        return new Happened(
                kv.getKey(), kv.getModRevision(), event.getType() == Event.EventType.PUT ? List.of(kv) : List.of());
    }

    private void agreesOnLeases(RocksState state, String where) {
        List<LeaseRecord> expected = new TreeSet<>(oracle.leases().keySet())
                .stream()
                        .map(id -> new LeaseRecord(
                                id,
                                oracle.leases().getOrDefault(id, -1L),
                                oracle.remaining().getOrDefault(id, 0L)))
                        .toList();
        List<LeaseRecord> found = state.read(view -> view.leases());
        assertThat(found).as(where).isEqualTo(expected);
        List<AlarmMember> alarms = state.read(View::alarms);
        assertThat(alarms).as(where).containsExactlyInAnyOrderElementsOf(oracle.alarms());
        if (Alarms.refusalOfRead(oracle.alarms()).isPresent()) {
            return;
        }
        RangeRequest everything = RangeRequest.newBuilder()
                .setKey(ALL.begin())
                .setRangeEnd(ByteString.copyFrom(new byte[] {0}))
                .build();
        var now = (io.keelson.proto.etcd.RangeResponse) Oracle.range(oracle, everything);
        for (LeaseRecord lease : found) {
            List<ByteString> keys = now.getKvsList().stream()
                    .filter(kv -> kv.getLease() == lease.id())
                    .map(KeyValue::getKey)
                    .toList();
            List<ByteString> attached = state.read(view -> view.leaseKeys(lease.id()));
            assertThat(attached).as("%s: keys of lease %d", where, lease.id()).isEqualTo(keys);
        }
    }
}
