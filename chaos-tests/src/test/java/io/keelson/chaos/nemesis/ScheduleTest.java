package io.keelson.chaos.nemesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void equalSeedsPlanEqualFaults() {
        assertThat(Schedule.plan(List.of(Kind.values()), 3, 120, 7))
                .isEqualTo(Schedule.plan(List.of(Kind.values()), 3, 120, 7))
                .isNotEqualTo(Schedule.plan(List.of(Kind.values()), 3, 120, 8));
    }

    @Test
    void everythingIsOverBeforeTheEnd() {
        for (long seed = 0; seed < 100; seed++) {
            assertThat(Schedule.plan(List.of(Kind.values()), 5, 60, seed))
                    .as("seed " + seed)
                    .isNotEmpty()
                    .allMatch(planned ->
                            planned.from() >= 3_000 && planned.from() < planned.until() && planned.until() <= 57_000);
        }
    }

    @Test
    void everyKindComesSometime() {
        var kinds = LongStream.range(0, 50)
                .boxed()
                .flatMap(seed -> Schedule.plan(List.of(Kind.values()), 3, 60, seed).stream())
                .map(planned -> planned.fault().getClass())
                .collect(Collectors.toSet());
        assertThat(kinds).hasSize(Kind.values().length);
    }

    @Test
    void shapesOfPartitionsCutWhatTheirNamesSay() {
        assertThat(cuts(Fault.Shape.LEADER_ALONE, 3)).containsExactlyInAnyOrder("1>0", "1>2", "0>1", "2>1");
        assertThat(cuts(Fault.Shape.ONE_ALONE, 3)).containsExactlyInAnyOrder("0>1", "0>2", "1>0", "2>0");
        assertThat(cuts(Fault.Shape.HALVES, 3)).containsExactlyInAnyOrder("0>2", "2>0", "1>2", "2>1");
        assertThat(cuts(Fault.Shape.BRIDGE, 3)).containsExactlyInAnyOrder("1>2", "2>1");
        assertThat(cuts(Fault.Shape.BRIDGE, 5))
                .containsExactlyInAnyOrder("1>3", "1>4", "2>3", "2>4", "3>1", "4>1", "3>2", "4>2");
        assertThat(cuts(Fault.Shape.RING, 3)).containsExactlyInAnyOrder("0>1", "1>0");
        assertThat(cuts(Fault.Shape.RING, 5))
                .containsExactlyInAnyOrder("0>2", "0>3", "1>3", "1>4", "2>4", "2>0", "3>0", "3>1", "4>1", "4>2");
        assertThat(cuts(Fault.Shape.DUMB, 3)).containsExactlyInAnyOrder("0>1", "0>2");
        assertThat(cuts(Fault.Shape.DEAF, 3)).containsExactlyInAnyOrder("1>0", "2>0");
    }

    private static List<String> cuts(Fault.Shape shape, int size) {
        return shape.cuts(0, 1, size).stream().map(cut -> cut[0] + ">" + cut[1]).toList();
    }

    @Test
    void victimsAreAsManyAsTheWordSays() {
        assertThat(Fault.Who.ONE.of(2, 0, 3)).containsExactly(2);
        assertThat(Fault.Who.LEADER.of(2, 0, 3)).containsExactly(0);
        assertThat(Fault.Who.MAJORITY.of(4, 0, 5)).containsExactly(4, 0, 1);
        assertThat(Fault.Who.ALL.of(1, 0, 3)).containsExactlyInAnyOrder(0, 1, 2);
    }
}
