package io.keelson.cli.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: Java's client of etcd is content. Method: jetcd as it is, against the process. */
class JetcdTest {

    @TempDir
    static Path dir;

    private static StoreProcess store;
    private static Client client;

    @BeforeAll
    static void start() throws Exception {
        store = StoreProcess.keelson(dir).awaitReady();
        client = Client.builder().endpoints(store.url()).build();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        store.close();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    @Test
    void keysAndTransactions() throws Exception {
        var kv = client.getKVClient();
        get(kv.put(bytes("kv/a"), bytes("1")));
        var old = get(kv.put(
                bytes("kv/a"), bytes("2"), PutOption.builder().withPrevKV().build()));
        assertThat(old.getPrevKv().getValue()).isEqualTo(bytes("1"));
        var txn = get(kv.txn()
                .If(new Cmp(bytes("kv/a"), Cmp.Op.EQUAL, CmpTarget.value(bytes("2"))))
                .Then(Op.put(bytes("kv/b"), bytes("3"), PutOption.DEFAULT))
                .Else(Op.get(bytes("kv/a"), GetOption.DEFAULT))
                .commit());
        assertThat(txn.isSucceeded()).isTrue();
        var all = get(kv.get(bytes("kv/"), GetOption.builder().isPrefix(true).build()));
        assertThat(all.getKvs())
                .extracting(found -> found.getValue().toString())
                .containsExactly("2", "3");
        assertThat(get(kv.delete(bytes("kv/a"))).getDeleted()).isEqualTo(1);
    }

    @Test
    void watchGoesOnAfterTheMemberWasKilled() throws Exception {
        BlockingQueue<WatchEvent> seen = new LinkedBlockingQueue<>();
        var kv = client.getKVClient();
        long from = get(kv.put(bytes("w/a"), bytes("1"))).getHeader().getRevision();
        var listener = Watch.listener((WatchResponse response) -> seen.addAll(response.getEvents()));
        var option = WatchOption.builder().isPrefix(true).withRevision(from).build();
        try (var watcher = client.getWatchClient().watch(bytes("w/"), option, listener)) {
            assertThat(seen.poll(60, TimeUnit.SECONDS).getKeyValue().getValue()).isEqualTo(bytes("1"));
            store.killAndStartAgain();
            store.awaitReady();
            assertThat(store.etcdctl("put", "w/a", "2")).isEqualTo("OK\nexit 0\n");
            assertThat(seen.poll(60, TimeUnit.SECONDS).getKeyValue().getValue()).isEqualTo(bytes("2"));
            assertThat(seen).as("nothing twice").isEmpty();
            assertThat(watcher).isNotNull();
        }
    }

    @Test
    void leaseIsKeptAliveAndRevoked() throws Exception {
        var leases = client.getLeaseClient();
        long id = get(leases.grant(60)).getID();
        get(client.getKVClient()
                .put(
                        bytes("lease/a"),
                        bytes("1"),
                        PutOption.builder().withLeaseId(id).build()));
        BlockingQueue<Long> renewed = new LinkedBlockingQueue<>();
        try (CloseableClient keeper = leases.keepAlive(id, new StreamObserver<>() {
            @Override
            public void onNext(io.etcd.jetcd.lease.LeaseKeepAliveResponse answer) {
                renewed.add(answer.getTTL());
            }

            @Override
            public void onError(Throwable error) {
                renewed.add(-1L);
            }

            @Override
            public void onCompleted() {}
        })) {
            assertThat(renewed.poll(60, TimeUnit.SECONDS)).isEqualTo(60);
            assertThat(keeper).isNotNull();
        }
        get(leases.revoke(id));
        assertThat(get(client.getKVClient().get(bytes("lease/a"))).getCount()).isZero();
    }

    @Test
    void lockIsHandedOn() throws Exception {
        var leases = client.getLeaseClient();
        var locks = client.getLockClient();
        long one = get(leases.grant(60)).getID();
        long two = get(leases.grant(60)).getID();
        var held = get(locks.lock(bytes("lock"), one));
        var waiting = locks.lock(bytes("lock"), two);
        get(locks.unlock(held.getKey()));
        var next = get(waiting);
        assertThat(next.getHeader().getRevision())
                .isGreaterThan(held.getHeader().getRevision());
    }

    @Test
    void electionIsWonProclaimedAndResigned() throws Exception {
        var election = client.getElectionClient();
        long lease = get(client.getLeaseClient().grant(60)).getID();
        var won = get(election.campaign(bytes("election"), lease, bytes("one"))).getLeader();
        get(election.proclaim(won, bytes("more")));
        assertThat(get(election.leader(bytes("election"))).getKv().getValue()).isEqualTo(bytes("more"));
        get(election.resign(won));
    }

    @Test
    void memberTellsHowItStands() throws Exception {
        var status = get(client.getMaintenanceClient().statusMember(store.url()));
        assertThat(status.getVersion()).startsWith("3.6.");
        assertThat(get(client.getClusterClient().listMember()).getMembers()).hasSize(1);
    }
}
