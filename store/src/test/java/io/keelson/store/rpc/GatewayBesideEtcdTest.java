package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keelson.store.Loopback;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same requests to our gateway and to a real etcd's: answers must be equal byte for byte, but for who answers. Known differences, as
 * the real one is a 3.4: errors, which it tells as {@code {"error","message","code"}} and we, as etcd since 3.6, as {@code
 * {"code","message","details"}}; FailedPrecondition, which was 412 then and is 400 since; the words about JSON that cannot be read; URL-safe
 * base64, which it refuses; and the header of Alarm's answer, which it leaves out.
 */
class GatewayBesideEtcdTest {

    private static final Path ETCD = Path.of("/usr/bin/etcd");
    private static final Pattern OLD_ERROR =
            Pattern.compile("\\{\"error\":\".*\",\"message\":\"(.*)\",\"code\":(\\d+)}");
    private static final Pattern NEW_ERROR =
            Pattern.compile("\\{\"code\":(\\d+),\"message\":\"(.*)\",\"details\":\\[]}");

    private static final List<String> REQUESTS = """
        kv/put {"key":"Zm9v","value":"YmFy"}
        kv/put {"key":"Zm9v","value":"YmF6","prev_kv":true}
        kv/put {"key":"Zm9vMQ==","value":"/+8=","prevKv":true}
        kv/put {"key":"Zm9v","ignore_value":true,"lease":0}
        kv/put {"key":"YWJzZW50","ignore_value":true}
        kv/put {"key":"Zm9v","value":"YQ==","ignore_value":true}
        kv/put {}
        kv/put {"key":"Zm9v","lease":"99"}
        kv/range {"key":"Zm9v"}
        kv/range {"key":"Zm9v","range_end":"Zm9w","sort_order":"DESCEND","sort_target":"MOD"}
        kv/range {"key":"Zm9v","range_end":"Zm9w","sort_order":2,"limit":1}
        kv/range {"key":"Zm9v","rangeEnd":"Zm9w","limit":"2","countOnly":true}
        kv/range {"key":"AA==","range_end":"AA==","keys_only":true}
        kv/range {"key":"Zm9v","revision":"2","serializable":true}
        kv/range {"key":"Zm9v","revision":"1000"}
        kv/range {"key":"bm9uZQ=="}
        kv/range
        kv/range {"key":""}
        kv/txn {"compare":[{"key":"Zm9v","target":"VERSION","version":"2","result":"GREATER"}],"success":[{"request_range":{"key":"Zm9v"}},{"requestPut":{"key":"YQ==","value":"Yg=="}}],"failure":[{"request_delete_range":{"key":"YQ=="}}]}
        kv/txn {"compare":[{"key":"YQ==","target":"VALUE","value":"Yw=="}],"failure":[{"request_delete_range":{"key":"YQ==","prev_kv":true}},{"request_txn":{"success":[{"request_range":{"key":"Zm9v","count_only":true}}]}}]}
        kv/txn {"success":[{"request_put":{"key":"YQ=="}},{"request_put":{"key":"YQ=="}}]}
        kv/txn {}
        lease/grant {"TTL":"100","ID":"7587"}
        lease/grant {"TTL":100,"ID":7587}
        lease/grant {"TTL":"9000000001","ID":"1"}
        kv/put {"key":"bGVhc2Vk","lease":"7587"}
        lease/keepalive {"ID":"7587"}
        lease/keepalive {"ID":"7587"} {"ID":"1"}
        lease/leases {}
        kv/lease/leases {}
        kv/range {"key":"bGVhc2Vk"}
        lease/revoke {"ID":"7587"}
        kv/lease/revoke {"ID":"7587"}
        lease/timetolive {"ID":"7587","keys":true}
        kv/deleterange {"key":"Zm9v","range_end":"Zm9w","prev_kv":true}
        kv/deleterange {"key":"Zm9v"}
        kv/compaction {"revision":"5"}
        kv/compaction {"revision":"5"}
        kv/compaction {"revision":"5000"}
        kv/range {"key":"Zm9v","revision":"3"}
        maintenance/nothing {}
        auth/user/add {"name":"","password":"x"}
        auth/user/add {"name":"u","password":"x"}
        auth/user/add {"name":"u","password":"x"}
        auth/role/add {"name":"r"}
        auth/role/grant {"name":"r","perm":{"permType":"READWRITE","key":"Zm9v","range_end":"Zm9w"}}
        auth/role/get {"role":"r"}
        auth/user/grant {"user":"u","role":"r"}
        auth/user/get {"name":"u"}
        auth/user/list {}
        auth/role/list {}
        auth/user/revoke {"name":"u","role":"other"}
        auth/role/get {"role":"other"}
        auth/enable {}
        auth/disable {}
        auth/authenticate {"name":"u","password":"x"}
        auth/user/delete {"name":"u"}
        auth/role/delete {"role":"r"}
        lock/unlock {"key":"bm9uZQ=="}
        election/leader {"name":"bm9uZQ=="}
        election/proclaim {"value":"YQ=="}
        """.lines().toList();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private record Said(int status, String body) {}

    private Said ask(String base, String request) throws Exception {
        int space = request.indexOf(' ');
        String path = space < 0 ? request : request.substring(0, space);
        String body = space < 0 ? "" : request.substring(space + 1);
        var answer = client.send(
                HttpRequest.newBuilder(URI.create(base + "/v3/" + path))
                        .timeout(Duration.ofSeconds(60))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return new Said(answer.statusCode(), masked(answer.body().strip()));
    }

    /** Without who answers, and errors in one form. */
    private static String masked(String body) {
        String answer = body.replaceAll("(\"(cluster_id|member_id|raft_term)\":)\"\\d+\"", "$1\"\"");
        Matcher old = OLD_ERROR.matcher(answer);
        Matcher now = NEW_ERROR.matcher(answer);
        return old.matches()
                ? "error " + old.group(2) + ": " + old.group(1)
                : now.matches() ? "error " + now.group(1) + ": " + now.group(2) : answer;
    }

    /** The status of HTTP as it is since 3.6. */
    private static Said since36(Said old) {
        boolean precondition = old.status == 412 && old.body.startsWith("error 9:");
        // What has no call behind it was said in plain text then.
        boolean absent = old.status == 404 && old.body.equals("Not Found");
        return absent ? new Said(404, "error 5: Not Found") : precondition ? new Said(400, old.body) : old;
    }

    @Test
    void answersAreThoseOfARealEtcd(@TempDir Path directory) throws Exception {
        assumeTrue(Files.isExecutable(ETCD), "this test runs etcd: install the package etcd-server");
        int port = Loopback.freeAddress().port();
        int peer = Loopback.freeAddress().port();
        String real = "http://127.0.0.1:" + port;
        Process process = new ProcessBuilder(
                        ETCD.toString(),
                        "--data-dir=" + directory.resolve("etcd"),
                        "--listen-client-urls=" + real,
                        "--advertise-client-urls=" + real,
                        "--listen-peer-urls=http://127.0.0.1:" + peer,
                        "--initial-advertise-peer-urls=http://127.0.0.1:" + peer,
                        "--initial-cluster=default=http://127.0.0.1:" + peer,
                        "--unsafe-no-fsync")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("etcd.log").toFile())
                .start();
        try (var server = new ServerFixture()) {
            awaitHealthy(process, real, directory);
            String ours = "http://" + server.address;
            var differences = new ArrayList<String>();
            for (String request : REQUESTS) {
                Said theirs = since36(ask(real, request));
                Said said = ask(ours, request);
                if (!said.equals(theirs)) {
                    differences.add(request + "\n   etcd: " + theirs + "\n   ours: " + said);
                }
            }
            assertThat(differences).as(String.join("\n", differences)).isEmpty();
            assertThat(watched(ours)).isEqualTo(watched(real)).hasSize(5);
        } finally {
            process.destroyForcibly();
            client.close();
        }
    }

    /** Lines of a stream with two watches, one of which sees what is put meanwhile. */
    private List<String> watched(String base) throws Exception {
        String requests = """
            {"create_request":{"key":"dw==","range_end":"eA==","prev_kv":true}}
            {"create_request":{"key":"eA==","start_revision":"1"}}
            """;
        var answer = client.send(
                HttpRequest.newBuilder(URI.create(base + "/v3/watch"))
                        .POST(HttpRequest.BodyPublishers.ofString(requests))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        var lines = new ArrayList<String>();
        try (var in = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            // Two are made, and the second of them begins before what is kept.
            for (int i = 0; i < 3; i++) {
                lines.add(masked(in.readLine()));
            }
            assertThat(ask(base, "kv/put {\"key\":\"d2E=\",\"value\":\"YQ==\"}").status())
                    .isEqualTo(200);
            lines.add(masked(in.readLine()));
            assertThat(ask(base, "kv/deleterange {\"key\":\"d2E=\"}").status()).isEqualTo(200);
            lines.add(masked(in.readLine()));
        }
        return lines;
    }

    private void awaitHealthy(Process process, String base, Path directory) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                var health = client.send(
                        HttpRequest.newBuilder(URI.create(base + "/health")).build(),
                        HttpResponse.BodyHandlers.ofString());
                if (health.statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("etcd did not start: " + Files.readString(directory.resolve("etcd.log")), e);
                }
            }
        }
    }
}
