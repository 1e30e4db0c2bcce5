package io.keelson.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What members measure of each other, read at a door that serves metrics and nothing else. */
class ClusterMetricsTest {

    @TempDir
    Path directory;

    private final TreeMap<String, Store> running = new TreeMap<>();
    private final Map<String, HostPort> metricsDoors = new HashMap<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void stop() {
        running.values().forEach(Store::close);
        client.close();
    }

    private void startThree() throws Exception {
        var members = new ArrayList<Member>();
        for (String name : List.of("a", "b", "c")) {
            members.add(new Member(name, Loopback.freeAddress(), List.of(Loopback.freeAddress())));
        }
        for (Member member : members) {
            metricsDoors.put(member.name(), Loopback.freeAddress());
            var config = new StoreConfig(
                    member.name(),
                    directory.resolve(member.name()),
                    "token",
                    List.of(
                            new Door(member.clients().getFirst(), Door.Wire.PLAIN, Door.Serves.EVERYTHING),
                            new Door(metricsDoors.get(member.name()), Door.Wire.PLAIN, Door.Serves.METRICS)),
                    member.peer(),
                    members,
                    Optional.empty(),
                    Optional.empty(),
                    StoreOptions.DEFAULTS);
            running.put(member.name(), Store.start(config, _ -> {}));
        }
    }

    private int status(String member, String path) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://" + metricsDoors.get(member) + path))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private String page(String member) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://" + metricsDoors.get(member) + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** The value of a sample, 0 if it is not there. */
    private static double value(String page, String sample) {
        return page.lines()
                .filter(line -> line.startsWith(sample + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
                .sum();
    }

    private String await(String member, Predicate<String> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        String page = page(member);
        while (!condition.test(page) && System.nanoTime() - deadline < 0) {
            page = page(member);
        }
        assertThat(condition.test(page)).as(page).isTrue();
        return page;
    }

    @Test
    void leaderMeasuresItsPeersAndEveryMemberTellsWhoLeads() throws Exception {
        startThree();
        Store first = running.firstEntry().getValue();
        int acknowledged = 0;
        while (acknowledged < 20) {
            var put = PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("k" + acknowledged));
            var txn = TxnRequest.newBuilder()
                    .addSuccess(RequestOp.newBuilder().setRequestPut(put))
                    .build();
            try {
                acknowledged += first.kv().txn(txn).getSucceeded() ? 1 : 0;
            } catch (KvException e) {
                // Three members on a busy machine: whatever became of it, it is counted when it is applied.
                assertThat(e.reason()).isIn(KvException.Reason.UNAVAILABLE, KvException.Reason.UNKNOWN_OUTCOME);
            }
        }
        String leader = first.leader().orElseThrow();
        for (String name : running.keySet()) {
            String page = await(name, each -> value(each, "etcd_mvcc_put_total") >= 20);
            assertThat(value(page, "etcd_server_has_leader")).isEqualTo(1);
            assertThat(value(page, "etcd_server_is_leader")).isEqualTo(name.equals(leader) ? 1 : 0);
            assertThat(value(page, "etcd_disk_wal_fsync_duration_seconds_count"))
                    .isPositive();
        }
        List<String> others =
                running.keySet().stream().filter(name -> !name.equals(leader)).toList();
        for (String other : others) {
            long id = Objects.requireNonNull(running.get(other))
                    .replica()
                    .standing()
                    .memberId();
            String trips = "etcd_network_peer_round_trip_time_seconds_count{To=\"" + Long.toHexString(id) + "\"}";
            assertThat(value(page(leader), trips)).as(page(leader)).isGreaterThanOrEqualTo(10);
        }
        assertBytesAndPeersAreTold(leader, others);
        assertThat(status(leader, "/health")).isEqualTo(200);
        assertThat(status(leader, "/v3/kv/range")).isEqualTo(404);

        String failures = "etcd_network_peer_sent_failures_total{To=\"" + id(others.getFirst()) + "\"}";
        Store gone = Objects.requireNonNull(running.remove(others.getFirst()));
        gone.close();
        assertThat(await(leader, page -> value(page, failures) > 0)).contains(failures);
    }

    /** The 20 values went from the leader to each of the others, and each is in touch with somebody. */
    private void assertBytesAndPeersAreTold(String leader, List<String> others) throws Exception {
        for (String other : others) {
            String sent = "etcd_network_peer_sent_bytes_total{To=\"" + id(other) + "\"}";
            String received = "etcd_network_peer_received_bytes_total{From=\"" + id(leader) + "\"}";
            String inTouch = "etcd_network_active_peers{Local=\"" + id(other) + "\",Remote=\"";
            assertThat(value(page(leader), sent)).isGreaterThan(20 * 20);
            assertThat(value(page(other), received)).isGreaterThan(20 * 20);
            assertThat(await(other, page -> page.contains(inTouch))).contains(inTouch);
        }
    }

    private String id(String member) {
        return Long.toHexString(
                Objects.requireNonNull(running.get(member)).replica().standing().memberId());
    }
}
