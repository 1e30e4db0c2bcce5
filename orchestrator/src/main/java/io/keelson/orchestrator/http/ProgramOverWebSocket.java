package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ContainerIo;
import io.keelson.orchestrator.api.NodeStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program's streams as numbered channels of a WebSocket. */
final class ProgramOverWebSocket implements ProgramSide.Client {

    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    private static final int ERROR = 3;
    private static final int RESIZE = 4;
    /** From version 5 on: what follows is the number of a channel on which no more will come. */
    private static final int CLOSE = 255;

    private final WebSocket client;
    private final NodeStream node;
    private final ContainerIo io;
    private final boolean channelsEnd;
    private final boolean closingEndsInput;
    private final CountDownLatch over = new CountDownLatch(1);

    /**
     * Carries a program's streams.
     *
     * @param command whether it is a command of the client's own, and not one that was there before
     */
    ProgramOverWebSocket(WebSocket client, NodeStream node, ContainerIo io, String protocol, boolean command) {
        this.client = client;
        this.node = node;
        this.io = io;
        this.channelsEnd = protocol.startsWith("v5.");
        this.closingEndsInput = command && io.stdin();
    }

    /** Returns when the program has ended, or the client has gone. */
    void run() throws InterruptedException, Exchange.GoneException {
        try {
            // Clients may wait for a first message to know that all stands.
            client.send(io.stdout() ? STDOUT : io.stderr() ? STDERR : ERROR, new byte[0]);
            if (closingEndsInput) {
                client.answerLater();
            }
            Thread input = Thread.ofVirtual().name("websocket-input").start(this::read);
            try {
                ProgramSide.carry(node, this);
            } finally {
                over.countDown();
            }
            client.close(WebSocket.NORMAL);
            input.join(ProgramSide.FAREWELL);
        } catch (IOException e) {
            throw new Exchange.GoneException(e);
        }
    }

    private void read() {
        int channel = -1;
        try {
            for (Optional<WebSocket.Piece> next = client.next(); next.isPresent(); next = client.next()) {
                WebSocket.Piece piece = next.get();
                byte[] bytes = piece.bytes();
                if (piece.begins()) {
                    channel = bytes[0] & 0xff;
                    bytes = Arrays.copyOfRange(bytes, 1, bytes.length);
                }
                if (bytes.length > 0) {
                    take(channel, bytes);
                }
            }
            if (closingEndsInput && client.isClosing()) {
                // Before version 5 this is the only way to say that there is no more, and what was written is still to
                // be read.
                node.endInput();
                boolean _ = over.await(ProgramSide.FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (IOException e) {
            // The client has gone, which the end says.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            node.close();
        }
    }

    private void take(int channel, byte[] bytes) throws InterruptedException {
        switch (channel) {
            case STDIN -> {
                if (io.stdin()) {
                    node.write(bytes, 0, bytes.length);
                }
            }
            case RESIZE -> ProgramSide.resize(node, bytes);
            case CLOSE -> {
                if (channelsEnd && bytes[0] == STDIN) {
                    node.endInput();
                }
            }
            default -> {
                // Clients have nothing to say on the others.
            }
        }
    }

    @Override
    public void output(byte[] bytes) throws IOException {
        client.send(STDOUT, bytes);
    }

    @Override
    public void errors(byte[] bytes) throws IOException {
        client.send(STDERR, bytes);
    }

    @Override
    public void end(byte[] verdict) throws IOException {
        client.send(ERROR, verdict);
    }
}
