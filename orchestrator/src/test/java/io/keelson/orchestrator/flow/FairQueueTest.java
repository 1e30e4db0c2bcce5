package io.keelson.orchestrator.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose turn it is. */
class FairQueueTest {

    @Test
    void aNoisyFlowWaitsForItselfAndNotTheOthers() {
        FairQueue<String> queue = new FairQueue<>(1, 100, 1_000);
        assertThat(queue.enter("noisy", "n0")).isEqualTo(FairQueue.Entry.SEATED);
        for (int i = 1; i <= 50; i++) {
            assertThat(queue.enter("noisy", "n" + i)).isEqualTo(FairQueue.Entry.QUEUED);
        }
        queue.enter("quiet", "q1");
        queue.enter("other", "o1");
        queue.enter("quiet", "q2");
        List<String> order = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            queue.leave();
            order.add(queue.next().orElseThrow());
        }
        assertThat(order).containsExactly("n1", "q1", "o1", "n2", "q2", "n3");
    }

    @Test
    void queuesHaveBounds() {
        FairQueue<String> queue = new FairQueue<>(1, 2, 3);
        queue.enter("a", "a0");
        assertThat(queue.enter("a", "a1")).isEqualTo(FairQueue.Entry.QUEUED);
        assertThat(queue.enter("a", "a2")).isEqualTo(FairQueue.Entry.QUEUED);
        assertThat(queue.enter("a", "a3")).as("of one flow").isEqualTo(FairQueue.Entry.REFUSED);
        assertThat(queue.enter("b", "b1")).isEqualTo(FairQueue.Entry.QUEUED);
        assertThat(queue.enter("c", "c1")).as("of all").isEqualTo(FairQueue.Entry.REFUSED);
        assertThat(queue.forget("b", "b1")).isTrue();
        assertThat(queue.forget("b", "b1")).isFalse();
        assertThat(queue.enter("c", "c1")).isEqualTo(FairQueue.Entry.QUEUED);
        FairQueue<String> none = new FairQueue<>(1, 0, 0);
        none.enter("a", "a0");
        assertThat(none.enter("b", "b0")).isEqualTo(FairQueue.Entry.REFUSED);
    }

    /** Never more inside than seats, nobody lost, the order of a flow kept, and between two of one flow each that waited had its turn. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void turnsAreFairWhateverHappens(long seed) {
        Random random = new Random(seed);
        int seats = 1 + random.nextInt(4);
        FairQueue<Integer> queue = new FairQueue<>(seats, 1_000, 10_000);
        Map<String, Deque<Integer>> expected = new HashMap<>();
        Map<String, Integer> passedOver = new HashMap<>();
        int inside = 0;
        int number = 0;
        for (int step = 0; step < 3_000; step++) {
            String flow = "f" + random.nextInt(1 + random.nextInt(8));
            if (random.nextBoolean()) {
                int who = number++;
                if (queue.enter(flow, who) == FairQueue.Entry.SEATED) {
                    inside++;
                } else {
                    expected.computeIfAbsent(flow, _ -> new ArrayDeque<>()).add(who);
                }
            } else if (inside > 0) {
                queue.leave();
                inside--;
            }
            for (Optional<Integer> next = queue.next(); next.isPresent(); next = queue.next()) {
                int who = next.get();
                inside++;
                Map.Entry<String, Deque<Integer>> first = expected.entrySet().stream()
                        .filter(each ->
                                !each.getValue().isEmpty() && each.getValue().peek() == who)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("seed " + seed + ": " + who + " was not the first"));
                String of = first.getKey();
                first.getValue().remove();
                passedOver.put(of, 0);
                expected.forEach((other, waiting) -> {
                    if (!other.equals(of) && !waiting.isEmpty()) {
                        assertThat(passedOver.merge(other, 1, Integer::sum))
                                .as("seed " + seed)
                                .isLessThanOrEqualTo(8);
                    }
                });
            }
            assertThat(inside).as("seed " + seed).isLessThanOrEqualTo(seats);
            int waiting = expected.values().stream().mapToInt(Deque::size).sum();
            assertThat(queue.waiting()).isEqualTo(waiting);
            assertThat(waiting == 0 || inside == seats)
                    .as("no seat is empty while somebody waits")
                    .isTrue();
        }
    }
}
