package io.keelson.agent.runtime.containerd;

import io.keelson.agent.net.NetworkNamespace;
import io.keelson.agent.runtime.ContainerStreams;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.proto.spdy.SpdyConnection;
import io.keelson.proto.spdy.SpdyStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Streams of a container by containerd's streaming server, over SPDY/3.1: its WebSocket has no way to say that stdin has ended. The address
 * that CRI gives out is good for one use.
 */
final class CriStreams implements ContainerStreams, SpdyConnection.Listener {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int HEAD_BYTES_MAX = 16 * 1024;
    /** So many bytes wait for their reader; then the connection does. */
    private static final int BUFFER_BYTES = 64 * 1024;
    /** The verdict is a small object; what is longer is cut. */
    private static final int VERDICT_BYTES_MAX = 64 * 1024;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Socket socket;
    private final Wanted wanted;
    private final PipedInputStream stdout = new PipedInputStream(BUFFER_BYTES);
    private final PipedInputStream stderr = new PipedInputStream(BUFFER_BYTES);
    private final PipedOutputStream fillStdout;
    private final PipedOutputStream fillStderr;
    private final ByteArrayOutputStream verdict = new ByteArrayOutputStream();
    private final CountDownLatch verdictRead = new CountDownLatch(1);
    private final SpdyConnection connection;
    private final SpdyStream errors;
    private OutputStream stdin = OutputStream.nullOutputStream();
    private OutputStream sizes = OutputStream.nullOutputStream();

    private CriStreams(Socket socket, Wanted wanted) throws IOException {
        this.socket = socket;
        this.wanted = wanted;
        this.fillStdout = new PipedOutputStream(stdout);
        this.fillStderr = new PipedOutputStream(stderr);
        this.connection =
                new SpdyConnection(socket.getInputStream(), socket.getOutputStream(), SpdyConnection.Role.CLIENT, this);
        this.errors = open("error");
    }

    /**
     * Goes to the address that CRI has given out.
     *
     * @throws IOException if the streaming server cannot be reached, or refuses
     */
    static CriStreams open(String url, NetworkNamespace netns, Wanted wanted) throws IOException {
        URI address = URI.create(url);
        Socket socket = netns.connect(new InetSocketAddress(address.getHost(), address.getPort()), CONNECT);
        try {
            socket.setTcpNoDelay(true);
            upgrade(socket, address);
            CriStreams streams = new CriStreams(socket, wanted);
            Thread.ofPlatform().daemon().name("cri-stream").start(streams::read);
            streams.openWanted();
            return streams;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void upgrade(Socket socket, URI address) throws IOException {
        String request = "POST " + address.getRawPath() + " HTTP/1.1\r\nHost: " + address.getAuthority()
                + "\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n"
                + "Content-Length: 0\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        String head = head(socket.getInputStream());
        if (!head.startsWith("HTTP/1.1 101 ")) {
            String line = head.lines().findFirst().orElse("nothing");
            throw new IOException("containerd's streaming server answers: " + line);
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || head.length() > HEAD_BYTES_MAX) {
                throw new IOException("containerd's streaming server ended its answer early: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private SpdyStream open(String type) throws IOException {
        return connection.open(Map.of("streamtype", type));
    }

    private void openWanted() throws IOException {
        if (wanted.stdin()) {
            stdin = new Written(open("stdin"));
        }
        if (wanted.stdout()) {
            open("stdout");
        } else {
            fillStdout.close();
        }
        if (wanted.stderr() && !wanted.terminal()) {
            open("stderr");
        } else {
            fillStderr.close();
        }
        if (wanted.terminal()) {
            sizes = new Written(open("resize"));
        }
    }

    private void read() {
        try {
            connection.read();
        } catch (IOException e) {
            // Closed by us or lost: what is missing is told by exitCode.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            verdictRead.countDown();
            end(fillStdout);
            end(fillStderr);
        }
    }

    private static void end(OutputStream pipe) {
        try {
            pipe.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a pipe does not fail", e);
        }
    }

    @Override
    public void opened(SpdyStream stream) {
        // All streams are ours.
    }

    @Override
    public void data(SpdyStream stream, byte[] bytes) throws IOException {
        switch (stream.header("streamtype")) {
            case "stdout" -> give(fillStdout, bytes);
            case "stderr" -> give(fillStderr, bytes);
            case "error" -> verdict.write(bytes, 0, Math.min(bytes.length, VERDICT_BYTES_MAX - verdict.size()));
            default -> {
                // Nothing is said on the others.
            }
        }
    }

    private static void give(OutputStream pipe, byte[] bytes) throws IOException {
        pipe.write(bytes);
        pipe.flush();
    }

    @Override
    public void ended(SpdyStream stream) throws IOException {
        switch (stream.header("streamtype")) {
            case "stdout" -> fillStdout.close();
            case "stderr" -> fillStderr.close();
            case "error" -> verdictRead.countDown();
            default -> {
                // The program has closed what it reads; writing to it fails by itself.
            }
        }
    }

    private static final class Written extends OutputStream {
        private final SpdyStream stream;

        Written(SpdyStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            stream.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            stream.end();
        }
    }

    @Override
    public OutputStream stdin() {
        return stdin;
    }

    @Override
    public InputStream stdout() {
        return stdout;
    }

    @Override
    public InputStream stderr() {
        return stderr;
    }

    @Override
    public void resize(int columns, int rows) {
        String size = "{\"Width\":" + columns + ",\"Height\":" + rows + "}";
        try {
            sizes.write(size.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The connection is lost, which the readers see.
        }
    }

    @Override
    public int exitCode() throws InterruptedException {
        verdictRead.await();
        String text = verdict.toString(StandardCharsets.UTF_8);
        if (text.isEmpty()) {
            throw new RuntimeFault.Unavailable("containerd ended the connection without saying how the command ended");
        }
        try {
            return exitCode(JSON.readTree(text));
        } catch (JacksonException notJson) {
            throw new RuntimeFault.ExecFailed(text);
        }
    }

    /** A Status of Kubernetes: success, or a code among its causes, or why the command could not be run. */
    static int exitCode(JsonNode status) {
        if (status.path("status").asString("").equals("Success")) {
            return 0;
        }
        for (JsonNode cause : status.path("details").path("causes")) {
            if (cause.path("reason").asString("").equals("ExitCode")) {
                return cause.path("message").asInt(-1);
            }
        }
        throw new RuntimeFault.ExecFailed(status.path("message").asString("the command could not be run"));
    }

    @Override
    public void close() {
        try {
            errors.end();
        } catch (IOException e) {
            // Then it is closed already.
        }
        try {
            socket.close();
        } catch (IOException e) {
            throw new RuntimeFault.Failed("closing a stream of containerd", e);
        }
        try {
            // Who waits for room in a pipe must see that nobody reads any more.
            stdout.close();
            stderr.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a pipe does not fail", e);
        }
    }
}
