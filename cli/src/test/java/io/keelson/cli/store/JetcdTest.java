package io.keelson.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Election;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.election.LeaderResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.support.CloseableClient;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
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
    void whoeverObservesAnElectionHearsWhoLeadsAndWhatTheySay() throws Exception {
        var election = client.getElectionClient();
        long lease = get(client.getLeaseClient().grant(60)).getID();
        BlockingQueue<String> said = new LinkedBlockingQueue<>();
        election.observe(bytes("observed"), new Election.Listener() {
            @Override
            public void onNext(LeaderResponse response) {
                said.add(response.getKv().getValue().toString());
            }

            @Override
            public void onError(Throwable error) {
                said.add(String.valueOf(error));
            }

            @Override
            public void onCompleted() {
                said.add("completed");
            }
        });
        var won = get(election.campaign(bytes("observed"), lease, bytes("one"))).getLeader();
        assertThat(said.poll(60, TimeUnit.SECONDS)).isEqualTo("one");
        get(election.proclaim(won, bytes("more")));
        assertThat(said.poll(60, TimeUnit.SECONDS)).isEqualTo("more");
        get(election.resign(won));
    }

    @Test
    void usersHaveTheirRolesPermissionsAndNoMore() throws Exception {
        var auth = client.getAuthClient();
        get(auth.userAdd(bytes("root"), bytes("secret")));
        get(auth.roleAdd(bytes("root")));
        get(auth.userGrantRole(bytes("root"), bytes("root")));
        get(auth.userAdd(bytes("ann"), bytes("pw")));
        get(auth.userChangePassword(bytes("ann"), bytes("other")));
        get(auth.roleAdd(bytes("apples")));
        get(auth.roleGrantPermission(bytes("apples"), bytes("apple/"), bytes("apple0"), Permission.Type.READWRITE));
        get(auth.userGrantRole(bytes("ann"), bytes("apples")));
        assertThat(get(auth.userGet(bytes("ann"))).getRoles()).containsExactly("apples");
        assertThat(get(auth.userList()).getUsers()).containsExactly("ann", "root");
        assertThat(get(auth.roleGet(bytes("apples"))).getPermissions()).hasSize(1);
        assertThat(get(auth.roleList()).getRoles()).containsExactly("apples", "root");
        get(auth.authEnable());
        try (var ann = Client.builder()
                        .endpoints(store.url())
                        .user(bytes("ann"))
                        .password(bytes("other"))
                        .build();
                var root = Client.builder()
                        .endpoints(store.url())
                        .user(bytes("root"))
                        .password(bytes("secret"))
                        .build()) {
            get(ann.getKVClient().put(bytes("apple/1"), bytes("red")));
            assertThatThrownBy(() -> get(ann.getKVClient().put(bytes("pear"), bytes("green"))))
                    .hasMessageContaining("etcdserver: permission denied");
            // The token that this client has is of users as they were before.
            get(root.getAuthClient().roleRevokePermission(bytes("apples"), bytes("apple/"), bytes("apple0")));
            assertThatThrownBy(() -> get(ann.getKVClient().get(bytes("apple/1"))))
                    .hasMessageContaining("etcdserver: permission denied");
            get(root.getAuthClient().userRevokeRole(bytes("ann"), bytes("apples")));
            get(root.getAuthClient().roleDelete(bytes("apples")));
            get(root.getAuthClient().userDelete(bytes("ann")));
            get(root.getAuthClient().authDisable());
        }
    }

    @Test
    void historyIsCompactedAndTheStoreSavedAndLookedAfter() throws Exception {
        var kv = client.getKVClient();
        long revision = get(kv.put(bytes("m/a"), bytes("1"))).getHeader().getRevision();
        get(kv.put(bytes("m/a"), bytes("2")));
        get(kv.compact(
                revision + 1, CompactOption.builder().withCompactPhysical(true).build()));
        assertThatThrownBy(() -> get(kv.get(
                        bytes("m/a"), GetOption.builder().withRevision(revision).build())))
                .hasMessageContaining("etcdserver: mvcc: required revision has been compacted");
        var maintenance = client.getMaintenanceClient();
        assertThat(get(maintenance.hashKV(store.url(), 0)).getCompacted()).isEqualTo(revision + 1);
        assertThat(get(maintenance.listAlarms()).getAlarms()).isEmpty();
        get(maintenance.defragmentMember(store.url()));
        var file = new ByteArrayOutputStream();
        assertThat(get(maintenance.snapshot(file))).isEqualTo(file.size());
        assertThat(file.size() % 512).as("pages and a checksum").isEqualTo(32);
    }

    @Test
    void learnersComeAndGoAndTheLeadIsGivenToMembersOnly() throws Exception {
        var cluster = client.getClusterClient();
        var added = get(cluster.addMember(List.of(URI.create("http://127.0.0.1:1")), true));
        long id = added.getMember().getId();
        assertThat(get(cluster.listMember()).getMembers()).hasSize(2);
        assertThatThrownBy(() -> get(cluster.promoteMember(id)))
                .hasMessageContaining("etcdserver: can only promote a learner member which is in sync with leader");
        assertThatThrownBy(() -> get(client.getMaintenanceClient().moveLeader(id)))
                .hasMessageContaining("etcdserver: bad leader transferee");
        get(cluster.updateMember(id, List.of(URI.create("http://127.0.0.1:2"))));
        assertThat(get(cluster.removeMember(id)).getMembers()).hasSize(1);
    }

    @Test
    void memberTellsHowItStands() throws Exception {
        var status = get(client.getMaintenanceClient().statusMember(store.url()));
        assertThat(status.getVersion()).startsWith("3.6.");
        assertThat(get(client.getClusterClient().listMember()).getMembers()).hasSize(1);
    }
}
