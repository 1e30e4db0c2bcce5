package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a log's disk counts as stalled. */
class LogStallTest {

    private final LogStall stall = new LogStall(500, 10_000);

    @Test
    void idleLogNeverStalls() {
        assertThat(stall.look(0, 7, 7)).isFalse();
        assertThat(stall.look(1_000_000, 7, 7)).isFalse();
    }

    @Test
    void slowDiskThatGetsOnIsNoStall() {
        for (int at = 0; at < 100; at++) {
            assertThat(stall.look(at * 400L, 1_000, at)).isFalse();
        }
    }

    @Test
    void stallIsReportedOnceAndAgainOnlyAfterARest() {
        assertThat(stall.look(0, 7, 7)).isFalse();
        assertThat(stall.look(100, 9, 7)).isFalse();
        assertThat(stall.look(400, 12, 7)).isFalse();
        assertThat(stall.look(501, 12, 7)).isTrue();
        assertThat(stall.look(900, 12, 7)).isFalse();
        assertThat(stall.look(10_000, 12, 7)).isFalse();
        assertThat(stall.look(10_502, 12, 7)).isTrue();
    }
}
