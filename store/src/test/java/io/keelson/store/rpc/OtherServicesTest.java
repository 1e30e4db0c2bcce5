package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.ClusterGrpc;
import io.keelson.proto.etcd.HashKVRequest;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.MemberListRequest;
import io.keelson.proto.etcd.StatusRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cluster, Maintenance, Auth, health and reflection. */
class OtherServicesTest {

    private final ServerFixture server = new ServerFixture();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void memberListHasNoRevisionInItsHeader() {
        var answer = ClusterGrpc.newBlockingStub(server.channel).memberList(MemberListRequest.getDefaultInstance());
        assertThat(answer.getHeader().getRevision()).isZero();
        assertThat(answer.getHeader().getMemberId()).isEqualTo(MemoryReplica.MEMBER_ID);
        assertThat(answer.getMembers(0).getClientURLs(0)).isEqualTo("http://" + server.address);
    }

    @Test
    void statusSaysHowTheMemberStands() {
        var stub = MaintenanceGrpc.newBlockingStub(server.channel);
        var status = stub.status(StatusRequest.getDefaultInstance());
        assertThat(status.getVersion()).startsWith("3.6.");
        assertThat(status.getLeader()).isEqualTo(MemoryReplica.MEMBER_ID);
        assertThat(status.getErrorsList()).isEmpty();
        // As etcd 3.6 says that no downgrade is under way.
        assertThat(status.hasDowngradeInfo()).isTrue();
        assertThat(status.getDowngradeInfo().getEnabled()).isFalse();
        server.replica.setLeader(false);
        status = stub.status(StatusRequest.getDefaultInstance());
        assertThat(status.getLeader()).isZero();
        assertThat(status.getErrorsList()).containsExactly("etcdserver: no leader");
    }

    @Test
    void hashAtARevisionStaysAndADifferentKeyChangesIt() {
        server.put("a", "1");
        var stub = MaintenanceGrpc.newBlockingStub(server.channel);
        int before = stub.hashKV(HashKVRequest.getDefaultInstance()).getHash();
        server.put("b", "1");
        assertThat(stub.hashKV(HashKVRequest.newBuilder().setRevision(2).build())
                        .getHash())
                .isEqualTo(before);
        assertThat(stub.hashKV(HashKVRequest.getDefaultInstance()).getHash()).isNotEqualTo(before);
    }

    @Test
    void healthAndReflectionAnswer() throws Exception {
        assertThat(HealthGrpc.newBlockingStub(server.channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        var services = new CompletableFuture<ServerReflectionResponse>();
        var requests = ServerReflectionGrpc.newStub(server.channel).serverReflectionInfo(new StreamObserver<>() {
            @Override
            public void onNext(ServerReflectionResponse answer) {
                services.complete(answer);
            }

            @Override
            public void onError(Throwable error) {
                services.completeExceptionally(error);
            }

            @Override
            public void onCompleted() {}
        });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(services.get(20, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
                .extracting(service -> service.getName())
                .contains(
                        "etcdserverpb.KV",
                        "etcdserverpb.Watch",
                        "etcdserverpb.Lease",
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1alpha.ServerReflection");
        requests.onCompleted();
    }
}
