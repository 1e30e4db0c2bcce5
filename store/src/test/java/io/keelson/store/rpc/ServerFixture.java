package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.PutResponse;
import io.keelson.store.HostPort;
import io.keelson.store.Loopback;
import io.keelson.store.Member;
import io.keelson.store.StoreConfig;
import io.keelson.store.StoreOptions;
import io.keelson.store.Tls;
import io.keelson.store.metrics.Metrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;

/** A server over a replica in memory on a free port of loopback, and a plain channel to it. */
final class ServerFixture implements AutoCloseable {

    static final StoreOptions.Limits LIMITS = StoreOptions.DEFAULTS.limits();

    final HostPort address = Loopback.freeAddress();
    final MemoryReplica replica = new MemoryReplica(address);
    final ManagedChannel channel = NettyChannelBuilder.forAddress(address.host(), address.port())
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .build();
    private final StoreServer server;

    ServerFixture() {
        this(Optional.empty(), StoreServer.Timing.ETCD);
    }

    ServerFixture(Optional<Tls> tls, StoreServer.Timing timing) {
        server = StoreServer.start(replica, config(address, tls), timing, new Metrics());
    }

    static StoreConfig config(HostPort address, Optional<Tls> tls) {
        var peer = new HostPort("127.0.0.1", 2380);
        return new StoreConfig(
                "one",
                Path.of("not-used"),
                "token",
                List.of(address),
                peer,
                List.of(new Member("one", peer, List.of(address))),
                tls,
                Optional.empty());
    }

    static StoreServer.Timing timing(Duration progress, Duration leaderless) {
        return new StoreServer.Timing(progress, leaderless, StoreServer.Timing.ETCD.minLeaseTtlSeconds());
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    PutResponse put(String key, String value) {
        return kv().put(PutRequest.newBuilder()
                .setKey(bytes(key))
                .setValue(bytes(value))
                .build());
    }

    long delete(String key) {
        return kv().deleteRange(
                        DeleteRangeRequest.newBuilder().setKey(bytes(key)).build())
                .getHeader()
                .getRevision();
    }

    void compact(long revision) {
        var answer = kv().compact(
                        CompactionRequest.newBuilder().setRevision(revision).build());
        Assertions.assertThat(answer.hasHeader()).isTrue();
    }

    /** Asserts that a call is refused with a code and, letter for letter, a text. */
    static void assertRefused(Runnable call, Status.Code code, String text) {
        Assertions.assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(call::run)
                .satisfies(e -> {
                    Assertions.assertThat(e.getStatus().getCode()).isEqualTo(code);
                    Assertions.assertThat(e.getStatus().getDescription()).isEqualTo(text);
                });
    }

    int openStreams() {
        return server.openStreams();
    }

    /** Waits until the server has noticed that streams were opened or are over. */
    void awaitOpenStreams(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (server.openStreams() != count && System.nanoTime() - deadline < 0) {
            Thread.onSpinWait();
        }
        Assertions.assertThat(server.openStreams()).isEqualTo(count);
    }

    long unsentHttpBytes() {
        return server.unsentHttpBytes();
    }

    void stopServer() {
        server.close();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.close();
        replica.close();
    }
}
