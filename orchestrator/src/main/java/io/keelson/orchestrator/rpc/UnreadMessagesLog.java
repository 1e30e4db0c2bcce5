package io.keelson.orchestrator.rpc;

import io.grpc.StatusRuntimeException;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Lets messages that could not be read have one line in the log each. Helidon tells of them by an error with its own stack trace; but it is
 * the caller who is wrong, and {@link UnreadMessages} tells it so.
 */
public final class UnreadMessagesLog implements Filter {

    /** Held, for a logger that nobody holds is forgotten, and its filter with it. */
    private static final Logger HELIDON = Logger.getLogger("io.helidon.webserver.grpc.GrpcProtocolHandler");

    private static final String TOO_LARGE = "gRPC message size exceeds max read buffer size";

    private UnreadMessagesLog() {}

    /** From now on, for all servers of this process. */
    public static void shorten() {
        HELIDON.setFilter(new UnreadMessagesLog());
    }

    @Override
    public boolean isLoggable(LogRecord line) {
        Throwable thrown = line.getThrown();
        if (thrown != null && isOfTheCaller(thrown)) {
            line.setLevel(Level.INFO);
            line.setMessage("a gRPC message was refused: " + thrown.getMessage());
            line.setThrown(null);
        }
        return true;
    }

    private static boolean isOfTheCaller(Throwable thrown) {
        return thrown instanceof StatusRuntimeException
                || (thrown instanceof IllegalStateException && TOO_LARGE.equals(thrown.getMessage()));
    }
}
