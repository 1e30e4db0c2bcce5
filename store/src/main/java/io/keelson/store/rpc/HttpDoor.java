package io.keelson.store.rpc;

import io.keelson.store.node.Replica;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The HTTP/1.1 pages of a member, one connection: {@code /health}, {@code /livez}, {@code /readyz}, {@code /version}. One request
 * a connection: who asks for health asks seldom, and a connection that is closed needs no bound on its life.
 */
final class HttpDoor extends ChannelDuplexHandler {

    /** Nobody has to send a body here. */
    private static final int MAX_BODY_BYTES = 64 << 10;

    private static final int READ_TIMEOUT_SECONDS = 30;

    private final Replica replica;
    private final Executor workers;

    HttpDoor(Replica replica, Executor workers) {
        this.replica = replica;
        this.workers = workers;
    }

    /** What a page says. */
    private record Page(HttpResponseStatus status, String type, String body) {
        static Page json(HttpResponseStatus status, String body) {
            return new Page(status, "application/json", body);
        }

        static Page text(HttpResponseStatus status, String body) {
            return new Page(status, "text/plain; charset=utf-8", body);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.pipeline()
                .addBefore(ctx.name(), null, new ReadTimeoutHandler(READ_TIMEOUT_SECONDS))
                .addBefore(ctx.name(), null, new HttpServerCodec())
                .addBefore(ctx.name(), null, new HttpObjectAggregator(MAX_BODY_BYTES));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof FullHttpRequest request) {
                boolean head = request.method().equals(HttpMethod.HEAD);
                var _ = page(request).thenAccept(page -> answer(ctx, page, head));
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private CompletableFuture<Page> page(FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return CompletableFuture.completedFuture(
                    Page.text(HttpResponseStatus.BAD_REQUEST, "400 this is not HTTP/1.1 as it should be\n"));
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return CompletableFuture.completedFuture(
                    Page.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "405 only GET and HEAD are served here\n"));
        }
        int question = request.uri().indexOf('?');
        String path = question < 0 ? request.uri() : request.uri().substring(0, question);
        String query = question < 0 ? "" : request.uri().substring(question + 1);
        return switch (path) {
            case "/health" -> health(("&" + query + "&").contains("&serializable=true&"));
            case "/livez" -> readable(false).thenApply(reason -> probe("serializable_read", reason));
            case "/readyz" -> readable(true).thenApply(reason -> probe("linearizable_read", reason));
            case "/version" ->
                CompletableFuture.completedFuture(Page.json(
                        HttpResponseStatus.OK,
                        "{\"etcdserver\":\"%s\",\"etcdcluster\":\"%s\",\"storage\":\"%s\"}"
                                .formatted(
                                        MaintenanceService.VERSION,
                                        MaintenanceService.CLUSTER_VERSION,
                                        MaintenanceService.CLUSTER_VERSION)));
            default ->
                CompletableFuture.completedFuture(Page.text(
                        HttpResponseStatus.NOT_FOUND,
                        "404 served here: /health, /livez, /readyz, /version, and gRPC; etcd's JSON gateway (/v3/...)"
                                + " and /metrics are not built yet\n"));
        };
    }

    private CompletableFuture<Page> health(boolean serializable) {
        if (!serializable && replica.standing().leader().isEmpty()) {
            return CompletableFuture.completedFuture(unhealthy("RAFT NO LEADER"));
        }
        return readable(!serializable)
                .thenApply(reason -> reason.isEmpty()
                        ? Page.json(HttpResponseStatus.OK, "{\"health\":\"true\",\"reason\":\"\"}")
                        : unhealthy("RANGE ERROR:" + reason));
    }

    private static Page unhealthy(String reason) {
        // The texts are those of Failures and ours above: nothing in them needs escaping but the quote.
        return Page.json(
                HttpResponseStatus.SERVICE_UNAVAILABLE,
                "{\"health\":\"false\",\"reason\":\""
                        + reason.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}");
    }

    private static Page probe(String check, String reason) {
        return reason.isEmpty()
                ? Page.text(HttpResponseStatus.OK, "ok\n")
                : Page.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "[-]" + check + " failed: " + reason + "\n");
    }

    /** Empty if the store can be read, otherwise why not. */
    private CompletableFuture<String> readable(boolean linearizable) {
        CompletableFuture<Boolean> barrier =
                linearizable ? replica.readBarrier().thenApply(_ -> true) : CompletableFuture.completedFuture(true);
        return barrier.thenApplyAsync(
                        _ -> {
                            replica.read(view -> view.revision());
                            return "";
                        },
                        workers)
                .exceptionally(error -> {
                    String why = Failures.status(error).getDescription();
                    return why == null ? error.toString() : why;
                });
    }

    private static void answer(ChannelHandlerContext ctx, Page page, boolean head) {
        byte[] body = page.body.getBytes(StandardCharsets.UTF_8);
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, page.status, head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.type)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (page.status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    /** gRPC, whose transport this connection once was, writes its own commands when the server stops: they all mean close. */
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof FullHttpResponse) {
            var _ = ctx.write(message, promise);
        } else {
            ReferenceCountUtil.release(message);
            var _ = ctx.close(promise);
        }
    }

    /** A broken connection or a client that sends nothing: there is nobody to tell. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var _ = ctx.close();
    }
}
