package io.keelson.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.proto.etcd.WatchCreateRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MemoryKvTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final MemoryKv kv = new MemoryKv(now::get);

    @Test
    void firstWriteIsRevisionTwoAndCreatesVersionOne() {
        put("a", "1", 0);
        var found =
                kv.range(RangeRequest.newBuilder().setKey(bytes("a")).build()).getKvs(0);
        assertThat(found.getCreateRevision()).isEqualTo(2);
        assertThat(found.getModRevision()).isEqualTo(2);
        assertThat(found.getVersion()).isEqualTo(1);
    }

    @Test
    void failedCompareRunsTheOtherBranchAndChangesNothing() {
        put("a", "1", 0);
        TxnResponse response = kv.txn(TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(bytes("a"))
                        .setTarget(Compare.CompareTarget.MOD)
                        .setModRevision(99))
                .addSuccess(put(PutRequest.newBuilder().setKey(bytes("a")).setValue(bytes("2"))))
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(bytes("a"))))
                .build());
        assertThat(response.getSucceeded()).isFalse();
        assertThat(response.getResponses(0).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("1"));
        assertThat(response.getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void watchFromThePastDeliversEveryRevisionOnceAndInOrder() throws InterruptedException {
        put("a", "1", 0);
        put("b", "2", 0);
        delete("a");
        try (KvWatch watch = kv.watch(WatchCreateRequest.newBuilder()
                .setKey(bytes("a"))
                .setRangeEnd(bytes("z"))
                .setStartRevision(1)
                .setPrevKv(true)
                .build())) {
            var events = watch.next(Duration.ZERO).orElseThrow().getEventsList();
            assertThat(events)
                    .extracting(event -> event.getKv().getModRevision())
                    .containsExactly(2L, 3L, 4L);
            assertThat(events.get(2).getType()).isEqualTo(Event.EventType.DELETE);
            assertThat(events.get(2).getPrevKv().getValue()).isEqualTo(bytes("1"));
            assertThat(watch.next(Duration.ZERO)).isEmpty();
            assertThat(watch.progress()).isEqualTo(4);
        }
    }

    @Test
    void leaseThatIsNotRenewedTakesItsKeysInOneRevision() {
        long lease =
                kv.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(5).build()).getID();
        put("a", "1", lease);
        put("b", "1", lease);
        now.set(Instant.ofEpochSecond(4));
        assertThat(kv.leaseKeepAlive(lease).getTTL()).isEqualTo(5);
        now.set(Instant.ofEpochSecond(8));
        assertThat(count()).isEqualTo(2);
        now.set(Instant.ofEpochSecond(10));
        assertThat(count()).isZero();
        assertThat(kv.range(RangeRequest.newBuilder().setKey(bytes("a")).build())
                        .getHeader()
                        .getRevision())
                .isEqualTo(4);
        assertThat(kv.leaseKeepAlive(lease).getTTL()).isZero();
    }

    @Test
    void compactedRevisionsCannotBeReadOrWatched() {
        put("a", "1", 0);
        put("a", "2", 0);
        put("a", "3", 0);
        kv.compact(CompactionRequest.newBuilder().setRevision(3).build());
        assertThatThrownBy(() -> kv.range(RangeRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setRevision(2)
                        .build()))
                .isInstanceOfSatisfying(
                        KvException.class, e -> assertThat(e.reason()).isEqualTo(KvException.Reason.COMPACTED));
        assertThat(kv.range(RangeRequest.newBuilder()
                                .setKey(bytes("a"))
                                .setRevision(3)
                                .build())
                        .getKvs(0)
                        .getValue())
                .isEqualTo(bytes("2"));
        try (KvWatch watch = kv.watch(WatchCreateRequest.newBuilder()
                .setKey(bytes("a"))
                .setStartRevision(2)
                .build())) {
            assertThatThrownBy(() -> watch.next(Duration.ZERO)).isInstanceOf(KvException.class);
        }
    }

    @Test
    void putWithAnUnknownLeaseIsRefusedAndNothingOfItsTransactionHappens() {
        assertThatThrownBy(() -> kv.txn(TxnRequest.newBuilder()
                        .addSuccess(put(PutRequest.newBuilder().setKey(bytes("a"))))
                        .addSuccess(
                                put(PutRequest.newBuilder().setKey(bytes("b")).setLease(77)))
                        .build()))
                .hasMessage("etcdserver: requested lease not found");
        assertThat(count()).isZero();
    }

    @Test
    void keyPutTwiceInOneTransactionIsRefused() {
        assertThatThrownBy(() -> kv.txn(TxnRequest.newBuilder()
                        .addSuccess(put(PutRequest.newBuilder().setKey(bytes("a"))))
                        .addSuccess(put(PutRequest.newBuilder().setKey(bytes("a"))))
                        .build()))
                .hasMessage("etcdserver: duplicate key given in txn request");
    }

    private long count() {
        return kv.range(RangeRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setRangeEnd(bytes("z"))
                        .setCountOnly(true)
                        .build())
                .getCount();
    }

    private void put(String key, String value, long lease) {
        kv.txn(TxnRequest.newBuilder()
                .addSuccess(put(PutRequest.newBuilder()
                        .setKey(bytes(key))
                        .setValue(bytes(value))
                        .setLease(lease)))
                .build());
    }

    private void delete(String key) {
        kv.txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key))))
                .build());
    }

    private static RequestOp put(PutRequest.Builder put) {
        return RequestOp.newBuilder().setRequestPut(put).build();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
