package io.keelson.store.backup;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.HashKVRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LeaseLeasesRequest;
import io.keelson.proto.etcd.LeaseRevokeRequest;
import io.keelson.proto.etcd.LeaseStatus;
import io.keelson.proto.etcd.LeaseTimeToLiveRequest;
import io.keelson.proto.etcd.LeaseTimeToLiveResponse;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A member, of etcd or Keelson, as a client sees it. */
final class Endpoint implements AutoCloseable {

    private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

    private final ManagedChannel channel;
    private final KVGrpc.KVBlockingStub kv;
    private final LeaseGrpc.LeaseBlockingStub lease;

    Endpoint(int port) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
        kv = KVGrpc.newBlockingStub(channel).withWaitForReady();
        lease = LeaseGrpc.newBlockingStub(channel).withWaitForReady();
    }

    private KVGrpc.KVBlockingStub kv() {
        return kv.withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    void put(String key, String value) {
        var _ = kv().put(PutRequest.newBuilder()
                .setKey(text(key))
                .setValue(text(value))
                .build());
    }

    /** Two keys with one value, at one revision. */
    void putBoth(String one, String other, String value) {
        var txn = TxnRequest.newBuilder();
        for (String key : List.of(one, other)) {
            txn.addSuccess(RequestOp.newBuilder()
                    .setRequestPut(PutRequest.newBuilder().setKey(text(key)).setValue(text(value))));
        }
        var _ = kv().txn(txn.build());
    }

    void revoke(long id) {
        var _ = lease.withDeadlineAfter(60, TimeUnit.SECONDS)
                .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build());
    }

    /** HashKV at a revision. */
    int hash(long revision) {
        return MaintenanceGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .hashKV(HashKVRequest.newBuilder().setRevision(revision).build())
                .getHash();
    }

    long revision() {
        return kv().range(RangeRequest.newBuilder().setKey(text("?")).build())
                .getHeader()
                .getRevision();
    }

    void compact(long revision) {
        var _ = kv().compact(CompactionRequest.newBuilder()
                .setRevision(revision)
                .setPhysical(true)
                .build());
    }

    /** Everything at a revision; 0 for now. */
    List<KeyValue> at(long revision) {
        return kv().range(RangeRequest.newBuilder()
                        .setKey(ZERO)
                        .setRangeEnd(ZERO)
                        .setRevision(revision)
                        .build())
                .getKvsList();
    }

    /** What the member says to a read at a revision that it should not have. */
    String refusal(long revision) {
        try {
            return "answered " + at(revision).size();
        } catch (StatusRuntimeException e) {
            return String.valueOf(e.getStatus().getDescription());
        }
    }

    /** Leases by id: TTL and keys. */
    NavigableMap<Long, String> leases() {
        var all = new TreeMap<Long, String>();
        for (LeaseStatus status : lease.withDeadlineAfter(60, TimeUnit.SECONDS)
                .leaseLeases(LeaseLeasesRequest.getDefaultInstance())
                .getLeasesList()) {
            LeaseTimeToLiveResponse found = lease.withDeadlineAfter(60, TimeUnit.SECONDS)
                    .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                            .setID(status.getID())
                            .setKeys(true)
                            .build());
            all.put(
                    status.getID(),
                    found.getGrantedTTL() + " "
                            + found.getKeysList().stream()
                                    .map(ByteString::toStringUtf8)
                                    .sorted()
                                    .toList());
        }
        return all;
    }

    /** Does a number of things, drawn from a seed: puts, deletions of ranges, transactions, leases, a compaction. */
    void fill(Random random, int steps) {
        for (long id = 1; id <= 3; id++) {
            var _ = lease.withDeadlineAfter(60, TimeUnit.SECONDS)
                    .leaseGrant(LeaseGrantRequest.newBuilder()
                            .setID(id * 1_000_000_007L)
                            .setTTL(3_600 * id)
                            .build());
        }
        for (int i = 0; i < steps; i++) {
            switch (random.nextInt(10)) {
                case 0 -> {
                    var _ = kv().deleteRange(DeleteRangeRequest.newBuilder()
                            .setKey(key(random))
                            .build());
                }
                case 1 -> {
                    int from = random.nextInt(100);
                    var _ = kv().deleteRange(DeleteRangeRequest.newBuilder()
                            .setKey(text("k%02d".formatted(from)))
                            .setRangeEnd(text("k%02d".formatted(Math.min(99, from + 4))))
                            .build());
                }
                case 2 -> {
                    var txn = TxnRequest.newBuilder();
                    for (int key = 0; key < 5; key++) {
                        txn.addSuccess(RequestOp.newBuilder()
                                .setRequestPut(put(random).setKey(text("k0" + key + random.nextInt(2)))));
                    }
                    txn.addSuccess(RequestOp.newBuilder()
                            .setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                                    .setKey(text("k50"))
                                    .setRangeEnd(text("k60"))));
                    var _ = kv().txn(txn.build());
                }
                default -> {
                    var _ = kv().put(put(random).build());
                }
            }
            if (i == steps / 2) {
                compact(revision() - random.nextInt(5));
            }
        }
    }

    private static ByteString key(Random random) {
        return text("k%02d".formatted(random.nextInt(100)));
    }

    private static PutRequest.Builder put(Random random) {
        byte[] value = new byte[random.nextInt(20) == 0 ? random.nextInt(20_000) : random.nextInt(60)];
        random.nextBytes(value);
        var put = PutRequest.newBuilder().setKey(key(random)).setValue(ByteString.copyFrom(value));
        return random.nextInt(4) == 0 ? put.setLease((1 + random.nextInt(3)) * 1_000_000_007L) : put;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
