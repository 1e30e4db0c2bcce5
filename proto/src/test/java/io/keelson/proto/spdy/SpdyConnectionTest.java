package io.keelson.proto.spdy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Both sides of a connection, joined by pipes. */
class SpdyConnectionTest {

    /** Sends back what comes, and ends when the other side does. */
    private static final class Echo implements SpdyConnection.Listener {
        private final List<String> types = new ArrayList<>();

        @Override
        public void opened(SpdyStream stream) {
            types.add(stream.header("streamtype"));
        }

        @Override
        public void data(SpdyStream stream, byte[] bytes) throws IOException {
            stream.write(bytes, 0, bytes.length);
        }

        @Override
        public void ended(SpdyStream stream) throws IOException {
            stream.end();
        }
    }

    private static final class Collected implements SpdyConnection.Listener {
        private final Map<SpdyStream, ByteArrayOutputStream> bytes = new ConcurrentHashMap<>();
        private final CountDownLatch ended;

        Collected(int streams) {
            ended = new CountDownLatch(streams);
        }

        @Override
        public void opened(SpdyStream stream) {}

        @Override
        public void data(SpdyStream stream, byte[] more) {
            bytes.computeIfAbsent(stream, _ -> new ByteArrayOutputStream()).writeBytes(more);
        }

        @Override
        public void ended(SpdyStream stream) {
            ended.countDown();
        }
    }

    private static void reading(SpdyConnection connection) {
        Thread.ofVirtual().start(() -> {
            try {
                connection.read();
            } catch (IOException | InterruptedException e) {
                // The test is over.
            }
        });
    }

    @Test
    void streamsGoBothWaysBesideEachOther() throws Exception {
        try (ServerSocket port = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket near = new Socket(port.getInetAddress(), port.getLocalPort());
                Socket far = port.accept()) {
            streamsGoBothWays(near, far);
        }
    }

    private static void streamsGoBothWays(Socket near, Socket far) throws Exception {
        Echo echo = new Echo();
        int streams = 5;
        Collected collected = new Collected(streams);
        SpdyConnection server =
                new SpdyConnection(far.getInputStream(), far.getOutputStream(), SpdyConnection.Role.SERVER, echo);
        SpdyConnection client = new SpdyConnection(
                near.getInputStream(), near.getOutputStream(), SpdyConnection.Role.CLIENT, collected);
        reading(server);
        reading(client);
        long seed = 4711;
        Random random = new Random(seed);
        Map<SpdyStream, byte[]> sent = new ConcurrentHashMap<>();
        for (int i = 0; i < streams; i++) {
            SpdyStream stream = client.open(Map.of("streamtype", "data", "port", Integer.toString(i)));
            byte[] bytes = new byte[random.nextInt(200_000)];
            random.nextBytes(bytes);
            sent.put(stream, bytes);
            Thread.ofVirtual().start(() -> {
                try {
                    stream.write(bytes, 0, bytes.length);
                    stream.end();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        }
        assertThat(collected.ended.await(30, TimeUnit.SECONDS))
                .as("seed " + seed)
                .isTrue();
        sent.forEach((stream, bytes) ->
                assertThat(collected.bytes.get(stream).toByteArray()).isEqualTo(bytes));
        assertThat(echo.types).hasSize(streams).containsOnly("data");
        assertThat(client.streams()).isEmpty();
    }

    @Test
    void whatIsWrittenAfterTheEndIsNotSent() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SpdyConnection client = new SpdyConnection(
                java.io.InputStream.nullInputStream(), out, SpdyConnection.Role.CLIENT, new Collected(0));
        SpdyStream stream = client.open(Map.of("streamtype", "stdin"));
        stream.end();
        int before = out.size();
        stream.write("late".getBytes(StandardCharsets.UTF_8), 0, 4);
        stream.end();
        assertThat(out.size()).isEqualTo(before);
    }
}
