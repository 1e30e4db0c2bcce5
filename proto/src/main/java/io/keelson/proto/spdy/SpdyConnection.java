package io.keelson.proto.spdy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyHeaders;
import io.netty.handler.codec.spdy.SpdyHeadersFrame;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection, over any pair of byte streams. One thread calls {@link #read}; any thread may write.
 *
 * <p>What a peer sends is never kept here: {@link Listener#data} is called with it at once, and while that waits nothing is read.
 */
public final class SpdyConnection {

    /** So many streams may be open at once; one more is refused. */
    public static final int STREAMS_MAX = 256;

    private static final int CHUNK_BYTES = 16 * 1024;

    /** Which side of the connection this is. The client's streams and pings have odd numbers, the server's even ones. */
    public enum Role {
        CLIENT(1),
        SERVER(2);

        private final int firstStream;

        Role(int firstStream) {
            this.firstStream = firstStream;
        }

        private boolean isOurs(int id) {
            return id % 2 == firstStream % 2;
        }
    }

    /** What comes from the peer. Called on the reading thread. */
    public interface Listener {

        /** The peer has opened a stream; it is told that it may use it. */
        void opened(SpdyStream stream) throws IOException;

        /** Bytes on a stream. The connection waits until this returns. */
        void data(SpdyStream stream, byte[] bytes) throws IOException, InterruptedException;

        /** There will be no more bytes on this stream. */
        void ended(SpdyStream stream) throws IOException;
    }

    private final InputStream in;
    private final OutputStream out;
    private final Role role;
    private final Listener listener;
    private final Map<Integer, SpdyStream> streams = new ConcurrentHashMap<>();
    private final AtomicInteger nextStream;
    private final ReentrantLock writing = new ReentrantLock();
    // The state of the headers' compression is in the codec, one for each direction, so that each is used under one
    // lock or by one thread.
    private final EmbeddedChannel encoder = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private final EmbeddedChannel decoder = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));

    /** A connection on which HTTP has been left behind already. */
    public SpdyConnection(InputStream in, OutputStream out, Role role, Listener listener) {
        this.in = in;
        this.out = out;
        this.role = role;
        this.listener = listener;
        this.nextStream = new AtomicInteger(role.firstStream);
    }

    /** Opens a stream. Names of headers must be in lower case. */
    public SpdyStream open(Map<String, String> headers) throws IOException {
        writing.lock();
        try {
            int id = nextStream.getAndAdd(2);
            SpdyStream stream = new SpdyStream(this, id, headers);
            streams.put(id, stream);
            SpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
            headers.forEach((name, value) -> frame.headers().add(name, value));
            write(frame);
            return stream;
        } finally {
            writing.unlock();
        }
    }

    /** Reads until the peer closes; returns then. */
    public void read() throws IOException, InterruptedException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                decoder.writeInbound(Unpooled.copiedBuffer(chunk, 0, n));
                for (Object frame = decoder.readInbound(); frame != null; frame = decoder.readInbound()) {
                    try {
                        handle(frame);
                    } finally {
                        ReferenceCountUtil.release(frame);
                    }
                }
            }
        } finally {
            decoder.finishAndReleaseAll();
        }
    }

    private void handle(Object frame) throws IOException, InterruptedException {
        switch (frame) {
            case SpdySynStreamFrame open -> opened(open);
            case SpdySynReplyFrame reply -> endedIf(reply.isLast(), reply.streamId());
            case SpdyHeadersFrame more -> endedIf(more.isLast(), more.streamId());
            case SpdyDataFrame data -> data(data);
            case SpdyRstStreamFrame reset -> {
                SpdyStream stream = streams.get(reset.streamId());
                if (stream != null) {
                    stream.reset();
                    ended(stream);
                }
            }
            case SpdyPingFrame ping -> {
                if (!role.isOurs(ping.id())) {
                    writeAlone(new DefaultSpdyPingFrame(ping.id()));
                }
            }
            default -> {
                // Settings, windows and farewells: the end of the connection says all that matters.
            }
        }
    }

    private void opened(SpdySynStreamFrame frame) throws IOException {
        int id = frame.streamId();
        if (frame.isInvalid() || role.isOurs(id) || streams.containsKey(id)) {
            writeAlone(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.PROTOCOL_ERROR));
            return;
        }
        if (streams.size() >= STREAMS_MAX) {
            writeAlone(new DefaultSpdyRstStreamFrame(id, SpdyStreamStatus.REFUSED_STREAM));
            return;
        }
        SpdyStream stream = new SpdyStream(this, id, headers(frame.headers()));
        streams.put(id, stream);
        SpdySynReplyFrame reply = new DefaultSpdySynReplyFrame(id);
        // Without any header Netty writes no block of headers, not even that there are none, and clients in Go wait for
        // it.
        reply.headers().add("server", "keelson");
        writeAlone(reply);
        listener.opened(stream);
        endedIf(frame.isLast(), id);
    }

    private static Map<String, String> headers(SpdyHeaders headers) {
        Map<String, String> all = new HashMap<>();
        headers.forEach(header ->
                all.putIfAbsent(header.getKey().toString(), header.getValue().toString()));
        return all;
    }

    private void data(SpdyDataFrame frame) throws IOException, InterruptedException {
        SpdyStream stream = streams.get(frame.streamId());
        if (stream == null) {
            return;
        }
        byte[] bytes = new byte[frame.content().readableBytes()];
        frame.content().readBytes(bytes);
        if (bytes.length > 0) {
            listener.data(stream, bytes);
        }
        endedIf(frame.isLast(), frame.streamId());
    }

    private void endedIf(boolean last, int id) throws IOException {
        SpdyStream stream = streams.get(id);
        if (last && stream != null) {
            ended(stream);
        }
    }

    private void ended(SpdyStream stream) throws IOException {
        if (stream.endTheirs()) {
            listener.ended(stream);
        }
        forgetIfOver(stream);
    }

    private void forgetIfOver(SpdyStream stream) {
        if (stream.over()) {
            streams.remove(stream.id());
        }
    }

    void send(SpdyStream stream, byte[] bytes, int offset, int length) throws IOException {
        for (int at = offset; at < offset + length; at += CHUNK_BYTES) {
            int n = Math.min(CHUNK_BYTES, offset + length - at);
            writeAlone(new DefaultSpdyDataFrame(stream.id(), Unpooled.copiedBuffer(bytes, at, n)));
        }
    }

    void sendEnd(SpdyStream stream) throws IOException {
        writeAlone(new DefaultSpdyDataFrame(stream.id()).setLast(true));
        forgetIfOver(stream);
    }

    private void writeAlone(Object frame) throws IOException {
        writing.lock();
        try {
            write(frame);
        } finally {
            writing.unlock();
        }
    }

    private void write(Object frame) throws IOException {
        encoder.writeOutbound(frame);
        for (Object made = encoder.readOutbound(); made != null; made = encoder.readOutbound()) {
            ByteBuf bytes = (ByteBuf) made;
            try {
                bytes.readBytes(out, bytes.readableBytes());
            } finally {
                bytes.release();
            }
        }
        out.flush();
    }

    /** Streams that are open. */
    public List<SpdyStream> streams() {
        return List.copyOf(streams.values());
    }
}
