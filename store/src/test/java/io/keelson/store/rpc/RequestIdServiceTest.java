package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.assertRefused;
import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.keelson.proto.etcd.AuthGrpc;
import io.keelson.proto.etcd.AuthUserAddRequest;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LeaseRevokeRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The header {@code keelson-request-id} as clients meet it. */
class RequestIdServiceTest {

    private final ServerFixture server = new ServerFixture();

    @AfterEach
    void close() {
        server.close();
    }

    private static <S extends AbstractStub<S>> S under(String id, S stub) {
        var metadata = new Metadata();
        metadata.put(Metadata.Key.of("keelson-request-id", Metadata.ASCII_STRING_MARSHALLER), id);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private KVGrpc.KVBlockingStub kv(String id) {
        return under(id, server.kv());
    }

    private LeaseGrpc.LeaseBlockingStub lease(String id) {
        return under(id, LeaseGrpc.newBlockingStub(server.channel));
    }

    private static PutRequest put(String key, String value) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
    }

    private long version(String key) {
        return server.kv()
                .range(RangeRequest.newBuilder().setKey(bytes(key)).build())
                .getKvs(0)
                .getVersion();
    }

    @Test
    void eachWriteAskedAgainGetsItsFirstAnswer() {
        var first = kv("put").put(put("a", "1"));
        server.put("b", "1");
        assertThat(kv("put").put(put("a", "1"))).isEqualTo(first);
        assertThat(version("a")).isEqualTo(1);

        var delete = DeleteRangeRequest.newBuilder()
                .setKey(bytes("b"))
                .setPrevKv(true)
                .build();
        var deleted = kv("delete").deleteRange(delete);
        server.put("b", "2");
        assertThat(kv("delete").deleteRange(delete)).isEqualTo(deleted);
        assertThat(deleted.getDeleted()).isEqualTo(1);
        assertThat(version("b")).isEqualTo(1);

        var createC = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(bytes("c"))
                        .setTarget(Compare.CompareTarget.VERSION)
                        .setVersion(0))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put("c", "1")))
                .build();
        var created = kv("txn").txn(createC);
        assertThat(created.getSucceeded()).isTrue();
        // Without the id it would be told that the condition does not hold.
        assertThat(kv("txn").txn(createC)).isEqualTo(created);
        assertThat(server.kv().txn(createC).getSucceeded()).isFalse();

        var compaction = CompactionRequest.newBuilder().setRevision(4).build();
        var compacted = kv("compact").compact(compaction);
        assertThat(kv("compact").compact(compaction)).isEqualTo(compacted);

        var grant = LeaseGrantRequest.newBuilder().setTTL(60).build();
        var granted = lease("grant").leaseGrant(grant);
        assertThat(lease("grant").leaseGrant(grant)).isEqualTo(granted);
        var revoke = LeaseRevokeRequest.newBuilder().setID(granted.getID()).build();
        var revoked = lease("revoke").leaseRevoke(revoke);
        assertThat(lease("revoke").leaseRevoke(revoke)).isEqualTo(revoked);
    }

    @Test
    void anotherRequestUnderTheSameIdIsRefused() {
        var _ = kv("one").put(put("a", "1"));
        assertRefused(
                () -> kv("one").put(put("a", "2")),
                Status.Code.INVALID_ARGUMENT,
                "keelson-request-id: the id was used for another request");
        // The same bytes, asked of another call.
        var _ = kv("two")
                .deleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("a")).build());
        assertRefused(
                () -> kv("two").put(PutRequest.newBuilder().setKey(bytes("a")).build()),
                Status.Code.INVALID_ARGUMENT,
                "keelson-request-id: the id was used for another request");
    }

    @Test
    void anAnswerTooLargeToKeepIsNotGivenAgain() {
        server.put("a", "x".repeat(100_000));
        var delete = DeleteRangeRequest.newBuilder()
                .setKey(bytes("a"))
                .setPrevKv(true)
                .build();
        var _ = kv("one").deleteRange(delete);
        assertRefused(
                () -> kv("one").deleteRange(delete),
                Status.Code.FAILED_PRECONDITION,
                "keelson-request-id: this request was carried out before, at revision 3; its answer was too large to be kept");
    }

    @Test
    void whatIsNoIdIsRefusedByName() {
        assertRefused(
                () -> kv("x".repeat(129)).put(put("a", "1")),
                Status.Code.INVALID_ARGUMENT,
                "keelson-request-id: must have 1 to 128 characters, not 129");
        assertRefused(
                () -> kv("").put(put("a", "1")),
                Status.Code.INVALID_ARGUMENT,
                "keelson-request-id: must have 1 to 128 characters, not 0");
        assertRefused(
                () -> under("two", kv("one")).put(put("a", "1")),
                Status.Code.INVALID_ARGUMENT,
                "keelson-request-id: is given 2 times");
    }

    @Test
    void whatOnlyReadsNeedsNoIdAndWhatCannotHeedItSaysSo() {
        server.put("a", "1");
        var range = RangeRequest.newBuilder().setKey(bytes("a")).build();
        assertThat(kv("one").range(range).getCount()).isEqualTo(1);
        server.delete("a");
        assertThat(kv("one").range(range).getCount()).isZero();
        assertRefused(
                () -> under("one", AuthGrpc.newBlockingStub(server.channel))
                        .userAdd(AuthUserAddRequest.newBuilder().setName("ada").build()),
                Status.Code.INVALID_ARGUMENT,
                "keelson-request-id: etcdserverpb.Auth/UserAdd does not heed it");
    }
}
