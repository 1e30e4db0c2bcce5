package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.access.AccessConfig;
import io.keelson.orchestrator.audit.AuditConfig;
import io.keelson.orchestrator.audit.AuditPolicy;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A server that stops tells of the requests that end with it. */
class AuditAtStopTest {

    private static final String POLICY = """
            {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "Metadata", "verbs": ["watch"],
              "resources": [{"group": "", "resources": ["configmaps"]}]}]}""";

    private static List<String> stages(Path log) {
        try {
            return Files.readAllLines(log).stream()
                    .map(Json::parse)
                    .map((JsonNode event) -> event.path("stage").asString(""))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aWatchThatEndsWithItsServerIsToldOfToItsEnd(@TempDir Path directory) throws Exception {
        Path log = directory.resolve("audit.log");
        AccessConfig access = new AccessConfig(
                false,
                AccessConfig.DEFAULT_ISSUER,
                AccessConfig.DEFAULT_SEATS,
                Optional.of(new AuditConfig(AuditPolicy.parse(Json.parse(POLICY)), log, 100_000_000, 0)),
                Optional.empty());
        TestServer server = TestServer.start(directory, access);
        try (HttpClient admin = server.admin()) {
            HttpResponse<InputStream> watch = admin.send(
                    server.request("/api/v1/namespaces/default/configmaps?watch=true")
                            .build(),
                    BodyHandlers.ofInputStream());
            assertThat(watch.statusCode()).isEqualTo(200);
            assertThat(stages(log)).containsExactly("RequestReceived", "ResponseStarted");
            server.close();
            TestServer.await("the end of the watch", () -> stages(log).size() == 3);
            assertThat(stages(log)).endsWith("ResponseComplete");
            watch.body().close();
        } finally {
            server.close();
        }
    }
}
