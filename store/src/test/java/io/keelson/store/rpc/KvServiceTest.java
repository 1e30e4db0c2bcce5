package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.assertRefused;
import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.store.mvcc.View;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KvServiceTest {

    private final ServerFixture server = new ServerFixture();

    @AfterEach
    void close() {
        server.close();
    }

    private static RangeRequest key(String key) {
        return RangeRequest.newBuilder().setKey(bytes(key)).build();
    }

    @Test
    void putAndRangeCarryTheHeaderOfTheAnsweringMember() {
        var put = server.put("a", "1");
        assertThat(put.getHeader().getRevision()).isEqualTo(2);
        assertThat(put.getHeader().getClusterId()).isEqualTo(MemoryReplica.CLUSTER_ID);
        assertThat(put.getHeader().getMemberId()).isEqualTo(MemoryReplica.MEMBER_ID);
        assertThat(put.getHeader().getRaftTerm()).isEqualTo(3);
        var range = server.kv().range(key("a"));
        assertThat(range.getHeader()).isEqualTo(put.getHeader());
        assertThat(range.getKvs(0).getValue()).isEqualTo(bytes("1"));
        assertThat(range.getCount()).isEqualTo(1);
    }

    @Test
    void rangeAtAnOldRevisionCarriesTheCurrentRevision() {
        server.put("a", "1");
        server.put("a", "2");
        var old = server.kv().range(key("a").toBuilder().setRevision(2).build());
        assertThat(old.getKvs(0).getValue()).isEqualTo(bytes("1"));
        assertThat(old.getHeader().getRevision()).isEqualTo(3);
    }

    @Test
    void deleteAnswersWithPreviousKeys() {
        server.put("a", "1");
        var answer = server.kv()
                .deleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setPrevKv(true)
                        .build());
        assertThat(answer.getDeleted()).isEqualTo(1);
        assertThat(answer.getPrevKvs(0).getValue()).isEqualTo(bytes("1"));
        assertThat(answer.getHeader().getRevision()).isEqualTo(3);
    }

    @Test
    void transactionWritesOnlyIfItsCompareHolds() {
        var absent = Compare.newBuilder()
                .setKey(bytes("a"))
                .setTarget(Compare.CompareTarget.MOD)
                .setModRevision(0);
        var txn = TxnRequest.newBuilder()
                .addCompare(absent)
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(
                                PutRequest.newBuilder().setKey(bytes("a")).setValue(bytes("1"))))
                .addFailure(RequestOp.newBuilder().setRequestRange(key("a")))
                .build();
        var first = server.kv().txn(txn);
        assertThat(first.getSucceeded()).isTrue();
        assertThat(first.getHeader().getRevision()).isEqualTo(2);
        var second = server.kv().txn(txn);
        assertThat(second.getSucceeded()).isFalse();
        assertThat(second.getResponses(0).getResponseRange().getKvs(0).getValue())
                .isEqualTo(bytes("1"));
        assertThat(second.getHeader().getMemberId()).isEqualTo(MemoryReplica.MEMBER_ID);
        assertThat(second.getResponses(0).getResponseRange().getHeader().getMemberId())
                .as("answers inside carry the revision only")
                .isZero();
    }

    @Test
    void readingTransactionNeedsALeaderUnlessSerializable() {
        server.put("a", "1");
        server.replica.setLeader(false);
        var serializable = key("a").toBuilder().setSerializable(true).build();
        var answer = server.kv()
                .txn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder().setRequestRange(serializable))
                        .build());
        assertThat(answer.getResponses(0).getResponseRange().getCount()).isEqualTo(1);
        assertThat(server.kv().range(serializable).getCount()).isEqualTo(1);
        assertRefused(
                () -> server.kv()
                        .txn(TxnRequest.newBuilder()
                                .addSuccess(RequestOp.newBuilder().setRequestRange(key("a")))
                                .build()),
                Status.Code.UNAVAILABLE,
                "etcdserver: no leader");
        assertRefused(() -> server.kv().range(key("a")), Status.Code.UNAVAILABLE, "etcdserver: no leader");
        assertRefused(() -> server.put("a", "2"), Status.Code.UNAVAILABLE, "etcdserver: no leader");
    }

    @Test
    void whoRequiresALeaderGetsNoAnswerWithoutOne() {
        var metadata = new Metadata();
        metadata.put(LeaderGate.HAS_LEADER, "true");
        var kv = server.kv().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        var serializable = key("a").toBuilder().setSerializable(true).build();
        assertThat(kv.range(serializable).getCount()).isZero();
        server.replica.setLeader(false);
        assertRefused(() -> kv.range(serializable), Status.Code.UNAVAILABLE, "etcdserver: no leader");
    }

    @Test
    void refusalsHaveEtcdsCodesAndTexts() {
        server.put("a", "1");
        server.put("a", "2");
        server.compact(3);
        assertRefused(
                () -> server.kv().range(RangeRequest.getDefaultInstance()),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: key is not provided");
        assertRefused(
                () -> server.kv().range(key("a").toBuilder().setRevision(2).build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision has been compacted");
        assertRefused(
                () -> server.kv().range(key("a").toBuilder().setRevision(9).build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision is a future revision");
        assertRefused(
                () -> server.kv()
                        .compact(CompactionRequest.newBuilder().setRevision(3).build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision has been compacted");
        assertRefused(
                () -> server.kv()
                        .put(PutRequest.newBuilder()
                                .setKey(bytes("a"))
                                .setLease(77)
                                .build()),
                Status.Code.NOT_FOUND,
                "etcdserver: requested lease not found");
    }

    @Test
    void writeAboveTheLimitIsRefusedAndOneBelowIsNot() {
        var large = ByteString.copyFrom(new byte[ServerFixture.LIMITS.maxRequestBytes() + 1]);
        var put = PutRequest.newBuilder().setKey(bytes("a")).setValue(large).build();
        assertRefused(() -> server.kv().put(put), Status.Code.INVALID_ARGUMENT, "etcdserver: request is too large");
        var fits = put.toBuilder()
                .setValue(large.substring(0, ServerFixture.LIMITS.maxRequestBytes() - 100))
                .build();
        assertThat(server.kv().put(fits).getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void physicalCompactionIsAnsweredWhenTheDiskHasFollowed() throws Exception {
        server.put("a", "1");
        server.put("a", "2");
        var disk = new CompletableFuture<Boolean>();
        server.replica.setDisk(disk);
        var futures = KVGrpc.newFutureStub(server.channel).withDeadlineAfter(20, TimeUnit.SECONDS);
        var physical = futures.compact(
                CompactionRequest.newBuilder().setRevision(2).setPhysical(true).build());
        // It counts at once; and one that is not physical does not wait.
        while (server.replica.read(View::compactRevision) < 2) {
            Thread.onSpinWait();
        }
        server.compact(3);
        assertThat(physical.isDone()).isFalse();
        disk.complete(true);
        assertThat(physical.get(20, TimeUnit.SECONDS).getHeader().getRevision()).isEqualTo(3);
        assertRefused(
                () -> server.kv()
                        .compact(CompactionRequest.newBuilder()
                                .setRevision(3)
                                .setPhysical(true)
                                .build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision has been compacted");
    }
}
