package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.RawHttp;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watches of which there is nothing to tell. */
class QuietWatchTest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    @ParameterizedTest
    @ValueSource(strings = {"", "&allowWatchBookmarks=true"})
    void aWatchInProtobufShowsItselfBeforeAnythingHappens(String bookmarks, @TempDir Path directory)
            throws IOException, InterruptedException {
        try (TestServer server = TestServer.start(directory);
                RawHttp http = RawHttp.connect(
                        server.tls(Optional.of(server.authority().client("admin", "CN=admin,O=system:masters"))),
                        server.port())) {
            HttpClient admin = server.admin();
            String revision = Json.parse(server.get(admin, MAPS).body().getBytes(StandardCharsets.UTF_8))
                    .path("metadata")
                    .path("resourceVersion")
                    .asString();
            http.ask(
                    "GET",
                    MAPS + "?watch=1&resourceVersion=" + revision + bookmarks,
                    List.of("Accept: application/vnd.kubernetes.protobuf;stream=watch"),
                    new byte[0]);
            RawHttp.Answer head = http.head();
            assertThat(head.code()).isEqualTo(200);
            assertThat(head.isChunked()).isTrue();
            server.send(admin, "POST", MAPS, "application/json", "{\"metadata\": {\"name\": \"the-first\"}}");
            assertThat(new String(http.piece(5_000), StandardCharsets.ISO_8859_1))
                    .contains("ADDED", "the-first");
            assertThat(http.piece(10)).isEmpty();
        }
    }

    @Test
    void aWatchInProtobufOfWhichNothingWasToldEnds(@TempDir Path directory) throws IOException {
        try (TestServer server = TestServer.start(directory);
                RawHttp http = RawHttp.connect(
                        server.tls(Optional.of(server.authority().client("admin", "CN=admin,O=system:masters"))),
                        server.port())) {
            RawHttp.Answer ended = http.send(
                    "GET",
                    "/api/v1/nodes?watch=1&timeoutSeconds=1",
                    List.of("Accept: application/vnd.kubernetes.protobuf;stream=watch"),
                    new byte[0]);
            assertThat(ended.code()).isEqualTo(200);
            assertThat(ended.body()).isEmpty();
            assertThat(http.send("GET", "/version", List.of(), new byte[0]).code())
                    .as("on the same connection")
                    .isEqualTo(200);
        }
    }
}
