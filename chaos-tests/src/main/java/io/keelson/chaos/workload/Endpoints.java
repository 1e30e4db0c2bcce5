package io.keelson.chaos.workload;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/** Connections to the same service on several servers; when one fails, the next is taken. One per client thread. */
final class Endpoints implements AutoCloseable {

    private final List<ManagedChannel> channels = new ArrayList<>();
    private final AtomicInteger current;

    /**
     * Connects lazily.
     *
     * @param addresses {@code host:port} of each server
     * @param first index of the server to begin with
     * @param trust certificate authority, PEM
     * @param certificate the client's certificate, PEM
     * @param key the client's key, PEM (PKCS#8)
     */
    Endpoints(List<String> addresses, int first, Path trust, Path certificate, Path key) throws SSLException {
        SslContext tls = GrpcSslContexts.forClient()
                .trustManager(trust.toFile())
                .keyManager(certificate.toFile(), key.toFile())
                .build();
        for (String address : addresses) {
            channels.add(NettyChannelBuilder.forTarget(address).sslContext(tls).build());
        }
        current = new AtomicInteger(first);
    }

    ManagedChannel channel() {
        return channels.get(Math.floorMod(current.get(), channels.size()));
    }

    /** Go to the next server, because this one did not answer. */
    void turn() {
        current.incrementAndGet();
        // A server that was down is tried at once when its turn comes, not when a back-off of minutes ends.
        channel().resetConnectBackoff();
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
