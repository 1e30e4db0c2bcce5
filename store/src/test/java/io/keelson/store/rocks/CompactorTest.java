package io.keelson.store.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.View;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactorTest {

    private static final ByteString KEY = ByteString.copyFromUtf8("hot");

    private static Change version(long revision, int valueBytes) {
        return new Change.Put(
                KeyValue.newBuilder()
                        .setKey(KEY)
                        .setValue(ByteString.copyFrom(new byte[valueBytes]))
                        .setModRevision(revision)
                        .setCreateRevision(2)
                        .setVersion(revision - 1)
                        .build(),
                0);
    }

    private static void write(RocksState state, long from, long to, int valueBytes, Change... more) {
        var changes = new ArrayList<Change>();
        for (long revision = from; revision <= to; revision++) {
            changes.add(version(revision, valueBytes));
        }
        changes.addAll(List.of(more));
        state.write(changes, to, new AppliedIndex(1, to), List.of(new Proposed("m", 1, to)));
    }

    @Test
    void keyWithManyVersionsIsCompactedInBoundedBatches(@TempDir Path directory) {
        try (RocksState state = RocksState.open(directory)) {
            write(state, 2, 25_001, 0, new Change.Compacted(25_001));
            int steps = 1;
            while (Compactor.step(state)) {
                steps++;
            }
            assertThat(steps).as("25,000 versions at 10,000 a batch").isGreaterThan(3);
            try (var history = state.db.newIterator(state.history)) {
                history.seekToFirst();
                assertThat(Layout.revisionOfHistory(history.key())).isEqualTo(25_001);
                history.next();
                assertThat(history.isValid()).isFalse();
            }
            assertThat(state.<KeyValue>read(view -> view.get(KEY, 25_001).orElseThrow())
                            .getVersion())
                    .isEqualTo(25_000);
        }
    }

    @Test
    void spaceComesBackAfterACompaction(@TempDir Path directory) {
        try (RocksState state = RocksState.open(directory)) {
            for (int i = 0; i < 64; i++) {
                write(state, 2 + i * 4, 5 + i * 4, 256 << 10);
            }
            write(state, 258, 258, 1, new Change.Compacted(258));
            state.flush();
            long before = state.sizes()[0];
            assertThat(before).as("64 MiB of versions").isGreaterThan(48L << 20);
            while (Compactor.step(state)) {
                assertThat(state.compactedThrough()).isLessThan(258);
            }
            state.reclaimer().reclaimIfWorth();
            assertThat(state.sizes()[0]).isLessThan(before / 8);
            assertThat(state.<KeyValue>read(view -> view.get(KEY, 258).orElseThrow())
                            .getVersion())
                    .isEqualTo(257);
        }
    }

    /** RocksDB keeps what was deleted since a snapshot for as long as that is held. */
    @Test
    void whatReadsShareIsGivenUpWithTheNextWriteAlsoIfNobodyReads(@TempDir Path directory) throws Exception {
        try (RocksState state = RocksState.open(directory)) {
            write(state, 2, 2, 1);
            assertThat(state.<Long>read(View::revision)).isEqualTo(2);
            assertThat(state.db.getLongProperty("rocksdb.num-snapshots")).isEqualTo(1);
            write(state, 3, 3, 1);
            assertThat(state.db.getLongProperty("rocksdb.num-snapshots")).isZero();
            assertThat(state.<Long>read(View::revision)).isEqualTo(3);
        }
    }

    @Test
    void littleGarbageIsNotWorthAMerge() {
        assertThat(Reclaimer.isWorth(1 << 20, 2 << 20)).as("too little").isFalse();
        assertThat(Reclaimer.isWorth(100 << 20, 1L << 30)).as("a tenth").isFalse();
        assertThat(Reclaimer.isWorth(300 << 20, 1L << 30)).as("three tenths").isTrue();
    }
}
