package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.store.Loopback;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The metadata in which clients say which etcd they were made for. Judged at the gate itself: gRPC's own client drops what is no ASCII
 * before it is sent, others do not.
 */
class ClientVersionTest {

    private static final class Call extends ServerCall<RangeRequest, RangeResponse> {
        private final List<Status> closed = new ArrayList<>();

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(RangeResponse message) {}

        @Override
        public void close(Status status, Metadata trailers) {
            closed.add(status);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<RangeRequest, RangeResponse> getMethodDescriptor() {
            return KVGrpc.getRangeMethod();
        }
    }

    private static List<Status> closed(byte[] version) {
        Metadata metadata =
                InternalMetadata.newMetadata("client-api-version".getBytes(StandardCharsets.US_ASCII), version);
        var call = new Call();
        try (var replica = new MemoryReplica(Loopback.freeAddress())) {
            ServerCall.Listener<RangeRequest> listener =
                    new LeaderGate(replica).interceptCall(call, metadata, (_, _) -> new ServerCall.Listener<>() {});
            assertThat(listener).isNotNull();
        }
        return call.closed;
    }

    @Test
    void versionThatIsNoTextIsRefused() {
        assertThat(closed("3.6".getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(closed("3.6-μ".getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(closed(new byte[] {(byte) 0xff, '3'})).singleElement().satisfies(status -> {
            assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(status.getDescription()).isEqualTo("etcdserver: invalid client api version");
        });
    }
}
