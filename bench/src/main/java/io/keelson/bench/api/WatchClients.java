package io.keelson.bench.api;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;

/** Many clients, each with a connection and a watch of pods. Of an event they read only when the change was sent. */
final class WatchClients implements AutoCloseable {

    private static final byte[] MARK =
            ("\"annotations\":{\"" + Pods.SENT + "\":\"").getBytes(StandardCharsets.US_ASCII);
    private static final int DIGITS = 16;
    private static final int OPENING_SECONDS = 120;
    private static final int AT_ONCE = 50;

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("watchers", true), NioIoHandler.newFactory());
    private final List<Channel> channels = new ArrayList<>();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final ConcurrentHistogram micros = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(2), 3);
    private volatile boolean counting;

    /**
     * Opens watches from now on, spread over all servers.
     *
     * @param perClient the label selector of a client, empty for none
     * @param accept in which form, empty for the objects
     */
    static WatchClients open(
            Servers servers, int count, java.util.function.IntFunction<String> perClient, String accept)
            throws IOException, InterruptedException {
        var clients = new WatchClients();
        SslContext tls = servers.nettyTls();
        String version = resourceVersion(servers);
        for (int from = 0; from < count; from += AT_ONCE) {
            int several = Math.min(AT_ONCE, count - from);
            var opened = new CountDownLatch(several);
            for (int i = from; i < from + several; i++) {
                clients.open(servers.port(i), tls, request(version, perClient.apply(i), accept), opened);
            }
            if (!opened.await(OPENING_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(
                        "watches do not open: " + opened.getCount() + " of " + several + " after " + from);
            }
        }
        return clients;
    }

    private static String resourceVersion(Servers servers) throws IOException, InterruptedException {
        String list = new String(
                servers.send(
                                0,
                                "GET",
                                "/api/v1/namespaces/" + Pods.NAMESPACE + "/pods?limit=1",
                                "application/json",
                                new byte[0])
                        .body(),
                StandardCharsets.UTF_8);
        int at = list.lastIndexOf("\"resourceVersion\":\"", list.indexOf("\"items\""));
        return list.substring(at + 19, list.indexOf('"', at + 19));
    }

    private static String request(String version, String selector, String accept) {
        return "GET /api/v1/pods?watch=true&allowWatchBookmarks=true&resourceVersion=" + version
                + (selector.isEmpty() ? "" : "&labelSelector=" + URLEncoder.encode(selector, StandardCharsets.UTF_8))
                + " HTTP/1.1\r\nHost: bench\r\n"
                + (accept.isEmpty() ? "" : "Accept: " + accept + "\r\n") + "\r\n";
    }

    private void open(int port, SslContext tls, String request, CountDownLatch opened) {
        var _ = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(tls.newHandler(channel.alloc(), "127.0.0.1", port));
                        channel.pipeline().addLast(new Events(opened));
                    }
                })
                .connect("127.0.0.1", port)
                .addListener((io.netty.channel.ChannelFuture done) -> {
                    if (done.isSuccess()) {
                        synchronized (channels) {
                            channels.add(done.channel());
                        }
                        var _ = done.channel()
                                .writeAndFlush(done.channel()
                                        .alloc()
                                        .buffer()
                                        .writeBytes(request.getBytes(StandardCharsets.US_ASCII)));
                    }
                });
    }

    /** Finds events in what comes; an event's mark that is torn between two reads is put together again. */
    private final class Events extends SimpleChannelInboundHandler<ByteBuf> {

        private final CountDownLatch opened;
        private final byte[] rest = new byte[MARK.length + DIGITS];
        private int kept;
        private boolean begun;

        Events(CountDownLatch opened) {
            this.opened = opened;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
            if (!begun) {
                begun = true;
                opened.countDown();
            }
            byte[] bytes = new byte[kept + in.readableBytes()];
            System.arraycopy(rest, 0, bytes, 0, kept);
            in.readBytes(bytes, kept, bytes.length - kept);
            int at = 0;
            int next = find(bytes, at);
            while (next >= 0 && next + MARK.length + DIGITS <= bytes.length) {
                event(bytes, next + MARK.length);
                // Behind the padding; an event is longer than that.
                at = Math.min(bytes.length, next + 2_900);
                next = find(bytes, at);
            }
            int from = next >= 0 ? next : Math.max(at, bytes.length - MARK.length + 1);
            kept = bytes.length - from;
            System.arraycopy(bytes, from, rest, 0, kept);
        }

        private static int find(byte[] bytes, int from) {
            int last = MARK.length - 1;
            // As Boyer and Moore: most bytes are not looked at.
            for (int at = from + last; at < bytes.length; ) {
                byte c = bytes[at];
                if (c == '"' && matches(bytes, at - last)) {
                    return at - last;
                }
                at += c == 'x' ? MARK.length : 1;
            }
            return -1;
        }

        private static boolean matches(byte[] bytes, int at) {
            for (int i = 0; i < MARK.length; i++) {
                if (bytes[at + i] != MARK[i]) {
                    return false;
                }
            }
            return true;
        }

        private void event(byte[] bytes, int at) {
            if (!counting) {
                return;
            }
            long sent = 0;
            for (int i = 0; i < DIGITS; i++) {
                sent = sent * 10 + (bytes[at + i] - '0');
            }
            events.incrementAndGet();
            micros.recordValue(Math.max(0, (System.nanoTime() - sent) / 1_000));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            ended.incrementAndGet();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            var _ = context.close();
        }
    }

    /** From now on events count. */
    void count() {
        counting = true;
    }

    long events() {
        return events.get();
    }

    /** How many watches have ended that should not have. */
    long ended() {
        return ended.get();
    }

    double p99Millis() {
        return micros.getValueAtPercentile(99) / 1000.0;
    }

    double p50Millis() {
        return micros.getValueAtPercentile(50) / 1000.0;
    }

    @Override
    public void close() {
        synchronized (channels) {
            channels.forEach(channel -> {
                var _ = channel.close();
            });
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
