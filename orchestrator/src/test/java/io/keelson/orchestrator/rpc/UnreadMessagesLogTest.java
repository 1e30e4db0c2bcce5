package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.CreateRequest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class UnreadMessagesLogTest extends OverGrpc {

    private static final Logger HELIDON = Logger.getLogger("io.helidon.webserver.grpc.GrpcProtocolHandler");

    /** Keeps what is logged. */
    private static final class Kept extends Handler {
        private final Queue<LogRecord> lines = new ConcurrentLinkedQueue<>();

        @Override
        public void publish(LogRecord line) {
            lines.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    void aMessageThatIsTooLargeIsOneLineInTheLog() {
        Kept kept = new Kept();
        HELIDON.addHandler(kept);
        try {
            CreateRequest large = CreateRequest.newBuilder()
                    .setObject(json("x".repeat(10 << 20)))
                    .build();
            assertThat(failure(() -> resources().create(large)).getStatus().getCode())
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            TestServer.await("a line", () -> !kept.lines.isEmpty());
        } finally {
            HELIDON.removeHandler(kept);
        }
        assertThat(kept.lines).singleElement().satisfies(line -> {
            assertThat(line.getMessage())
                    .startsWith("a gRPC message was refused: ")
                    .doesNotContain("\n");
            assertThat(line.getThrown()).isNull();
            assertThat(line.getLevel()).isEqualTo(Level.INFO);
        });
    }

    @Test
    void whatIsNobodysMistakeKeepsItsStackTrace() {
        LogRecord broken = new LogRecord(Level.SEVERE, "Failed to process grpc request");
        broken.setThrown(new IllegalStateException("a bug"));
        HELIDON.log(broken);
        assertThat(broken.getThrown()).hasMessage("a bug");
        assertThat(broken.getLevel()).isEqualTo(Level.SEVERE);
    }
}
