package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Protobuf;
import io.keelson.orchestrator.kind.ProtobufWriter;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers that hold one object, of reads and of all writes. They may be made of the stored bytes, and must be what is made of the object as a
 * tree, in whatever form and version somebody asks.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneObjectTest {

    private static final String JSON = "application/json";
    private static final String YAML = "application/yaml";
    private static final String METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private static final String MERGE = "application/merge-patch+json";
    private static final String APPLY = "application/apply-patch+yaml";

    private TestServer server;
    private HttpClient admin;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        server = TestServer.start(directory);
        admin = server.admin();
        answer("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", JSON, JSON, """
                {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.one.example.com"},
                 "spec":{"group":"one.example.com","scope":"Namespaced","names":{"plural":"things","kind":"Thing"},"versions":[
                  {"name":"v1","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}},
                  {"name":"v2","served":true,"storage":true,"subresources":{"status":{}},"schema":{"openAPIV3Schema":{
                   "type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}""");
        TestServer.await(
                "the kind is served",
                () -> server.api()
                        .kinds()
                        .byApiVersion("one.example.com/v2", "Thing")
                        .isPresent());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private byte[] answer(String method, String path, String type, String accept, String body)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = admin.send(
                server.request(path)
                        .header("Content-Type", type)
                        .header("Accept", accept)
                        .method(method, BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofByteArray());
        assertThat(answer.statusCode())
                .as("%s %s %s", method, path, new String(answer.body(), StandardCharsets.UTF_8))
                .isIn(200, 201);
        return answer.body();
    }

    private byte[] get(String path, String accept) throws IOException, InterruptedException {
        return answer("GET", path, JSON, accept, "");
    }

    private Ref ref(String apiVersion, String kind, String name) {
        Kind row = server.api().kinds().byApiVersion(apiVersion, kind).orElseThrow();
        return new Ref(row, row.namespaced() ? "default" : "", name);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** An answer to a write, and all forms of the object that are read after it, by what its tree gives. */
    private void check(byte[] written, String path, Ref ref) throws IOException, InterruptedException {
        ObjectNode tree = server.api().get(ref).object();
        assertThat(text(written)).isEqualTo(Json.text(tree));
        assertThat(text(get(path, JSON))).isEqualTo(Json.text(tree));
        assertThat(text(get(path, JSON + ";as=Other;v=v1;g=x, */*"))).isEqualTo(Json.text(tree));
        assertThat(text(get(path, YAML))).isEqualTo(text(Yaml.fromJson(tree)));
        assertThat(Json.parse(get(path, METADATA)).get("metadata")).isEqualTo(tree.get("metadata"));
        assertThat(Json.parse(get(path, TABLE)).at("/metadata/resourceVersion"))
                .isEqualTo(tree.at("/metadata/resourceVersion"));
        if (ProtobufWriter.knows(ref.kind().apiVersion(), ref.kind().kind())) {
            assertThat(get(path, ProtobufWriter.MEDIA_TYPE)).isEqualTo(ProtobufWriter.write(tree));
        }
    }

    @Test
    void everyWriteIsAnsweredWithTheObjectAsItIsThen() throws IOException, InterruptedException {
        String pods = "/api/v1/namespaces/default/pods";
        String pod = pods + "/p";
        Ref ref = ref("v1", "Pod", "p");
        check(answer("POST", pods, JSON, JSON, """
                        {"kind":"Pod","metadata":{"name":"p","zeta":null,"labels":{"z":"1","a":"2"},"annotations":{"t":"é<>&\\u2028"}},"apiVersion":"v1","spec":{
                         "schedulerName":"nobody","containers":[{"image":"i","name":"b"},{"name":"a","image":"i"}]}}"""), pod, ref);
        check(answer("PATCH", pod, MERGE, JSON, "{\"metadata\":{\"annotations\":{\"k\":\"v\"}}}"), pod, ref);
        check(
                answer(
                        "PATCH",
                        pod,
                        "application/strategic-merge-patch+json",
                        JSON,
                        "{\"metadata\":{\"finalizers\":[\"x.y/z\"]}}"),
                pod,
                ref);
        check(
                answer(
                        "PATCH",
                        pod,
                        "application/json-patch+json",
                        JSON,
                        "[{\"op\":\"remove\",\"path\":\"/metadata/finalizers\"}]"),
                pod,
                ref);
        check(
                answer(
                        "PATCH",
                        pod + "?fieldManager=m",
                        APPLY,
                        JSON,
                        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"labels\":{\"m\":\"1\"}}}"),
                pod,
                ref);
        check(
                answer("PATCH", pod + "/status", MERGE, JSON, "{\"status\":{\"message\":\"m\",\"phase\":\"Running\"}}"),
                pod,
                ref);
        ObjectNode whole = Json.parse(get(pod, JSON));
        Json.child(Json.child(whole, "metadata"), "labels").put("b", "2");
        check(answer("PUT", pod, JSON, JSON, whole.toString()), pod, ref);
        check(answer("PATCH", pod, MERGE, JSON, "{}"), pod, ref);
        check(get(pod + "/status", JSON), pod, ref);
    }

    @Test
    void writesAreAnsweredInEveryForm() throws IOException, InterruptedException {
        String maps = "/api/v1/namespaces/default/configmaps";
        answer("POST", maps, JSON, JSON, "{\"metadata\":{\"name\":\"forms\"}}");
        Ref ref = ref("v1", "ConfigMap", "forms");
        int i = 0;
        for (String accept : List.of(YAML, METADATA, TABLE, ProtobufWriter.MEDIA_TYPE, JSON)) {
            byte[] written = answer("PATCH", maps + "/forms", MERGE, accept, "{\"data\":{\"k\":\"" + i++ + "\"}}");
            ObjectNode tree = server.api().get(ref).object();
            switch (accept) {
                case YAML -> assertThat(Json.parse(Yaml.toJson(written).json())).isEqualTo(tree);
                case METADATA -> assertThat(Json.parse(written).get("metadata")).isEqualTo(tree.get("metadata"));
                case TABLE ->
                    assertThat(Json.parse(written).at("/metadata/resourceVersion"))
                            .isEqualTo(tree.at("/metadata/resourceVersion"));
                case JSON -> assertThat(text(written)).isEqualTo(Json.text(tree));
                default -> assertThat(Protobuf.decode(written)).isEqualTo(tree);
            }
        }
    }

    @Test
    void whatIsNotStoredIsAnsweredAllTheSame() throws IOException, InterruptedException {
        String maps = "/api/v1/namespaces/default/configmaps";
        answer("POST", maps, JSON, JSON, "{\"metadata\":{\"name\":\"dry\"},\"data\":{\"b\":\"1\"}}");
        ObjectNode before = server.api().get(ref("v1", "ConfigMap", "dry")).object();
        ObjectNode dry = Json.parse(answer("PATCH", maps + "/dry?dryRun=All", MERGE, JSON, "{\"data\":{\"a\":\"2\"}}"));
        assertThat(dry.at("/data/a").stringValue()).isEqualTo("2");
        assertThat(dry.at("/metadata/resourceVersion")).isEqualTo(before.at("/metadata/resourceVersion"));
        assertThat(text(get(maps + "/dry", JSON))).isEqualTo(Json.text(before));
        assertThat(Json.parse(answer("POST", maps + "?dryRun=All", JSON, JSON, "{\"metadata\":{\"name\":\"never\"}}"))
                        .at("/metadata/resourceVersion")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void otherVersionsThanTheStoredOneAreAnsweredInTheirs() throws IOException, InterruptedException {
        String scalers = "/namespaces/default/horizontalpodautoscalers";
        String one = "/apis/autoscaling/v1" + scalers;
        check(answer("POST", one, JSON, JSON, """
                        {"metadata":{"name":"h"},"spec":{"maxReplicas":3,"targetCPUUtilizationPercentage":50,
                         "scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"}}}"""), one + "/h", ref("autoscaling/v1", "HorizontalPodAutoscaler", "h"));
        String two = "/apis/autoscaling/v2" + scalers;
        check(
                answer("PATCH", two + "/h", MERGE, JSON, "{\"spec\":{\"maxReplicas\":4}}"),
                two + "/h",
                ref("autoscaling/v2", "HorizontalPodAutoscaler", "h"));
        for (String version : List.of("v1", "v2")) {
            String things = "/apis/one.example.com/" + version + "/namespaces/default/things";
            Ref thing = ref("one.example.com/" + version, "Thing", "t" + version);
            check(
                    answer(
                            "POST",
                            things,
                            JSON,
                            JSON,
                            "{\"zeta\":null,\"b\":{\"d\":1.5,\"c\":[]},\"apiVersion\":\"one.example.com/" + version
                                    + "\",\"kind\":\"Thing\",\"metadata\":{\"name\":\"t" + version + "\"}}"),
                    things + "/t" + version,
                    thing);
            check(
                    answer("PATCH", things + "/t" + version, MERGE, JSON, "{\"b\":{\"a\":1e3}}"),
                    things + "/t" + version,
                    thing);
        }
    }
}
