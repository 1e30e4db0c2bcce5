package io.keelson.store.rpc;

import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

/**
 * Keeps lists from filling the memory of a member. A unary answer must be whole before it is sent, so a member can only make so many large
 * ones: an answer that does not fit into {@link #USUAL_BYTES} is begun again as a large one, large ones are made one after the other, and
 * one more may wait; who comes then is told so at once and has taken no worker from others. {@code RangeStream} and {@code limit} have no
 * such bound.
 */
final class LargeAnswers {

    /** Up to this size of keys and values an answer is like any other. */
    static final long USUAL_BYTES = 1L << 20;

    /** Keys and values in one answer. */
    static final long MAX_BYTES = 64L << 20;

    /** One that is made and one that waits: fewer than there are workers. */
    private static final int ADMITTED = 2;

    private final Semaphore admitted = new Semaphore(ADMITTED);
    private final ReentrantLock making = new ReentrantLock(true);

    /**
     * Makes an answer; called on a worker.
     *
     * @param attempt the answer if its keys and values take at most so many bytes, otherwise empty
     * @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED if it is too large, "too many requests" if others are made already
     */
    <T> T make(LongFunction<Optional<T>> attempt) {
        Optional<T> usual = attempt.apply(USUAL_BYTES);
        if (usual.isPresent()) {
            return usual.get();
        }
        if (!admitted.tryAcquire()) {
            throw Failures.TOO_MANY_REQUESTS.asRuntimeException();
        }
        making.lock();
        try {
            return attempt.apply(MAX_BYTES).orElseThrow(LargeAnswers::tooLarge);
        } finally {
            making.unlock();
            admitted.release();
        }
    }

    private static RuntimeException tooLarge() {
        return Status.RESOURCE_EXHAUSTED
                .withDescription("keelson: the range holds more than " + (MAX_BYTES >> 20)
                        + " MiB, too much for one answer: ask for it in parts (limit) or with RangeStream")
                .asRuntimeException();
    }
}
