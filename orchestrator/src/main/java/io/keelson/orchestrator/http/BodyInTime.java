package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.registry.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The body of a request, for which nobody waits without end: who asks has a seat meanwhile. It is read by a thread of its own, as a read of a
 * connection cannot be given up without giving up the connection, and then nothing could be answered.
 */
final class BodyInTime {

    private final Duration patience;
    private Optional<Thread> still = Optional.empty();

    /** Nothing is read yet. */
    BodyInTime(Duration patience) {
        this.patience = patience;
    }

    /**
     * Reads, and closes what was read.
     *
     * @param atMost so many bytes; there may be more
     * @throws ApiException TIMEOUT if it does not come in time, SERVICE_UNAVAILABLE if the server stops
     */
    byte[] read(InputStream in, int atMost) throws IOException {
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        Thread reader = Thread.ofVirtual().name("body of a request").start(() -> {
            try {
                // Helidon reads what is left when it is closed. Only then may others look at the connection.
                byte[] bytes;
                try (in) {
                    bytes = in.readNBytes(atMost);
                }
                whole.complete(bytes);
            } catch (IOException | RuntimeException e) {
                whole.completeExceptionally(e);
            }
        });
        try {
            return whole.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            still = Optional.of(reader);
            throw new ApiException(
                    Reason.TIMEOUT,
                    "Timeout: request did not complete within the allotted timeout: its body was not there after "
                            + seconds(patience));
        } catch (InterruptedException e) {
            still = Optional.of(reader);
            throw new ApiException(Reason.SERVICE_UNAVAILABLE, "the server stops; ask another, or again");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failed -> throw failed;
                case RuntimeException failed -> throw failed;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    private static String seconds(Duration time) {
        return time.toMillis() % 1_000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    /** Whether it was given up, so that the client may still be sending. */
    boolean isGivenUp() {
        return still.isPresent();
    }

    /** Lets go of what was given up; what it was read from may be closed by that. */
    void forget() {
        still.ifPresent(Thread::interrupt);
    }
}
