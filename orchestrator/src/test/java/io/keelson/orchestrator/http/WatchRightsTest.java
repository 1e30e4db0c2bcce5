package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** A watch ends, and says why, when the right to it ends. */
class WatchRightsTest extends OverRest {

    private static final String BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings";

    private void create(String path, String object) throws IOException, InterruptedException {
        HttpResponse<String> answer = server.send(admin, "POST", path, "application/json", object.replace('\'', '"'));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private void delete(String path) throws IOException, InterruptedException {
        assertThat(server.send(admin, "DELETE", path, "application/json", "").statusCode())
                .isEqualTo(200);
    }

    private void let(String binding, String subject) throws IOException, InterruptedException {
        create(
                BINDINGS,
                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'RoleBinding','metadata':{'name':'" + binding
                        + "'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'view'},'subjects':["
                        + subject + "]}");
    }

    /** Reads up to the end of the watch; the last line. */
    private static ObjectNode last(BufferedReader lines) throws IOException {
        String last = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            last = line.isBlank() ? last : line;
        }
        return Json.parse(last.strip().getBytes(StandardCharsets.UTF_8));
    }

    private BufferedReader watch(HttpClient client, String... headers) throws IOException, InterruptedException {
        var request = server.request("/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=60");
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<java.io.InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    @Test
    void aWatchWhoseRoleIsTakenBackEndsWithForbidden() throws Exception {
        let("ann", "{'apiGroup':'rbac.authorization.k8s.io','kind':'User','name':'ann'}");
        HttpClient ann = server.http(Optional.of(server.authority().client("ann", "CN=ann")));
        BufferedReader lines = watch(ann);
        delete(BINDINGS + "/ann");
        ObjectNode error = last(lines);
        assertThat(Json.string(error, "type")).contains("ERROR");
        assertThat(Json.number(error, "object", "code")).contains(403L);
        assertThat(Json.string(error, "object", "message").orElseThrow())
                .isEqualTo(
                        "configmaps is forbidden: User \"ann\" cannot watch resource \"configmaps\" in API group \"\" in the"
                                + " namespace \"default\"");
    }

    @Test
    void aWatchWhoseTokenIsWorthNothingAnyMoreEndsWithUnauthorized() throws Exception {
        create(
                "/api/v1/namespaces/default/serviceaccounts",
                "{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'bot'}}");
        let("bot", "{'kind':'ServiceAccount','name':'bot','namespace':'default'}");
        HttpResponse<String> requested = server.send(
                admin,
                "POST",
                "/api/v1/namespaces/default/serviceaccounts/bot/token",
                "application/json",
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}");
        String token =
                Json.string(Json.parse(requested.body()), "status", "token").orElseThrow();
        BufferedReader lines = watch(server.http(Optional.empty()), "Authorization", "Bearer " + token);
        delete("/api/v1/namespaces/default/serviceaccounts/bot");
        ObjectNode error = last(lines);
        assertThat(Json.string(error, "type")).contains("ERROR");
        assertThat(Json.number(error, "object", "code")).contains(401L);
        assertThat(Json.string(error, "object", "reason")).contains("Unauthorized");
    }
}
