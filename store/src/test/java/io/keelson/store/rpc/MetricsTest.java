package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.proto.etcd.AuthGrpc;
import io.keelson.proto.etcd.AuthRoleAddRequest;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.store.HostPort;
import io.keelson.store.Loopback;
import io.keelson.store.Member;
import io.keelson.store.Store;
import io.keelson.store.StoreConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /metrics} of a member with a log and a disk: it can be read line by line, and what is done shows there. */
@SuppressWarnings("NonApiType")
class MetricsTest {

    private static final Pattern SAMPLE = Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{([a-zA-Z_][a-zA-Z0-9_]*=\"([^\"\\\\]|\\\\.)*\",?)*})? (\\S+)");

    private static Map<String, Double> samples(String page) {
        var samples = new TreeMap<String, Double>();
        for (String line : page.lines().toList()) {
            if (line.startsWith("# HELP ") || line.startsWith("# TYPE ")) {
                continue;
            }
            Matcher sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            String name = line.substring(0, line.lastIndexOf(' '));
            assertThat(samples.put(name, value(sample.group(5))))
                    .as("twice: " + name)
                    .isNull();
        }
        return samples;
    }

    private static double value(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static Map<String, Double> samples(HttpClient client, HostPort address) throws Exception {
        var answer = client.send(
                HttpRequest.newBuilder(URI.create("http://" + address + "/metrics"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        return samples(answer.body());
    }

    /** Names without labels and without what histograms and summaries append. */
    private static TreeSet<String> names(Map<String, Double> samples) {
        var names = new TreeSet<String>();
        for (String sample : samples.keySet()) {
            String name = sample.replaceFirst("\\{.*", "");
            names.add(name);
            names.add(name.replaceFirst("_(bucket|sum|count)$", ""));
        }
        return names;
    }

    private static final String SIZE = "etcd_mvcc_db_total_size_in_bytes";

    @Test
    void everyPromisedNameIsThereAndMovesWhenSomethingIsDone(@TempDir Path directory) throws Exception {
        HostPort address = Loopback.freeAddress();
        HostPort peer = Loopback.freeAddress();
        var config = new StoreConfig(
                "one",
                directory,
                "token",
                List.of(address),
                peer,
                List.of(new Member("one", peer, List.of(address))),
                Optional.empty(),
                Optional.empty());
        var failures = new LinkedBlockingQueue<Throwable>();
        try (var _ = Store.start(config, failures::add);
                var client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                var grpc = new PlainChannel(address)) {
            grpc.put("a", "0");
            var before = samples(client, address);
            for (int i = 0; i < 20; i++) {
                grpc.put("a", "v".repeat(1_000));
            }
            grpc.delete("a");
            var range = RangeRequest.newBuilder().setKey(ServerFixture.bytes("a"));
            assertThat(grpc.kv().range(range.build()).getCount()).isZero();
            var put = io.keelson.proto.etcd.PutRequest.newBuilder().setKey(ServerFixture.bytes("b"));
            assertThat(grpc.kv()
                            .txn(TxnRequest.newBuilder()
                                    .addSuccess(RequestOp.newBuilder().setRequestPut(put))
                                    .build())
                            .getSucceeded())
                    .isTrue();
            var leases = LeaseGrpc.newBlockingStub(grpc.channel()).withDeadlineAfter(60, TimeUnit.SECONDS);
            assertThat(leases.leaseGrant(LeaseGrantRequest.newBuilder()
                                    .setTTL(60)
                                    .setID(7)
                                    .build())
                            .getTTL())
                    .isEqualTo(60);
            var renewal = client.send(
                    HttpRequest.newBuilder(URI.create("http://" + address + "/v3/lease/keepalive"))
                            .POST(HttpRequest.BodyPublishers.ofString("{\"ID\":\"7\"}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(renewal.body()).contains("\"TTL\":\"60\"");
            assertThat(AuthGrpc.newBlockingStub(grpc.channel())
                            .roleAdd(
                                    AuthRoleAddRequest.newBuilder().setName("r").build())
                            .hasHeader())
                    .isTrue();
            ServerFixture.assertRefused(
                    () -> grpc.kv().range(RangeRequest.getDefaultInstance()),
                    io.grpc.Status.Code.INVALID_ARGUMENT,
                    "etcdserver: key is not provided");
            String json = "{\"create_request\":{\"key\":\"YQ==\",\"start_revision\":\"1\"}}";
            var watch = client.send(
                    HttpRequest.newBuilder(URI.create("http://" + address + "/v3/watch"))
                            .POST(HttpRequest.BodyPublishers.ofString(json))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            assertThat(new String(watch.body().readNBytes(60), java.nio.charset.StandardCharsets.UTF_8))
                    .contains("result");
            assertThat(health(client, address)).isEqualTo(200);
            Map<String, Double> after = samples(client, address);
            // The size is looked at from time to time only.
            while (after.getOrDefault("etcd_debugging_mvcc_events_total", 0.0) < 22
                    || of(after, SIZE) <= of(before, SIZE)) {
                after = samples(client, address);
            }
            var seen = after;
            watch.body().close();

            assertThat(names(seen)).containsAll(promised());
            String unary = "{grpc_type=\"unary\",grpc_service=\"etcdserverpb.KV\",grpc_method=\"Put\"}";
            String handled =
                    "grpc_server_handled_total{grpc_code=\"%s\",grpc_method=\"%s\",grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"}";
            grown(before, seen, "etcd_mvcc_put_total", 21);
            grown(before, seen, "etcd_mvcc_delete_total", 1);
            grown(before, seen, "etcd_mvcc_txn_total", 1);
            grown(before, seen, "etcd_mvcc_range_total", 2);
            grown(before, seen, "etcd_debugging_mvcc_current_revision", 22);
            grown(before, seen, "etcd_debugging_lease_granted_total", 1);
            grown(before, seen, "etcd_debugging_lease_renewed_total", 1);
            grown(before, seen, "etcd_debugging_auth_revision", 1);
            grown(before, seen, "etcd_debugging_mvcc_watcher_total", 1);
            grown(before, seen, "etcd_debugging_mvcc_watch_stream_total", 1);
            grown(before, seen, "etcd_server_health_success", 1);
            grown(before, seen, sorted("grpc_server_started_total" + unary, seen), 20);
            grown(before, seen, sorted(handled.formatted("OK", "Put"), seen), 20);
            grown(before, seen, sorted(handled.formatted("InvalidArgument", "Range"), seen), 1);
            grown(before, seen, "etcd_server_client_requests_total{client_api_version=\"unknown\",type=\"unary\"}", 26);
            for (String name : List.of(
                    "etcd_disk_wal_fsync_duration_seconds_count",
                    "etcd_disk_backend_commit_duration_seconds_count",
                    "etcd_server_range_duration_seconds_count",
                    "etcd_server_proposals_committed_total",
                    "etcd_server_proposals_applied_total",
                    "etcd_network_client_grpc_received_bytes_total",
                    "etcd_network_client_grpc_sent_bytes_total",
                    SIZE)) {
                assertThat(of(seen, name)).as(name).isGreaterThan(of(before, name));
            }
            assertThat(of(seen, "etcd_network_client_grpc_received_bytes_total")
                            - of(before, "etcd_network_client_grpc_received_bytes_total"))
                    .isGreaterThan(20_000);
            assertThat(seen.get("etcd_server_has_leader")).isEqualTo(1);
            assertThat(seen.get("etcd_server_is_leader")).isEqualTo(1);
            assertThat(seen.get("etcd_server_leader_changes_seen_total")).isGreaterThanOrEqualTo(1);
            assertThat(seen.get("etcd_server_apply_duration_seconds_count{op=\"Put\",success=\"true\",version=\"v3\"}"))
                    .isEqualTo(21);
            assertThat(seen.get("process_resident_memory_bytes")).isGreaterThan(1 << 20);
        }
        assertThat(failures).isEmpty();
    }

    private static void grown(Map<String, Double> before, Map<String, Double> after, String name, double by) {
        assertThat(after).containsKey(name);
        assertThat(of(after, name) - before.getOrDefault(name, 0.0)).as(name).isEqualTo(by);
    }

    private static double of(Map<String, Double> samples, String name) {
        return Objects.requireNonNull(samples.get(name), name);
    }

    /** The name as it stands on the page, where labels have an order of their own. */
    private static String sorted(String name, Map<String, Double> samples) {
        var labels = new TreeSet<>(List.of(labels(name)));
        return samples.keySet().stream()
                .filter(each -> each.startsWith(name.substring(0, name.indexOf('{') + 1))
                        && new TreeSet<>(List.of(labels(each))).equals(labels))
                .findFirst()
                .orElse(name);
    }

    private static String[] labels(String name) {
        return name.substring(name.indexOf('{') + 1, name.length() - 1).split(",");
    }

    private static int health(HttpClient client, HostPort address) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://" + address + "/health"))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    /** The names in the store's table of docs/metrics.md, but for those of peers, which a member alone does not have. */
    private static List<String> promised() throws Exception {
        String table = Files.readString(Path.of("../docs/metrics.md"));
        List<String> names = table.lines()
                .takeWhile(line -> !line.startsWith("## Of an API server"))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(0, line.indexOf('|', 1)))
                .flatMap(cell -> Pattern.compile("`([a-z_]+)`").matcher(cell).results())
                .map(found -> found.group(1))
                // There is but one member; ClusterMetricsTest looks at these.
                .filter(name -> !name.startsWith("etcd_network_peer_") && !name.equals("etcd_network_active_peers"))
                .toList();
        assertThat(names).hasSizeGreaterThan(50);
        return names;
    }

    @Test
    void callThatNobodyKnowsDoesNotBecomeALabel() throws Exception {
        try (var server = new ServerFixture();
                var client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            var strange = io.keelson.proto.etcd.KVGrpc.getPutMethod().toBuilder()
                    .setFullMethodName("etcdserverpb.KV/Strange")
                    .build();
            ServerFixture.assertRefused(
                    () -> io.grpc.stub.ClientCalls.blockingUnaryCall(
                            server.channel,
                            strange,
                            io.grpc.CallOptions.DEFAULT,
                            io.keelson.proto.etcd.PutRequest.getDefaultInstance()),
                    io.grpc.Status.Code.UNIMPLEMENTED,
                    "Method not found: etcdserverpb.KV/Strange");
            assertThat(samples(client, server.address).keySet())
                    .noneMatch(name -> name.contains("Strange"))
                    .anyMatch(name -> name.startsWith("grpc_server_started_total") && name.contains("\"unknown\""));
        }
    }
}
