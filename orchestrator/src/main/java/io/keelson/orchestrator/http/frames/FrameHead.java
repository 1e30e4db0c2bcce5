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
    static final int SETTINGS = 4;
    static final int CONTINUATION = 9;

    private static final int END_STREAM = 1;

    /** Reads it from the next bytes, and leaves them where they are. */
    static FrameHead at(BufferData bytes) {
        return new FrameHead(
                number(bytes, 0, 3), number(bytes, 3, 1), number(bytes, 4, 1), number(bytes, 5, 4) & Integer.MAX_VALUE);
    }

    private static int number(BufferData bytes, int from, int length) {
        int number = 0;
        for (int i = from; i < from + length; i++) {
            // With a sign or without one: that depends on the kind of buffer.
            number = (number << 8) | (bytes.get(i) & 0xff);
        }
        return number;
    }

    /** Whether its sender says that it is the last one of its stream. */
    boolean ends() {
        return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }

    /** Whether headers, or a part of them, follow. */
    boolean isOfHeaders() {
        return type == HEADERS || type == CONTINUATION;
    }
}
