package io.keelson.orchestrator.http;

import io.helidon.common.buffers.BufferData;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A gRPC message of which not all has come: five bytes that tell its length, then so many more. It takes no more memory than twice what has come. */
final class PartialMessage {

    private static final int HEAD_BYTES = 5;
    private static final int FIRST_BYTES = 512;

    private byte[] bytes = new byte[HEAD_BYTES];
    private int filled;

    /** Takes what belongs to the head, or what belongs to the rest. The length must be one that is allowed when the rest is taken. */
    void add(BufferData data) {
        int whole = tellsLength() ? Math.toIntExact(HEAD_BYTES + length()) : HEAD_BYTES;
        int more = Math.min(whole - filled, data.available());
        if (filled + more > bytes.length) {
            int larger = Math.max(filled + more, Math.max(FIRST_BYTES, 2 * bytes.length));
            bytes = Arrays.copyOf(bytes, Math.min(whole, larger));
        }
        while (more > 0) {
            int read = data.read(bytes, filled, more);
            filled += read;
            more -= read;
        }
    }

    boolean isBegun() {
        return filled > 0;
    }

    boolean tellsLength() {
        return filled >= HEAD_BYTES;
    }

    /** Bytes after the head, up to 4 GiB. */
    long length() {
        return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt(1));
    }

    boolean isCompressed() {
        return bytes[0] != 0;
    }

    boolean isWhole() {
        return tellsLength() && filled == HEAD_BYTES + length();
    }

    /** All of it, with its head. */
    BufferData whole() {
        return BufferData.create(bytes, 0, filled);
    }
}
