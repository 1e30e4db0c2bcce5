package io.keelson.store.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.store.StoreOptions.Compaction;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Goal: etcd's times. Method: one revision a second; a look every second; what is compacted when. */
class AutoCompactionTest {

    private static Map<Long, Long> run(Compaction compaction, long seconds, long failUntil) {
        var done = new TreeMap<Long, Long>();
        var auto = new AutoCompaction(compaction, 0, 1);
        for (long second = 1; second <= seconds; second++) {
            long now = TimeUnit.SECONDS.toNanos(second);
            OptionalLong due = auto.due(now, 1 + second);
            if (due.isPresent() && second >= failUntil) {
                auto.compacted(due.getAsLong(), now);
                done.put(second, due.getAsLong());
            }
        }
        return done;
    }

    private static Compaction periodic(long seconds) {
        return new Compaction(Compaction.Mode.PERIODIC, TimeUnit.SECONDS.toMillis(seconds));
    }

    @Test
    void hourOfHistoryIsKeptAndCompactedEveryHour() {
        assertThat(run(periodic(3_600), 3 * 3_600 + 360, 0))
                .containsExactly(
                        Map.entry(3_600L, 1L), Map.entry(7_200L, 3_601L - 360), Map.entry(10_800L, 7_201L - 360));
    }

    @Test
    void dayOfHistoryIsKeptAndCompactedEveryHourAfterTheFirstDay() {
        Map<Long, Long> done = run(periodic(86_400), 86_400 + 2 * 3_600, 0);
        assertThat(done.keySet()).containsExactly(86_400L, 90_000L, 93_600L);
        done.forEach((second, revision) -> assertThat(second - revision).isBetween(86_000L, 86_400L + 360));
    }

    @Test
    void failureIsTriedAgainAtTheNextNote() {
        assertThat(run(periodic(3_600), 4_000, 3_700)).containsExactly(Map.entry(3_960L, 1L));
    }

    @Test
    void numberOfRevisionsIsKept() {
        assertThat(run(new Compaction(Compaction.Mode.REVISION, 500), 900, 0))
                .containsExactly(Map.entry(600L, 101L), Map.entry(900L, 401L));
    }

    @Test
    void nothingHappensWhenOff() {
        assertThat(run(new Compaction(Compaction.Mode.OFF, 100), 10_000, 0)).isEmpty();
        assertThat(run(periodic(0), 10_000, 0)).isEmpty();
    }
}
