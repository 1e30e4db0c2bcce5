package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.access.AccessConfig;
import io.keelson.orchestrator.admit.Plugins;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.limits.BodyLimits;
import io.keelson.orchestrator.testing.RawHttp;
import io.keelson.orchestrator.testing.RawHttp2;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Clients that begin to send an object and do not go on: the seats that they have are given to others after a while. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowBodyTest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    /** Of which joe's level has eight. */
    private static final int SEATS = 100;

    private static final int SLOW = 12;
    private static final int PATIENCE_MILLIS = 2_000;

    /** For one body of the largest size, and a little more. */
    private static final int ROOM_BYTES = 3_200_000;

    private static final byte[] BEGINNING = "{\"apiVersion\":".getBytes(StandardCharsets.UTF_8);

    private TestServer server;
    private SSLContext tls;
    private HttpClient joe;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        server = TestServer.start(
                directory,
                new AccessConfig(
                        false,
                        AccessConfig.DEFAULT_ISSUER,
                        SEATS,
                        Optional.empty(),
                        Optional.empty(),
                        Plugins.ALL,
                        new BodyLimits(Duration.ofMillis(PATIENCE_MILLIS), OptionalLong.of(ROOM_BYTES))));
        var issued = server.authority().client("joe", "CN=joe,O=people");
        tls = server.tls(Optional.of(issued));
        joe = server.http(Optional.of(issued));
        String binding = """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"joe"},
                "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},
                "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"joe"}]}""";
        assertThat(server.send(
                                server.admin(),
                                "POST",
                                "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
                                "application/json",
                                binding)
                        .statusCode())
                .isEqualTo(201);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private RawHttp begin(String length) throws IOException {
        RawHttp client = RawHttp.connect(tls, server.port());
        client.write(("POST " + MAPS + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private static void toldSo(int code, String body) {
        assertThat(code).as(body).isEqualTo(504);
        assertThat(Json.parse(body).path("reason").asString("")).isEqualTo("Timeout");
        assertThat(Json.parse(body).path("message").asString(""))
                .isEqualTo("Timeout: request did not complete within the allotted timeout:"
                        + " its body was not there after 2 s");
    }

    @Test
    void whoDoesNotGoOnIsToldSoAndItsConnectionEnds() throws IOException {
        for (String length : List.of("Content-Length: 1000", "Transfer-Encoding: chunked")) {
            try (RawHttp client = begin(length)) {
                client.write(length.startsWith("C") ? BEGINNING : "3\r\n{ \"\r\n".getBytes(StandardCharsets.US_ASCII));
                RawHttp.Answer answer = client.answer();
                toldSo(answer.code(), answer.text());
                assertThat(client.hasEnded())
                        .as("what comes now is not the next request")
                        .isTrue();
            }
        }
    }

    @Test
    void seatsAreGivenToOthersAfterThat() throws IOException, InterruptedException {
        List<RawHttp> slow = new ArrayList<>();
        for (int i = 0; i < SLOW; i++) {
            slow.add(begin("Content-Length: 1000"));
        }
        assertThat(server.get(joe, MAPS).statusCode()).isEqualTo(200);
        for (RawHttp client : slow) {
            RawHttp.Answer answer = client.answer();
            toldSo(answer.code(), answer.text());
            client.close();
        }
    }

    @Test
    void largeBodiesWaitForRoomAndSmallOnesDoNot() throws IOException, InterruptedException {
        byte[] most = new byte[3_000_000];
        List<Integer> codes = new ArrayList<>();
        try (RawHttp first = begin("Content-Length: 3000001");
                RawHttp second = begin("Content-Length: 3000001");
                RawHttp third = begin("Transfer-Encoding: chunked")) {
            first.write(most);
            second.write(most);
            third.write("186a0\r\n".getBytes(StandardCharsets.US_ASCII));
            third.write(new byte[100_000]);
            String small = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"small\"}}";
            assertThat(server.send(joe, "POST", MAPS, "application/json", small).statusCode())
                    .isEqualTo(201);
            for (RawHttp each : List.of(first, second, third)) {
                RawHttp.Answer answer = each.answer();
                codes.add(answer.code());
                if (answer.code() == 429) {
                    assertThat(answer.headers()).containsEntry("retry-after", "1");
                    assertThat(answer.text()).contains("too many large requests at a time, please try again later.");
                } else {
                    toldSo(answer.code(), answer.text());
                }
            }
        }
        assertThat(codes).as("one has the room, and does not go on").containsExactlyInAnyOrder(504, 429, 429);
        assertThat(server.send(joe, "POST", MAPS, "application/json", "x".repeat(3_000_000))
                        .statusCode())
                .as("there is room again")
                .isEqualTo(400);
    }

    @Test
    void overHttp2OtherCallsOfTheConnectionGoOn() throws IOException {
        try (RawHttp2 client = RawHttp2.connect(tls, server.port())) {
            client.post(1, MAPS);
            client.send(RawHttp2.DATA, 0, 1, BEGINNING);
            client.get(3, "/version");
            assertThat(client.body(3)).contains("gitVersion");
            toldSo(504, client.body(1));
            client.send(RawHttp2.DATA, 0, 1, BEGINNING);
            client.get(5, "/version");
            assertThat(client.body(5)).contains("gitVersion");
        }
    }

    @Test
    void aPieceThatIsLargerThanTheMemoryIsNotWaitedFor() throws IOException {
        for (String piece : List.of("7fffffff\r\n", "0".repeat(100_000))) {
            try (RawHttp client = begin("Transfer-Encoding: chunked")) {
                client.write(piece.getBytes(StandardCharsets.US_ASCII));
                RawHttp.Answer answer = client.answer();
                assertThat(answer.code()).as(answer.text()).isEqualTo(413);
                assertThat(answer.text()).contains("Request entity too large: limit is 3145728");
                assertThat(client.hasEnded()).isTrue();
            }
        }
    }
}
