package io.keelson.orchestrator.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Events as messages of a WebSocket, one each: of text, or of bytes if they are protobuf. What the client says means nothing; that it closes is the end of its watch. */
final class EventsOverWebSocket implements EventSink {

    private final WebSocket client;
    private final boolean protobuf;
    private final Thread reader;
    private final List<byte[]> waiting = new ArrayList<>();
    private int waitingBytes;

    private EventsOverWebSocket(WebSocket client, boolean protobuf, Thread reader) {
        this.client = client;
        this.protobuf = protobuf;
        this.reader = reader;
    }

    /**
     * Accepts the client, in the first of the protocols that it offers: none has a meaning for a watch.
     *
     * @param gone called when the client has closed, by another thread
     */
    static EventsOverWebSocket accept(Exchange exchange, Wire wire, boolean protobuf, Runnable gone)
            throws Exchange.GoneException {
        Optional<String> protocol = exchange.headers("Sec-WebSocket-Protocol").stream()
                .filter(offered -> !offered.isEmpty())
                .findFirst();
        WebSocket client = WebSocket.accept(exchange, wire, protocol);
        Thread reader = Thread.ofVirtual().name("websocket-watch").start(() -> awaitClose(client, gone));
        return new EventsOverWebSocket(client, protobuf, reader);
    }

    private static void awaitClose(WebSocket client, Runnable gone) {
        try {
            Optional<WebSocket.Piece> said = client.next();
            while (said.isPresent()) {
                said = client.next();
            }
        } catch (IOException e) {
            // It has gone without a word.
        } finally {
            gone.run();
        }
    }

    @Override
    public void write(byte[] event, boolean more) throws Exchange.GoneException {
        // A message has a length already.
        waiting.add(protobuf ? Arrays.copyOfRange(event, Integer.BYTES, event.length) : event);
        waitingBytes += event.length;
        if (!more || waitingBytes >= PIECE_BYTES) {
            flush();
        }
    }

    @Override
    public void flush() throws Exchange.GoneException {
        if (!waiting.isEmpty()) {
            send(() -> client.sendAll(waiting, !protobuf));
            waiting.clear();
            waitingBytes = 0;
        }
    }

    @Override
    public void nothing() throws Exchange.GoneException {
        send(client::ping);
    }

    @Override
    public void end() throws InterruptedException, Exchange.GoneException {
        send(() -> client.close(WebSocket.NORMAL));
        // Whoever is cut off before he has said goodbye may lose what he was sent last.
        reader.join(ProgramSide.FAREWELL);
    }

    private interface Sending {
        void run() throws IOException;
    }

    private static void send(Sending sending) throws Exchange.GoneException {
        try {
            sending.run();
        } catch (IOException e) {
            throw new Exchange.GoneException(e);
        }
    }
}
