package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** The REST API over TLS, as any client sees it. */
class RestTest extends OverRest {

    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return server.get(admin, path, headers);
    }

    private HttpResponse<String> send(String method, String path, String contentType, String body)
            throws IOException, InterruptedException {
        return server.send(admin, method, path, contentType, body);
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, "application/json", body);
    }

    private static String configMap(String name) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\",\"labels\":{\"of\":\"" + name + "\"}},\"data\":{\"a\":\"1\"}}";
    }

    private static ObjectNode json(HttpResponse<String> response) {
        return Json.parse(response.body());
    }

    private static String reason(HttpResponse<String> response) {
        assertThat(json(response).get("kind").asString()).isEqualTo("Status");
        assertThat(json(response).get("code").asInt()).isEqualTo(response.statusCode());
        return json(response).get("reason").asString();
    }

    @Test
    void whatThePathSaysNeedNotBeSaidAgain() throws IOException, InterruptedException {
        HttpResponse<String> made = post(CONFIG_MAPS, "{\"metadata\":{\"name\":\"untyped\"},\"data\":{\"a\":\"1\"}}");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(json(made).path("kind").asString()).isEqualTo("ConfigMap");
        assertThat(json(made).path("apiVersion").asString()).isEqualTo("v1");
        HttpResponse<String> other = post(CONFIG_MAPS, "{\"kind\":\"Secret\",\"metadata\":{\"name\":\"other\"}}");
        assertThat(reason(other)).isEqualTo("BadRequest");
    }

    @Test
    void withoutACertificateOnlyHealthAndVersionAnswer() throws IOException, InterruptedException {
        HttpClient nobody = server.http(Optional.empty());
        for (String path : new String[] {"/version", "/healthz", "/livez", "/readyz"}) {
            assertThat(nobody.send(server.request(path).build(), BodyHandlers.ofString())
                            .statusCode())
                    .as(path)
                    .isEqualTo(200);
        }
        HttpResponse<String> refused =
                nobody.send(server.request("/api/v1/nodes").build(), BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(json(refused).get("message").asString()).isEqualTo("Unauthorized");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /readyz?verbose                           | 200 | [+]ping ok;[+]etcd ok;readyz check passed;
                    /readyz?verbose=true&exclude=etcd         | 200 | [+]ping ok;[+]etcd excluded: ok;readyz check passed;
                    /livez?verbose&exclude=x                  | 200 | [+]ping ok;warn: some health checks cannot be excluded: no matches for "x";livez check passed;
                    /readyz/etcd                              | 200 | ok
                    /readyz/etcd?verbose                      | 200 | [+]etcd ok;readyz check passed;
                    /healthz/ping                             | 200 | ok
                    """)
    void checksOfHealthHaveNamesAndAreTold(String path, int code, String lines)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = server.get(admin, path);
        assertThat(answer.statusCode()).isEqualTo(code);
        assertThat(answer.body()).isEqualTo(lines.replace(';', '\n'));
        assertThat(server.get(admin, "/readyz/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void aStrangerIsForbiddenInKubernetesWords() throws IOException, InterruptedException {
        HttpClient stranger = server.http(Optional.of(server.authority().client("joe", "CN=joe,O=people")));
        HttpResponse<String> refused =
                stranger.send(server.request("/api/v1/namespaces/x/pods").build(), BodyHandlers.ofString());
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(json(refused).get("message").asString())
                .isEqualTo(
                        "pods is forbidden: User \"joe\" cannot list resource \"pods\" in API group \"\" in the namespace"
                                + " \"x\"");
    }

    @Test
    void anObjectIsCreatedReadChangedAndDeleted() throws IOException, InterruptedException {
        HttpResponse<String> created = post(CONFIG_MAPS, configMap("life"));
        assertThat(created.statusCode()).isEqualTo(201);
        HttpResponse<String> read = get(CONFIG_MAPS + "/life");
        assertThat(read.body()).isEqualTo(created.body());
        String replaced = read.body().replace("\"a\":\"1\"", "\"a\":\"2\"");
        assertThat(send("PUT", CONFIG_MAPS + "/life", "application/json", replaced)
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> old = send("PUT", CONFIG_MAPS + "/life", "application/json", replaced);
        assertThat(reason(old)).isEqualTo("Conflict");
        HttpResponse<String> patched =
                send("PATCH", CONFIG_MAPS + "/life", "application/merge-patch+json", "{\"data\":{\"b\":\"3\"}}");
        assertThat(Json.strings(json(patched), "data")).containsEntry("a", "2").containsEntry("b", "3");
        HttpResponse<String> deleted = send("DELETE", CONFIG_MAPS + "/life", "application/json", "{}");
        assertThat(json(deleted).get("status").asString()).isEqualTo("Success");
        assertThat(reason(get(CONFIG_MAPS + "/life"))).isEqualTo("NotFound");
    }

    @Test
    void aLongListComesCompressedAndWhole() throws IOException, InterruptedException {
        String filling = "x".repeat(40_000);
        for (int i = 0; i < 4; i++) {
            assertThat(post(CONFIG_MAPS, configMap("long" + i).replace("\"1\"", "\"" + filling + "\""))
                            .statusCode())
                    .isEqualTo(201);
        }
        String few = CONFIG_MAPS + "?limit=1";
        String all = CONFIG_MAPS + "?labelSelector=!none";
        HttpResponse<byte[]> zipped =
                admin.send(server.request(all).header("Accept-Encoding", "gzip").build(), BodyHandlers.ofByteArray());
        assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
        String unzipped = new String(
                new GZIPInputStream(new ByteArrayInputStream(zipped.body())).readAllBytes(), StandardCharsets.UTF_8);
        assertThat(unzipped).isEqualTo(get(all).body()).contains("\"long3\"").endsWith("]}");
        assertThat(admin.send(
                                server.request(few)
                                        .header("Accept-Encoding", "gzip")
                                        .build(),
                                BodyHandlers.ofString())
                        .headers()
                        .firstValue("Content-Encoding"))
                .isEmpty();
    }

    @Test
    void yamlIsReadAndWritten() throws IOException, InterruptedException {
        String yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: \"1\"\n";
        assertThat(send("POST", CONFIG_MAPS, "application/yaml", yaml).statusCode())
                .isEqualTo(201);
        assertThat(get(CONFIG_MAPS + "/yaml", "Accept", "application/yaml").body())
                .contains("kind: \"ConfigMap\"");
        HttpResponse<String> broken = send("POST", CONFIG_MAPS, "application/yaml", "a: [1\nb: 2");
        assertThat(reason(broken)).isEqualTo("BadRequest");
        assertThat(broken.body()).contains("line ");
    }

    @Test
    void badBodiesAreNamed() throws IOException, InterruptedException {
        assertThat(post(CONFIG_MAPS, "{").body()).contains("is not JSON");
        assertThat(reason(post(CONFIG_MAPS, "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}")))
                .isEqualTo("BadRequest");
        assertThat(reason(send("POST", CONFIG_MAPS, "text/csv", "a,b"))).isEqualTo("UnsupportedMediaType");
        String duplicate = configMap("dup").replace("\"a\":\"1\"", "\"a\":\"1\",\"a\":\"2\"");
        assertThat(post(CONFIG_MAPS + "?fieldValidation=Strict", duplicate).body())
                .contains("strict decoding error: duplicate field \\\"data.a\\\"");
        HttpResponse<String> warned = post(CONFIG_MAPS, duplicate.replace("\"data\"", "\"dataa\":1,\"data\""));
        assertThat(warned.statusCode()).isEqualTo(201);
        assertThat(String.join(", ", warned.headers().allValues("Warning")))
                .contains("299 - \"duplicate field \\\"data.a\\\"\"", "299 - \"unknown field \\\"dataa\\\"\"");
        HttpResponse<String> large = post(CONFIG_MAPS, "\"" + "x".repeat(Exchange.MAX_BODY_BYTES + 10) + "\"");
        assertThat(reason(large)).isEqualTo("RequestEntityTooLarge");
    }

    @Test
    void whatIsNotThereIsSaidSo() throws IOException, InterruptedException {
        assertThat(reason(get("/nope"))).isEqualTo("NotFound");
        assertThat(reason(get("/apis/nope/v1"))).isEqualTo("NotFound");
        assertThat(reason(get("/api/v1/namespaces/default/nopes"))).isEqualTo("NotFound");
        assertThat(reason(get("/openapi/v1"))).isEqualTo("NotFound");
        assertThat(reason(get("/api/v1/nodes", "Accept", "application/cbor"))).isEqualTo("NotAcceptable");
        assertThat(reason(post("/api/v1/pods", "{}"))).isEqualTo("MethodNotAllowed");
        assertThat(reason(get("/api/v1/pods?fieldSelector=spec.foo%3D1"))).isEqualTo("BadRequest");
        assertThat(reason(send("PATCH", CONFIG_MAPS + "/x", "application/other+json", "{}")))
                .isEqualTo("UnsupportedMediaType");
    }

    @Test
    void discoveryComesInBothForms() throws IOException, InterruptedException {
        String aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
        HttpResponse<String> modern = get("/apis", "Accept", aggregated);
        assertThat(modern.headers().firstValue("Content-Type"))
                .contains("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
        assertThat(Json.items(json(modern), "items").getFirst().toString())
                .contains("\"resource\":\"deployments\"")
                .contains("\"subresource\":\"scale\"");
        assertThat(json(get("/apis")).get("kind").asString()).isEqualTo("APIGroupList");
        assertThat(json(get("/api")).get("kind").asString()).isEqualTo("APIVersions");
        assertThat(get("/api/v1").body()).contains("\"name\":\"pods/log\"").contains("\"name\":\"pods/eviction\"");
        assertThat(get("/apis/apps/v1").body()).contains("\"name\":\"deployments/scale\"");
    }

    @Test
    void openApiIsIndexedByHash() throws IOException, InterruptedException {
        ObjectNode index = json(get("/openapi/v3"));
        String address =
                Json.string(index, "paths", "apis/apps/v1", "serverRelativeURL").orElseThrow();
        HttpResponse<InputStream> document = admin.send(
                server.request(address).header("Accept-Encoding", "gzip").build(), BodyHandlers.ofInputStream());
        assertThat(document.headers().firstValue("Cache-Control")).contains("public, immutable");
        assertThat(document.headers().firstValue("Content-Encoding")).contains("gzip");
        try (InputStream in = new GZIPInputStream(document.body())) {
            assertThat(Json.at(Json.parse(in.readAllBytes()), "components", "schemas"))
                    .isPresent();
        }
    }

    @Test
    void tablesAndMetadataAreServedToThoseWhoAsk() throws IOException, InterruptedException {
        post(CONFIG_MAPS, configMap("table"));
        HttpResponse<String> table = get(
                CONFIG_MAPS + "?labelSelector=of%3Dtable",
                "Accept",
                "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        assertThat(json(table).get("kind").asString()).isEqualTo("Table");
        assertThat(Json.items(json(table), "rows")).hasSize(1);
        assertThat(table.body()).contains("PartialObjectMetadata");
        HttpResponse<String> metadata = get(
                CONFIG_MAPS,
                "Accept",
                "application/cbor;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,"
                        + "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
        assertThat(json(metadata).get("kind").asString()).isEqualTo("PartialObjectMetadataList");
        assertThat(metadata.body()).doesNotContain("\"data\"");
    }

    @Test
    void aWatchTellsChangesAsTheyHappen() throws IOException, InterruptedException {
        post(CONFIG_MAPS, configMap("seen"));
        HttpResponse<InputStream> watch = admin.send(
                server.request(CONFIG_MAPS + "?watch=true&labelSelector=of%3Dseen&timeoutSeconds=20")
                        .build(),
                BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(watch.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).contains("\"type\":\"ADDED\"");
            send("PATCH", CONFIG_MAPS + "/seen", "application/merge-patch+json", "{\"data\":{\"b\":\"3\"}}");
            assertThat(lines.readLine()).contains("\"type\":\"MODIFIED\"").contains("\"b\":\"3\"");
            server.api().delete(new Ref(Kinds.CONFIG_MAP, "default", "seen"), DeleteOptions.by(User.CONTROL_PLANE));
            assertThat(lines.readLine()).contains("\"type\":\"DELETED\"");
        }
    }

    @Test
    void aWatchCanBeginWithAListAndABookmark() throws IOException, InterruptedException {
        post(CONFIG_MAPS, configMap("initial"));
        HttpResponse<String> watch = get(CONFIG_MAPS + "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true"
                + "&resourceVersionMatch=NotOlderThan&labelSelector=of%3Dinitial&timeoutSeconds=1");
        assertThat(watch.body().lines().toList().get(0)).contains("\"ADDED\"");
        assertThat(watch.body().lines().toList().get(1)).contains("k8s.io/initial-events-end");
    }

    @Test
    void scaleIsAThingOfItsOwn() throws IOException, InterruptedException {
        String deployments = "/apis/apps/v1/namespaces/default/deployments";
        post(deployments, """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"scaled"},"spec":{"replicas":1,
                "selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
                "spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
        HttpResponse<String> scaled = send(
                "PATCH", deployments + "/scaled/scale", "application/merge-patch+json", "{\"spec\":{\"replicas\":3}}");
        assertThat(json(scaled).get("kind").asString()).isEqualTo("Scale");
        assertThat(Json.number(json(get(deployments + "/scaled")), "spec", "replicas"))
                .contains(3L);
        assertThat(reason(get(CONFIG_MAPS + "/x/scale"))).isEqualTo("NotFound");
        send("DELETE", deployments + "/scaled", "application/json", "{}");
    }

    @Test
    void aCollectionIsDeletedBySelector() throws IOException, InterruptedException {
        post(CONFIG_MAPS, configMap("many1"));
        post(CONFIG_MAPS, configMap("many2"));
        HttpResponse<String> deleted =
                send("DELETE", CONFIG_MAPS + "?labelSelector=of%20in%20(many1,many2)", "application/json", "{}");
        assertThat(Json.items(json(deleted), "items")).hasSize(2);
        assertThat(reason(get(CONFIG_MAPS + "/many1"))).isEqualTo("NotFound");
    }

    @Test
    void podsGoWhereTheirBindingSaysAndEvictionDeletesThem() throws IOException, InterruptedException {
        String pods = "/api/v1/namespaces/default/pods";
        post("/api/v1/nodes", "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n9\"}}");
        post(
                pods,
                "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"bound\"},\"spec\":{\"containers\":"
                        + "[{\"name\":\"c\",\"image\":\"i\"}],\"terminationGracePeriodSeconds\":7}}");
        assertThat(post(
                                pods + "/bound/binding",
                                "{\"apiVersion\":\"v1\",\"kind\":\"Binding\",\"metadata\":{\"name\":\"bound\"},"
                                        + "\"target\":{\"kind\":\"Node\",\"name\":\"n9\"}}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(Json.string(json(get(pods + "/bound")), "spec", "nodeName")).contains("n9");
        assertThat(post(
                                pods + "/bound/eviction",
                                "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"bound\"}}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(get(pods + "/bound/log").body()).contains("node n9 has no connection to this server");
        send("DELETE", pods + "/bound?gracePeriodSeconds=0", "application/json", "{}");
    }

    @Test
    void whatNodesAndPodsUseIsATableToo() throws IOException, InterruptedException {
        ObjectNode table = json(
                get("/apis/metrics.k8s.io/v1beta1/nodes", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io"));
        assertThat(table.get("kind").asString()).isEqualTo("Table");
        assertThat(Json.items(table, "columnDefinitions"))
                .extracting(column -> column.get("name").asString())
                .containsExactly("Name", "cpu", "memory", "Window");
        assertThat(json(get("/apis/metrics.k8s.io/v1beta1/pods")).get("kind").asString())
                .isEqualTo("PodMetricsList");
    }
}
