package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.assertRefused;
import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LeaseKeepAliveRequest;
import io.keelson.proto.etcd.LeaseKeepAliveResponse;
import io.keelson.proto.etcd.LeaseLeasesRequest;
import io.keelson.proto.etcd.LeaseRevokeRequest;
import io.keelson.proto.etcd.LeaseTimeToLiveRequest;
import io.keelson.proto.etcd.PutRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseServiceTest {

    private final ServerFixture server = new ServerFixture();

    @AfterEach
    void close() {
        server.close();
    }

    private LeaseGrpc.LeaseBlockingStub lease() {
        return LeaseGrpc.newBlockingStub(server.channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static LeaseGrantRequest grant(long id, long ttl) {
        return LeaseGrantRequest.newBuilder().setID(id).setTTL(ttl).build();
    }

    @Test
    void serverChoosesAPositiveIdAndKeepsTheFloor() {
        var granted = lease().leaseGrant(grant(0, 1));
        assertThat(granted.getID()).isPositive();
        assertThat(granted.getTTL()).isEqualTo(2);
        assertThat(granted.getHeader().getRevision()).isEqualTo(1);
        assertThat(lease().leaseGrant(grant(7, 60)).getID()).isEqualTo(7);
        assertThat(lease().leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesCount())
                .isEqualTo(2);
    }

    @Test
    void floorFollowsFromTheElectionTimeout() {
        var slow = new StoreServer.Timing(Duration.ofMinutes(10), Duration.ofSeconds(15), 8);
        try (var patient = new ServerFixture(Optional.empty(), slow)) {
            var stub = LeaseGrpc.newBlockingStub(patient.channel).withDeadlineAfter(20, TimeUnit.SECONDS);
            assertThat(stub.leaseGrant(grant(0, 5)).getTTL()).isEqualTo(8);
            assertThat(stub.leaseGrant(grant(0, 9)).getTTL()).isEqualTo(9);
        }
    }

    @Test
    void grantIsRefusedAsByEtcd() {
        assertThat(lease().leaseGrant(grant(7, 60)).getTTL()).isEqualTo(60);
        assertRefused(
                () -> lease().leaseGrant(grant(7, 60)),
                Status.Code.FAILED_PRECONDITION,
                "etcdserver: lease already exists");
        assertRefused(
                () -> lease().leaseGrant(grant(8, 9_000_000_001L)),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: too large lease TTL");
        assertRefused(
                () -> lease().leaseRevoke(
                                LeaseRevokeRequest.newBuilder().setID(9).build()),
                Status.Code.NOT_FOUND,
                "etcdserver: requested lease not found");
    }

    @Test
    void timeToLiveNamesTheKeysAndIsMinusOneForAnUnknownLease() {
        assertThat(lease().leaseGrant(grant(7, 60)).getTTL()).isEqualTo(60);
        assertThat(server.kv()
                        .put(PutRequest.newBuilder()
                                .setKey(bytes("a"))
                                .setLease(7)
                                .build())
                        .getHeader()
                        .getRevision())
                .isEqualTo(2);
        var known = lease().leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                .setID(7)
                .setKeys(true)
                .build());
        assertThat(known.getGrantedTTL()).isEqualTo(60);
        assertThat(known.getTTL()).isEqualTo(59);
        assertThat(known.getKeysList()).containsExactly(bytes("a"));
        var unknown = lease().leaseTimeToLive(
                        LeaseTimeToLiveRequest.newBuilder().setID(8).build());
        assertThat(unknown.getTTL()).isEqualTo(-1);
        assertThat(unknown.getID()).isEqualTo(8);
    }

    @Test
    void keepAliveAnswersInOrderAndZeroForAnUnknownLease() throws Exception {
        assertThat(lease().leaseGrant(grant(7, 60)).getTTL()).isEqualTo(60);
        BlockingQueue<LeaseKeepAliveResponse> answers = new LinkedBlockingQueue<>();
        BlockingQueue<Status> end = new LinkedBlockingQueue<>();
        StreamObserver<LeaseKeepAliveRequest> requests = LeaseGrpc.newStub(server.channel)
                .leaseKeepAlive(new StreamObserver<>() {
                    @Override
                    public void onNext(LeaseKeepAliveResponse answer) {
                        answers.add(answer);
                    }

                    @Override
                    public void onError(Throwable error) {
                        end.add(Status.fromThrowable(error));
                    }

                    @Override
                    public void onCompleted() {
                        end.add(Status.OK);
                    }
                });
        for (long id : new long[] {7, 8, 7}) {
            requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
        }
        requests.onCompleted();
        for (long ttl : new long[] {60, 0, 60}) {
            var answer = answers.poll(20, TimeUnit.SECONDS);
            assertThat(answer).isNotNull();
            assertThat(answer.getTTL()).isEqualTo(ttl);
        }
        assertThat(end.poll(20, TimeUnit.SECONDS)).isEqualTo(Status.OK);
    }
}
