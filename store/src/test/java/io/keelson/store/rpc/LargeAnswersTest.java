package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class LargeAnswersTest {

    private final LargeAnswers answers = new LargeAnswers();

    /** An answer of a size. */
    private static LongFunction<Optional<String>> of(long bytes, List<Long> attempts) {
        return maxBytes -> {
            attempts.add(maxBytes);
            return bytes <= maxBytes ? Optional.of("answer") : Optional.empty();
        };
    }

    @Test
    void usualAnswersAreMadeAtOnceAndLargeOnesInASecondAttempt() {
        var attempts = new ArrayList<Long>();
        assertThat(answers.make(of(10, attempts))).isEqualTo("answer");
        assertThat(attempts).containsExactly(LargeAnswers.USUAL_BYTES);
        assertThat(answers.make(of(LargeAnswers.MAX_BYTES, attempts))).isEqualTo("answer");
        assertThat(attempts)
                .containsExactly(LargeAnswers.USUAL_BYTES, LargeAnswers.USUAL_BYTES, LargeAnswers.MAX_BYTES);
    }

    @Test
    void whatIsTooLargeForOneAnswerIsRefusedWithTheWayOut() {
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> answers.make(of(LargeAnswers.MAX_BYTES + 1, new ArrayList<>())))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, problem -> {
                        assertThat(problem.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                        assertThat(problem).hasMessageContaining("64 MiB").hasMessageContaining("limit");
                    });
        }
    }

    @Test
    void largeAnswersAreMadeOneByOneAndTheThirdIsToldSo() throws Exception {
        var making = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        CompletableFuture<String> first = make(maxBytes -> {
            if (maxBytes == LargeAnswers.USUAL_BYTES) {
                return Optional.empty();
            }
            making.countDown();
            await(go);
            return Optional.of("first");
        });
        await(making);
        var asked = new CountDownLatch(1);
        CompletableFuture<String> second = make(maxBytes -> {
            asked.countDown();
            return maxBytes == LargeAnswers.USUAL_BYTES ? Optional.empty() : Optional.of("second");
        });
        await(asked);
        // Who comes second to the place where one waits is refused: the third, or the second itself if it was slow.
        CompletableFuture<String> third = make(of(LargeAnswers.MAX_BYTES, new ArrayList<>()));
        assertThatThrownBy(() -> CompletableFuture.anyOf(second, third).get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("too many requests");
        go.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("first");
        assertThat(answers.make(of(10, new ArrayList<>()))).isEqualTo("answer");
    }

    private CompletableFuture<String> make(LongFunction<Optional<String>> attempt) {
        var made = new CompletableFuture<String>();
        Thread.ofVirtual().start(() -> {
            try {
                made.complete(answers.make(attempt));
            } catch (RuntimeException e) {
                made.completeExceptionally(e);
            }
        });
        return made;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
