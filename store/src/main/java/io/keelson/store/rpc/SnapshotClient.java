package io.keelson.store.rpc;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.keelson.proto.etcd.AuthGrpc;
import io.keelson.proto.etcd.AuthenticateRequest;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.SnapshotRequest;
import io.keelson.proto.etcd.SnapshotResponse;
import io.keelson.store.Download;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/** The client's side of {@code Maintenance.Snapshot}. */
public final class SnapshotClient {

    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    /** For everything but the stream itself, which takes as long as it takes. */
    private static final long PATIENCE_SECONDS = 10;

    private SnapshotClient() {}

    /**
     * Writes the stream to a file.
     *
     * @throws IOException if the member does not answer, refuses or breaks off; the message names it
     */
    public static void save(Download.From from, FileChannel file) throws IOException {
        ManagedChannel channel = channel(from);
        try {
            var stub = MaintenanceGrpc.newBlockingStub(channel);
            if (from.user().isPresent()) {
                var token = new Metadata();
                token.put(TOKEN, token(channel, from.user().get()));
                stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(token));
            }
            Iterator<SnapshotResponse> stream = stub.snapshot(SnapshotRequest.getDefaultInstance());
            while (stream.hasNext()) {
                for (ByteBuffer part : stream.next().getBlob().asReadOnlyByteBufferList()) {
                    while (part.hasRemaining()) {
                        file.write(part);
                    }
                }
            }
        } catch (StatusRuntimeException e) {
            throw new IOException(
                    from.endpoint() + " gives no snapshot: " + e.getStatus().getCode() + ", "
                            + e.getStatus().getDescription(),
                    e);
        } finally {
            channel.shutdownNow();
        }
    }

    private static String token(ManagedChannel channel, String user) throws IOException {
        int colon = user.indexOf(':');
        if (colon < 0) {
            throw new IOException("--user is NAME:PASSWORD, and \"" + user + "\" has no colon");
        }
        return AuthGrpc.newBlockingStub(channel)
                .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .authenticate(AuthenticateRequest.newBuilder()
                        .setName(user.substring(0, colon))
                        .setPassword(user.substring(colon + 1))
                        .build())
                .getToken();
    }

    private static ManagedChannel channel(Download.From from) throws IOException {
        var builder = NettyChannelBuilder.forAddress(
                from.endpoint().getHost(), from.endpoint().getPort());
        if (!from.endpoint().getScheme().equals("https")) {
            return builder.usePlaintext().build();
        }
        try {
            SslContextBuilder tls = GrpcSslContexts.forClient();
            from.trustedCa().map(Path::toFile).ifPresent(tls::trustManager);
            if (from.certificate().isPresent() && from.key().isPresent()) {
                tls.keyManager(
                        from.certificate().get().toFile(), from.key().get().toFile());
            }
            return builder.sslContext(tls.build()).build();
        } catch (IllegalArgumentException e) {
            throw new IOException("TLS to " + from.endpoint() + ": " + e.getMessage(), e);
        }
    }
}
