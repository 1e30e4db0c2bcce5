package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.testing.Mutations;
import io.keelson.orchestrator.testing.RawHttp;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.store.MemoryKv;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * Requests of every sort, made wrong by chance, over real sockets: each has an answer, none blames the server, a refusal is a Status with
 * a reason, and in the end everything that is stored can be read.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestFuzzTest {

    private static final String DEFINITION = """
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"fuzzies.fuzz.example.com"},
             "spec":{"group":"fuzz.example.com","scope":"Namespaced","names":{"plural":"fuzzies","kind":"Fuzzy"},"versions":[
              {"name":"v1","served":true,"storage":true,"subresources":{"status":{},"scale":{"specReplicasPath":".spec.replicas",
               "statusReplicasPath":".status.replicas"}},"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
               "x-kubernetes-preserve-unknown-fields":true,"properties":{"replicas":{"type":"integer","default":1}},
               "x-kubernetes-validations":[{"rule":"self.replicas < 100"}]},"status":{"type":"object",
               "x-kubernetes-preserve-unknown-fields":true}}}}}]}}""";

    private static final String POD = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p%d","labels":{"a":"b"}},"spec":{"nodeName":"n",
             "containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]}}""";
    private static final String MAP = """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m%d","finalizers":[],"annotations":{"a":"b"}},"data":{"a":"b"}}""";
    private static final String FUZZY = """
            {"apiVersion":"fuzz.example.com/v1","kind":"Fuzzy","metadata":{"name":"f%d"},"spec":{"replicas":3,"a":{"b":[1,{"c":null}]}}}""";

    /** A request as it should be. */
    private record Sample(String method, String target, String type, String body) {}

    private static List<Sample> samples(int number) {
        String core = "/api/v1/namespaces/default/";
        String fuzzies = "/apis/fuzz.example.com/v1/namespaces/default/fuzzies";
        String merge = "application/merge-patch+json";
        String patch = "application/json-patch+json";
        String strategic = "application/strategic-merge-patch+json";
        String apply = "application/apply-patch+yaml";
        String json = "application/json";
        List<Sample> samples = new ArrayList<>();
        samples.add(new Sample(
                "POST", core + "pods?fieldValidation=Strict&fieldManager=a&dryRun=All", json, POD.formatted(number)));
        samples.add(new Sample("POST", core + "pods", json, POD.formatted(number % 5)));
        samples.add(new Sample("POST", core + "configmaps", json, MAP.formatted(number % 5)));
        samples.add(new Sample("POST", core + "services", json, """
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"s%d"},"spec":{"ports":[{"port":80,"nodePort":30001}],"type":"NodePort"}}""".formatted(number % 3)));
        samples.add(new Sample("POST", fuzzies, json, FUZZY.formatted(number % 5)));
        samples.add(new Sample(
                "POST",
                fuzzies,
                "application/yaml",
                "apiVersion: fuzz.example.com/v1\nkind: Fuzzy\nmetadata: {name: &a y, labels: {x: *a}}\n"));
        samples.add(new Sample("PUT", core + "configmaps/m1", json, MAP.formatted(1)));
        samples.add(
                new Sample(
                        "PUT",
                        fuzzies + "/f1/scale",
                        json,
                        "{\"apiVersion\":\"autoscaling/v1\",\"kind\":\"Scale\",\"metadata\":{\"name\":\"f1\"},\"spec\":{\"replicas\":2}}"));
        samples.add(
                new Sample(
                        "PATCH",
                        core + "pods/p1",
                        strategic,
                        "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"j\"}],\"$setElementOrder/containers\":[{\"name\":\"c\"}]}}"));
        samples.add(new Sample(
                "PATCH",
                core + "pods/p1/status",
                merge,
                "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}"));
        samples.add(
                new Sample(
                        "PATCH",
                        fuzzies + "/f1",
                        patch,
                        "[{\"op\":\"add\",\"path\":\"/spec/a\",\"value\":{\"b\":1}},{\"op\":\"copy\",\"from\":\"/spec\",\"path\":\"/status\"}]"));
        samples.add(new Sample("PATCH", fuzzies + "/f2?fieldManager=a&force=true", apply, FUZZY.formatted(2)));
        samples.add(
                new Sample(
                        "PATCH",
                        fuzzies + "/f2",
                        merge,
                        "{\"metadata\":{\"managedFields\":[{\"manager\":\"a\",\"operation\":\"Apply\",\"apiVersion\":\"fuzz.example.com/v1\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:spec\":{\"k:{\\\"a\\\":1}\":{}}}}]}}"));
        samples.add(new Sample("PATCH", core + "configmaps/m2?fieldManager=b", apply, MAP.formatted(2)));
        samples.add(
                new Sample(
                        "DELETE",
                        core + "pods/p3?gracePeriodSeconds=0",
                        json,
                        "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"preconditions\":{\"uid\":\"x\"},\"propagationPolicy\":\"Orphan\"}"));
        samples.add(new Sample(
                "DELETE", core + "configmaps?labelSelector=a%3Db&fieldSelector=metadata.name%3Dm1", json, "{}"));
        samples.add(
                new Sample(
                        "POST",
                        core + "pods/p2/eviction",
                        json,
                        "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"p2\"},\"deleteOptions\":{}}"));
        samples.add(
                new Sample(
                        "POST",
                        core + "pods/p2/binding",
                        json,
                        "{\"apiVersion\":\"v1\",\"kind\":\"Binding\",\"metadata\":{\"name\":\"p2\"},\"target\":{\"kind\":\"Node\",\"name\":\"n\"}}"));
        samples.add(
                new Sample(
                        "POST",
                        core + "serviceaccounts/default/token",
                        json,
                        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{\"audiences\":[\"a\"],\"expirationSeconds\":600}}"));
        samples.add(
                new Sample(
                        "POST",
                        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                        json,
                        "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectAccessReview\",\"spec\":{\"resourceAttributes\":{\"verb\":\"get\",\"resource\":\"pods\"}}}"));
        samples.add(
                new Sample(
                        "POST",
                        "/apis/authentication.k8s.io/v1/tokenreviews",
                        json,
                        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenReview\",\"spec\":{\"token\":\"e30.e30.e30\"}}"));
        samples.add(
                new Sample(
                        "POST",
                        "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
                        json,
                        "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"Role\",\"metadata\":{\"name\":\"r\"},\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\"]}]}"));
        samples.add(
                new Sample(
                        "POST",
                        "/apis/apps/v1/namespaces/default/deployments",
                        json,
                        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\"},\"spec\":{\"replicas\":0,\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}"));
        samples.add(new Sample(
                "GET",
                core
                        + "pods?limit=2&labelSelector=a%20in%20%28b,c%29&fieldSelector=status.phase!%3DFailed&resourceVersion=0",
                json,
                ""));
        samples.add(new Sample(
                "GET", core + "pods?watch=1&timeoutSeconds=1&resourceVersion=1&allowWatchBookmarks=true", json, ""));
        samples.add(new Sample(
                "GET",
                "/api/v1/pods?limit=1&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6NSwic3RhcnQiOiJkZWZhdWx0L2EifQ",
                json,
                ""));
        samples.add(
                new Sample("GET", core + "pods/p1/log?tailLines=5&sinceSeconds=3&container=c&limitBytes=7", json, ""));
        samples.add(new Sample("GET", "/apis/apps/v1/namespaces/default/deployments/d/scale", json, ""));
        samples.add(new Sample("GET", "/openapi/v3/apis/apps/v1?hash=x", json, ""));
        samples.add(new Sample("GET", "/apis/apps/v1/namespaces/a%2Fb/deployments/c%2e%2e", json, ""));
        return samples;
    }

    private static final List<String> HEADERS = List.of(
            "Accept: application/json;as=Table;v=v1;g=meta.k8s.io",
            "Accept: application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
            "Accept: application/yaml",
            "Accept: application/vnd.kubernetes.protobuf,application/json",
            "Accept-Encoding: gzip",
            "User-Agent: kubectl/v1.33 (x)",
            "Impersonate-User: joe",
            "Authorization: Bearer eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.eyJpc3MiOiJrdWJlcm5ldGVzIn0.AAAA");

    private final MemoryKv kv = new MemoryKv();
    private TestServer server;
    private SSLContext tls;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        server = TestServer.start(directory, "s1", kv);
        var admin = server.admin();
        tls = admin.sslContext();
        assertThat(server.send(
                                admin,
                                "POST",
                                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                                "application/json",
                                DEFINITION)
                        .statusCode())
                .isEqualTo(201);
        TestServer.await(
                "the kind is served",
                () -> server.api().kinds().named("fuzzies").isPresent());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void everyRequestHasAnAnswerThatDoesNotBlameTheServer() throws IOException {
        long seed = Mutations.seed();
        Random random = new Random(seed);
        Mutations words = new Mutations(
                random,
                List.of(
                        "%2F",
                        "%00",
                        "%zz",
                        "..",
                        "//",
                        "?",
                        "&",
                        "=",
                        "%ff",
                        "é",
                        "\\",
                        "status",
                        "scale",
                        ",",
                        "*",
                        "limit=-1",
                        "\t"));
        Mutations trees = new Mutations(
                random,
                List.of(
                        "metadata",
                        "spec",
                        "status",
                        "name",
                        "namespace",
                        "finalizers",
                        "$patch",
                        "ownerReferences",
                        "uid",
                        "a"));
        int[] codes = new int[600];
        RawHttp http = RawHttp.connect(tls, server.port());
        for (int round = 0; round < Mutations.rounds(2_500); round++) {
            List<Sample> samples = samples(round);
            Sample sample = samples.get(random.nextInt(samples.size()));
            String target = random.nextInt(3) == 0 ? line(words.of(sample.target())) : sample.target();
            if (target.contains("watch") && (!target.contains("timeoutSeconds=1&") || random.nextInt(20) > 0)) {
                // A watch may take its second only now and then, and one without an end would be right to go on for an
                // hour.
                continue;
            }
            byte[] body = body(sample, random, trees, words);
            List<String> headers = new ArrayList<>();
            headers.add("Content-Type: " + (random.nextInt(20) == 0 ? line(words.of(sample.type())) : sample.type()));
            if (random.nextInt(3) == 0) {
                String header = HEADERS.get(random.nextInt(HEADERS.size()));
                headers.add(random.nextInt(4) == 0 ? "X-" + line(words.of(header)) : header);
            }
            String what = "seed " + seed + ", round " + round + ": " + sample.method() + " " + target + " " + headers
                    + "\n" + new String(body, StandardCharsets.UTF_8);
            RawHttp.Answer answer;
            try {
                answer = http.send(sample.method(), target, headers, body);
            } catch (IOException e) {
                http.close();
                http = RawHttp.connect(tls, server.port());
                fail(what, e);
                return;
            }
            codes[answer.code()]++;
            judge(what, answer);
            if (!answer.goesOn()) {
                http.close();
                http = RawHttp.connect(tls, server.port());
            }
        }
        http.close();
        assertThat(codes[200] + codes[201]).as("requests that were fine").isGreaterThan(100);
        assertThat(codes[400]).isGreaterThan(100);
        everythingThatIsStoredCanBeRead();
    }

    /** What may stand in the first lines of a request: neither a line's end nor a space. */
    private static String line(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}]", "").replaceAll("[^\\x00-\\xff]", "x");
    }

    private static byte[] body(Sample sample, Random random, Mutations trees, Mutations words) {
        byte[] body = sample.body().getBytes(StandardCharsets.UTF_8);
        if (body.length == 0 || random.nextInt(6) == 0) {
            return body;
        }
        if (random.nextInt(4) == 0) {
            return words.of(body);
        }
        try {
            return trees.of(Json.parse(body)).toString().getBytes(StandardCharsets.UTF_8);
        } catch (MalformedJsonException noObject) {
            return words.of(body);
        }
    }

    private static void judge(String what, RawHttp.Answer answer) {
        // The one 504 is for a revision that is still to come, and 503 and 500 are for nobody.
        boolean future = answer.code() == 504 && answer.text().contains("Too large resource version");
        assertThat(answer.code() < 500 || future)
                .as(what + "\n" + answer.code() + " " + answer.text())
                .isTrue();
        if (answer.code() >= 400) {
            ObjectNode status;
            try {
                status = Json.parse(answer.body());
            } catch (MalformedJsonException e) {
                status = fail(what + "\n" + answer.code() + " " + answer.text(), e);
            }
            assertThat(status.path("kind").asString("")).as(what).isEqualTo("Status");
            assertThat(status.path("code").asInt(0)).as(what).isEqualTo(answer.code());
            assertThat(status.path("reason").asString("")).as(what).isNotEmpty();
            assertThat(status.path("message").asString("")).as(what).isNotEmpty();
        }
    }

    /** Every object is whole, and its kind can be listed in every form. */
    private void everythingThatIsStoredCanBeRead() throws IOException {
        for (KeyValue pair : kv.range(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("/registry/"))
                        .setRangeEnd(ByteString.copyFromUtf8("/registry0"))
                        .build())
                .getKvsList()) {
            ObjectNode object = Json.parse(pair.getValue().toByteArray());
            String key = pair.getKey().toStringUtf8();
            assertThat(key)
                    .endsWith("/" + Json.string(object, "metadata", "name").orElseThrow());
            assertThat(Json.string(object, "metadata", "uid")).as(key).isPresent();
        }
        try (RawHttp http = RawHttp.connect(tls, server.port())) {
            for (String path : List.of(
                    "/api/v1/pods",
                    "/api/v1/configmaps",
                    "/api/v1/services",
                    "/apis/apps/v1/deployments",
                    "/apis/fuzz.example.com/v1/fuzzies",
                    "/apis/rbac.authorization.k8s.io/v1/roles")) {
                for (String form : List.of(
                        "application/json", "application/yaml", "application/json;as=Table;v=v1;g=meta.k8s.io")) {
                    RawHttp.Answer answer = http.send("GET", path, List.of("Accept: " + form), new byte[0]);
                    assertThat(answer.code())
                            .as(path + " as " + form + ": " + answer.text())
                            .isEqualTo(200);
                }
            }
        }
    }
}
