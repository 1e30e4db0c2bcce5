package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.store.TestCertificates;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** etcd's API as JSON. What it answers letter for letter is compared with a real etcd in {@link GatewayBesideEtcdTest}. */
class GatewayTest {

    private final ServerFixture server = new ServerFixture();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private HttpRequest.Builder request(String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://" + server.address + path))
                .timeout(Duration.ofSeconds(20))
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send(request(path, body));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String header(long revision) {
        return "\"header\":{\"cluster_id\":\"4660\",\"member_id\":\"119\",\"revision\":\"%d\",\"raft_term\":\"3\"}"
                .formatted(revision);
    }

    @Test
    void putAndRangeHaveEtcdsFormOfJson() throws Exception {
        var put = post("/v3/kv/put", "{\"key\":\"Zm9v\",\"value\":\"YmFy\",\"unknown\":[1,{}]}");
        assertThat(put.statusCode()).isEqualTo(200);
        assertThat(put.headers().firstValue("content-type")).contains("application/json");
        assertThat(put.body()).isEqualTo("{" + header(2) + "}");
        assertThat(post("/v3/kv/range", "{\"key\":\"Zm9v\"}").body())
                .isEqualTo("{" + header(2)
                        + ",\"kvs\":[{\"key\":\"Zm9v\",\"create_revision\":\"2\",\"mod_revision\":\"2\","
                        + "\"version\":\"1\",\"value\":\"YmFy\"}],\"count\":\"1\"}");
    }

    @Test
    void bytesMayBeUrlSafeAndNumbersAndEnumsOfEitherForm() throws Exception {
        byte[] key = {(byte) 0xfb, (byte) 0xff};
        assertThat(post("/v3/kv/put", "{\"key\":\"" + Base64.getUrlEncoder().encodeToString(key) + "\"}")
                        .statusCode())
                .isEqualTo(200);
        String all =
                "{\"key\":\"AA==\",\"range_end\":\"AA==\",\"limit\":1,\"sort_order\":\"DESCEND\",\"sort_target\":3}";
        assertThat(post("/v3/kv/range", all).body()).contains("\"key\":\"+/8=\"");
        assertThat(post("/v3/kv/range", all.replace("1,", "\"1\",")).body()).contains("\"count\":\"1\"");
    }

    @Test
    void refusalsComeAsStatusWithTheNearestCodeOfHttp() throws Exception {
        var empty = post("/v3/kv/range", "");
        assertThat(empty.statusCode()).isEqualTo(400);
        assertThat(empty.body())
                .isEqualTo("{\"code\":3,\"message\":\"etcdserver: key is not provided\",\"details\":[]}");
        var unknown = post("/v3/lease/revoke", "{\"ID\":\"77\"}");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body())
                .isEqualTo("{\"code\":5,\"message\":\"etcdserver: requested lease not found\",\"details\":[]}");
        server.replica.setLeader(false);
        var leaderless = post("/v3/kv/put", "{\"key\":\"Zm9v\"}");
        assertThat(leaderless.statusCode()).isEqualTo(503);
        assertThat(leaderless.body()).contains("\"code\":14,\"message\":\"etcdserver: no leader\"");
    }

    @Test
    void whatIsNoRequestIsRefused() throws Exception {
        for (String body : List.of("{", "[]", "{\"key\":\"!!\"}", "{\"key\":{}}", "no json", "{\"limit\":\"many\"}")) {
            var answer = post("/v3/kv/range", body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.body())
                    .as(body)
                    .startsWith("{\"code\":3,\"message\":\"")
                    .endsWith("\"details\":[]}");
        }
        var deep = post("/v3/kv/txn", "{\"success\":[{\"request_txn\":".repeat(5_000));
        assertThat(deep.statusCode()).isEqualTo(400);
        var absent = post("/v3/kv/nothing", "{}");
        assertThat(absent.statusCode()).isEqualTo(404);
        assertThat(absent.body()).isEqualTo("{\"code\":5,\"message\":\"Not Found\",\"details\":[]}");
        var get = send(HttpRequest.newBuilder(URI.create("http://" + server.address + "/v3/kv/range")));
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(get.headers().firstValue("allow")).contains("POST");
    }

    @Test
    void bodyThatIsTooLongIsRefusedByHttpAndOneThatIsLongByTheStore() throws Exception {
        String value = base64("v".repeat(ServerFixture.LIMITS.maxRequestBytes()));
        var large = post("/v3/kv/put", "{\"key\":\"Zm9v\",\"value\":\"" + value + "\"}");
        assertThat(large.statusCode()).isEqualTo(400);
        assertThat(large.body()).contains("etcdserver: request is too large");
        try (var socket = new Socket(server.address.host(), server.address.port())) {
            socket.getOutputStream()
                    .write("POST /v3/kv/put HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n{"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 413")
                    .containsIgnoringCase("connection: close");
        }
    }

    @Test
    void headersBecomeMetadata() throws Exception {
        server.replica.setLeader(false);
        var gated = send(request("/v3/kv/range", "{\"key\":\"Zm9v\",\"serializable\":true}")
                .header("Grpc-Metadata-hasleader", "true"));
        assertThat(gated.statusCode()).isEqualTo(503);
        assertThat(send(request("/v3/kv/range", "{\"key\":\"Zm9v\",\"serializable\":true}")
                                .header("Grpc-Metadata-grpc-status", "7")
                                .header("Grpc-Metadata-x-bin", "//"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void deadlineOfTheClientIsKept() throws Exception {
        // A campaign or a watch has no end of its own; the deadline is what ends this one.
        var watch = send(
                request("/v3/watch", "{\"create_request\":{\"key\":\"Zm9v\"}}").header("Grpc-Timeout", "300m"));
        assertThat(watch.statusCode()).isEqualTo(200);
        List<String> lines = watch.body().lines().toList();
        assertThat(lines.getFirst()).isEqualTo("{\"result\":{" + header(1) + ",\"created\":true}}");
        assertThat(lines.getLast()).startsWith("{\"error\":{\"code\":4,\"message\":");
        var unreadable = send(request("/v3/kv/range", "{}").header("Grpc-Timeout", "5x"));
        assertThat(unreadable.statusCode()).isEqualTo(400);
        assertThat(unreadable.body()).contains("invalid grpc-timeout: 5x");
    }

    @Test
    void watchSeesEventsAsTheyComeAndEndsWithItsClient() throws Exception {
        try (var socket = new Socket(server.address.host(), server.address.port())) {
            socket.setSoTimeout(20_000);
            String body =
                    "{\"create_request\":{\"key\":\"Zm9v\"}}\n{\"create_request\":{\"key\":\"YmFy\",\"prev_kv\":true}}";
            socket.getOutputStream()
                    .write(("POST /v3/watch HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                    + body)
                            .getBytes(StandardCharsets.US_ASCII));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(nextResult(in)).isEqualTo("{\"result\":{" + header(1) + ",\"created\":true}}");
            assertThat(nextResult(in))
                    .isEqualTo("{\"result\":{" + header(1) + ",\"watch_id\":\"1\",\"created\":true}}");
            server.put("foo", "1");
            assertThat(nextResult(in))
                    .isEqualTo("{\"result\":{" + header(2)
                            + ",\"events\":[{\"kv\":{\"key\":\"Zm9v\",\"create_revision\":\"2\","
                            + "\"mod_revision\":\"2\",\"version\":\"1\",\"value\":\"MQ==\"}}]}}");
            server.put("bar", "1");
            assertThat(nextResult(in)).contains("\"watch_id\":\"1\"");
            server.delete("bar");
            assertThat(nextResult(in)).contains("\"type\":\"DELETE\"").contains("\"prev_kv\":{");
            assertThat(server.openStreams()).isEqualTo(1);
        }
        server.awaitOpenStreams(0);
    }

    private static String nextResult(BufferedReader in) throws Exception {
        while (true) {
            String line = in.readLine();
            if (line == null || line.startsWith("{")) {
                return line;
            }
        }
    }

    @Test
    void keepAliveAnswersEachRenewalAndEnds() throws Exception {
        String id = post("/v3/lease/grant", "{\"TTL\":\"60\",\"ID\":\"5\"}").body();
        assertThat(id).isEqualTo("{" + header(1) + ",\"ID\":\"5\",\"TTL\":\"60\"}");
        assertThat(post("/v3/lease/keepalive", "{\"ID\":\"5\"}{\"ID\":\"6\"}").body())
                .isEqualTo("{\"result\":{" + header(1) + ",\"ID\":\"5\",\"TTL\":\"60\"}}\n{\"result\":{" + header(1)
                        + ",\"ID\":\"6\"}}\n");
    }

    /** More events than the sockets between hold: what is not read must not pile up, and must not be lost either. */
    @Test
    void slowReaderOfAStreamCostsNoMoreThanItsSocket() throws Exception {
        String value = "v".repeat(100_000);
        int events = 200;
        try (var socket = new Socket()) {
            socket.setReceiveBufferSize(16 << 10);
            socket.connect(new java.net.InetSocketAddress(server.address.host(), server.address.port()));
            socket.setSoTimeout(60_000);
            String body = "{\"create_request\":{\"key\":\"Zm9v\",\"start_revision\":\"1\"}}";
            socket.getOutputStream()
                    .write(("POST /v3/watch HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                    + body)
                            .getBytes(StandardCharsets.US_ASCII));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(nextResult(in)).contains("\"created\":true");
            for (int i = 0; i < events; i++) {
                server.put("foo", value);
            }
            // Another client is served meanwhile, and the server holds little for this one.
            assertThat(post("/v3/kv/range", "{\"key\":\"Zm9v\",\"keys_only\":true}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(server.unsentHttpBytes()).isLessThan(40L * value.length());
            int seen = 0;
            while (seen < events) {
                String line = nextResult(in);
                assertThat(line).isNotNull();
                seen += line.split("\"mod_revision\"", -1).length - 1;
            }
        }
    }

    @Test
    void manyCallsUseOneConnectionAndAnswersKeepTheirOrder() throws Exception {
        try (var socket = new Socket(server.address.host(), server.address.port())) {
            socket.setSoTimeout(20_000);
            var pipelined = new StringBuilder();
            int calls = 100;
            for (int i = 0; i < calls; i++) {
                String body = "{\"key\":\"" + base64("k" + i) + "\"}";
                pipelined
                        .append("POST /v3/kv/put HTTP/1.1\r\nHost: x\r\nContent-Length: ")
                        .append(body.length())
                        .append("\r\n\r\n")
                        .append(body);
            }
            pipelined.append("GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            var writing = CompletableFuture.runAsync(() -> {
                try {
                    socket.getOutputStream().write(pipelined.toString().getBytes(StandardCharsets.US_ASCII));
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            writing.get(20, TimeUnit.SECONDS);
            var revisions = new ArrayList<String>();
            var matcher =
                    java.util.regex.Pattern.compile("\"revision\":\"(\\d+)\"").matcher(all);
            while (matcher.find()) {
                revisions.add(matcher.group(1));
            }
            assertThat(revisions)
                    .isEqualTo(java.util.stream.IntStream.range(2, calls + 2)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(all).contains("HTTP/1.1 404");
        }
    }

    @Test
    void curlIsServedOverTlsToo(@TempDir Path dir) throws Exception {
        TestCertificates certificates = TestCertificates.in(dir);
        var tls = certificates.issue("server");
        var own = certificates.issue("client");
        try (var secure = new ServerFixture(Optional.of(tls), StoreServer.Timing.ETCD)) {
            var curl = new ProcessBuilder(
                            "curl",
                            "-sS",
                            "--cacert",
                            own.trustedCa().orElseThrow().toString(),
                            "--cert",
                            own.certificate().toString(),
                            "--key",
                            own.key().toString(),
                            "https://" + secure.address + "/v3/kv/put",
                            "-d",
                            "{\"key\":\"Zm9v\",\"value\":\"YmFy\"}",
                            "--next",
                            "-sS",
                            "--cacert",
                            own.trustedCa().orElseThrow().toString(),
                            "--cert",
                            own.certificate().toString(),
                            "--key",
                            own.key().toString(),
                            "https://" + secure.address + "/v3/kv/range",
                            "-d",
                            "{\"key\":\"Zm9v\"}")
                    .redirectErrorStream(true)
                    .start();
            curl.getOutputStream().close();
            String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(curl.waitFor()).as(said).isZero();
            assertThat(said).endsWith("\"value\":\"YmFy\"}],\"count\":\"1\"}");
        }
    }

    @Test
    void observerHearsWhoIsElectedAndWhatIsProclaimed() throws Exception {
        assertThat(post("/v3/lease/grant", "{\"TTL\":\"60\",\"ID\":\"5\"}").statusCode())
                .isEqualTo(200);
        String campaign = "{\"name\":\"" + base64("e") + "\",\"lease\":\"5\",\"value\":\"" + base64("one") + "\"}";
        String won = post("/v3/election/campaign", campaign).body();
        String leader = won.replaceAll(".*\"leader\":(\\{[^}]*}).*", "$1");
        assertThat(leader).as(won).startsWith("{\"name\":");
        var observing = client.send(
                request("/v3/election/observe", "{\"name\":\"" + base64("e") + "\"}")
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (var in = new BufferedReader(new InputStreamReader(observing.body(), StandardCharsets.UTF_8))) {
            assertThat(nextResult(in)).contains("\"value\":\"" + base64("one") + "\"");
            String proclaim = "{\"leader\":" + leader + ",\"value\":\"" + base64("two") + "\"}";
            assertThat(post("/v3/election/proclaim", proclaim).statusCode()).isEqualTo(200);
            assertThat(nextResult(in)).contains("\"value\":\"" + base64("two") + "\"");
        }
    }

    @Test
    void tokenThatAuthenticateGaveIsTakenFromTheHeader() throws Exception {
        assertThat(post("/v3/auth/user/add", "{\"name\":\"root\",\"password\":\"pw\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(post("/v3/auth/role/add", "{\"name\":\"root\"}").statusCode())
                .isEqualTo(200);
        assertThat(post("/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(post("/v3/auth/enable", "{}").statusCode()).isEqualTo(200);
        var nobody = post("/v3/kv/range", "{\"key\":\"Zm9v\"}");
        assertThat(nobody.statusCode()).isEqualTo(400);
        assertThat(nobody.body()).contains("etcdserver: user name is empty");
        var wrong = send(request("/v3/kv/range", "{\"key\":\"Zm9v\"}").header("Authorization", "Bearer nonsense"));
        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(wrong.body()).contains("\"code\":16,\"message\":\"etcdserver: invalid auth token\"");
        String said = post("/v3/auth/authenticate", "{\"name\":\"root\",\"password\":\"pw\"}")
                .body();
        String token = said.replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
        assertThat(token).doesNotContain("{");
        for (String form : List.of(token, "Bearer " + token)) {
            assertThat(send(request("/v3/kv/range", "{\"key\":\"Zm9v\"}").header("Authorization", form))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void http10ClientGetsItsStreamUntilTheConnectionEnds() throws Exception {
        try (var socket = new Socket(server.address.host(), server.address.port())) {
            String body = "{\"ID\":\"9\"}";
            socket.getOutputStream()
                    .write(("POST /v3/lease/keepalive HTTP/1.0\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(all)
                    .doesNotContainIgnoringCase("transfer-encoding")
                    .endsWith("\r\n\r\n{\"result\":{" + header(1) + ",\"ID\":\"9\"}}\n");
        }
    }
}
