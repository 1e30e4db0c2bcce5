package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.limits.BodyLimits;
import io.keelson.orchestrator.registry.Reason;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How much of what clients send is in memory at the same time: as many bodies as there are seats, each as large as it may be, are more than
 * there is, and a server without memory ends. Thread safe.
 */
final class BodyRoom {

    /** Smaller bodies are not counted: one for each seat is little. */
    static final int SMALL_BYTES = 64 * 1024;

    /** What is made of a body takes some ten times as much, and the memory is not for bodies alone. */
    private static final int PART_OF_MEMORY = 16;

    private final int all;
    private final Semaphore kilobytes;

    /** Room that is empty; at least for the largest body that there may be. */
    BodyRoom(BodyLimits limits) {
        long bytes = limits.bytes().orElseGet(() -> Runtime.getRuntime().maxMemory() / PART_OF_MEMORY);
        this.all = Math.clamp(
                Math.max(bytes / 1024, Math.ceilDiv(Exchange.MAX_BODY_BYTES + 1, 1024)), 1, Integer.MAX_VALUE);
        this.kilobytes = new Semaphore(all, true);
    }

    /** What is larger than all the room has it alone. */
    private int kilobytes(int bytes) {
        return Math.min(all, Math.ceilDiv(bytes, 1024));
    }

    /**
     * Waits for room; it must be given back.
     *
     * @throws ApiException TOO_MANY_REQUESTS if there is none in time
     */
    void take(int bytes, Duration patience) throws InterruptedException {
        if (!kilobytes.tryAcquire(kilobytes(bytes), patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new ApiException(
                    Reason.TOO_MANY_REQUESTS, "too many large requests at a time, please try again later.");
        }
    }

    /** Gives as much back as was taken. */
    void giveBack(int bytes) {
        kilobytes.release(kilobytes(bytes));
    }
}
