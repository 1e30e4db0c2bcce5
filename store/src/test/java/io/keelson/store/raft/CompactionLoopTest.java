package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.Change;
import io.keelson.store.rocks.AppliedIndex;
import io.keelson.store.rocks.Compactor;
import io.keelson.store.rocks.Proposed;
import io.keelson.store.rocks.RocksState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionLoopTest {

    private static Change put(long revision) {
        return new Change.Put(
                KeyValue.newBuilder()
                        .setKey(ByteString.copyFromUtf8("a"))
                        .setCreateRevision(2)
                        .setModRevision(revision)
                        .setVersion(revision - 1)
                        .build(),
                0);
    }

    @Test
    void whoWaitsForACompactionHearsWhenNothingOfItIsLeftAlsoIfItWasSoBefore(@TempDir Path directory) throws Exception {
        try (RocksState state = RocksState.open(directory);
                var loop = new CompactionLoop(() -> state, failure -> {
                    throw new AssertionError(failure);
                })) {
            var changes = new ArrayList<Change>();
            for (long revision = 2; revision <= 25_001; revision++) {
                changes.add(put(revision));
            }
            changes.add(new Change.Compacted(25_000));
            state.write(changes, 25_001, new AppliedIndex(1, 2), List.of(new Proposed("m", 1, 2)));
            var waiting = loop.compacted(25_000);
            assertThat(waiting.isDone()).as("nobody has begun").isFalse();
            loop.wake();
            assertThat(waiting.get(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Compactor.through(state)).isEqualTo(25_000);
            assertThat(loop.compacted(25_000).isDone()).isTrue();
            assertThat(loop.compacted(2).isDone()).isTrue();
        }
    }
}
