package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.testing.RawHttp;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that says {@code Connection: close} may read to the end of the connection, whatever it is answered. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LastAnswerTest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String MAP =
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"last\"},\"data\":{\"k\":\"%s\"}}";

    private TestServer server;
    private SSLContext admin;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
        admin = server.admin().sslContext();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private void answered(int code, String method, String path, String body, String... headers) throws IOException {
        try (RawHttp http = RawHttp.connect(admin, server.port())) {
            List<String> all = Stream.concat(Stream.of("Content-Type: application/json"), Stream.of(headers))
                    .toList();
            RawHttp.Answer answer = http.send(method, path, all, body.getBytes(StandardCharsets.UTF_8));
            assertThat(answer.code()).as(answer.text()).isEqualTo(code);
            assertThat(answer.goesOn()).isFalse();
            assertThat(http.hasEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "200, /version",
        "200, /livez",
        "200, /api/v1/namespaces",
        "200, /api/v1/namespaces?limit=1",
        "200, /api/v1/namespaces?watch=true&timeoutSeconds=1",
        "200, /openapi/v3",
        "404, /api/v1/namespaces/none",
        "404, /nothing",
        "400, /api/v1/namespaces?limit=x"
    })
    void whatIsReadEndsWithTheConnection(int code, String path) throws IOException {
        answered(code, "GET", path, "", "Connection: close");
    }

    @Test
    void whatIsWrittenEndsWithTheConnection() throws IOException {
        answered(201, "POST", MAPS, MAP.formatted("v"), "Connection: close");
        answered(409, "POST", MAPS, MAP.formatted("v"), "Connection: close");
        answered(200, "DELETE", MAPS + "/last", "", "Connection: Close, TE");
        answered(400, "POST", MAPS, "{", "Connection: close");
    }

    @Test
    void theAnswerToABodyThatIsTooLargeArrives() throws IOException {
        answered(413, "POST", MAPS, MAP.formatted("x".repeat(8 << 20)), "Connection: close");
    }

    @Test
    void whoDoesNotSayItGoesOn() throws IOException {
        try (RawHttp http = RawHttp.connect(admin, server.port())) {
            for (int i = 0; i < 3; i++) {
                assertThat(http.send("GET", "/version", List.of(), new byte[0]).code())
                        .isEqualTo(200);
            }
        }
    }
}
