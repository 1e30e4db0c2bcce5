package io.keelson.store.rocks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.Change;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;

class RocksSettingsTest {

    private static final int KEYS = 100_000;
    private static final int LOOKED_FOR = 1_000;

    /** 125 kB of filter, and a cache whose parts have 64 KiB: as 600,000 keys beside the cache of a member. */
    @Test
    void toFindThatAKeyIsNewReadsNoFilterThatIsLargerThanTheCacheTakes(@TempDir Path directory) {
        RocksDB.loadLibrary();
        try (var statistics = new Statistics()) {
            var settings = new RocksSettings(512 << 10);
            settings.database().setStatistics(statistics);
            try (RocksState state = RocksState.open(directory, settings)) {
                var changes = new ArrayList<Change>();
                for (int i = 0; i < KEYS; i++) {
                    changes.add(put(2L * i, 2 + i));
                }
                state.write(changes, KEYS + 1, new AppliedIndex(1, 1), List.of());
                state.flush();
                long before = statistics.getTickerCount(TickerType.BLOCK_CACHE_FILTER_BYTES_INSERT);
                var random = new Random(1);
                for (int i = 0; i < LOOKED_FOR; i++) {
                    ByteString absent = key(2L * random.nextInt(KEYS) + 1);
                    boolean found = state.readToWrite(
                            view -> view.get(absent, view.revision()).isPresent());
                    assertThat(found).isFalse();
                }
                long read = statistics.getTickerCount(TickerType.BLOCK_CACHE_FILTER_BYTES_INSERT) - before;
                assertThat(read / LOOKED_FOR).as("bytes of filter for each key").isLessThan(8_000);
            }
        }
    }

    @Test
    void membersDoNotFlushAtTheSameEntry() {
        var sizes = new Random(1)
                .longs(3)
                .mapToObj(seed -> RocksSettings.writeBufferBytes(new Random(seed)))
                .toList();
        assertThat(sizes).doesNotHaveDuplicates().allMatch(size -> size >= 12L << 20 && size <= 20L << 20);
    }

    private static ByteString key(long number) {
        return ByteString.copyFromUtf8("key/%09d".formatted(number));
    }

    private static Change put(long number, long revision) {
        return new Change.Put(
                KeyValue.newBuilder()
                        .setKey(key(number))
                        .setModRevision(revision)
                        .setCreateRevision(revision)
                        .setVersion(1)
                        .build(),
                0);
    }
}
