package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.NodeStream;
import io.keelson.orchestrator.api.PodStreams;
import io.keelson.proto.spdy.SpdyConnection;
import io.keelson.proto.spdy.SpdyStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/** Connections to the ports of a pod: for each the client opens two streams, one for what goes wrong and one for the bytes. */
final class PortsOverSpdy implements SpdyConnection.Listener {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SpdyConnection connection;
    private final String pod;
    private final PodStreams.Ports ports;
    /** By the number that the client gives both streams of a connection. */
    private final Map<String, Forwarded> open = new ConcurrentHashMap<>();

    PortsOverSpdy(Wire wire, String pod, PodStreams.Ports ports) {
        this.connection = new SpdyConnection(wire.in(), wire.out(), SpdyConnection.Role.SERVER, this);
        this.pod = pod;
        this.ports = ports;
    }

    /** Returns when the client has gone. */
    void run() throws InterruptedException, Exchange.GoneException {
        try {
            connection.read();
        } catch (IOException e) {
            throw new Exchange.GoneException(e);
        } finally {
            open.values().forEach(Forwarded::close);
        }
    }

    @Override
    public void opened(SpdyStream stream) {
        Forwarded forwarded = open.computeIfAbsent(stream.header("requestid"), _ -> new Forwarded());
        switch (stream.header("streamtype")) {
            case "error" -> forwarded.errors = Optional.of(stream);
            case "data" -> {
                forwarded.data = Optional.of(stream);
                Thread.ofVirtual().name("forward").start(() -> forwarded.run(stream));
            }
            default -> {
                // Nothing else is known.
            }
        }
    }

    @Override
    public void data(SpdyStream stream, byte[] bytes) throws InterruptedException {
        if (stream.header("streamtype").equals("data")) {
            Optional<NodeStream> node = of(stream).flatMap(Forwarded::connected);
            if (node.isPresent()) {
                node.get().write(bytes, 0, bytes.length);
            }
        }
    }

    @Override
    public void ended(SpdyStream stream) {
        if (stream.header("streamtype").equals("data")) {
            of(stream).flatMap(Forwarded::connected).ifPresent(node -> {
                if (stream.wasReset()) {
                    node.close();
                } else {
                    node.endInput();
                }
            });
        }
    }

    private Optional<Forwarded> of(SpdyStream stream) {
        return Optional.ofNullable(open.get(stream.header("requestid")));
    }

    /** One connection. */
    private final class Forwarded {
        private final CompletableFuture<Optional<NodeStream>> node = new CompletableFuture<>();
        private volatile Optional<SpdyStream> errors = Optional.empty();
        private volatile Optional<SpdyStream> data = Optional.empty();

        /** The way to the pod, once it stands; empty if it does not come to stand. */
        private Optional<NodeStream> connected() {
            try {
                return node.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            } catch (ExecutionException e) {
                throw new IllegalStateException("it is completed with a value only", e);
            }
        }

        private void run(SpdyStream stream) {
            String port = stream.header("port");
            try (NodeStream to = ports.connect(number(port))) {
                // Not so if the client has gone meanwhile.
                if (node.complete(Optional.of(to))) {
                    copy(to, stream);
                }
            } catch (ApiException e) {
                fail("error forwarding port " + port + " to pod " + pod + ": " + e.getMessage());
            } catch (IOException e) {
                // The client has gone.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                node.complete(Optional.empty());
                open.remove(stream.header("requestid"));
                end();
            }
        }

        private static void copy(NodeStream from, SpdyStream to) throws InterruptedException, IOException {
            while (true) {
                switch (from.next(PATIENCE)) {
                    case NodeStream.Piece.Output output -> to.write(output.bytes(), 0, output.bytes().length);
                    case NodeStream.Piece.Errors _, NodeStream.Piece.Silence _ -> {}
                    case NodeStream.Piece.End _ -> {
                        return;
                    }
                }
            }
        }

        private static int number(String port) {
            if (!port.matches("[0-9]{1,5}")) {
                throw ApiException.badRequest("\"" + port + "\" is not a port");
            }
            return Integer.parseInt(port);
        }

        private void fail(String why) {
            byte[] bytes = why.getBytes(StandardCharsets.UTF_8);
            try {
                if (errors.isPresent()) {
                    errors.get().write(bytes, 0, bytes.length);
                }
            } catch (IOException e) {
                // The client has gone.
            }
        }

        private void end() {
            try {
                if (errors.isPresent()) {
                    errors.get().end();
                }
                if (data.isPresent()) {
                    data.get().end();
                }
            } catch (IOException e) {
                // The client has gone.
            }
        }

        private void close() {
            node.complete(Optional.empty());
            connected().ifPresent(NodeStream::close);
        }
    }
}
