package io.keelson.store.rpc.http;

import com.google.protobuf.Message;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What comes of a call, as HTTP. */
final class GatewayCall {

    private static final String JSON = "application/json";

    private GatewayCall() {}

    /** A call with one answer. */
    static final class One extends ClientCall.Listener<Message> {

        private final Exchange exchange;
        private Optional<Message> answer = Optional.empty();

        One(Exchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void onMessage(Message message) {
            answer = Optional.of(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            exchange.answer(
                    status.isOk() && answer.isPresent()
                            ? Page.json(200, Json.print(answer.get()))
                            : GatewayErrors.page(GatewayErrors.http(status.getCode()), status));
        }
    }

    /** A call with a stream of answers, of which one is on its way to the client: the next is asked for when there is room. */
    static final class Many extends ClientCall.Listener<Message> {

        private final Exchange exchange;
        private final ClientCall<Message, Message> call;
        private boolean begun;

        Many(Exchange exchange, ClientCall<Message, Message> call) {
            this.exchange = exchange;
            this.call = call;
        }

        @Override
        public void onMessage(Message message) {
            begin(200);
            line("{\"result\":" + Json.print(message) + "}", () -> call.request(1));
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            // As with etcd the status of HTTP tells of an error only as long as nothing else was said.
            begin(GatewayErrors.http(status.getCode()));
            if (!status.isOk()) {
                line("{\"error\":" + GatewayErrors.json(status) + "}", () -> {});
            }
            exchange.end();
        }

        private void begin(int status) {
            if (!begun) {
                begun = true;
                exchange.begin(status, JSON);
            }
        }

        private void line(String json, Runnable room) {
            exchange.chunk((json + "\n").getBytes(StandardCharsets.UTF_8), room);
        }
    }
}
