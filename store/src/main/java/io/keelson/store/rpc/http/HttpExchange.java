package io.keelson.store.rpc.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Optional;

/** An exchange on a connection. What is called from other threads is done on the connection's event loop, in order. */
final class HttpExchange implements Exchange {

    private final ChannelHandlerContext ctx;
    private final Request request;
    private final boolean chunked;
    private final boolean keepAlive;
    private final Runnable answered;

    // What follows belongs to the event loop.
    private Optional<Runnable> room = Optional.empty();
    private Optional<Runnable> whenGone = Optional.empty();
    private boolean stream;
    private boolean gone;
    private boolean done;

    /**
     * An exchange.
     *
     * @param chunked whether the client knows pieces (HTTP/1.1); if not, the end of the connection is the end of the stream
     * @param keepAlive whether the connection goes on afterwards
     * @param answered to be called on the event loop when the answer is written
     */
    HttpExchange(ChannelHandlerContext ctx, Request request, boolean chunked, boolean keepAlive, Runnable answered) {
        this.ctx = ctx;
        this.request = request;
        this.chunked = chunked;
        this.keepAlive = keepAlive;
        this.answered = answered;
    }

    @Override
    public Request request() {
        return request;
    }

    boolean isStream() {
        return stream;
    }

    /** Whether the connection can go on after the answer. */
    boolean keepsConnection() {
        return keepAlive && (chunked || !stream);
    }

    private void onLoop(Runnable task) {
        if (ctx.executor().inEventLoop()) {
            task.run();
        } else {
            ctx.executor().execute(task);
        }
    }

    @Override
    public void answer(Page page) {
        onLoop(() -> {
            if (gone || done) {
                return;
            }
            var response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(page.status()),
                    Unpooled.wrappedBuffer(page.body().asReadOnlyByteBuffer()));
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, page.body().size());
            page.headers().forEach(response.headers()::set);
            head(response, page.type());
            var _ = ctx.writeAndFlush(response);
            finish();
        });
    }

    private void head(HttpResponse response, String type) {
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, type);
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else if (!chunked) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    private void finish() {
        done = true;
        room = Optional.empty();
        whenGone = Optional.empty();
        answered.run();
    }

    @Override
    public void begin(int status, String type) {
        onLoop(() -> {
            if (gone || done) {
                return;
            }
            stream = true;
            var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
            head(response, type);
            if (chunked) {
                response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            } else {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
            var _ = ctx.write(response);
        });
    }

    @Override
    public void chunk(byte[] bytes, Runnable whenRoom) {
        onLoop(() -> {
            if (gone || done) {
                return;
            }
            var _ = ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
            if (ctx.channel().isWritable()) {
                whenRoom.run();
            } else {
                room = Optional.of(whenRoom);
            }
        });
    }

    /** The client has read on. */
    void writabilityChanged() {
        if (ctx.channel().isWritable() && room.isPresent()) {
            Runnable whenRoom = room.get();
            room = Optional.empty();
            whenRoom.run();
        }
    }

    @Override
    public void end() {
        onLoop(() -> {
            if (gone || done) {
                return;
            }
            var _ = ctx.writeAndFlush(new DefaultLastHttpContent());
            finish();
        });
    }

    @Override
    public void whenGone(Runnable listener) {
        onLoop(() -> {
            if (gone) {
                listener.run();
            } else if (!done) {
                whenGone = Optional.of(listener);
            }
        });
    }

    /** The connection is closed. */
    void gone() {
        gone = true;
        room = Optional.empty();
        whenGone.ifPresent(Runnable::run);
    }
}
