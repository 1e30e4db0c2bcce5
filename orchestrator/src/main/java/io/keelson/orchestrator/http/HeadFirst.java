package io.keelson.orchestrator.http;

import io.helidon.common.GenericType;
import io.helidon.common.media.type.MediaType;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http.spi.Sink;
import io.helidon.webserver.http.spi.SinkProvider;
import io.helidon.webserver.http.spi.SinkProviderContext;
import java.util.function.BiConsumer;

/**
 * Sends the head of an answer before there is anything of its body. Over HTTP/1.1 Helidon does that for nobody but sinks, which it looks for as
 * services: so this is one, of nothing. A client of Kubernetes waits for the head, and takes its watch for begun then.
 */
public final class HeadFirst implements SinkProvider<HeadFirst.Nothing> {

    private static final GenericType<Gone> GONE = GenericType.create(Gone.class);

    /** What is said through it. */
    public interface Nothing {}

    /** The head has been sent. */
    private static final class Gone implements Sink<Nothing> {

        @Override
        public Sink<Nothing> emit(Nothing nothing) {
            return this;
        }

        @Override
        public void close() {
            // The answer goes on.
        }
    }

    /** For Helidon, which finds it by its name. */
    public HeadFirst() {
        // It has nothing to remember.
    }

    /** Sends the head of an answer whose output stream has been asked for; nothing if it is sent already. */
    static void send(ServerResponse response) {
        response.sink(GONE).close();
    }

    @Override
    public boolean supports(GenericType<? extends Sink<?>> type, ServerRequest request) {
        return type.equals(GONE);
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Whoever asks for this type gets it.
    public <X extends Sink<Nothing>> X create(SinkProviderContext context) {
        context.flushHeaders();
        return (X) new Gone();
    }

    @Override
    @SuppressWarnings({"removal", "TypeParameterUnusedInFormals"}) // It must be there until it is gone.
    public <X extends Sink<Nothing>> X create(
            ServerResponse response, BiConsumer<Object, MediaType> events, Runnable close) {
        throw new UnsupportedOperationException("the head is sent by way of the context");
    }
}
