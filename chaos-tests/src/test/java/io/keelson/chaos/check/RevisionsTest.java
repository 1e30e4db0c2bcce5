package io.keelson.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.chaos.check.Operation.Action;
import io.keelson.chaos.check.Operation.Outcome;
import io.keelson.chaos.check.Revisions.Version;
import java.util.List;
import org.junit.jupiter.api.Test;

class RevisionsTest {

    private static final List<Version> HISTORY = List.of(new Version("k", 5, 1), new Version("k", 8, 2));

    @Test
    void answersThatAgreeWithTheHistoryPass() {
        assertThat(Revisions.violations(
                        HISTORY, List.of(set(0, 1, 5, 5, 0, 10), read(1, 5, 7, 20, 30), read(2, 8, 9, 40, 50))))
                .isEmpty();
    }

    @Test
    void acknowledgedWriteThatIsNotInTheHistoryIsLost() {
        assertThat(Revisions.violations(HISTORY, List.of(set(2, 3, 9, 9, 0, 10))))
                .anySatisfy(text -> assertThat(text).startsWith("lost write"));
    }

    @Test
    void readMustShowTheNewestVersionAtItsRevision() {
        assertThat(Revisions.violations(HISTORY, List.of(read(1, 5, 8, 0, 10))))
                .singleElement()
                .asString()
                .startsWith("answer differs from history at revision 8");
    }

    @Test
    void answerMayNotBeOlderThanOneSeenBefore() {
        assertThat(Revisions.violations(HISTORY, List.of(read(2, 8, 8, 0, 10), read(1, 5, 7, 20, 30))))
                .singleElement()
                .asString()
                .startsWith("stale answer: revision 8");
    }

    private static Operation read(long value, long modRevision, long header, long invoked, long returned) {
        return new Operation(
                1, "k", new Action.Read(), new Outcome.Done(value, modRevision, header), invoked, returned);
    }

    private static Operation set(long expected, long next, long modRevision, long header, long invoked, long returned) {
        return new Operation(
                2,
                "k",
                new Action.CompareAndSet(expected, next),
                new Outcome.Done(next, modRevision, header),
                invoked,
                returned);
    }
}
