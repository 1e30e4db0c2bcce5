package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ContainerIo;
import io.keelson.orchestrator.api.NodeStream;
import io.keelson.proto.spdy.SpdyConnection;
import io.keelson.proto.spdy.SpdyStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program's streams as streams of SPDY, which the client opens. */
final class ProgramOverSpdy implements ProgramSide.Client, SpdyConnection.Listener {

    private static final Set<String> TYPES = Set.of("error", "stdin", "stdout", "stderr", "resize");

    /** So long a client may take to open its streams. */
    private static final Duration OPENING = Duration.ofSeconds(30);

    private final SpdyConnection connection;
    private final NodeStream node;
    private final Map<String, SpdyStream> streams = new ConcurrentHashMap<>();
    private final CountDownLatch missing;

    ProgramOverSpdy(Wire wire, NodeStream node, ContainerIo io) {
        this.connection = new SpdyConnection(wire.in(), wire.out(), SpdyConnection.Role.SERVER, this);
        this.node = node;
        int wanted = 1;
        for (boolean one : new boolean[] {io.stdin(), io.stdout(), io.stderr(), io.terminal()}) {
            wanted += one ? 1 : 0;
        }
        this.missing = new CountDownLatch(wanted);
    }

    /** Returns when the program has ended, or the client has gone. */
    void run() throws InterruptedException, Exchange.GoneException {
        Thread input = Thread.ofVirtual().name("spdy-input").start(this::read);
        try {
            if (!missing.await(OPENING.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the client did not open its streams within " + OPENING.toSeconds() + " s");
            }
            ProgramSide.carry(node, this);
            input.join(ProgramSide.FAREWELL);
        } catch (IOException e) {
            throw new Exchange.GoneException(e);
        }
    }

    private void read() {
        try {
            connection.read();
        } catch (IOException | ApiException e) {
            // The client has gone, which the end says.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            node.close();
        }
    }

    @Override
    public void opened(SpdyStream stream) {
        String type = stream.header("streamtype");
        if (TYPES.contains(type) && streams.put(type, stream) == null) {
            missing.countDown();
        }
    }

    @Override
    public void data(SpdyStream stream, byte[] bytes) throws InterruptedException {
        switch (stream.header("streamtype")) {
            case "stdin" -> node.write(bytes, 0, bytes.length);
            case "resize" -> ProgramSide.resize(node, bytes);
            default -> {
                // Clients have nothing to say on the others.
            }
        }
    }

    @Override
    public void ended(SpdyStream stream) {
        if (stream.header("streamtype").equals("stdin")) {
            node.endInput();
        }
    }

    @Override
    public void output(byte[] bytes) throws IOException {
        write("stdout", bytes);
    }

    @Override
    public void errors(byte[] bytes) throws IOException {
        write("stderr", bytes);
    }

    @Override
    public void end(byte[] verdict) throws IOException {
        write("error", verdict);
        for (SpdyStream stream : streams.values()) {
            stream.end();
        }
    }

    private void write(String type, byte[] bytes) throws IOException {
        Optional<SpdyStream> stream = Optional.ofNullable(streams.get(type));
        if (stream.isPresent()) {
            stream.get().write(bytes, 0, bytes.length);
        }
    }
}
