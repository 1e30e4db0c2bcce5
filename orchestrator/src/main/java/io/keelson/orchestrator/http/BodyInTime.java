package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.http.frames.LargePieceException;
import io.keelson.orchestrator.registry.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
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
    private final BodyRoom room;
    private Optional<Thread> still = Optional.empty();
    private boolean unreadable;
    private int taken;
    private boolean over;

    /** Nothing is read yet. */
    BodyInTime(Duration patience, BodyRoom room) {
        this.patience = patience;
        this.room = room;
    }

    /**
     * Reads, and closes what was read whole.
     *
     * @param length as the client says; empty if it does not
     * @param atMost so many bytes; there may be more
     * @throws ApiException REQUEST_ENTITY_TOO_LARGE if it comes in too large a piece, TIMEOUT if it does not come in time,
     *     TOO_MANY_REQUESTS if there is no room for it, SERVICE_UNAVAILABLE if the server stops
     */
    byte[] read(InputStream in, OptionalLong length, int atMost) throws IOException {
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        Thread reader = Thread.ofVirtual().name("body of a request").start(() -> {
            try {
                byte[] bytes = whole(in, length, atMost);
                // Helidon reads what is left when it is closed. Only then may others look at the connection.
                in.close();
                whole.complete(bytes);
            } catch (IOException | RuntimeException | InterruptedException e) {
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
                case LargePieceException _ -> {
                    unreadable = true;
                    throw new ApiException(
                            Reason.REQUEST_ENTITY_TOO_LARGE, "Request entity too large: limit is " + (atMost - 1));
                }
                case IOException failed -> throw failed;
                case RuntimeException failed -> throw failed;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    /**
     * Room is taken before anything large is read, and all of it: of many who each have a part nobody could go on. Who does not say how much
     * comes may send it in one piece, which is in memory before the first of it can be read.
     */
    private byte[] whole(InputStream in, OptionalLong length, int atMost) throws IOException, InterruptedException {
        long expected = Math.min(length.orElse(atMost), atMost);
        if (expected > BodyRoom.SMALL_BYTES) {
            take((int) expected);
        }
        return in.readNBytes(atMost);
    }

    private void take(int bytes) throws InterruptedException {
        room.take(bytes, patience.dividedBy(2));
        synchronized (this) {
            taken = bytes;
            if (over) {
                giveBack();
            }
        }
    }

    static String seconds(Duration time) {
        return time.toMillis() % 1_000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    /** Whether it was given up, so that what the client is still sending cannot be told from another request. */
    boolean isGivenUp() {
        return unreadable || still.isPresent();
    }

    /** Lets go of what was given up; what it was read from may be closed by that. */
    void forget() {
        still.ifPresent(Thread::interrupt);
    }

    /** Nobody needs the body any more. */
    synchronized void over() {
        over = true;
        giveBack();
    }

    private void giveBack() {
        if (taken > 0) {
            room.giveBack(taken);
            taken = 0;
        }
    }
}
