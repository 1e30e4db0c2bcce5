package io.keelson.store.wire;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;

/** One message: the length of what follows (4 bytes), its kind (1), the number of the call (8), the body. */
final class Frame {

    /** An answer. */
    static final byte ANSWER = 0;

    /** There is no answer; the body says why, in UTF-8. */
    static final byte FAILURE = -1;

    static final int HEAD_BYTES = Byte.BYTES + Long.BYTES;

    /** A body up to here is made room for at once; of a longer one only what has come. */
    private static final int TRUSTED_BYTES = 2 << 20;

    private final byte kind;
    private final long call;
    private final byte[] body;

    private Frame(byte kind, long call, byte[] body) {
        this.kind = kind;
        this.call = call;
        this.body = body;
    }

    /** What is asked, 1 to 127; or what an answer is. */
    byte kind() {
        return kind;
    }

    /** Which call it begins or answers, on this connection. */
    long call() {
        return call;
    }

    /** Not changed by anybody. */
    byte[] body() {
        return body;
    }

    /**
     * Reads the next.
     *
     * @throws EOFException if the other side has ended
     * @throws IOException if it is longer than allowed, too short to be one, or cannot be read
     */
    static Frame read(DataInputStream in, int maxBytes) throws IOException {
        int length = in.readInt();
        if (length < HEAD_BYTES || length - HEAD_BYTES > maxBytes) {
            throw new IOException("a frame of " + length + " bytes; at most " + maxBytes + " are allowed");
        }
        byte kind = in.readByte();
        long call = in.readLong();
        int size = length - HEAD_BYTES;
        byte[] body;
        if (size <= TRUSTED_BYTES) {
            body = new byte[size];
            in.readFully(body);
        } else {
            body = in.readNBytes(size);
            if (body.length < size) {
                throw new EOFException("the connection ended within a frame");
            }
        }
        return new Frame(kind, call, body);
    }
}
