package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.store.HostPort;
import io.keelson.store.Member;
import io.keelson.store.StoreConfig;
import io.keelson.store.StoreOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.junit.jupiter.api.Test;

/** What Ratis is told. */
class RaftSettingsTest {

    private static RaftProperties properties(int maxRequestBytes) {
        return RaftSettings.properties(config(maxRequestBytes), LogLimits.USUAL);
    }

    private static StoreConfig config(int maxRequestBytes) {
        var member = new Member("m1", new HostPort("127.0.0.1", 2380), List.of());
        StoreOptions usual = StoreOptions.DEFAULTS;
        var options = new StoreOptions(
                new StoreOptions.Limits(128, maxRequestBytes, 0),
                usual.timing(),
                usual.compaction(),
                usual.auth(),
                usual.connections());
        return new StoreConfig(
                "m1",
                Path.of("data"),
                "test",
                List.of(),
                member.peer(),
                List.of(member),
                Optional.empty(),
                Optional.empty(),
                options);
    }

    @Test
    void anEntryMayHoldTheLargestRequest() {
        for (int bytes : new int[] {1_024, 1_572_864, 4 << 20, 100 << 20}) {
            RaftProperties properties = properties(bytes);
            long entry = RaftServerConfigKeys.Log.Appender.bufferByteLimit(properties)
                    .getSize();
            assertThat(entry).isGreaterThan(bytes);
            assertThat(RaftServerConfigKeys.Log.writeBufferSize(properties).getSize())
                    .as("Ratis asks for 8 bytes more")
                    .isGreaterThanOrEqualTo(entry + 8);
            assertThat(RaftSettings.messageBytes(config(bytes)))
                    .as("and members send each other what is in an entry")
                    .isGreaterThan((int) entry);
        }
    }

    @Test
    void whatRatisHoldsOfTheLogIsSmall() {
        RaftProperties properties = properties(1_572_864);
        long file = RaftServerConfigKeys.Log.segmentSizeMax(properties).getSize();
        int cached = RaftServerConfigKeys.Log.segmentCacheNumMax(properties);
        assertThat((1 + cached) * file)
                .as("the open file and the cached ones, in a heap of 208 MiB, twice while a start reads them")
                .isLessThanOrEqualTo(32L << 20);
    }

    @Test
    void entriesAreAppendedByWhoReadsThem() {
        assertThat(RaftServerConfigKeys.Log.appendEntriesComposeEnabled(properties(1_572_864)))
                .as("Following stands in for what Ratis would do with two more threads")
                .isFalse();
    }
}
