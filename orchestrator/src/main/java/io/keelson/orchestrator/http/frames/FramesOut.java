package io.keelson.orchestrator.http.frames;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What the client is sent. Helidon writes each frame with one call. Who writes to a stream that the client has given up fails as if the
 * connection was broken; nothing is counted as sent then, neither for the stream nor for the connection.
 */
final class FramesOut implements DataWriter {

    private final DataWriter wire;
    private final OpenStreams streams;

    FramesOut(DataWriter wire, OpenStreams streams) {
        this.wire = wire;
        this.streams = streams;
    }

    private BufferData seen(BufferData frame) {
        if (frame.available() >= FrameHead.BYTES && !streams.sent(FrameHead.at(frame))) {
            throw new UncheckedIOException(new IOException("the client has given up this stream"));
        }
        return frame;
    }

    @Override
    public void write(BufferData... parts) {
        wire.write(seen(BufferData.create(parts)));
    }

    @Override
    public void write(BufferData frame) {
        wire.write(seen(frame));
    }

    @Override
    public void writeNow(BufferData... parts) {
        wire.writeNow(seen(BufferData.create(parts)));
    }

    @Override
    public void writeNow(BufferData frame) {
        wire.writeNow(seen(frame));
    }

    @Override
    public void flush() {
        wire.flush();
    }

    @Override
    public void close() {
        wire.close();
    }
}
