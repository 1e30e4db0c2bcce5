package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.testing.RawHttp;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches of which there is nothing to tell. */
class QuietWatchTest {

    @Test
    void aWatchInProtobufShowsItselfBeforeAnythingHappens(@TempDir Path directory) throws IOException {
        try (TestServer server = TestServer.start(directory);
                RawHttp http = RawHttp.connect(
                        server.tls(Optional.of(server.authority().client("admin", "CN=admin,O=system:masters"))),
                        server.port())) {
            http.ask(
                    "GET",
                    "/api/v1/nodes?watch=1&allowWatchBookmarks=true",
                    List.of("Accept: application/vnd.kubernetes.protobuf;stream=watch"),
                    new byte[0]);
            assertThat(http.head().code()).isEqualTo(200);
            assertThat(new String(http.piece(5_000), StandardCharsets.ISO_8859_1))
                    .contains("BOOKMARK");
            assertThat(http.piece(10)).isEmpty();
        }
    }
}
