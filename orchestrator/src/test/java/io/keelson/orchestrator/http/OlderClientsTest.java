package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What people and old clients ask for: lines, and watches by their path. */
class OlderClientsTest extends OverRest {

    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String WATCHED = "/api/v1/watch/namespaces/default/configmaps";

    @BeforeAll
    void fill() throws IOException, InterruptedException {
        for (String name : List.of("a", "b")) {
            assertThat(server.send(
                                    admin,
                                    "POST",
                                    CONFIG_MAPS,
                                    "application/json",
                                    "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"k\":\"{,}\"}}")
                            .statusCode())
                    .isEqualTo(201);
        }
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return server.get(admin, path, headers);
    }

    @Test
    void browsersAndWhatPeopleCallByHandGetLines() throws IOException, InterruptedException {
        String compact = get(CONFIG_MAPS + "/a").body();
        assertThat(compact).doesNotContain("\n");
        for (String agent : List.of("curl/8.5.0", "Wget/1.21", "Mozilla/5.0 (X11)")) {
            String lines = get(CONFIG_MAPS + "/a", "User-Agent", agent).body();
            assertThat(lines).startsWith("{\n  \"apiVersion\": \"v1\",\n").contains("    \"k\": \"{,}\"\n");
            assertThat((Object) Json.parse(lines)).isEqualTo(Json.parse(compact));
        }
        assertThat(get(CONFIG_MAPS + "/a?pretty=false", "User-Agent", "curl/8.5.0")
                        .body())
                .isEqualTo(compact);
        for (String asked : List.of("?pretty=true", "?pretty=1")) {
            assertThat(get(CONFIG_MAPS + "/a" + asked).body()).startsWith("{\n  \"");
        }
        assertThat(get(CONFIG_MAPS + "/a?pretty=no").body()).isEqualTo(compact);
        assertThat(get(CONFIG_MAPS + "/a", "Accept", "application/json;pretty=1")
                        .body())
                .startsWith("{\n");
    }

    @Test
    void listsTablesAndRefusalsHaveLinesToo() throws IOException, InterruptedException {
        String list = get(CONFIG_MAPS + "?pretty=1").body();
        assertThat(list).contains("\n  \"items\": [\n    {\n      \"");
        assertThat(Json.items(Json.parse(list), "items")).hasSize(3);
        assertThat(get(CONFIG_MAPS + "?pretty=1", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
                        .body())
                .contains("\n  \"rows\": [\n");
        assertThat(get(CONFIG_MAPS + "/none?pretty=1").body()).contains("\n  \"status\": \"Failure\"");
        assertThat(get("/apis?pretty=1").body()).startsWith("{\n");
        assertThat(get("/apis").body()).doesNotContain("\n");
    }

    @Test
    void theVersionAndThePathsAreAlwaysInLines() throws IOException, InterruptedException {
        assertThat(get("/version").body()).startsWith("{\n  \"");
        assertThat(get("/").body()).startsWith("{\n  \"paths\": [\n    \"");
    }

    private static List<String> names(HttpResponse<String> watch) {
        assertThat(watch.statusCode()).as(watch.body()).isEqualTo(200);
        return watch.body()
                .lines()
                .filter(line -> !line.isBlank())
                .map(Json::parse)
                .map(event -> Json.string(event, "type").orElse("") + " "
                        + Json.string(event, "object", "metadata", "name").orElse(""))
                .toList();
    }

    @Test
    void aPathBelowWatchTellsWhatThereIsAndWhatChanges() throws IOException, InterruptedException {
        assertThat(names(get(WATCHED + "?timeoutSeconds=1"))).contains("ADDED a", "ADDED b");
        assertThat(names(get(WATCHED + "/a?timeoutSeconds=1"))).containsExactly("ADDED a");
        assertThat(names(get("/api/v1/watch/configmaps?timeoutSeconds=1&fieldSelector=metadata.name%3Db")))
                .containsExactly("ADDED b");
        assertThat(names(get(WATCHED + "/a?timeoutSeconds=1&fieldSelector=metadata.name%3Db")))
                .isEmpty();
        assertThat(names(get("/api/v1/watch/namespaces/default?timeoutSeconds=1")))
                .containsExactly("ADDED default");
        assertThat(names(get("/apis/apps/v1/watch/deployments?timeoutSeconds=1")))
                .isEmpty();
    }

    @Test
    void whatCannotBeWatchedSoIsNotFoundOrNotAllowed() throws IOException, InterruptedException {
        assertThat(get("/api/v1/watch").statusCode()).isEqualTo(404);
        assertThat(get("/api/v1/watch/nothing").statusCode()).isEqualTo(404);
        assertThat(get(WATCHED + "/a/status").statusCode()).isEqualTo(404);
        assertThat(get("/api/v1/watch/componentstatuses").statusCode()).isEqualTo(405);
        assertThat(server.send(admin, "POST", WATCHED, "application/json", "{}").statusCode())
                .isEqualTo(405);
    }

    @Test
    void theRightToWatchIsNeededAndEnough() throws IOException, InterruptedException {
        server.send(
                admin,
                "POST",
                "/apis/rbac.authorization.k8s.io/v1/clusterroles",
                "application/json",
                "{\"metadata\":{\"name\":\"watcher\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"configmaps\"],"
                        + "\"verbs\":[\"watch\"]}]}");
        server.send(
                admin,
                "POST",
                "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
                "application/json",
                "{\"metadata\":{\"name\":\"watcher\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\","
                        + "\"kind\":\"ClusterRole\",\"name\":\"watcher\"},\"subjects\":[{\"kind\":\"User\","
                        + "\"apiGroup\":\"rbac.authorization.k8s.io\",\"name\":\"joe\"}]}");
        HttpClient joe = server.http(Optional.of(server.authority().client("joe", "CN=joe,O=people")));
        TestServer.await("joe's right", () -> {
            try {
                return server.get(joe, WATCHED + "?timeoutSeconds=1").statusCode() == 200;
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(server.get(joe, CONFIG_MAPS).statusCode()).isEqualTo(403);
        assertThat(server.get(joe, CONFIG_MAPS + "/a?watch=true").statusCode()).isEqualTo(403);
        assertThat(server.get(joe, "/api/v1/watch/namespaces/default/secrets").statusCode())
                .isEqualTo(403);
    }
}
