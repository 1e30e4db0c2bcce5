package io.keelson.store.rpc;

import io.grpc.Grpc;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.keelson.store.Door;
import io.keelson.store.Tls;
import io.keelson.store.tls.Credentials;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * Decides for each connection whether it speaks gRPC or HTTP/1.1, by its first bytes after TLS, as etcd's port does. The bytes
 * decide and not ALPN alone, because a client without ALPN is served as well.
 */
final class FrontDoor implements InternalProtocolNegotiator.ProtocolNegotiator {

    /**
     * TLS of a door.
     *
     * @param credentials that the context is made of
     */
    record Secure(SslContext context, Credentials credentials) {}

    private final Optional<Secure> tls;
    private final Door.Serves serves;
    private final Supplier<ChannelHandler> http;
    private final InternalProtocolNegotiator.ProtocolNegotiator grpc = InternalProtocolNegotiators.serverPlaintext();

    /**
     * @param serves what is answered here; a connection that speaks something else is closed
     * @param http makes the handler that takes over a connection that speaks HTTP/1.1
     */
    FrontDoor(Optional<Secure> tls, Door.Serves serves, Supplier<ChannelHandler> http) {
        this.tls = tls;
        this.serves = serves;
        this.http = http;
    }

    /**
     * TLS that asks clients for a certificate where that is wanted.
     *
     * <p>HTTP/1.1 is preferred where a client offers both: browsers, curl and probes do and want a page; gRPC clients offer h2
     * only.
     *
     * @throws SSLException if the JDK cannot do it
     * @throws io.keelson.store.tls.TlsProblem if a file cannot be read or is not what it should be
     */
    static Secure tls(Tls tls) throws SSLException {
        var credentials = Credentials.load(tls);
        SslContext context = SslContextBuilder.forServer(credentials.keys())
                .sslProvider(SslProvider.JDK)
                .trustManager(credentials.trust())
                .clientAuth(tls.others().mustShow() ? ClientAuth.REQUIRE : ClientAuth.NONE)
                .protocols("TLSv1.3", "TLSv1.2")
                .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_1_1,
                        ApplicationProtocolNames.HTTP_2))
                .build();
        return new Secure(context, credentials);
    }

    @Override
    public AsciiString scheme() {
        return AsciiString.of(tls.isPresent() ? "https" : "http");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler connection) {
        return new FirstBytes(grpc.newHandler(connection));
    }

    @Override
    public void close() {
        grpc.close();
    }

    /** Waits for as many bytes as it takes to tell, then gives the connection away and leaves. */
    private final class FirstBytes extends ByteToMessageDecoder {

        /** Begins every HTTP/2 connection, and no HTTP/1.1 request: "PRI" is reserved for this. */
        private static final ByteBuf PREFACE = Unpooled.unreleasableBuffer(
                        Unpooled.copiedBuffer("PRI ", StandardCharsets.US_ASCII))
                .asReadOnly();

        private final ChannelHandler next;
        private final List<Object> held = new ArrayList<>();

        FirstBytes(ChannelHandler next) {
            this.next = next;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            tls.ifPresent(own -> ctx.pipeline().addBefore(ctx.name(), null, own.context.newHandler(ctx.alloc())));
        }

        /** gRPC's "negotiate now" comes at once; it has to wait until it is known that gRPC is meant. */
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            held.add(event);
        }

        /** gRPC does not look for our TLS; calls want to know whose certificate was shown. */
        private static Object withTls(ChannelHandlerContext ctx, Object event) {
            SslHandler tls = ctx.pipeline().get(SslHandler.class);
            return tls != null && event instanceof ProtocolNegotiationEvent negotiation
                    ? InternalProtocolNegotiationEvent.withAttributes(
                            negotiation,
                            InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder()
                                    .set(
                                            Grpc.TRANSPORT_ATTR_SSL_SESSION,
                                            tls.engine().getSession())
                                    .build())
                    : event;
        }

        private boolean isRevoked(ChannelHandlerContext ctx) {
            SslHandler handler = ctx.pipeline().get(SslHandler.class);
            return handler != null
                    && tls.filter(own ->
                                    own.credentials.isRevoked(handler.engine().getSession()))
                            .isPresent();
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            int length = Math.min(in.readableBytes(), PREFACE.readableBytes());
            boolean http2 = in.slice(in.readerIndex(), length).equals(PREFACE.slice(0, length));
            if (http2 && length < PREFACE.readableBytes()) {
                return;
            }
            if ((http2 ? !serves.grpc() : !serves.http()) || isRevoked(ctx)) {
                in.skipBytes(in.readableBytes());
                var _ = ctx.close();
                return;
            }
            if (http2) {
                ctx.pipeline().addAfter(ctx.name(), null, next);
                held.forEach(event -> ctx.fireUserEventTriggered(withTls(ctx, event)));
            } else {
                // Last stands what keeps gRPC's writes until its negotiation is over, which will not be.
                ctx.pipeline().removeLast();
                ctx.pipeline().addLast(http.get());
            }
            ctx.pipeline().remove(this);
        }
    }
}
