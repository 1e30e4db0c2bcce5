package io.keelson.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.chaos.check.Operation.Action;
import io.keelson.chaos.check.Operation.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearizabilityTest {

    @Test
    void readThatOverlapsAWriteMaySeeEitherValue() {
        for (long seen : List.of(0L, 1L)) {
            assertThat(Linearizability.violations(List.of(set(1, 0, 1, 10, 30), read(2, seen, 20, 25))))
                    .isEmpty();
        }
    }

    @Test
    void readAfterAnAcknowledgedWriteMustSeeIt() {
        assertThat(Linearizability.violations(List.of(set(1, 0, 1, 10, 20), read(2, 0, 30, 40))))
                .singleElement()
                .asString()
                .contains("key k");
    }

    @Test
    void readsMayNotGoBackInTime() {
        assertThat(Linearizability.violations(List.of(set(1, 0, 1, 10, 100), read(2, 1, 20, 30), read(3, 0, 40, 50))))
                .hasSize(1);
    }

    @Test
    void twoCompareAndSetsFromOneValueCannotBothWin() {
        assertThat(Linearizability.violations(List.of(set(1, 0, 1, 10, 50), set(2, 0, 2, 10, 50))))
                .hasSize(1);
    }

    @Test
    void unknownWriteMayTakeEffectLateOrNever() {
        var unknown = new Operation(1, "k", new Action.CompareAndSet(0, 7), new Outcome.Unknown(), 10, 20);
        assertThat(Linearizability.violations(List.of(unknown, read(2, 0, 30, 40), read(2, 7, 50, 60))))
                .isEmpty();
        assertThat(Linearizability.violations(List.of(unknown, read(2, 0, 30, 40))))
                .isEmpty();
        assertThat(Linearizability.violations(List.of(unknown, read(2, 7, 30, 40), read(2, 0, 50, 60))))
                .hasSize(1);
    }

    /** A true register with random timing is accepted; the same history with one answer changed is not. */
    @Test
    void randomHistoriesOfATrueRegisterAreAcceptedAndAForgedAnswerIsFound() {
        for (int seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            var history = new ArrayList<Operation>();
            long value = 0;
            for (int i = 0; i < 200; i++) {
                // Each operation takes effect at its own instant; its call and return reach up to three instants
                // around.
                long instant = 100L * (i + 4);
                long invoked = instant - random.nextInt(300);
                long returned = instant + random.nextInt(300);
                if (random.nextInt(3) == 0) {
                    history.add(new Operation(
                            i,
                            "k",
                            new Action.CompareAndSet(value, i + 1L),
                            new Outcome.Done(i + 1L, 0, 0),
                            invoked,
                            returned));
                    value = i + 1L;
                } else {
                    history.add(
                            new Operation(i, "k", new Action.Read(), new Outcome.Done(value, 0, 0), invoked, returned));
                }
            }
            assertThat(Linearizability.violations(history)).as("seed %d", seed).isEmpty();
            int forged = history.size() - 1;
            Operation last = history.get(forged);
            history.set(
                    forged,
                    new Operation(
                            last.client(),
                            "k",
                            new Action.Read(),
                            new Outcome.Done(-1, 0, 0),
                            last.invokedNanos(),
                            last.returnedNanos()));
            assertThat(Linearizability.violations(history))
                    .as("forged, seed %d", seed)
                    .hasSize(1);
        }
    }

    private static Operation read(int client, long value, long invoked, long returned) {
        return new Operation(client, "k", new Action.Read(), new Outcome.Done(value, 0, 0), invoked, returned);
    }

    private static Operation set(int client, long expected, long next, long invoked, long returned) {
        return new Operation(
                client, "k", new Action.CompareAndSet(expected, next), new Outcome.Done(next, 0, 0), invoked, returned);
    }
}
