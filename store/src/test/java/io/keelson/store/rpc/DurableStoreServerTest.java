package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.assertRefused;
import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.HashKVRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LeaseRevokeRequest;
import io.keelson.proto.etcd.LeaseTimeToLiveRequest;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.StatusRequest;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchGrpc;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.HostPort;
import io.keelson.store.Loopback;
import io.keelson.store.Member;
import io.keelson.store.Store;
import io.keelson.store.StoreConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doors over a member with a log and a disk, alone in its cluster. */
class DurableStoreServerTest {

    @Test
    void clientSeesOneHistoryThroughEveryService(@TempDir Path directory) throws Exception {
        HostPort client = Loopback.freeAddress();
        HostPort peer = Loopback.freeAddress();
        var failures = new LinkedBlockingQueue<Throwable>();
        var config = new StoreConfig(
                "one",
                directory,
                "token",
                List.of(client),
                peer,
                List.of(new Member("one", peer, List.of(client))),
                Optional.empty(),
                Optional.empty());
        try (var store = Store.start(config, failures::add)) {
            assertThat(store.name()).isEqualTo("one");
            ManagedChannel channel = NettyChannelBuilder.forAddress(client.host(), client.port())
                    .usePlaintext()
                    .build();
            try {
                exercise(channel);
            } finally {
                channel.shutdownNow();
            }
        }
        assertThat(failures).isEmpty();
    }

    private static void exercise(ManagedChannel channel) throws Exception {
        var kv = KVGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
        var leases = LeaseGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
        var lease = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build());
        for (int i = 0; i < 100; i++) {
            var put = kv.put(PutRequest.newBuilder()
                    .setKey(bytes("k" + i % 10))
                    .setValue(bytes("v" + i))
                    .setLease(i == 99 ? lease.getID() : 0)
                    .build());
            assertThat(put.getHeader().getRevision()).isEqualTo(i + 2);
        }
        var all = RangeRequest.newBuilder()
                .setKey(bytes("k"))
                .setRangeEnd(bytes("l"))
                .build();
        assertThat(kv.range(all).getCount()).isEqualTo(10);
        var alive = leases.leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                .setID(lease.getID())
                .setKeys(true)
                .build());
        assertThat(alive.getKeysList()).containsExactly(bytes("k9"));
        assertThat(alive.getTTL()).isBetween(0L, 60L);

        BlockingQueue<WatchResponse> answers = watch(channel, 50);
        var revoked = leases.leaseRevoke(
                LeaseRevokeRequest.newBuilder().setID(lease.getID()).build());
        assertThat(revoked.getHeader().getRevision()).isEqualTo(102);
        var events = new ArrayList<Event>();
        while (events.size() < 53) {
            var answer = answers.poll(60, TimeUnit.SECONDS);
            assertThat(answer).as("after %s events", events.size()).isNotNull();
            events.addAll(answer.getEventsList());
        }
        assertThat(events)
                .extracting(event -> event.getKv().getModRevision())
                .isSorted()
                .startsWith(50L)
                .endsWith(102L);
        assertThat(events.getFirst().getPrevKv().getValue()).isEqualTo(bytes("v38"));
        assertThat(events.getLast().getType()).isEqualTo(Event.EventType.DELETE);

        var maintenance = MaintenanceGrpc.newBlockingStub(channel);
        assertThat(maintenance.status(StatusRequest.getDefaultInstance()).getLeader())
                .isNotZero();
        assertThat(maintenance.hashKV(HashKVRequest.getDefaultInstance()).getHashRevision())
                .isEqualTo(102);
        assertThat(kv.compact(CompactionRequest.newBuilder()
                                .setRevision(102)
                                .setPhysical(true)
                                .build())
                        .getHeader()
                        .getRevision())
                .isEqualTo(102);
        assertRefused(
                () -> kv.range(all.toBuilder().setRevision(90).build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision has been compacted");
        var tooLate = watch(channel, 50);
        assertThat(tooLate.poll(60, TimeUnit.SECONDS))
                .satisfies(answer -> assertThat(answer.getCreated()).isTrue());
        assertThat(tooLate.poll(60, TimeUnit.SECONDS))
                .satisfies(answer -> assertThat(answer.getCompactRevision()).isEqualTo(102));
    }

    private static BlockingQueue<WatchResponse> watch(ManagedChannel channel, long from) {
        BlockingQueue<WatchResponse> answers = new LinkedBlockingQueue<>();
        WatchGrpc.newStub(channel)
                .watch(new StreamObserver<>() {
                    @Override
                    public void onNext(WatchResponse answer) {
                        answers.add(answer);
                    }

                    // The channel is shut down at the end of the test; before, the queue stays empty and that fails.
                    @Override
                    public void onError(Throwable error) {}

                    @Override
                    public void onCompleted() {}
                })
                .onNext(WatchRequest.newBuilder()
                        .setCreateRequest(WatchCreateRequest.newBuilder()
                                .setKey(bytes("k"))
                                .setRangeEnd(bytes("l"))
                                .setStartRevision(from)
                                .setPrevKv(true))
                        .build());
        return answers;
    }
}
