package io.keelson.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoreOptionsTest {

    private static StoreOptions.Timing election(long millis) {
        return new StoreOptions.Timing(
                Duration.ofMillis(50), Duration.ofMillis(millis), 10_000, Duration.ofMinutes(10));
    }

    @Test
    void whatFollowsFromTheElectionTimeoutGrowsWithItAndIsNeverBelowEtcdsDefault() {
        for (var quick : new StoreOptions.Timing[] {StoreOptions.DEFAULTS.timing(), election(100), election(1_000)}) {
            assertThat(quick.leaderPatience()).isEqualTo(Duration.ofSeconds(3));
            assertThat(quick.minLeaseTtlSeconds()).isEqualTo(2);
        }
        assertThat(election(5_000).leaderPatience()).isEqualTo(Duration.ofSeconds(15));
        assertThat(election(5_000).minLeaseTtlSeconds()).isEqualTo(8);
        assertThat(election(50_000).minLeaseTtlSeconds()).isEqualTo(75);
    }
}
