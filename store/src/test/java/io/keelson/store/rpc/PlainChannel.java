package io.keelson.store.rpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.store.HostPort;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;

/** A channel to a server of a test, without TLS, and the plainest calls. */
final class PlainChannel implements AutoCloseable {

    private final ManagedChannel channel;

    PlainChannel(HostPort address) {
        channel = NettyChannelBuilder.forAddress(address.host(), address.port())
                .usePlaintext()
                .build();
    }

    ManagedChannel channel() {
        return channel;
    }

    KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    void put(String key, String value) {
        Assertions.assertThat(kv().put(PutRequest.newBuilder()
                                .setKey(ServerFixture.bytes(key))
                                .setValue(ServerFixture.bytes(value))
                                .build())
                        .hasHeader())
                .isTrue();
    }

    void delete(String key) {
        Assertions.assertThat(kv().deleteRange(DeleteRangeRequest.newBuilder()
                                .setKey(ServerFixture.bytes(key))
                                .build())
                        .getDeleted())
                .isEqualTo(1);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
