package io.keelson.orchestrator.http.frames;

import io.helidon.common.buffers.BufferData;

/**
 * The first nine bytes of a frame (RFC 9113, 4.1).
 *
 * @param length bytes that follow
 * @param type one of those below, or another
 * @param flags bits, whose meaning depends on the type
 * @param stream whom it concerns; 0 is the connection
 */
record FrameHead(int length, int type, int flags, int stream) {

    static final int BYTES = 9;

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;

    private static final int END_STREAM = 1;

    /** Reads it from the next bytes, and leaves them where they are. */
    static FrameHead at(BufferData bytes) {
        return new FrameHead(
                bytes.get(0) << 16 | bytes.get(1) << 8 | bytes.get(2),
                bytes.get(3),
                bytes.get(4),
                (bytes.get(5) & 0x7f) << 24 | bytes.get(6) << 16 | bytes.get(7) << 8 | bytes.get(8));
    }

    /** Whether its sender says that it is the last one of its stream. */
    boolean ends() {
        return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }
}
