package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Limits of {@code docs/limits.md} that concern not one object but a server: how long its lists are, how many watch, how long a request is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SizeAndNumberTest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final int WATCHES = 4;
    private static final int WATCHES_OF_USER = 3;

    private TestServer server;
    private HttpClient admin;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory, new WatchLimits(WATCHES, WATCHES_OF_USER, 10_000, 1 << 22));
        admin = server.admin();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private HttpClient client(String name) {
        return server.http(Optional.of(server.authority().client(name, "CN=" + name + ",O=system:masters")));
    }

    private static List<String> names(String list) {
        List<String> names = new ArrayList<>();
        for (JsonNode item : Json.parse(list).path("items")) {
            names.add(item.at("/metadata/name").asString(""));
        }
        return names;
    }

    @Test
    void aListIsAsLongAsThereAreObjectsAndComesWholeOrInPages() throws IOException, InterruptedException {
        int count = 100;
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "long" + (1_000 + i);
            expected.add(name);
            String map = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                    + "\",\"labels\":{\"l\":\"long\"}},\"data\":{\"k\":\"" + "x".repeat(900_000) + "\"}}";
            assertThat(server.send(admin, "POST", MAPS, "application/json", map).statusCode())
                    .isEqualTo(201);
        }
        // More than the 64 MiB that the store gives out in one answer.
        HttpResponse<String> whole = server.get(admin, MAPS + "?labelSelector=l%3Dlong");
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(whole.body().length()).isGreaterThan(90_000_000);
        assertThat(names(whole.body())).isEqualTo(expected);
        List<String> paged = new ArrayList<>();
        String next = "";
        do {
            String page = server.get(admin, MAPS + "?labelSelector=l%3Dlong&limit=30&continue=" + next)
                    .body();
            paged.addAll(names(page));
            next = Json.string(Json.parse(page), "metadata", "continue").orElse("");
        } while (!next.isEmpty());
        assertThat(paged).isEqualTo(expected);
    }

    private HttpResponse<InputStream> watch(HttpClient client) throws IOException, InterruptedException {
        return client.send(
                server.request(MAPS + "?watch=true&timeoutSeconds=30&labelSelector=l%3Dnobody")
                        .build(),
                BodyHandlers.ofInputStream());
    }

    private static ObjectNode refusal(HttpResponse<InputStream> answer) throws IOException {
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        try (InputStream body = answer.body()) {
            return Json.parse(body.readAllBytes());
        }
    }

    @Test
    void aUserHasSoManyWatchesAndAllTogetherHaveSoMany() throws IOException, InterruptedException {
        HttpClient ann = client("ann");
        HttpClient bob = client("bob");
        List<InputStream> open = new ArrayList<>();
        for (int i = 0; i < WATCHES_OF_USER; i++) {
            open.add(watch(ann).body());
        }
        assertThat(refusal(watch(ann)).path("message").asString(""))
                .startsWith("user \"ann\" has 3 open watches on this server");
        HttpResponse<InputStream> other = watch(bob);
        assertThat(other.statusCode()).as("another user").isEqualTo(200);
        open.add(other.body());
        assertThat(refusal(watch(bob)).path("message").asString("")).contains("4 open watches");
        for (InputStream each : open) {
            each.close();
        }
    }

    @Test
    void overHttp2TooLongARequestEndsItsConnectionAndNoOther() throws IOException, InterruptedException {
        for (boolean inPath : new boolean[] {true, false}) {
            for (int bytes : new int[] {60_000, 200_000}) {
                String text = "y".repeat(bytes);
                int code;
                try {
                    HttpClient client = client("long-" + inPath + "-" + bytes);
                    code = inPath
                            ? server.get(client, MAPS + "?limit=1&x=" + text).statusCode()
                            : server.get(client, MAPS + "?limit=1", "X-Long", text)
                                    .statusCode();
                } catch (IOException cutOff) {
                    code = 0;
                }
                assertThat(code)
                        .as(bytes + " bytes, in the path: " + inPath)
                        .isIn(bytes < 65_536 ? List.of(200) : List.of(0, 400, 431));
                assertThat(server.get(admin, MAPS + "?limit=1").statusCode()).isEqualTo(200);
            }
        }
    }
}
