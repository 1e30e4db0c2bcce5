package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AuthGrpc;
import io.keelson.proto.etcd.AuthRoleAddRequest;
import io.keelson.proto.etcd.AuthRoleGrantPermissionRequest;
import io.keelson.proto.etcd.AuthUserGrantRoleRequest;
import io.keelson.proto.etcd.ClusterGrpc;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.HashKVRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LeaseKeepAliveRequest;
import io.keelson.proto.etcd.LeaseRevokeRequest;
import io.keelson.proto.etcd.LeaseTimeToLiveRequest;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.MemberAddRequest;
import io.keelson.proto.etcd.MemberUpdateRequest;
import io.keelson.proto.etcd.Permission;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchGrpc;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.store.Mutations;
import io.keelson.store.mvcc.RandomRequests;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: whatever bytes a client sends, a call is answered or refused, soon, and the server goes on. Method: good requests of every service,
 * broken in random places from a seed, sent to the real server as they are.
 */
class RequestsFuzzTest {

    private static final int CALLS = 1_200;
    private static final long PATIENCE_SECONDS = 30;

    private final ServerFixture server = new ServerFixture();

    @AfterEach
    void close() {
        server.close();
    }

    /** A good request, of the method that its random number says. */
    private record Call(MethodDescriptor<?, ?> method, Message request) {}

    private static Call call(Random random, RandomRequests requests) {
        return switch (random.nextInt(18)) {
            case 0, 1 -> new Call(KVGrpc.getPutMethod(), requests.put());
            case 2 -> new Call(KVGrpc.getDeleteRangeMethod(), requests.delete());
            case 3, 4, 5 -> new Call(KVGrpc.getTxnMethod(), requests.txn(1 + random.nextInt(200), 3));
            case 6, 7 -> new Call(KVGrpc.getRangeMethod(), requests.range(1 + random.nextInt(200)));
            case 8 ->
                new Call(
                        KVGrpc.getCompactMethod(),
                        CompactionRequest.newBuilder()
                                .setRevision(random.nextInt(50))
                                .build());
            case 9 ->
                new Call(
                        LeaseGrpc.getLeaseGrantMethod(),
                        LeaseGrantRequest.newBuilder()
                                .setTTL(random.nextInt(100))
                                .setID(1 + random.nextInt(20))
                                .build());
            case 10 ->
                new Call(
                        LeaseGrpc.getLeaseRevokeMethod(),
                        LeaseRevokeRequest.newBuilder()
                                .setID(1 + random.nextInt(20))
                                .build());
            case 11 ->
                new Call(
                        LeaseGrpc.getLeaseTimeToLiveMethod(),
                        LeaseTimeToLiveRequest.newBuilder()
                                .setID(1 + random.nextInt(20))
                                .setKeys(true)
                                .build());
            case 12 ->
                random.nextBoolean()
                        ? new Call(
                                ClusterGrpc.getMemberAddMethod(),
                                MemberAddRequest.newBuilder()
                                        .addPeerURLs("http://127.0.0.1:" + (2_000 + random.nextInt(20)))
                                        .build())
                        : new Call(
                                ClusterGrpc.getMemberUpdateMethod(),
                                MemberUpdateRequest.newBuilder()
                                        .setID(random.nextLong())
                                        .addPeerURLs("http://127.0.0.1:2000")
                                        .build());
            case 13 ->
                new Call(
                        MaintenanceGrpc.getHashKVMethod(),
                        HashKVRequest.newBuilder()
                                .setRevision(random.nextInt(100))
                                .build());
            case 14 ->
                new Call(
                        MaintenanceGrpc.getAlarmMethod(),
                        AlarmRequest.newBuilder()
                                .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                                .setMemberID(5)
                                .build());
            case 15 ->
                new Call(
                        AuthGrpc.getRoleAddMethod(),
                        AuthRoleAddRequest.newBuilder()
                                .setName("role-" + random.nextInt(5))
                                .build());
            case 16 ->
                new Call(
                        AuthGrpc.getRoleGrantPermissionMethod(),
                        AuthRoleGrantPermissionRequest.newBuilder()
                                .setName("role-" + random.nextInt(5))
                                .setPerm(Permission.newBuilder()
                                        .setKey(bytes("a"))
                                        .setRangeEnd(bytes("c")))
                                .build());
            default ->
                new Call(
                        AuthGrpc.getUserGrantRoleMethod(),
                        AuthUserGrantRoleRequest.newBuilder()
                                .setUser("ada")
                                .setRole("role-" + random.nextInt(5))
                                .build());
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void everyBrokenRequestIsAnsweredOrRefused(long seed) throws Exception {
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var requests = new RandomRequests(random);
        Map<Status.Code, Integer> ends = new TreeMap<>();
        for (int i = 0; i < CALLS; i++) {
            Call call = call(random, requests);
            byte[] request = Mutations.of(call.request.toByteArray(), random);
            Status status = send(call.method.getFullMethodName(), MethodDescriptor.MethodType.UNARY, request)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            ends.merge(status.getCode(), 1, Integer::sum);
            assertExpected(
                    status,
                    readable(call.request, request),
                    "seed " + seed + ", call " + i + " of " + call.method.getFullMethodName() + " with "
                            + call.request);
        }
        System.out.println(ends);
        assertThat(ends).containsKeys(Status.Code.OK, Status.Code.INVALID_ARGUMENT);
        stillServes();
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 4})
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void streamsOutliveOrEndWithBrokenRequests(long seed) throws Exception {
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < CALLS / 4; i++) {
            Message good = random.nextBoolean()
                    ? WatchRequest.newBuilder()
                            .setCreateRequest(WatchCreateRequest.newBuilder()
                                    .setKey(bytes("a"))
                                    .setRangeEnd(bytes("c"))
                                    .setStartRevision(random.nextInt(20))
                                    .addFilters(WatchCreateRequest.FilterType.NOPUT)
                                    .setPrevKv(true))
                            .build()
                    : LeaseKeepAliveRequest.newBuilder().setID(7).build();
            String method = good instanceof WatchRequest
                    ? WatchGrpc.getWatchMethod().getFullMethodName()
                    : LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName();
            byte[] request = Mutations.of(good.toByteArray(), random);
            boolean readable = readable(good, request);
            var end = new CompletableFuture<Status>();
            ClientCall<byte[], byte[]> call = send(method, MethodDescriptor.MethodType.BIDI_STREAMING, request, end);
            if (readable) {
                // A watch outlives its client's half; the request is on its way before the end is.
                call.cancel("enough", null);
            }
            Status status = end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!readable) {
                assertExpected(status, false, "seed " + seed + ", stream " + i);
            }
        }
        server.awaitOpenStreams(0);
        stillServes();
    }

    /** A failure that nobody expected names its exception, see Failures; what is no message is refused as etcd does. */
    private static void assertExpected(Status status, boolean readable, String call) {
        if (readable) {
            assertThat(status.getCode()).as("%s: %s", call, status).isNotEqualTo(Status.Code.INTERNAL);
            assertThat(String.valueOf(status.getDescription())).as(call).doesNotContain("Application error");
        } else {
            assertThat(status.getCode()).as(call).isEqualTo(Status.Code.INTERNAL);
            assertThat(status.getDescription()).as(call).startsWith("grpc: ").contains("unmarshal");
        }
    }

    private static boolean readable(Message like, byte[] bytes) {
        try {
            return like.getParserForType().parseFrom(bytes).isInitialized();
        } catch (IOException e) {
            return false;
        }
    }

    private void stillServes() {
        var _ = server.kv().put(PutRequest.newBuilder().setKey(bytes("after")).build());
        assertThat(server.kv()
                        .range(RangeRequest.newBuilder().setKey(bytes("after")).build())
                        .getCount())
                .isEqualTo(1);
    }

    /** grpc-go's words differ between the two. */
    @Test
    void whatIsNoMessageIsRefusedAsEtcdDoes() throws Exception {
        byte[] cut = {0x0a, 5};
        assertRefused(KVGrpc.getPutMethod(), cut, "grpc: error unmarshalling request: ");
        assertRefused(WatchGrpc.getWatchMethod(), cut, "grpc: failed to unmarshal the received message: ");
        assertRefused(MaintenanceGrpc.getSnapshotMethod(), cut, "grpc: failed to unmarshal the received message: ");
        server.awaitOpenStreams(0);
        stillServes();
    }

    private void assertRefused(MethodDescriptor<?, ?> method, byte[] request, String words) throws Exception {
        Status status =
                send(method.getFullMethodName(), method.getType(), request).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(status.getDescription()).startsWith(words);
    }

    /** Sends bytes as they are, and says that no more will come; completes with how the call ends. */
    private CompletableFuture<Status> send(String name, MethodDescriptor.MethodType type, byte[] request) {
        var end = new CompletableFuture<Status>();
        var _ = send(name, type, request, end);
        return end;
    }

    private ClientCall<byte[], byte[]> send(
            String name, MethodDescriptor.MethodType type, byte[] request, CompletableFuture<Status> end) {
        var method = MethodDescriptor.newBuilder(BYTES, BYTES)
                .setFullMethodName(name)
                .setType(type)
                .build();
        ClientCall<byte[], byte[]> call = server.channel.newCall(method, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<byte[]>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.request(Integer.MAX_VALUE);
        call.sendMessage(request);
        call.halfClose();
        return call;
    }

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };
}
