package io.keelson.store.rpc.http;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP/1.1 connection: takes requests whole, gives them to the {@link Site} one at a time, and writes the answers in their order, as
 * long as either side keeps the connection. All of its state belongs to the connection's event loop.
 */
public final class HttpConnection extends ChannelDuplexHandler {

    /** Requests, and bytes of their bodies, that may wait behind the one that is being answered; then nothing more is read. */
    private static final int MAX_WAITING = 16;

    private static final int MAX_WAITING_BYTES = 1 << 20;

    /** A request that is begun must go on, and a connection without any is given up at some time. */
    private static final int SILENCE_SECONDS = 30;

    private static final int SILENCES_WITHOUT_REQUEST = 10;

    private static final long LINGER_MILLIS = 500;

    /** Stands for a request of which not even the first line could be read. */
    private static final HttpRequest NOTHING = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");

    /** A request as it came, or what is wrong with it. */
    private record Arrived(HttpRequest head, ByteString body, Optional<Page> refusal) {}

    private final Site site;
    private final int maxBodyBytes;
    private final ChannelGroup connections;

    private final Queue<Arrived> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private Optional<HttpRequest> arriving = Optional.empty();
    private ByteString.Output body = ByteString.newOutput();
    private Optional<HttpExchange> current = Optional.empty();
    private boolean taking;
    private boolean deaf;
    private int silences;

    /**
     * A connection's handler.
     *
     * @param maxBodyBytes longest body; more is refused
     * @param connections where this one is to be noted
     */
    public HttpConnection(Site site, int maxBodyBytes, ChannelGroup connections) {
        this.site = site;
        this.maxBodyBytes = maxBodyBytes;
        this.connections = connections;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.pipeline()
                .addBefore(ctx.name(), null, new IdleStateHandler(SILENCE_SECONDS, 0, 0))
                .addBefore(ctx.name(), null, new HttpServerCodec());
        connections.add(ctx.channel());
    }

    // ---- in --------------------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            silences = 0;
            if (!deaf && message instanceof HttpObject part) {
                read(ctx, part);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void read(ChannelHandlerContext ctx, HttpObject part) {
        if (part.decoderResult().isFailure()) {
            refuse(
                    ctx,
                    arriving.orElse(part instanceof HttpRequest head ? head : NOTHING),
                    unreadable(part.decoderResult()));
            return;
        }
        if (part instanceof HttpRequest head) {
            arriving = Optional.of(head);
            body = ByteString.newOutput();
            if (HttpUtil.getContentLength(head, 0L) > maxBodyBytes) {
                refuse(ctx, head, tooLarge());
                return;
            }
            if (HttpUtil.is100ContinueExpected(head) && current.isEmpty() && waiting.isEmpty()) {
                var _ = ctx.writeAndFlush(new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
            }
        }
        if (part instanceof HttpContent content && arriving.isPresent()) {
            int length = content.content().readableBytes();
            if (body.size() + length > maxBodyBytes) {
                refuse(ctx, arriving.get(), tooLarge());
                return;
            }
            append(content.content());
            if (part instanceof LastHttpContent) {
                arrived(ctx, new Arrived(arriving.get(), body.toByteString(), Optional.empty()));
            }
        }
    }

    private void append(ByteBuf part) {
        try {
            part.readBytes(body, part.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("memory is no disk", e);
        }
    }

    private Page tooLarge() {
        return Page.text(413, "413 the body is longer than " + maxBodyBytes + " bytes\n");
    }

    private static Page unreadable(DecoderResult result) {
        return switch (result.cause()) {
            case TooLongHttpLineException _ -> Page.text(414, "414 the request line is too long\n");
            case TooLongHttpHeaderException _ -> Page.text(431, "431 the headers are too long\n");
            case null, default -> Page.text(400, "400 this is not HTTP/1.1 as it should be\n");
        };
    }

    /** Nothing that comes after can be understood, or is wanted. The answer still waits for its turn. */
    private void refuse(ChannelHandlerContext ctx, HttpRequest head, Page why) {
        deaf = true;
        arrived(ctx, new Arrived(head, ByteString.EMPTY, Optional.of(why)));
    }

    private void arrived(ChannelHandlerContext ctx, Arrived request) {
        arriving = Optional.empty();
        body = ByteString.newOutput();
        waiting.add(request);
        waitingBytes += request.body.size();
        takeNext(ctx);
        if (isFull()) {
            if (current.filter(HttpExchange::isStream).isPresent()) {
                // Behind a stream that may never end. If we stopped to read we would not see the client go.
                var _ = ctx.close();
            } else {
                var _ = ctx.channel().config().setAutoRead(false);
            }
        }
    }

    private boolean isFull() {
        return waiting.size() >= MAX_WAITING || waitingBytes >= MAX_WAITING_BYTES;
    }

    /** Who does not read answers gets no more of them made. */
    private void takeNext(ChannelHandlerContext ctx) {
        if (taking) {
            return;
        }
        taking = true;
        while (current.isEmpty() && ctx.channel().isWritable() && ctx.channel().isActive()) {
            Arrived next = waiting.poll();
            if (next == null) {
                break;
            }
            waitingBytes -= next.body.size();
            answer(ctx, next);
        }
        taking = false;
        if (!isFull() && !ctx.channel().config().isAutoRead()) {
            var _ = ctx.channel().config().setAutoRead(true);
        }
    }

    private void answer(ChannelHandlerContext ctx, Arrived arrived) {
        HttpRequest head = arrived.head;
        var from = ctx.channel().remoteAddress();
        Optional<Page> refusal = arrived.refusal;
        Request request;
        try {
            request = Request.of(head.method().name(), head.uri(), head.headers(), arrived.body, from);
        } catch (IllegalArgumentException e) {
            request = Request.of(head.method().name(), "/", head.headers(), arrived.body, from);
            refusal = Optional.of(Page.text(400, "400 the path cannot be read: " + e.getMessage() + "\n"));
        }
        var exchange = new HttpExchange(
                ctx,
                request,
                head.protocolVersion().isKeepAliveDefault(),
                arrived.refusal.isEmpty() && HttpUtil.isKeepAlive(head),
                () -> answered(ctx));
        current = Optional.of(exchange);
        refusal.ifPresentOrElse(exchange::answer, () -> site.handle(exchange));
    }

    private void answered(ChannelHandlerContext ctx) {
        boolean keep = current.filter(HttpExchange::keepsConnection).isPresent();
        current = Optional.empty();
        if (keep) {
            takeNext(ctx);
            return;
        }
        boolean unreadBytes = deaf;
        deaf = true;
        waiting.clear();
        waitingBytes = 0;
        ChannelFuture written = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (unreadBytes) {
            // Closed with bytes unread, a connection is reset, and the client may never see why it was refused.
            var _ = ctx.executor().schedule(() -> close(ctx), LINGER_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            var _ = written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static void close(ChannelHandlerContext ctx) {
        var _ = ctx.close();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        current.ifPresent(HttpExchange::writabilityChanged);
        takeNext(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        waiting.clear();
        waitingBytes = 0;
        current.ifPresent(HttpExchange::gone);
        current = Optional.empty();
        ctx.fireChannelInactive();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            silences++;
            boolean idle = current.isEmpty() && waiting.isEmpty();
            if (arriving.isPresent() || (idle && silences >= SILENCES_WITHOUT_REQUEST)) {
                var _ = ctx.close();
            }
        }
    }

    /** A broken connection: there is nobody to tell. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var _ = ctx.close();
    }

    // ---- out -------------------------------------------------------------------------------------------------------

    /**
     * gRPC, whose transport this connection once was, writes commands of its own, such as "close" when no HTTP/2 handshake came in time.
     * They are not meant for HTTP; what ends this connection is said through the group that it is in.
     */
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpObject || message.equals(Unpooled.EMPTY_BUFFER)) {
            var _ = ctx.write(message, promise);
        } else {
            ReferenceCountUtil.release(message);
            promise.setSuccess();
        }
    }
}
