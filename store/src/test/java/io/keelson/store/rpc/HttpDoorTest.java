package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.store.Door;
import io.keelson.store.HostPort;
import io.keelson.store.Loopback;
import io.keelson.store.StoreConfig;
import io.keelson.store.TestCertificates;
import io.keelson.store.Tls;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/1.1 and gRPC on one port, plain and over TLS. */
@SuppressWarnings("StringConcatToTextBlock")
class HttpDoorTest {

    private static HttpResponse<String> get(HttpClient client, String base, HostPort address, String path)
            throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(base + address + path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpClient.Builder http11() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void plainPortServesPagesBesideGrpc() throws Exception {
        try (var server = new ServerFixture();
                var client = http11().build()) {
            server.put("a", "1");
            var health = get(client, "http://", server.address, "/health");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body()).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}");
            assertThat(get(client, "http://", server.address, "/version").body())
                    .contains("\"etcdserver\":\"3.6.")
                    .contains("\"etcdcluster\":\"3.6.0\"");
            assertThat(get(client, "http://", server.address, "/livez").body()).isEqualTo("ok\n");
            assertThat(get(client, "http://", server.address, "/readyz").body()).isEqualTo("ok\n");
            var absent = get(client, "http://", server.address, "/nothing");
            assertThat(absent.statusCode()).isEqualTo(404);
            assertThat(absent.body()).contains("/health").contains("gateway");
        }
    }

    @Test
    void memberWithoutALeaderIsNotHealthyButAlive() throws Exception {
        try (var server = new ServerFixture();
                var client = http11().build()) {
            server.replica.setLeader(false);
            var health = get(client, "http://", server.address, "/health");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).isEqualTo("{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}");
            assertThat(get(client, "http://", server.address, "/health?serializable=true")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(get(client, "http://", server.address, "/livez").statusCode())
                    .isEqualTo(200);
            var ready = get(client, "http://", server.address, "/readyz");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body())
                    .isEqualTo("[+]data_corruption ok\n"
                            + "[+]serializable_read ok\n"
                            + "[-]linearizable_read failed: etcdserver: no leader\n[+]non_learner ok\n");
            assertThat(get(client, "http://", server.address, "/readyz?exclude=linearizable_read&verbose")
                            .body())
                    .isEqualTo("[+]data_corruption ok\n"
                            + "[+]serializable_read ok\n"
                            + "[+]linearizable_read excluded: ok\n"
                            + "[+]non_learner ok\n"
                            + "ok\n");
            assertThat(get(client, "http://", server.address, "/readyz/serializable_read?verbose")
                            .body())
                    .isEqualTo("[+]serializable_read ok\nok\n");
            assertThat(get(client, "http://", server.address, "/readyz/linearizable_read")
                            .statusCode())
                    .isEqualTo(503);
        }
    }

    @Test
    void alarmIsAReasonUnlessItIsExcluded() throws Exception {
        try (var server = new ServerFixture();
                var client = http11().build()) {
            alarm(client, server.address, "NOSPACE");
            var health = get(client, "http://", server.address, "/health");
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body()).isEqualTo("{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}");
            assertThat(get(client, "http://", server.address, "/health?exclude=NOSPACE")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(get(client, "http://", server.address, "/readyz").statusCode())
                    .isEqualTo(200);
            alarm(client, server.address, "CORRUPT");
            assertThat(get(client, "http://", server.address, "/health?exclude=NOSPACE")
                            .body())
                    .contains("ALARM CORRUPT");
            var ready = get(client, "http://", server.address, "/readyz");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).startsWith("[-]data_corruption failed: alarm activated: CORRUPT\n");
            assertThat(get(client, "http://", server.address, "/livez").statusCode())
                    .isEqualTo(200);
        }
    }

    private static void alarm(HttpClient client, HostPort address, String type) throws Exception {
        var answer = client.send(
                HttpRequest.newBuilder(URI.create("http://" + address + "/v3/maintenance/alarm"))
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"action\":\"ACTIVATE\",\"memberID\":\"119\",\"alarm\":\"" + type + "\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    @Test
    void doorsServeWhatTheyAreFor() throws Exception {
        HostPort grpcOnly = Loopback.freeAddress();
        HostPort httpOnly = Loopback.freeAddress();
        HostPort metrics = Loopback.freeAddress();
        StoreConfig config = ServerFixture.config(grpcOnly, Optional.empty());
        var doors = new StoreConfig(
                config.name(),
                config.dataDir(),
                config.clusterToken(),
                List.of(
                        new Door(grpcOnly, Door.Wire.PLAIN, Door.Serves.GRPC),
                        new Door(httpOnly, Door.Wire.PLAIN, Door.Serves.HTTP),
                        new Door(metrics, Door.Wire.PLAIN, Door.Serves.METRICS)),
                config.peerListen(),
                config.members(),
                Optional.empty(),
                Optional.empty(),
                config.options());
        try (var replica = new MemoryReplica(grpcOnly);
                var _ = StoreServer.start(replica, doors);
                var client = http11().build();
                var byGrpc = new PlainChannel(grpcOnly);
                var misled = new PlainChannel(httpOnly)) {
            byGrpc.put("a", "1");
            assertThatThrownBy(() -> get(client, "http://", grpcOnly, "/health"))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> misled.put("a", "1")).isInstanceOf(StatusRuntimeException.class);
            assertThat(get(client, "http://", httpOnly, "/health").statusCode()).isEqualTo(200);
            assertThat(get(client, "http://", httpOnly, "/v3/kv/range").statusCode())
                    .isEqualTo(405);
            assertThat(get(client, "http://", metrics, "/metrics").body()).contains("etcd_server_has_leader 1");
            assertThat(get(client, "http://", metrics, "/readyz").statusCode()).isEqualTo(200);
            assertThat(get(client, "http://", metrics, "/v3/kv/range").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void requestThatComesByteByByteIsUnderstood() throws Exception {
        try (var server = new ServerFixture();
                var socket = new Socket(server.address.host(), server.address.port())) {
            socket.setTcpNoDelay(true);
            for (byte each : "PUT /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(each);
                socket.getOutputStream().flush();
            }
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 405")
                    .containsIgnoringCase("allow: GET, HEAD");
        }
    }

    /** Requests with bytes changed, cut and repeated: whatever comes of each, the next client is served. */
    @Test
    void garbageIsRefusedOrClosedAndHurtsNobodyElse() throws Exception {
        long seed = Long.getLong("keelson.seed", 20_261_124L);
        System.out.println("seed " + seed);
        var random = new Random(seed);
        byte[] good = ("POST /v3/kv/range?a=%41 HTTP/1.1\r\nHost: x\r\nGrpc-Timeout: 5S\r\nContent-Length: 14\r\n\r\n"
                        + "{\"key\":\"Zm9v\"}GET /readyz?verbose HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (var server = new ServerFixture();
                var client = http11().build()) {
            for (int round = 0; round < 300; round++) {
                byte[] bytes = good.clone();
                for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                try (var socket = new Socket(server.address.host(), server.address.port())) {
                    socket.getOutputStream().write(bytes, 0, random.nextInt(1, bytes.length + 1));
                    socket.shutdownOutput();
                    socket.setSoTimeout(20_000);
                    byte[] answer = socket.getInputStream().readAllBytes();
                    assertThat(new String(answer, StandardCharsets.ISO_8859_1))
                            .as("seed " + seed + ", round " + round)
                            .matches(said -> said.isEmpty() || said.startsWith("HTTP/1.1 "), "is HTTP or nothing");
                } catch (SocketException reset) {
                    // Closed on us while we wrote: as good an answer.
                    assertThat(reset.getMessage()).isNotNull();
                }
            }
            assertThat(get(client, "http://", server.address, "/readyz").statusCode())
                    .isEqualTo(200);
            assertThat(server.openStreams()).isZero();
        }
    }

    @Test
    void addressInUseIsNamedWithTheWayOut() throws Exception {
        try (var server = new ServerFixture()) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> StoreServer.start(
                                    server.replica, ServerFixture.config(server.address, Optional.empty()))
                            .close())
                    .withMessageContaining(server.address.toString())
                    .withMessageContaining("another client address");
        }
    }

    @Test
    void tlsPortServesBothToClientsWithACertificateOnly(@TempDir Path dir) throws Exception {
        TestCertificates certificates = TestCertificates.in(dir);
        Tls serverTls = certificates.issue("server");
        Tls clientTls = certificates.issue("client");
        try (var server = new ServerFixture(Optional.of(serverTls), StoreServer.Timing.ETCD)) {
            ManagedChannel channel = NettyChannelBuilder.forAddress(server.address.host(), server.address.port())
                    .sslContext(GrpcSslContexts.forClient()
                            .keyManager(
                                    clientTls.certificate().toFile(),
                                    clientTls.key().toFile())
                            .trustManager(certificates.dir().resolve("ca.pem").toFile())
                            .build())
                    .build();
            ManagedChannel nobody = NettyChannelBuilder.forAddress(server.address.host(), server.address.port())
                    .sslContext(GrpcSslContexts.forClient()
                            .trustManager(certificates.dir().resolve("ca.pem").toFile())
                            .build())
                    .build();
            var range = RangeRequest.newBuilder().setKey(bytes("a")).build();
            try (var client =
                    http11().sslContext(certificates.context("client")).build()) {
                assertThat(KVGrpc.newBlockingStub(channel)
                                .withDeadlineAfter(20, TimeUnit.SECONDS)
                                .range(range)
                                .getCount())
                        .isZero();
                assertThat(get(client, "https://", server.address, "/health").statusCode())
                        .isEqualTo(200);
                assertThatExceptionOfType(StatusRuntimeException.class)
                        .as("no certificate")
                        .isThrownBy(() -> KVGrpc.newBlockingStub(nobody)
                                .withDeadlineAfter(20, TimeUnit.SECONDS)
                                .range(range));
            } finally {
                channel.shutdownNow();
                nobody.shutdownNow();
            }
            // A client that offers both, as curl and browsers do, gets a page.
            try (var both = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_2)
                    .sslContext(certificates.context("client"))
                    .build()) {
                var page = get(both, "https://", server.address, "/version");
                assertThat(page.statusCode()).isEqualTo(200);
                assertThat(page.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            }
            try (var plain = http11().build()) {
                assertThatThrownBy(() -> get(plain, "http://", server.address, "/health"))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    /** The same context for each connection: its session goes on, and no certificate is shown anew. */
    @Test
    void whoIsRevokedIsServedNoMore(@TempDir Path dir) throws Exception {
        TestCertificates certificates = TestCertificates.in(dir);
        Tls serverTls = certificates.issue("server").without(certificates.revoke());
        assertThat(certificates.issue("client").revoked()).isEmpty();
        var context = certificates.context("client");
        try (var server = new ServerFixture(Optional.of(serverTls), StoreServer.Timing.ETCD)) {
            for (int connection = 0; connection < 2; connection++) {
                try (var client = http11().sslContext(context).build()) {
                    assertThat(get(client, "https://", server.address, "/health")
                                    .statusCode())
                            .isEqualTo(200);
                }
            }
            assertThat(certificates.revoke("client")).exists();
            try (var client = http11().sslContext(context).build()) {
                assertThatThrownBy(() -> get(client, "https://", server.address, "/health"))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void keyThatIsMissingIsNamed(@TempDir Path dir) throws Exception {
        Tls tls = TestCertificates.in(dir).issue("server");
        var broken = new Tls(tls.certificate(), dir.resolve("absent.key"), dir.resolve("ca.pem"));
        try (var replica = new MemoryReplica(Loopback.freeAddress())) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> StoreServer.start(
                                    replica, ServerFixture.config(Loopback.freeAddress(), Optional.of(broken)))
                            .close())
                    .withMessageContaining("absent.key");
        }
    }
}
