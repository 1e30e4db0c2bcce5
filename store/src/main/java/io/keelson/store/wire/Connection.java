package io.keelson.store.wire;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import jdk.net.ExtendedSocketOptions;

/** One connection: frames come on the thread that reads it, and go on the thread that sends, without a hand-over between. */
final class Connection implements AutoCloseable {

    /** Begins each direction: whoever speaks something else, or another version of this, is sent away. */
    private static final byte[] PREFACE = "keelson members 1\n".getBytes(StandardCharsets.US_ASCII);

    private static final int BUFFER_BYTES = 32 << 10;

    private static final int HANDSHAKE_MILLIS = 5_000;

    private static final int SILENCE_SECONDS = 10;

    private static final int PROBE_SECONDS = 3;

    private static final int PROBES = 3;

    /** What is closed: under TLS the plain one, as TLS would wait for who writes to take leave. */
    private final Socket plain;

    private final DataInputStream in;
    private final Buffered out;
    private final ReentrantLock sending = new ReentrantLock();
    private final int maxBytes;

    /**
     * Ready when both sides have said what they speak. Blocks for a few seconds at most.
     *
     * @param plain connected
     * @param talking the same, or TLS over it
     * @param maxBytes the longest body that is read
     * @throws IOException if the other side does not speak this
     */
    Connection(Socket plain, Socket talking, int maxBytes) throws IOException {
        this.plain = plain;
        this.maxBytes = maxBytes;
        plain.setTcpNoDelay(true);
        plain.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        if (plain.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            // Whose machine is gone says no good-bye, and who only reads would never know.
            plain.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, SILENCE_SECONDS);
            plain.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, PROBE_SECONDS);
            plain.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
        }
        talking.setSoTimeout(HANDSHAKE_MILLIS);
        this.out = new Buffered(talking.getOutputStream());
        this.in = new DataInputStream(new BufferedInputStream(talking.getInputStream(), BUFFER_BYTES));
        out.write(PREFACE);
        out.flush();
        byte[] theirs = in.readNBytes(PREFACE.length);
        if (theirs.length == 0) {
            throw new EOFException("the other end says nothing");
        }
        if (!Arrays.equals(theirs, PREFACE)) {
            throw new IOException("what is at the other end is no member of this version");
        }
        talking.setSoTimeout(0);
    }

    /** The next frame; waits for it. */
    Frame read() throws IOException {
        return Frame.read(in, maxBytes);
    }

    /** Sends a frame; waits while the other side takes nothing and what lies between is full. */
    void send(byte kind, long call, Payload body) throws IOException {
        sending.lock();
        try {
            out.head(Frame.HEAD_BYTES + body.size(), kind, call);
            body.writeTo(out);
            out.flush();
        } finally {
            sending.unlock();
        }
    }

    @Override
    public void close() {
        try {
            plain.close();
        } catch (IOException e) {
            System.getLogger(Connection.class.getName())
                    .log(System.Logger.Level.DEBUG, "a connection did not close cleanly", e);
        }
    }

    /** As the JDK's, but without a lock of its own, and with what a frame begins with. */
    private static final class Buffered extends OutputStream {

        private final OutputStream to;
        private final byte[] bytes = new byte[BUFFER_BYTES];
        private int count;

        Buffered(OutputStream to) {
            this.to = to;
        }

        void head(int length, byte kind, long call) throws IOException {
            for (int shift = 24; shift >= 0; shift -= 8) {
                write(length >>> shift);
            }
            write(kind);
            for (int shift = 56; shift >= 0; shift -= 8) {
                write((int) (call >>> shift));
            }
        }

        @Override
        public void write(int value) throws IOException {
            if (count == bytes.length) {
                flush();
            }
            bytes[count++] = (byte) value;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            if (length > bytes.length - count) {
                flush();
            }
            if (length >= bytes.length) {
                to.write(from, offset, length);
            } else {
                System.arraycopy(from, offset, bytes, count, length);
                count += length;
            }
        }

        @Override
        public void flush() throws IOException {
            to.write(bytes, 0, count);
            count = 0;
        }
    }
}
