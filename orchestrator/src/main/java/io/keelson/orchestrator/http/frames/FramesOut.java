package io.keelson.orchestrator.http.frames;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;

/** What the client is sent. Helidon writes each frame with one call. */
final class FramesOut implements DataWriter {

    private final DataWriter wire;
    private final OpenStreams streams;

    FramesOut(DataWriter wire, OpenStreams streams) {
        this.wire = wire;
        this.streams = streams;
    }

    private BufferData seen(BufferData frame) {
        if (frame.available() >= FrameHead.BYTES) {
            streams.sent(FrameHead.at(frame));
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
