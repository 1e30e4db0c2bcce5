package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is odd about a request is told as Kubernetes tells it: fields that are unknown or come twice, options, revisions, metadata. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrictnessTest {

    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
    private static final String MERGE = "application/merge-patch+json";
    private static final String STRATEGIC = "application/strategic-merge-patch+json";
    private static final String JSON_PATCH = "application/json-patch+json";
    private static final String APPLY = "application/apply-patch+yaml";

    private TestServer server;
    private HttpClient admin;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        server = TestServer.start(directory);
        admin = server.admin();
        assertThat(send(
                                "POST",
                                CONFIG_MAPS,
                                "application/json",
                                "{\"metadata\":{\"name\":\"conf\"},\"data\":{\"a\":\"1\"}}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(send("POST", DEPLOYMENTS, "application/yaml", """
                        metadata: {name: web}
                        spec:
                          replicas: 0
                          selector: {matchLabels: {app: web}}
                          template:
                            metadata: {labels: {app: web}}
                            spec: {containers: [{name: c, image: busybox}]}
                        """).statusCode())
                .isEqualTo(201);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(String method, String path, String contentType, String body)
            throws IOException, InterruptedException {
        return server.send(admin, method, path, contentType, body);
    }

    private static String message(HttpResponse<String> refused, int code) {
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(code);
        return Json.parse(refused.body()).path("message").asString();
    }

    private static String warnings(HttpResponse<String> fine) {
        assertThat(fine.statusCode()).as(fine.body()).isBetween(200, 201);
        return String.join("; ", fine.headers().allValues("Warning"));
    }

    @Test
    void ofATextAllThatIsOddIsToldAtOnce() throws IOException, InterruptedException {
        String text = "{\"metadata\":{\"name\":\"odd\"},\"data\":{\"a\":\"1\",\"a\":\"2\"},\"foo\":1}";
        assertThat(message(send("POST", CONFIG_MAPS + "?fieldValidation=Strict", "application/json", text), 400))
                .isEqualTo("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error:"
                        + " duplicate field \"data.a\", unknown field \"foo\"");
    }

    @Test
    void ofYamlAFieldThatComesTwiceIsValidatedToo() throws IOException, InterruptedException {
        String text = "metadata: {name: yaml}\ndata:\n  a: \"1\"\n  a: \"2\"\n";
        assertThat(message(send("POST", CONFIG_MAPS + "?fieldValidation=Strict", "application/yaml", text), 400))
                .isEqualTo("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error:"
                        + " yaml: unmarshal errors:\n  line 4: key \"a\" already set in map");
        HttpResponse<String> warned = send("POST", CONFIG_MAPS + "?dryRun=All", "application/yaml", text);
        assertThat(warnings(warned)).isEqualTo("299 - \"line 4: key \\\"a\\\" already set in map\"");
        HttpResponse<String> taken =
                send("POST", CONFIG_MAPS + "?dryRun=All&fieldValidation=Ignore", "application/yaml", text);
        assertThat(warnings(taken)).isEmpty();
        assertThat(Json.parse(taken.body()).at("/data/a").asString()).isEqualTo("2");
    }

    @Test
    void ofAnAppliedTextAFieldThatComesTwiceIsValidatedToo() throws IOException, InterruptedException {
        String path = CONFIG_MAPS + "/applied?fieldManager=m&dryRun=All";
        String text = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"applied\"},\n"
                + "\"data\":{\"a\":\"1\",\"a\":\"2\"}}";
        assertThat(message(send("PATCH", path + "&fieldValidation=Strict", APPLY, text), 400))
                .isEqualTo("error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n"
                        + "  line 2: key \"a\" already set in map");
        assertThat(warnings(send("PATCH", path, APPLY, text))).contains("key \\\"a\\\" already set in map");
        assertThat(warnings(send("PATCH", path + "&fieldValidation=Ignore", APPLY, text)))
                .isEmpty();
    }

    @Test
    void aPatchThatCannotBeReadIsInvalidAndShown() throws IOException, InterruptedException {
        String path = DEPLOYMENTS + "/web?dryRun=All&fieldValidation=Strict";
        HttpResponse<String> strategic =
                send("PATCH", path, STRATEGIC, "{\"spec\":{\"foo\":[1,null],\"paused\":true,\"paused\":false}}");
        assertThat(message(strategic, 422))
                .isEqualTo(
                        " \"\" is invalid: patch: Invalid value: \"map[spec:map[foo:[1 <nil>] paused:false]]\": strict"
                                + " decoding error: duplicate field \"spec.paused\", unknown field \"spec.foo\"");
        assertThat(Json.parse(strategic.body()).at("/details/causes/0/field").asString())
                .isEqualTo("patch");
        assertThat(message(send("PATCH", path, MERGE, "{\"spec\":{\"foo\":1}}"), 422))
                .startsWith(" \"\" is invalid: patch: Invalid value: \"{\\\"apiVersion\\\":\\\"apps/v1\\\"")
                .endsWith("strict decoding error: unknown field \"spec.foo\"");
        assertThat(message(send("PATCH", path, JSON_PATCH, """
                        [{"op":"add","path":"/spec/foo","value":1,"more":2},
                         {"op":"add","path":"/spec/x","path":"/spec/paused","value":true}]
                        """), 422))
                .endsWith("strict decoding error: json patch unknown field \"[0].more\", json patch duplicate field"
                        + " \"[1].path\", unknown field \"spec.foo\"");
        assertThat(message(send("PATCH", path, STRATEGIC, "{\"spec\":{\"replicas\":\"many\"}}"), 422))
                .startsWith(" \"\" is invalid: patch: Invalid value: \"map[spec:map[replicas:many]]\": ");
    }

    @Test
    void ofAPatchOddFieldsAreWarnedOf() throws IOException, InterruptedException {
        String path = DEPLOYMENTS + "/web?dryRun=All";
        assertThat(warnings(send("PATCH", path, MERGE, "{\"spec\":{\"foo\":1,\"foo\":2}}")))
                .isEqualTo("299 - \"duplicate field \\\"spec.foo\\\"\", 299 - \"unknown field \\\"spec.foo\\\"\"");
        assertThat(warnings(send("PATCH", path + "&fieldValidation=Ignore", MERGE, "{\"spec\":{\"foo\":1,\"foo\":2}}")))
                .isEmpty();
    }

    @Test
    void ofABuiltInKindUnknownFieldsAreNeitherStoredNorOwned() throws IOException, InterruptedException {
        String text = "{\"metadata\":{\"name\":\"known\"},\"data\":{\"a\":\"1\"},\"foo\":{\"b\":1}}";
        HttpResponse<String> made = send("POST", CONFIG_MAPS + "?fieldValidation=Ignore", "application/json", text);
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.body()).contains("f:data").doesNotContain("foo");
        String path = CONFIG_MAPS + "/known?fieldValidation=Ignore";
        String[][] patches = {
            {MERGE, "{\"foo\":1,\"data\":{\"m\":\"1\"}}"},
            {STRATEGIC, "{\"metadata\":{\"foo\":1},\"data\":{\"s\":\"1\"}}"},
            {
                JSON_PATCH,
                "[{\"op\":\"add\",\"path\":\"/foo\",\"value\":[]},"
                        + "{\"op\":\"add\",\"path\":\"/data/j\",\"value\":\"1\"}]"
            }
        };
        for (String[] patch : patches) {
            HttpResponse<String> patched = send("PATCH", path, patch[0], patch[1]);
            assertThat(patched.statusCode()).as(patched.body()).isEqualTo(200);
        }
        String stored = server.get(admin, CONFIG_MAPS + "/known").body();
        assertThat(stored).contains("\"f:m\"", "\"f:s\"", "\"f:j\"").doesNotContain("foo");
        assertThat(message(
                        send(
                                "PATCH",
                                path + "&fieldManager=m",
                                APPLY,
                                text.replace(
                                        "{\"metadata", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata")),
                        400))
                .endsWith(".foo: field not declared in schema");
    }

    @Test
    void someKindsAreReplacedOnlyByWhoSaysWhatItHasSeen() throws IOException, InterruptedException {
        String lease = "{\"metadata\":{\"name\":\"seen\"},\"spec\":{\"holderIdentity\":\"a\"}}";
        HttpResponse<String> made = send("POST", LEASES, "application/json", lease);
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(message(send("PUT", LEASES + "/seen", "application/json", lease), 422))
                .isEqualTo("leases.coordination.k8s.io \"seen\" is invalid: metadata.resourceVersion: Invalid value: 0:"
                        + " must be specified for an update");
        String told = made.body().replace("\"a\"", "\"b\"");
        assertThat(send("PUT", LEASES + "/seen", "application/json", told).statusCode())
                .isEqualTo(200);
        assertThat(message(send("PUT", LEASES + "/nobody", "application/json", lease.replace("seen", "nobody")), 404))
                .contains("not found");
        assertThat(send("PATCH", LEASES + "/seen", MERGE, "{\"spec\":{\"holderIdentity\":\"c\"}}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("PUT", CONFIG_MAPS + "/conf", "application/json", "{\"metadata\":{\"name\":\"conf\"}}")
                        .statusCode())
                .as("of most kinds the last writer wins")
                .isEqualTo(200);
    }

    @Test
    void whoReplacesByAnotherNameThanThePathIsToldSoThoughThereIsNoSuchObject()
            throws IOException, InterruptedException {
        String other = "{\"metadata\":{\"name\":\"other\"}}";
        assertThat(message(send("PUT", CONFIG_MAPS + "/none", "application/json", other), 400))
                .isEqualTo("the name of the object (other) does not match the name on the URL (none)");
        String elsewhere = "{\"metadata\":{\"name\":\"none\",\"namespace\":\"elsewhere\"}}";
        assertThat(message(send("PUT", CONFIG_MAPS + "/none", "application/json", elsewhere), 400))
                .isEqualTo("the namespace of the object (elsewhere) does not match the namespace on the URL (default)");
        assertThat(message(send("PUT", CONFIG_MAPS + "/none", "application/json", "{}"), 404))
                .isEqualTo("configmaps \"none\" not found");
    }

    @Test
    void aReadIsNotOlderThanItsReaderHasSeen() throws IOException, InterruptedException {
        String path = CONFIG_MAPS + "/conf?resourceVersion=";
        for (String seen : new String[] {"", "0", "1"}) {
            assertThat(server.get(admin, path + seen).statusCode()).isEqualTo(200);
        }
        assertThat(message(server.get(admin, path + "x"), 400)).contains("resourceVersion must be a number");
        for (String ahead : new String[] {path + "99999999", CONFIG_MAPS + "?resourceVersion=99999999"}) {
            HttpResponse<String> refused = server.get(admin, ahead);
            assertThat(message(refused, 504)).startsWith("Too large resource version: 99999999, current: ");
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(Json.parse(refused.body())
                            .at("/details/retryAfterSeconds")
                            .asInt())
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    {"propagationPolicy":"Half"}                             | propagationPolicy: Unsupported value: "Half": supported values: "Foreground", "Background", "Orphan", "nil"
                    {"propagationPolicy":"Orphan","orphanDependents":false}  | propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set
                    {"dryRun":["Some"]}                                      | dryRun: Unsupported value: "Some": supported values: "All"
                    """)
    void optionsOfADeleteThatMakeNoSenseAreInvalid(String options, String cause)
            throws IOException, InterruptedException {
        assertThat(message(send("DELETE", CONFIG_MAPS + "/conf", "application/json", options), 422))
                .isEqualTo("DeleteOptions.meta.k8s.io \"\" is invalid: " + cause);
    }

    @Test
    void whoSendsSomethingElseThanOptionsDeletesNothing() throws IOException, InterruptedException {
        String path = CONFIG_MAPS + "/kept";
        String kept = "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"kept\"}}";
        assertThat(send("POST", CONFIG_MAPS, "application/json", kept).statusCode())
                .isEqualTo(201);
        assertThat(message(send("DELETE", path, "application/json", kept), 400))
                .isEqualTo("the kind in the data (ConfigMap) does not match the expected kind (DeleteOptions)");
        assertThat(send("DELETE", path, "application/json", "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"apps/v1\"}")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "finalizers":["hold"]                                          | metadata.finalizers[0]: Invalid value: "hold": name is neither a standard finalizer name nor is it fully qualified
                    "ownerReferences":[{"kind":"A","name":"a","uid":"1"}]          | metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty
                    "ownerReferences":[{"apiVersion":"v1","kind":"A","name":"a"}]  | metadata.ownerReferences.uid: Invalid value: "": must not be empty
                    "ownerReferences":[{"apiVersion":"v1","kind":"Event","name":"a","uid":"1"}] | metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"a","uid":"1"}: /v1, Kind=Event is disallowed from being an owner
                    """)
    void metadataThatMakesNoSenseIsInvalid(String metadata, String cause) throws IOException, InterruptedException {
        String text = "{\"metadata\":{\"name\":\"meta\"," + metadata + "}}";
        assertThat(message(send("POST", CONFIG_MAPS, "application/json", text), 422))
                .isEqualTo("ConfigMap \"meta\" is invalid: " + cause);
    }

    @Test
    void anObjectHasOneControllerAtMost() throws IOException, InterruptedException {
        String owners = "[{\"apiVersion\":\"v1\",\"kind\":\"A\",\"name\":\"a\",\"uid\":\"1\",\"controller\":true},"
                + "{\"apiVersion\":\"v1\",\"kind\":\"B\",\"name\":\"b\",\"uid\":\"2\",\"controller\":true}]";
        String text = "{\"metadata\":{\"name\":\"meta\",\"ownerReferences\":" + owners + "}}";
        assertThat(message(send("POST", CONFIG_MAPS, "application/json", text), 422))
                .endsWith(
                        ": Only one reference can have Controller set to true. Found \"true\" in references for A/a and"
                                + " B/b");
    }

    @Test
    void aTextThatBreaksOffIsToldWithoutWordsOfTheLibrary() throws IOException, InterruptedException {
        assertThat(message(send("POST", CONFIG_MAPS, "application/json", "{"), 400))
                .isEqualTo("the body is not JSON: Unexpected end-of-input: expected close marker for Object (line 1,"
                        + " column 2)");
    }
}
