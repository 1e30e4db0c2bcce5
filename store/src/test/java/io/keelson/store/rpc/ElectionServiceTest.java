package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.assertRefused;
import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.keelson.proto.etcd.CampaignRequest;
import io.keelson.proto.etcd.CampaignResponse;
import io.keelson.proto.etcd.ElectionGrpc;
import io.keelson.proto.etcd.LeaderKey;
import io.keelson.proto.etcd.LeaderRequest;
import io.keelson.proto.etcd.LeaderResponse;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.ProclaimRequest;
import io.keelson.proto.etcd.ResignRequest;
import java.util.Iterator;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Elections over the wire. */
class ElectionServiceTest {

    private final ServerFixture server = new ServerFixture();

    @AfterEach
    void close() {
        server.close();
    }

    private ElectionGrpc.ElectionBlockingStub election() {
        return ElectionGrpc.newBlockingStub(server.channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    }

    private long lease() {
        return LeaseGrpc.newBlockingStub(server.channel)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(100).build())
                .getID();
    }

    private Future<CampaignResponse> campaign(long lease, String says) {
        return ElectionGrpc.newFutureStub(server.channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .campaign(CampaignRequest.newBuilder()
                        .setName(bytes("e"))
                        .setLease(lease)
                        .setValue(bytes(says))
                        .build());
    }

    private LeaderKey won(long lease, String says) throws Exception {
        return campaign(lease, says).get(60, TimeUnit.SECONDS).getLeader();
    }

    private long proclaim(LeaderKey leader, String says) {
        return election()
                .proclaim(ProclaimRequest.newBuilder()
                        .setLeader(leader)
                        .setValue(bytes(says))
                        .build())
                .getHeader()
                .getRevision();
    }

    private void resign(LeaderKey leader) {
        assertThat(election()
                        .resign(ResignRequest.newBuilder().setLeader(leader).build())
                        .hasHeader())
                .isTrue();
    }

    private ByteString says() {
        return election()
                .leader(LeaderRequest.newBuilder().setName(bytes("e")).build())
                .getKv()
                .getValue();
    }

    @Test
    void leaderProclaimsResignsAndTheNextOneLeads() throws Exception {
        long lease = lease();
        LeaderKey first = won(lease, "one");
        assertThat(first.getKey().toStringUtf8()).isEqualTo("e/" + Long.toHexString(lease));
        assertThat(first.getRev()).isEqualTo(2);
        assertThat(first.getLease()).isEqualTo(lease);
        assertThat(says()).isEqualTo(bytes("one"));
        Future<CampaignResponse> second = campaign(lease(), "two");
        assertThat(proclaim(first, "more")).isGreaterThan(2);
        assertThat(says()).isEqualTo(bytes("more"));
        assertThat(won(lease, "again").getRev())
                .as("the same lease, the same lead")
                .isEqualTo(2);
        assertThat(says()).isEqualTo(bytes("again"));
        resign(first);
        LeaderKey next = second.get(60, TimeUnit.SECONDS).getLeader();
        assertThat(next.getRev()).isGreaterThan(first.getRev());
        assertThat(says()).isEqualTo(bytes("two"));
        assertRefused(() -> proclaim(first, "late"), Status.Code.UNKNOWN, "election: not leader");
        resign(first);
        assertThat(says()).isEqualTo(bytes("two"));
    }

    @Test
    void whatIsMissingIsNamedInEtcdsWords() {
        assertRefused(this::says, Status.Code.UNKNOWN, "election: no leader");
        assertRefused(
                () -> election().proclaim(ProclaimRequest.getDefaultInstance()),
                Status.Code.UNKNOWN,
                "\"leader\" field must be provided");
        assertRefused(
                () -> election().resign(ResignRequest.getDefaultInstance()),
                Status.Code.UNKNOWN,
                "\"leader\" field must be provided");
    }

    @Test
    void observerSeesLeadersAndWhatTheySayInOrder() throws Exception {
        Iterator<LeaderResponse> seen = election()
                .observe(LeaderRequest.newBuilder().setName(bytes("e")).build());
        LeaderKey first = won(lease(), "one");
        LeaderResponse shown = seen.next();
        assertThat(shown.getKv().getValue()).isEqualTo(bytes("one"));
        assertThat(shown.getHeader().getRevision()).isEqualTo(2);
        long proclaimed = proclaim(first, "more");
        shown = seen.next();
        assertThat(shown.getKv().getValue()).isEqualTo(bytes("more"));
        assertThat(shown.getHeader().getRevision()).isEqualTo(proclaimed);
        resign(first);
        LeaderKey second = won(lease(), "two");
        shown = seen.next();
        assertThat(shown.getKv().getValue()).isEqualTo(bytes("two"));
        assertThat(shown.getKv().getCreateRevision()).isEqualTo(second.getRev());
    }

    @Test
    void observerEndsWithTheServer() throws Exception {
        won(lease(), "one");
        Iterator<LeaderResponse> seen = election()
                .observe(LeaderRequest.newBuilder().setName(bytes("e")).build());
        assertThat(seen.next().getKv().getValue()).isEqualTo(bytes("one"));
        server.stopServer();
        assertRefused(seen::next, Status.Code.UNAVAILABLE, "etcdserver: server stopped");
    }
}
