package io.keelson.orchestrator.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ObjectEvent;
import io.keelson.orchestrator.api.ObjectWatch;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Input: what a watch tells, and when; whether its reader may still see it. Output: what it is told. */
class GuardedWatchTest {

    private static final ObjectEvent QUIET = ObjectEvent.bookmark(Kinds.POD, 7);
    private static final ObjectEvent CHANGE = new ObjectEvent(ObjectEvent.Type.ADDED, QUIET.version());

    private long nanos;
    private int asked;
    private Optional<Reason> no = Optional.empty();
    private final Queue<ObjectEvent> events = new ArrayDeque<>();
    private final List<Duration> waits = new ArrayList<>();

    /** Takes as much time as it is given if there is nothing to tell. */
    private final ObjectWatch watch = new ObjectWatch() {
        @Override
        public List<ObjectEvent> next(Duration patience) {
            waits.add(patience);
            ObjectEvent next = events.poll();
            if (next == null || next.equals(QUIET)) {
                nanos += patience.toNanos();
            }
            return List.of(next == null ? QUIET : next);
        }

        @Override
        public boolean beginning() {
            return false;
        }

        @Override
        public long progress() {
            return 7;
        }

        @Override
        public void close() {}
    };

    private GuardedWatch guarded() {
        return new GuardedWatch(
                watch,
                new Renewal(
                        () -> {
                            asked++;
                            no.ifPresent(reason -> {
                                throw new ApiException(reason, "no");
                            });
                        },
                        () -> nanos));
    }

    @Test
    void itIsAskedNowAndThenAlsoWhileNothingHappens() throws InterruptedException {
        events.addAll(List.of(QUIET, QUIET, CHANGE));
        assertThat(guarded().next(Duration.ofMinutes(1))).containsExactly(CHANGE);
        assertThat(asked).isEqualTo(2);
        assertThat(waits).containsOnly(Renewal.EVERY);
    }

    @Test
    void manyChangesCostFewQuestions() throws InterruptedException {
        GuardedWatch guarded = guarded();
        for (int each = 0; each < 1000; each++) {
            events.add(CHANGE);
            guarded.next(Duration.ofSeconds(20));
            nanos += Renewal.EVERY.toNanos() / 100;
        }
        assertThat(asked).isBetween(9, 10);
    }

    @Test
    void nothingIsToldAfterANo() {
        no = Optional.of(Reason.FORBIDDEN);
        GuardedWatch guarded = guarded();
        nanos += Renewal.EVERY.toNanos();
        events.add(CHANGE);
        assertThatThrownBy(() -> guarded.next(Duration.ofSeconds(20)))
                .isInstanceOf(ApiException.class)
                .hasMessage("no");
    }

    @Test
    void whatNobodyCanSayNowIsNoNo() throws InterruptedException {
        no = Optional.of(Reason.SERVICE_UNAVAILABLE);
        GuardedWatch guarded = guarded();
        nanos += Renewal.EVERY.toNanos();
        events.add(CHANGE);
        assertThat(guarded.next(Duration.ofSeconds(20))).containsExactly(CHANGE);
        assertThat(asked).isEqualTo(1);
    }
}
