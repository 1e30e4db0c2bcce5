package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.NodeStream;
import io.keelson.orchestrator.api.PodStreams;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * One connection to each of some ports, as clients in Java do it: the first has channels 0 for bytes and 1 for what goes wrong, the second 2 and
 * 3, and so on. The first message on each is the port, two bytes, the lower first.
 */
final class PortsOverWebSocket {

    /** Channels are numbered in one byte. */
    private static final int PORTS_MAX = 127;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final WebSocket client;
    private final PodStreams.Ports ports;
    private final List<Integer> wanted;
    private final Map<Integer, NodeStream> nodes = new ConcurrentHashMap<>();
    private final CountDownLatch connected;

    PortsOverWebSocket(WebSocket client, PodStreams.Ports ports, List<Integer> wanted) {
        this.client = client;
        this.ports = ports;
        this.wanted = wanted;
        this.connected = new CountDownLatch(wanted.size());
    }

    /** Reads the ports of a query: repeated, or with commas. */
    static List<Integer> wanted(List<String> parameters) {
        List<Integer> ports = parameters.stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(PortsOverWebSocket::number)
                .toList();
        if (ports.isEmpty() || ports.size() > PORTS_MAX) {
            throw ApiException.badRequest("query parameter \"ports\" is required, with 1 to " + PORTS_MAX + " ports");
        }
        return ports;
    }

    /** The ports of a query, if it names any: other protocols name each with its connection. */
    static List<Integer> given(List<String> parameters) {
        return parameters.isEmpty() ? List.of() : wanted(parameters);
    }

    private static int number(String text) {
        if (!text.matches("[0-9]{1,5}")) {
            throw ApiException.badRequest("query parameter \"ports\": \"" + text + "\" is not a port");
        }
        return Integer.parseInt(text);
    }

    /** Returns when the client has gone. */
    void run() throws InterruptedException, Exchange.GoneException {
        try {
            for (int i = 0; i < wanted.size(); i++) {
                int port = wanted.get(i);
                byte[] first = {(byte) port, (byte) (port >> 8)};
                client.send(2 * i, first);
                client.send(2 * i + 1, first);
                int number = i;
                Thread.ofVirtual().name("forward").start(() -> forward(number, port));
            }
            connected.await();
            read();
        } catch (IOException e) {
            throw new Exchange.GoneException(e);
        } finally {
            nodes.values().forEach(NodeStream::close);
        }
    }

    private void forward(int number, int port) {
        try (NodeStream node = ports.connect(port)) {
            nodes.put(number, node);
            connected.countDown();
            copy(node, 2 * number);
        } catch (ApiException e) {
            fail(number, e);
        } catch (IOException e) {
            // The client has gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connected.countDown();
        }
    }

    private void copy(NodeStream from, int channel) throws InterruptedException, IOException {
        while (true) {
            switch (from.next(PATIENCE)) {
                case NodeStream.Piece.Output output -> client.send(channel, output.bytes());
                case NodeStream.Piece.Errors _, NodeStream.Piece.Silence _ -> {}
                case NodeStream.Piece.End _ -> {
                    if (wanted.size() == 1) {
                        // There is no other way to say that the pod's side has ended.
                        client.close(WebSocket.NORMAL);
                    }
                    return;
                }
            }
        }
    }

    private void fail(int number, ApiException why) {
        try {
            client.send(2 * number + 1, String.valueOf(why.getMessage()).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private void read() throws IOException, InterruptedException {
        int channel = -1;
        for (Optional<WebSocket.Piece> next = client.next(); next.isPresent(); next = client.next()) {
            byte[] bytes = next.get().bytes();
            if (next.get().begins()) {
                channel = bytes[0] & 0xff;
                bytes = Arrays.copyOfRange(bytes, 1, bytes.length);
            }
            Optional<NodeStream> node = Optional.ofNullable(nodes.get(channel / 2));
            if (bytes.length > 0 && channel % 2 == 0 && node.isPresent()) {
                node.get().write(bytes, 0, bytes.length);
            }
        }
    }
}
