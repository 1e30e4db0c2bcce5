package io.keelson.orchestrator.http;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The server's side of a WebSocket (RFC 6455), for messages of bytes or of text. What comes is given out in pieces however long a message is, so that
 * none has to be kept. Pings are answered while {@link #next} is called.
 */
final class WebSocket {

    /** All is well, and over. */
    static final int NORMAL = 1000;

    /** A client broke the rules. */
    static final int PROTOCOL_ERROR = 1002;

    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int PIECE_BYTES = 16 * 1024;
    private static final int CONTROL_BYTES_MAX = 125;

    private static final int CONTINUED = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    /**
     * A part of a message. It is passed on and not compared, so an array does no harm in it.
     *
     * @param begins whether it is the first of its message
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Piece(boolean begins, byte[] bytes) {}

    private final DataInputStream in;
    private final OutputStream out;
    private final ReentrantLock writing = new ReentrantLock();
    private boolean closeSent;
    private boolean answersLater;
    private boolean closing;
    private long left;
    private byte[] mask = new byte[4];
    private int maskAt;
    private boolean begins;

    private WebSocket(Wire wire) {
        this.in = new DataInputStream(wire.in());
        this.out = wire.out();
    }

    /** Whether the client asks for one. */
    static boolean isAsked(Exchange exchange) {
        return exchange.header("Upgrade").equalsIgnoreCase("websocket")
                && !exchange.header("Sec-WebSocket-Key").isEmpty();
    }

    /** Says yes, in one of the protocols that the client has offered; without one only if it has offered none. */
    static WebSocket accept(Exchange exchange, Wire wire, Optional<String> protocol) throws Exchange.GoneException {
        exchange.switchProtocols(
                wire,
                "Upgrade: websocket\r\nSec-WebSocket-Accept: " + proof(exchange.header("Sec-WebSocket-Key")) + "\r\n"
                        + protocol.map(agreed -> "Sec-WebSocket-Protocol: " + agreed + "\r\n")
                                .orElse(""));
        return new WebSocket(wire);
    }

    private static String proof(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /** The next piece of a message; empty when the client has closed. */
    Optional<Piece> next() throws IOException {
        while (left == 0) {
            int first = in.read();
            if (first < 0) {
                return Optional.empty();
            }
            int second = in.readUnsignedByte();
            long length = length(second & 0x7f);
            if ((second & 0x80) == 0 || length < 0) {
                close(PROTOCOL_ERROR);
                return Optional.empty();
            }
            in.readFully(mask);
            maskAt = 0;
            switch (first & 0x0f) {
                case CONTINUED -> left = length;
                case TEXT, BINARY -> {
                    left = length;
                    begins = true;
                }
                default -> {
                    if (!control(first & 0x0f, length)) {
                        return Optional.empty();
                    }
                }
            }
        }
        byte[] bytes = unmasked((int) Math.min(left, PIECE_BYTES));
        left -= bytes.length;
        Piece piece = new Piece(begins, bytes);
        begins = false;
        return Optional.of(piece);
    }

    private long length(int small) throws IOException {
        return switch (small) {
            case 126 -> in.readUnsignedShort();
            case 127 -> in.readLong();
            default -> small;
        };
    }

    private byte[] unmasked(int length) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        for (int i = 0; i < length; i++) {
            bytes[i] ^= mask[maskAt++ & 3];
        }
        return bytes;
    }

    /** Whether it goes on. */
    private boolean control(int code, long length) throws IOException {
        if (length > CONTROL_BYTES_MAX) {
            close(PROTOCOL_ERROR);
            return false;
        }
        byte[] bytes = unmasked((int) length);
        switch (code) {
            case PING -> frame(PONG, bytes, 0, bytes.length);
            case PONG -> {
                // An answer to nobody's question.
            }
            case CLOSE -> {
                closing = true;
                if (!answersLater) {
                    close(NORMAL);
                }
                return false;
            }
            default -> {
                close(PROTOCOL_ERROR);
                return false;
            }
        }
        return true;
    }

    /** Leaves it to {@link #close} to answer a client that closes: what it has written may need a while. Before anything is read. */
    void answerLater() {
        answersLater = true;
    }

    /** Whether the client has closed in good order, so that it has written all that it wanted. For the thread that reads. */
    boolean isClosing() {
        return closing;
    }

    /** Sends a message that begins with the number of a channel. */
    void send(int channel, byte[] bytes) throws IOException {
        byte[] message = new byte[bytes.length + 1];
        message[0] = (byte) channel;
        System.arraycopy(bytes, 0, message, 1, bytes.length);
        frame(BINARY, message, 0, message.length);
    }

    /**
     * Sends whole messages, all in one piece.
     *
     * @param text whether they are text, which must be UTF-8
     */
    void sendAll(List<byte[]> messages, boolean text) throws IOException {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            frames.writeBytes(head(text ? TEXT : BINARY, message.length));
            frames.writeBytes(message);
        }
        write(frames.toByteArray(), false);
    }

    /** Asks whether anybody is there. That this fails is how it is noticed that nobody is. */
    void ping() throws IOException {
        frame(PING, new byte[0], 0, 0);
    }

    private void frame(int code, byte[] bytes, int offset, int length) throws IOException {
        byte[] head = head(code, length);
        byte[] frame = Arrays.copyOf(head, head.length + length);
        System.arraycopy(bytes, offset, frame, head.length, length);
        write(frame, code == CLOSE);
    }

    private static byte[] head(int code, int length) {
        byte[] head = new byte[length < 126 ? 2 : length < 1 << 16 ? 4 : 10];
        head[0] = (byte) (0x80 | code);
        head[1] = (byte) (head.length == 2 ? length : head.length == 4 ? 126 : 127);
        for (int i = 2; i < head.length; i++) {
            head[i] = (byte) ((long) length >> (8 * (head.length - 1 - i)));
        }
        return head;
    }

    private void write(byte[] frames, boolean last) throws IOException {
        writing.lock();
        try {
            if (!closeSent) {
                closeSent = last;
                out.write(frames);
            }
        } finally {
            writing.unlock();
        }
    }

    /** Says goodbye; nothing is sent after it. */
    void close(int code) throws IOException {
        frame(CLOSE, new byte[] {(byte) (code >> 8), (byte) code}, 0, 2);
    }

    /** All messages as one stream of bytes, and one stream of bytes as messages: another protocol within this one. */
    Wire carrying() {
        return new Wire(new Carried(), new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                frame(BINARY, bytes, offset, length);
            }
        });
    }

    private final class Carried extends PieceInput {
        private byte[] piece = new byte[0];
        private int at;

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (at == piece.length) {
                Optional<Piece> next = next();
                if (next.isEmpty()) {
                    return -1;
                }
                piece = next.get().bytes();
                at = 0;
            }
            int n = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, into, offset, n);
            at += n;
            return n;
        }
    }
}
