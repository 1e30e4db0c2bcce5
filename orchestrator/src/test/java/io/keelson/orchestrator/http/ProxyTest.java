package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What the subresource proxy says where there is nobody to pass a request to. With nodes it is tried in the module that has some. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProxyTest {

    private static final String PODS = "/api/v1/namespaces/default/pods/";
    private static final String SERVICES = "/api/v1/namespaces/default/services/";
    private static final WriteOptions WRITE = WriteOptions.by(User.CONTROL_PLANE);

    private TestServer server;
    private HttpClient admin;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
        admin = server.admin();
        create(Kinds.NODE, "", "{'apiVersion':'v1','kind':'Node','metadata':{'name':'n1'}}");
        create(
                Kinds.POD,
                "default",
                "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p'},'spec':{'nodeName':'n1','containers':[{'name':'c','image':'i'}]}}");
        create(
                Kinds.SERVICE,
                "default",
                "{'apiVersion':'v1','kind':'Service','metadata':{'name':'s'},'spec':{'selector':{'app':'none'},'ports':[{'name':'web','port':80}]}}");
        TestServer.await(
                "endpoints",
                () -> server.api()
                        .find(new Ref(Kinds.ENDPOINTS, "default", "s"))
                        .isPresent());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private void create(Kind kind, String namespace, String json) {
        server.api().create(kind, namespace, Json.parse(json.replace('\'', '"')), WRITE);
    }

    private void status(String json) {
        Ref pod = new Ref(Kinds.POD, "default", "p");
        ObjectNode object = server.api().get(pod).object();
        object.set("status", Json.parse(json.replace('\'', '"')));
        server.api().update(pod, "status", object, WRITE);
    }

    private void refused(int code, String reason, String message, String path)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = server.get(admin, path);
        ObjectNode status = Json.parse(answer.body());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(code);
        assertThat(status.path("reason").asString("")).isEqualTo(reason);
        assertThat(status.path("message").asString("")).isEqualTo(message);
        // Clients would ask again by themselves, ten times.
        assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
    }

    @Test
    void whereNobodyIsIsToldInKubernetesWords() throws IOException, InterruptedException {
        refused(404, "NotFound", "pods \"none\" not found", PODS + "none/proxy/");
        refused(404, "NotFound", "services \"none\" not found", SERVICES + "none:80/proxy/");
        refused(404, "NotFound", "nodes \"none\" not found", "/api/v1/nodes/none/proxy/healthz");
        refused(400, "BadRequest", "invalid pod request \"ftp:p:80\"", PODS + "ftp:p:80/proxy/");
        refused(400, "BadRequest", "invalid service request \"s:\"", SERVICES + "s:/proxy/");
        String endpoints = "no endpoints available for service \"";
        refused(503, "ServiceUnavailable", endpoints + "s\"", SERVICES + "s/proxy/");
        refused(503, "ServiceUnavailable", endpoints + "s\"", SERVICES + "s:web/proxy/");
        refused(503, "ServiceUnavailable", "no service port 81 found for service \"s\"", SERVICES + "s:81/proxy/");
        refused(
                503,
                "ServiceUnavailable",
                endpoints + "https:kubernetes:https\"",
                SERVICES + "https:kubernetes:https/proxy/");
        String away = "error trying to reach service: node n1 has no connection to this server; is its agent running?";
        refused(503, "ServiceUnavailable", away, "/api/v1/nodes/n1/proxy/healthz");
        refused(
                503,
                "ServiceUnavailable",
                "error trying to reach service: of node n1 only its agent can be reached, not port 22",
                "/api/v1/nodes/n1:22/proxy/");
        status("{}");
        refused(400, "BadRequest", "address not allowed", PODS + "p/proxy/");
        status("{'podIP':'10.244.0.7','podIPs':[{'ip':'10.244.0.7'}]}");
        refused(503, "ServiceUnavailable", away, PODS + "p:80/proxy/x");
        refused(
                503,
                "ServiceUnavailable",
                "error trying to reach service: dial tcp: address 10.244.0.7:web: invalid port",
                PODS + "p:web/proxy/");
    }

    @Test
    void aPathWithoutItsLastSlashIsSentThere() throws IOException, InterruptedException {
        status("{'podIP':'10.244.0.7','podIPs':[{'ip':'10.244.0.7'}]}");
        HttpResponse<String> answer = server.get(admin, PODS + "p:80/proxy?a=b");
        assertThat(answer.statusCode()).isEqualTo(301);
        assertThat(answer.headers().firstValue("Location")).contains(PODS + "p:80/proxy/?a=b");
    }

    @Test
    void itTakesTheRightToTheSubresourceByTheVerbOfTheMethod() throws IOException, InterruptedException {
        HttpClient joe = server.http(Optional.of(server.authority().client("joe", "CN=joe")));
        HttpResponse<String> answer = server.send(joe, "PUT", PODS + "p:80/proxy/x", "text/plain", "x");
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(Json.parse(answer.body()).path("message").asString(""))
                .contains(
                        "User \"joe\" cannot update resource \"pods/proxy\" in API group \"\" in the namespace \"default\"");
    }

    @Test
    void discoveryAndOpenApiListIt() throws IOException, InterruptedException {
        ObjectNode resources = Json.parse(server.get(admin, "/api/v1").body());
        assertThat(Json.items(resources, "resources").stream()
                        .filter(resource -> resource.path("name").asString("").endsWith("/proxy"))
                        .map(resource -> resource.path("kind").asString("") + " " + resource.path("verbs")))
                .containsExactlyInAnyOrder(
                        "NodeProxyOptions [\"create\",\"delete\",\"get\",\"patch\",\"update\"]",
                        "PodProxyOptions [\"create\",\"delete\",\"get\",\"patch\",\"update\"]",
                        "ServiceProxyOptions [\"create\",\"delete\",\"get\",\"patch\",\"update\"]");
        ObjectNode paths = (ObjectNode)
                Json.parse(server.get(admin, "/openapi/v3/api/v1").body()).get("paths");
        for (String path : List.of(
                "/api/v1/nodes/{name}/proxy",
                "/api/v1/namespaces/{namespace}/pods/{name}/proxy",
                "/api/v1/namespaces/{namespace}/services/{name}/proxy")) {
            for (String each : List.of(path, path + "/{path}")) {
                assertThat(paths.path(each).propertyNames())
                        .as(each)
                        .containsExactlyInAnyOrder(
                                "parameters", "delete", "get", "head", "options", "patch", "post", "put");
            }
        }
    }
}
