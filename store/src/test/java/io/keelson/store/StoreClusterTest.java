package io.keelson.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.WatchCreateRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three members in one process, on real sockets and disks. */
class StoreClusterTest {

    @TempDir
    Path directory;

    private final TreeMap<String, Store> running = new TreeMap<>();
    private List<Member> members = List.of();

    @AfterEach
    void stop() {
        running.values().forEach(Store::close);
    }

    @Test
    void whatOneMemberAcknowledgedEveryMemberReads() throws Exception {
        startAll();
        for (String name : running.keySet()) {
            put(name, "from-" + name, name);
        }
        for (String name : running.keySet()) {
            for (String other : running.keySet()) {
                assertThat(get(name, "from-" + other).getKvs(0).getValue()).isEqualTo(bytes(other));
            }
        }
    }

    @Test
    void nothingAcknowledgedIsLostWhenTheLeaderGoesAndComesBack() throws Exception {
        startAll();
        String leader = leader();
        for (int i = 0; i < 50; i++) {
            put(leader, "before-" + i, "x");
        }
        stop(leader);
        String survivor = running.firstKey();
        for (int i = 0; i < 50; i++) {
            put(survivor, "after-" + i, "x");
        }
        start(leader);
        assertThat(count(leader, "before-", "before.")).isEqualTo(50);
        assertThat(count(leader, "after-", "after.")).isEqualTo(50);
        long revision = get(leader, "after-49").getHeader().getRevision();
        assertThat(revision).isEqualTo(101);
    }

    @Test
    void allMembersStoppedAndStartedKeepEverythingAndTheRevision() throws Exception {
        startAll();
        put(leader(), "a", "1");
        put(leader(), "a", "2");
        List<String> names = List.copyOf(running.keySet());
        running.values().forEach(Store::close);
        running.clear();
        for (String name : names) {
            start(name);
        }
        RangeResponse found = get(names.getFirst(), "a");
        assertThat(found.getKvs(0).getVersion()).isEqualTo(2);
        assertThat(found.getHeader().getRevision()).isEqualTo(3);
    }

    @Test
    void watchOnAFollowerDeliversWhatIsWrittenThroughTheLeader() throws Exception {
        startAll();
        String leader = leader();
        String follower = running.keySet().stream()
                .filter(name -> !name.equals(leader))
                .findFirst()
                .orElseThrow();
        try (KvWatch watch = store(follower)
                .kv()
                .watch(WatchCreateRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setStartRevision(1)
                        .build())) {
            put(leader, "a", "1");
            var event = watch.next(Duration.ofSeconds(20)).orElseThrow().getEvents(0);
            assertThat(event.getKv().getValue()).isEqualTo(bytes("1"));
        }
    }

    @Test
    void leaseIsKeptAliveThroughAFollowerAndTakesItsKeysWhenItIsNot() throws Exception {
        startAll();
        String leader = leader();
        String follower = running.keySet().stream()
                .filter(name -> !name.equals(leader))
                .findFirst()
                .orElseThrow();
        Kv kv = store(follower).kv();
        long lease =
                kv.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(2).build()).getID();
        kv.txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(
                                PutRequest.newBuilder().setKey(bytes("leased")).setLease(lease)))
                .build());
        assertThat(kv.leaseKeepAlive(lease).getTTL()).isEqualTo(2);
        await(() -> get(follower, "leased").getKvsCount() == 0);
        assertThat(kv.leaseKeepAlive(lease).getTTL()).isZero();
    }

    @Test
    void readsThatComeTogetherAreAllAnswered() throws Exception {
        startAll();
        String leader = leader();
        put(leader, "a", "1");
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            var reads = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 3_000; i++) {
                reads.add(readers.submit(() -> get(leader, "a").getKvsCount()));
            }
            for (Future<Integer> read : reads) {
                assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(1);
            }
        }
    }

    @Test
    void dataOfAnotherClusterIsRefused() throws Exception {
        startAll();
        String name = running.firstKey();
        stop(name);
        StoreConfig other = new StoreConfig(
                name,
                directory.resolve(name),
                "another-cluster",
                List.of(),
                member(name).peer(),
                members,
                Optional.empty(),
                Optional.empty());
        assertThatThrownBy(() -> Store.start(other, _ -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("belongs to another store (cluster test");
    }

    private void startAll() throws IOException {
        var list = new ArrayList<Member>();
        for (String name : List.of("m1", "m2", "m3")) {
            list.add(new Member(name, Loopback.freeAddress(), List.of(Loopback.freeAddress())));
        }
        members = List.copyOf(list);
        members.forEach(member -> start(member.name()));
        await(() -> running.values().stream().allMatch(Store::ready));
    }

    private void start(String name) {
        running.put(
                name,
                Store.start(
                        new StoreConfig(
                                name,
                                directory.resolve(name),
                                "test",
                                member(name).clients(),
                                member(name).peer(),
                                members,
                                Optional.empty(),
                                Optional.empty()),
                        problem -> {
                            throw new AssertionError("member " + name + " failed", problem);
                        }));
    }

    private Store store(String name) {
        return Objects.requireNonNull(running.get(name), name);
    }

    private void stop(String name) {
        store(name).close();
        running.remove(name);
    }

    private Member member(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private String leader() {
        await(() -> running.firstEntry().getValue().leader().isPresent());
        return running.firstEntry().getValue().leader().orElseThrow();
    }

    private void put(String member, String key, String value) {
        store(member)
                .kv()
                .txn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder()
                                .setRequestPut(PutRequest.newBuilder()
                                        .setKey(bytes(key))
                                        .setValue(bytes(value))))
                        .build());
    }

    private RangeResponse get(String member, String key) {
        return store(member)
                .kv()
                .range(RangeRequest.newBuilder().setKey(bytes(key)).build());
    }

    private long count(String member, String from, String to) {
        return store(member)
                .kv()
                .range(RangeRequest.newBuilder()
                        .setKey(bytes(from))
                        .setRangeEnd(bytes(to))
                        .setCountOnly(true)
                        .build())
                .getCount();
    }

    /** Waits for a condition, at most half a minute. */
    private static void await(BooleanSupplier condition) {
        Awaiting.atMost(Duration.ofSeconds(30), condition);
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
