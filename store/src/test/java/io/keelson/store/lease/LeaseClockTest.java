package io.keelson.store.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.store.mvcc.LeaseRecord;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LeaseClockTest {

    private final LeaseClock clock = new LeaseClock();

    private static long seconds(double seconds) {
        return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void leaseIsDueWhenItsTimeHasPassedAndNotBefore() {
        clock.granted(new LeaseRecord(1, 10), seconds(5));
        assertThat(clock.due(seconds(14.9), 10)).isEmpty();
        assertThat(clock.remainingSeconds(1, seconds(6.5))).hasValue(8);
        assertThat(clock.due(seconds(15), 10)).containsExactly(1L);
        assertThat(clock.hasEnded(1, seconds(15))).isTrue();
        assertThat(clock.remainingSeconds(1, seconds(99))).hasValue(0);
        assertThat(clock.renew(1, seconds(15))).as("too late").isEmpty();
        clock.revoked(1);
        assertThat(clock.due(seconds(15), 10)).isEmpty();
        assertThat(clock.remainingSeconds(1, seconds(15))).isEmpty();
    }

    @Test
    void renewalGivesTheFullTimeAgain() {
        clock.granted(new LeaseRecord(1, 10), 0);
        assertThat(clock.renew(1, seconds(9))).hasValue(10);
        assertThat(clock.due(seconds(18), 10)).isEmpty();
        assertThat(clock.due(seconds(19), 10)).containsExactly(1L);
    }

    @Test
    void ofManyThatHaveEndedTheLongestEndedComeFirstAndNoMoreThanAsked() {
        LongStream.rangeClosed(1, 10_000).forEach(id -> clock.granted(new LeaseRecord(id, 20_000 - id), 0));
        assertThat(clock.due(seconds(20_000), 3)).containsExactly(10_000L, 9_999L, 9_998L);
    }

    @Test
    void whatIsLeftOfALongLeaseIsNotedEveryFiveMinutes() {
        clock.granted(new LeaseRecord(1, 1_000), 0);
        clock.granted(new LeaseRecord(2, 60), 0);
        assertThat(clock.dueNotes(seconds(299), 10)).isEmpty();
        assertThat(clock.dueNotes(seconds(300.5), 10)).containsExactly(new LeaseRecord(1, 1_000, 700));
        assertThat(clock.dueNotes(seconds(301), 10)).as("once").isEmpty();
        assertThat(clock.dueNotes(seconds(601), 10)).containsExactly(new LeaseRecord(1, 1_000, 399));
        assertThat(clock.dueNotes(seconds(902), 10)).containsExactly(new LeaseRecord(1, 1_000, 98));
        assertThat(clock.dueNotes(seconds(5_000), 10))
                .as("less than five minutes are left")
                .isEmpty();
    }

    @Test
    void newLeaderGoesOnFromWhatWasNoted() {
        clock.restart(List.of(new LeaseRecord(1, 1_000, 98), new LeaseRecord(2, 60)), seconds(10), seconds(1));
        assertThat(clock.due(seconds(70), 10)).isEmpty();
        assertThat(clock.due(seconds(71), 10)).containsExactly(2L);
        assertThat(clock.due(seconds(109), 10)).containsExactly(2L, 1L);
        assertThat(clock.isNoted(1)).isTrue();
        assertThat(clock.isNoted(2)).isFalse();
    }

    @Test
    void renewalIsPromisedOnlyWhenTheNoteIsTakenBack() {
        clock.granted(new LeaseRecord(1, 1_000), 0);
        clock.noted(new LeaseRecord(1, 1_000, 700));
        assertThat(clock.isNoted(1)).isTrue();
        assertThat(clock.renew(1, seconds(400))).hasValue(1_000);
        assertThat(clock.isNoted(1)).as("until the log says so").isTrue();
        clock.noted(new LeaseRecord(1, 1_000));
        assertThat(clock.isNoted(1)).isFalse();
    }
}
