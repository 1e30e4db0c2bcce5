package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.assertRefused;
import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LeaseRevokeRequest;
import io.keelson.proto.etcd.LeaseTimeToLiveRequest;
import io.keelson.proto.etcd.LockGrpc;
import io.keelson.proto.etcd.LockRequest;
import io.keelson.proto.etcd.LockResponse;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.UnlockRequest;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Locks over the wire. */
class LockServiceTest {

    private final ServerFixture server = new ServerFixture();

    @AfterEach
    void close() {
        server.close();
    }

    private long lease() {
        return LeaseGrpc.newBlockingStub(server.channel)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(100).build())
                .getID();
    }

    private Future<LockResponse> lock(long lease) {
        return LockGrpc.newFutureStub(server.channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .lock(LockRequest.newBuilder()
                        .setName(bytes("l"))
                        .setLease(lease)
                        .build());
    }

    private LockResponse locked(long lease) throws Exception {
        return lock(lease).get(60, TimeUnit.SECONDS);
    }

    private long unlock(LockResponse held) {
        return LockGrpc.newBlockingStub(server.channel)
                .unlock(UnlockRequest.newBuilder().setKey(held.getKey()).build())
                .getHeader()
                .getRevision();
    }

    private long inLine() {
        return server.kv()
                .range(RangeRequest.newBuilder()
                        .setKey(bytes("l/"))
                        .setRangeEnd(bytes("l0"))
                        .build())
                .getCount();
    }

    private void awaitInLine(long count) {
        while (inLine() != count) LockSupport.parkNanos(1_000_000);
    }

    @Test
    void keyIsNameAndLeaseAndGoesWithUnlock() throws Exception {
        long lease = lease();
        LockResponse held = locked(lease);
        assertThat(held.getKey().toStringUtf8()).isEqualTo("l/" + Long.toHexString(lease));
        assertThat(held.getHeader().getRevision()).isEqualTo(2);
        assertThat(locked(lease).getKey()).as("the same lease has it already").isEqualTo(held.getKey());
        assertThat(inLine()).isEqualTo(1);
        assertThat(unlock(held)).isEqualTo(3);
        assertThat(inLine()).isZero();
        assertThat(unlock(held)).as("nothing to give up").isEqualTo(3);
    }

    @Test
    void whoCameFirstIsServedFirstAndTokensGrow() throws Exception {
        var waiting = new ArrayList<Future<LockResponse>>();
        for (int i = 1; i <= 4; i++) {
            waiting.add(lock(lease()));
            awaitInLine(i);
        }
        long token = 0;
        for (int i = 0; i < 4; i++) {
            LockResponse held = waiting.get(i).get(60, TimeUnit.SECONDS);
            assertThat(waiting.stream().filter(Future::isDone).count()).isEqualTo(i + 1);
            assertThat(held.getHeader().getRevision()).isGreaterThan(token);
            token = held.getHeader().getRevision();
            unlock(held);
        }
    }

    @Test
    void withoutALeaseOneOfSixtySecondsIsGranted() throws Exception {
        LockResponse held = locked(0);
        String hex = held.getKey().toStringUtf8().substring(2);
        assertThat(LeaseGrpc.newBlockingStub(server.channel)
                        .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                                .setID(Long.parseLong(hex, 16))
                                .build())
                        .getGrantedTTL())
                .isEqualTo(60);
    }

    @Test
    void leaseThatEndsDuringTheWaitLosesTheLock() throws Exception {
        long holder = lease();
        locked(holder);
        long other = lease();
        Future<LockResponse> waiting = lock(other);
        awaitInLine(2);
        assertThat(LeaseGrpc.newBlockingStub(server.channel)
                        .leaseRevoke(
                                LeaseRevokeRequest.newBuilder().setID(other).build())
                        .hasHeader())
                .isTrue();
        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("UNKNOWN: mutex: session is expired");
        assertThat(inLine()).isEqualTo(1);
    }

    @Test
    void whoGivesUpLeavesTheLine() throws Exception {
        locked(lease());
        Future<LockResponse> waiting = lock(lease());
        awaitInLine(2);
        assertThat(waiting.cancel(true)).isTrue();
        awaitInLine(1);
    }

    @Test
    void keyOfAClientsOwnRecipeStandsInTheSameLine() throws Exception {
        assertThat(server.kv()
                        .put(PutRequest.newBuilder().setKey(bytes("l/abc")).build())
                        .hasHeader())
                .isTrue();
        Future<LockResponse> waiting = lock(lease());
        awaitInLine(2);
        assertThat(waiting.isDone()).isFalse();
        server.delete("l/abc");
        assertThat(waiting.get(60, TimeUnit.SECONDS).getHeader().getRevision()).isEqualTo(4);
    }

    @Test
    void unknownLeaseIsRefused() {
        assertRefused(
                () -> LockGrpc.newBlockingStub(server.channel)
                        .lock(LockRequest.newBuilder()
                                .setName(bytes("l"))
                                .setLease(99)
                                .build()),
                Status.Code.NOT_FOUND,
                "etcdserver: requested lease not found");
    }
}
