package io.keelson.cli.stream;

import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The one way to send a message of a call that waits for the server. */
final class Sending {

    private static final long LOOK_AGAIN_SECONDS = 1;

    private Sending() {}

    /**
     * Waits until the server takes it. Looks again every second: gRPC (1.85) now and then does not wake who waits to send the first message of
     * a call, and would let it wait for ever.
     *
     * @return false if the call has ended
     */
    static <Q> boolean send(BlockingClientCall<Q, ?> call, Q message) throws InterruptedException, StatusException {
        while (true) {
            try {
                return call.write(message, LOOK_AGAIN_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException notYet) {
                // Nothing was sent.
            }
        }
    }
}
