package io.keelson.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.v1.ExecRequest;
import io.keelson.proto.v1.ExecResponse;
import io.keelson.proto.v1.StreamsGrpc;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What recordings are made with behaves as servers do. */
class StandInTest {

    private static final String NAME = "stand-in";

    @Test
    void programAnswersTheFirstMessageAndNotTheCall() throws Exception {
        // All calls are made on this thread: what has not been said yet will not be.
        var channel = InProcessChannelBuilder.forName(NAME).directExecutor().build();
        try (var _ = StandIn.start(InProcessServerBuilder.forName(NAME).directExecutor())) {
            var heard = new Heard();
            var call = StreamsGrpc.newStub(channel).exec(heard);

            assertThat(heard.messages).isEmpty();

            call.onNext(ExecRequest.getDefaultInstance());

            assertThat(heard.messages).containsExactly("STARTED", "STDOUT", "EXITED", "end");
        } finally {
            channel.shutdownNow();
        }
    }

    private static final class Heard implements StreamObserver<ExecResponse> {
        private final List<String> messages = new ArrayList<>();

        @Override
        public void onNext(ExecResponse message) {
            messages.add(message.getMessageCase().name());
        }

        @Override
        public void onError(Throwable failure) {
            messages.add(failure.toString());
        }

        @Override
        public void onCompleted() {
            messages.add("end");
        }
    }
}
