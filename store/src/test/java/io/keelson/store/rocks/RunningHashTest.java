package io.keelson.store.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.store.mvcc.Applied;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.HashAt;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.PendingView;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: the running hash at a revision depends on the changes up to it and on nothing else. Method: the same commands in
 * entries of different size, with compactions and restarts between, beside a hash made here from the documented formula.
 */
class RunningHashTest {

    @TempDir
    Path directory;

    private long index;

    private RocksState open() {
        return RocksState.open(directory.resolve("state"));
    }

    private List<Change> entry(RocksState into, Command... commands) {
        var changes = new ArrayList<Change>();
        long revision = into.readToWrite(view -> {
            var pending = new PendingView(view);
            for (Command command : commands) {
                Applied applied = Mvcc.apply(pending, command);
                pending.take(applied);
                changes.addAll(applied.changes());
            }
            return pending.revision();
        });
        into.write(changes, revision, new AppliedIndex(1, index++), List.of(new Proposed("m", 1, index)));
        return changes;
    }

    private static Command put(int i) {
        return new Command.Put(PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k" + i % 7))
                .setValue(ByteString.copyFromUtf8("v" + i))
                .build());
    }

    private static Command deleteAll() {
        return new Command.DeleteRange(DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("k"))
                .setRangeEnd(ByteString.copyFromUtf8("l"))
                .build());
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** The formula as a client would write it. */
    private static long next(long before, long revision, List<Change> changes) {
        var bytes = new java.io.ByteArrayOutputStream();
        for (Change change : changes) {
            byte[] content;
            if (change instanceof Change.Put(KeyValue kv, long _)) {
                bytes.write(0);
                content = kv.toByteArray();
            } else {
                bytes.write(1);
                content = ((Change.Delete) change).key().toByteArray();
            }
            bytes.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
            bytes.writeBytes(content);
        }
        var high = new CRC32C();
        high.update(bytes.toByteArray());
        var low = new CRC32();
        low.update(bytes.toByteArray());
        return mix(before ^ mix((high.getValue() << 32 | low.getValue()) + revision));
    }

    private long hash(RocksState of, long revision) {
        HashAt found = of.runningHash(revision).orElseThrow();
        assertThat(found.base()).isEqualTo(1);
        assertThat(found.revision()).isEqualTo(revision);
        return found.hash();
    }

    @Test
    void everyRevisionHasTheHashOfTheFormula() {
        try (RocksState state = open()) {
            long expected = mix(1);
            assertThat(hash(state, 1)).isEqualTo(expected);
            for (int i = 0; i < 20; i++) {
                List<Change> changes = entry(state, i == 13 ? deleteAll() : put(i));
                expected = next(expected, i + 2L, changes);
                assertThat(hash(state, i + 2L)).as("revision %d", i + 2).isEqualTo(expected);
            }
            assertThat(state.runningHash(22)).as("not there yet").isEmpty();
        }
    }

    @Test
    void hashDoesNotDependOnEntriesRestartsOrCompaction() {
        RocksState state = open();
        try (RocksState other = RocksState.open(directory.resolve("other"))) {
            for (int i = 0; i < 30; i++) {
                entry(other, put(i));
            }
            for (int i = 0; i < 30; i += 3) {
                entry(state, put(i), put(i + 1), put(i + 2));
                if (i == 15) {
                    entry(state, new Command.Compact(13), new Command.LeaseGrant(5, 100));
                    while (Compactor.step(state)) {
                        assertThat(state.compactedThrough()).isLessThan(13);
                    }
                    state.flush();
                    state.close();
                    state = open();
                }
            }
            for (long revision = 13; revision <= 31; revision++) {
                assertThat(hash(state, revision)).as("revision %d", revision).isEqualTo(hash(other, revision));
            }
            assertThat(state.runningHash(2)).as("compacted").isEmpty();
        } finally {
            state.close();
        }
    }

    @Test
    void oneDifferentValueMakesAllLaterHashesDifferent() {
        try (RocksState state = open();
                RocksState other = RocksState.open(directory.resolve("other"))) {
            entry(state, put(1));
            entry(other, put(1));
            entry(state, put(2));
            entry(other, put(9));
            assertThat(hash(state, 2)).isEqualTo(hash(other, 2));
            assertThat(hash(state, 3)).isNotEqualTo(hash(other, 3));
            entry(state, put(3));
            entry(other, put(3));
            assertThat(hash(state, 4)).isNotEqualTo(hash(other, 4));
        }
    }
}
