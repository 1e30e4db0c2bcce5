package io.keelson.orchestrator.http.frames;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.http2.Http2ErrorCode;
import io.helidon.http.http2.Http2Exception;

/**
 * What the client sends, without the frames that are to be ignored. Helidon reads the preface, then by turns the head of a frame and the
 * rest of it, each at once and each with {@link #readBuffer(int)}; nothing is copied.
 */
final class FramesIn extends DataReader {

    /** With what a connection begins (RFC 9113, 3.4). */
    private static final int PREFACE_BYTES = 24;

    /** In so many frames headers may come besides the first. Clients fill them, with 16 KiB; Helidon keeps any number of empty ones. */
    private static final int MAX_CONTINUATIONS = 1_000;

    private final DataReader wire;
    private final OpenStreams streams;

    /** Bytes before the next head. */
    private int rest = PREFACE_BYTES;

    private int continuations;
    private FrameHead frame = new FrameHead(PREFACE_BYTES, FrameHead.SETTINGS, 0, 0);
    private final HeaderSize headers = new HeaderSize();

    @SuppressWarnings("removal") // Helidon has no other way to read differently.
    FramesIn(DataReader wire, OpenStreams streams) {
        super(() -> {
            throw new UnsupportedOperationException("HTTP/2 is read by frames");
        });
        this.wire = wire;
        this.streams = streams;
    }

    @Override
    public BufferData readBuffer(int length) {
        if (rest > 0) {
            return rest(length);
        }
        if (length != FrameHead.BYTES) {
            throw new IllegalStateException("the head of a frame has 9 bytes, and is not read by " + length);
        }
        while (true) {
            BufferData bytes = wire.readBuffer(FrameHead.BYTES);
            FrameHead head = FrameHead.at(bytes);
            continuations = head.type() == FrameHead.CONTINUATION ? continuations + 1 : 0;
            if (continuations > MAX_CONTINUATIONS) {
                throw new Http2Exception(Http2ErrorCode.ENHANCE_YOUR_CALM, "headers in too many frames");
            }
            if (streams.received(head)) {
                rest = head.length();
                frame = head;
                return bytes;
            }
            wire.skip(head.length());
        }
    }

    private BufferData rest(int length) {
        rest -= length;
        BufferData bytes = wire.readBuffer(length);
        if (frame.isOfHeaders()) {
            if (length != frame.length()) {
                throw new IllegalStateException("a frame of headers is read whole, and not by " + length + " bytes");
            }
            headers.count(frame, bytes);
        }
        return bytes;
    }
}
