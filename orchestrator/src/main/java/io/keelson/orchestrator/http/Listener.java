package io.keelson.orchestrator.http;

import com.google.protobuf.Descriptors.FileDescriptor;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.grpc.GrpcConfig;
import io.helidon.webserver.grpc.GrpcReflectionFeature;
import io.helidon.webserver.grpc.GrpcRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http2.Http2Config;
import io.keelson.orchestrator.http.frames.Http1;
import io.keelson.orchestrator.http.frames.Http2;
import io.keelson.orchestrator.rpc.UnreadMessages;
import io.keelson.orchestrator.rpc.UnreadMessagesLog;
import io.keelson.store.HostPort;
import io.keelson.store.Kv;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * One TLS port for REST and gRPC. Clients show a certificate or none; what they may do is decided by request, for health and version
 * are for everybody.
 */
public final class Listener implements AutoCloseable {

    /** A client that does not read for so long is cut off: a person who has stopped a pager may come back. */
    private static final Duration SLOW_READER = Duration.ofMinutes(5);

    /** No message is larger than the objects of one transaction may be, and a little more. */
    private static final int MAX_GRPC_MESSAGE_BYTES = Kv.MAX_TXN_BYTES + 1024 * 1024;

    /** The first line of a request: a path with long selectors, or the command of an exec. */
    private static final int MAX_REQUEST_LINE_BYTES = 64 * 1024;

    /** All headers of a request. */
    private static final int MAX_HEADERS_BYTES = 64 * 1024;

    /** Each takes 17 KiB before anybody knows whose it is. Clients with more watches take more connections. */
    private static final int MAX_CALLS_OF_CONNECTION = 1_000;

    private static final Duration SHUTDOWN_GRACE = Duration.ofMillis(500);

    private final WebServer server;

    private Listener(WebServer server) {
        this.server = server;
    }

    /**
     * Opens the port.
     *
     * @throws IllegalArgumentException if a file cannot be used; the message names it
     * @throws IllegalStateException if the port is taken; the message names it
     */
    public static Listener open(
            HostPort at,
            Path certificate,
            Path key,
            Path trustedCa,
            Instant now,
            Rest rest,
            List<BindableService> services,
            List<ServerInterceptor> interceptors) {
        UnreadMessagesLog.shorten();
        SSLContext tls = Certificates.context(certificate, key, trustedCa, now);
        GrpcRouting.Builder grpc = GrpcRouting.builder();
        interceptors.forEach(grpc::intercept);
        grpc.intercept(new UnreadMessages(MAX_GRPC_MESSAGE_BYTES));
        services.forEach(
                service -> grpc.service(file(service), UnreadMessages.remembering(service, MAX_GRPC_MESSAGE_BYTES)));
        WebServer server = WebServer.builder()
                .host(at.host())
                .port(at.port())
                .shutdownHook(false)
                .shutdownGracePeriod(SHUTDOWN_GRACE)
                .directHandlers(Unreadable.handlers())
                .tls(Tls.builder()
                        .sslContext(tls)
                        .clientAuth(TlsClientAuth.OPTIONAL)
                        .addApplicationProtocol("h2")
                        .addApplicationProtocol("http/1.1")
                        .build())
                .addConnectionSelector(Http2.selector(
                        Http2Config.builder()
                                .maxConcurrentStreams(MAX_CALLS_OF_CONNECTION)
                                .maxHeaderListSize(MAX_REQUEST_LINE_BYTES + MAX_HEADERS_BYTES)
                                .sendErrorDetails(true)
                                .flowControlTimeout(SLOW_READER)
                                .build(),
                        new GrpcDoor(
                                Http2.grpc(GrpcConfig.builder()
                                        .maxReadBufferSize(MAX_GRPC_MESSAGE_BYTES)
                                        .build()),
                                rest.reception().messages(MAX_GRPC_MESSAGE_BYTES),
                                services)))
                .addConnectionSelector(Http1.selector(Upgrades.selector(Http1Config.builder()
                        .maxPrologueLength(MAX_REQUEST_LINE_BYTES)
                        .maxHeadersSize(MAX_HEADERS_BYTES)
                        .build())))
                .addFeature(GrpcReflectionFeature.create(reflection -> reflection.enabled(true)))
                .addRouting(grpc)
                .routing(routing -> routing.any(rest))
                .build();
        try {
            server.start();
        } catch (RuntimeException e) {
            server.stop();
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException) {
                    throw new IllegalStateException(
                            "cannot listen on " + at.host() + ":" + at.port() + ": " + cause.getMessage()
                                    + "; stop the program that listens there, or choose another port",
                            e);
                }
            }
            throw e;
        }
        return new Listener(server);
    }

    /** What reflection tells of a service. */
    private static FileDescriptor file(BindableService service) {
        Object schema = service.bindService().getServiceDescriptor().getSchemaDescriptor();
        if (schema instanceof ProtoFileDescriptorSupplier supplier) {
            return supplier.getFileDescriptor();
        }
        throw new IllegalArgumentException(service.getClass() + " was not generated from a .proto file");
    }

    /** The port. */
    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.stop();
    }
}
