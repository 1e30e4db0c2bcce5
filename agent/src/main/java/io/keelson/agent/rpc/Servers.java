package io.keelson.agent.rpc;

import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** One channel with mutual TLS to each server. */
public final class Servers implements AutoCloseable {
    /** An object is at most 1.5 MiB; a message holds one. */
    private static final int MESSAGE_BYTES_MAX = 16 << 20;

    private static final long KEEP_ALIVE_SECONDS = 20;
    private static final long CLOSE_SECONDS = 2;

    private final List<HostPort> addresses;
    private final List<ManagedChannel> channels;
    private final ExecutorService callbacks = Executors.newVirtualThreadPerTaskExecutor();

    /** PEM files; throws with the file's name if one cannot be used. Nothing is dialled yet. */
    public Servers(List<HostPort> addresses, Path certificate, Path key, Path trustedCa) throws IOException {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("servers: at least one address is needed");
        }
        for (var file : List.of(certificate, key, trustedCa)) {
            if (!Files.isReadable(file)) {
                throw new IOException(file + ": cannot be read");
            }
        }
        var credentials = TlsChannelCredentials.newBuilder()
                .keyManager(certificate.toFile(), key.toFile())
                .trustManager(trustedCa.toFile())
                .build();
        this.addresses = List.copyOf(addresses);
        this.channels = addresses.stream()
                .map(a -> Grpc.newChannelBuilderForAddress(a.host(), a.port(), credentials)
                        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                        // A server that vanished without a word is noticed after these.
                        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                        .keepAliveTimeout(KEEP_ALIVE_SECONDS / 2, TimeUnit.SECONDS)
                        .executor(callbacks)
                        .build())
                .toList();
    }

    int count() {
        return channels.size();
    }

    ManagedChannel channel(int i) {
        return channels.get(Math.floorMod(i, channels.size()));
    }

    HostPort address(int i) {
        return addresses.get(Math.floorMod(i, addresses.size()));
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        try {
            // Calls that end with their channel still say so to their callers.
            for (var channel : channels) {
                channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        callbacks.shutdown();
    }
}
