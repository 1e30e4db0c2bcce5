package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestConversionWebhook;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.store.MemoryKv;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Kinds that are defined at run time, over REST, as any client sees them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CustomResourceTest {

    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private TestServer server;
    private HttpClient admin;
    private Path directory;

    @BeforeAll
    void start(@TempDir Path temporary) {
        directory = temporary;
        server = TestServer.start(temporary);
        admin = server.admin();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return server.get(admin, path, headers);
    }

    private HttpResponse<String> send(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        return server.send(admin, method, path, type, body);
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, "application/json", body);
    }

    private HttpResponse<String> merge(String path, String body) throws IOException, InterruptedException {
        return send("PATCH", path, "application/merge-patch+json", body);
    }

    private static ObjectNode json(HttpResponse<String> response) {
        return Json.parse(response.body());
    }

    private static String message(HttpResponse<String> response) {
        return json(response).path("message").asString("");
    }

    /** A group with a kind of its own, so that tests do not meet. */
    private record Custom(String group, String plural) {

        String objects(String version) {
            return "/apis/" + group + "/" + version + "/namespaces/default/" + plural;
        }

        String object(String version, String name, String spec) {
            return """
                    {"apiVersion": "%s/%s", "kind": "CronTab", "metadata": {"name": "%s"}, "spec": %s}""".formatted(group, version, name, spec);
        }

        String definition(String versions, String more) {
            return """
                    {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                     "metadata": {"name": "%s.%s"},
                     "spec": {"group": "%s", "scope": "Namespaced", %s
                       "names": {"plural": "%s", "kind": "CronTab", "shortNames": ["ct"], "categories": ["all"]},
                       "versions": %s}}""".formatted(plural, group, group, more, plural, versions);
        }
    }

    private static final String SCHEMA = """
            {"openAPIV3Schema": {"type": "object", "description": "Runs now and then.", "properties": {
              "spec": {"type": "object", "required": ["cron"],
                "x-kubernetes-validations": [
                  {"rule": "!has(self.max) || self.replicas <= self.max", "message": "replicas must not be above max"},
                  {"rule": "self.cron == oldSelf.cron", "message": "cron is immutable"}],
                "properties": {
                  "cron": {"type": "string", "description": "When.", "maxLength": 20}, "replicas": {"type": "integer", "default": 1},
                  "max": {"type": "integer", "maximum": 10},
                  "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                  "note": {"type": "string", "nullable": true}}},
              "status": {"type": "object", "properties": {"replicas": {"type": "integer"}, "selector": {"type": "string"}}}}}}""";

    private static final String VERSION = """
            {"name": "v1", "served": true, "storage": true, "schema": %s,
             "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas",
                                                      "labelSelectorPath": ".status.selector"}},
             "selectableFields": [{"jsonPath": ".spec.cron"}],
             "additionalPrinterColumns": [
               {"name": "Cron", "type": "string", "jsonPath": ".spec.cron"},
               {"name": "Replicas", "type": "integer", "jsonPath": ".spec.replicas"},
               {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"}]}""".formatted(SCHEMA);

    private Custom defined(String group, String versions, String more) throws IOException, InterruptedException {
        Custom custom = new Custom(group, "crontabs");
        HttpResponse<String> made = post(DEFINITIONS, custom.definition(versions, more));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        TestServer.await("the definition is established", () -> established(custom));
        return custom;
    }

    private boolean established(Custom custom) {
        try {
            return Json.items(json(get(DEFINITIONS + "/" + custom.plural + "." + custom.group)), "status", "conditions")
                    .stream()
                    .anyMatch(condition -> condition.path("type").asString("").equals("Established")
                            && condition.path("status").asString("").equals("True"));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aDefinitionIsServedAsSoonAsItIsEstablished() throws IOException, InterruptedException {
        Custom custom = defined("served.example.com", "[" + VERSION + "]", "");
        String objects = custom.objects("v1");
        // Without a pause: who has seen the condition is served.
        HttpResponse<String> made =
                post(objects, custom.object("v1", "a", "{\"cron\": \"* *\", \"foo\": 1, \"note\": null}"));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(made.headers().allValues("Warning")).containsExactly("299 - \"unknown field \\\"spec.foo\\\"\"");
        assertThat(json(made).path("spec")).hasToString("{\"cron\":\"* *\",\"note\":null,\"replicas\":1}");
        assertThat(json(made).path("metadata").path("generation").asInt()).isEqualTo(1);
        assertThat(json(made).at("/metadata/managedFields/0/fieldsV1"))
                .as("there is no spec before somebody writes one, as there is for built-in kinds")
                .hasToString("{\"f:spec\":{\".\":{},\"f:cron\":{},\"f:note\":{},\"f:replicas\":{}}}");
        HttpResponse<String> strict =
                post(objects + "?fieldValidation=Strict", custom.object("v1", "b", "{\"cron\": \"*\", \"foo\": 1}"));
        assertThat(strict.statusCode()).isEqualTo(400);
        assertThat(message(strict)).contains("strict decoding error: unknown field \"spec.foo\"");

        assertThat(json(get("/apis/served.example.com/v1")).path("resources").findValuesAsString("name"))
                .containsExactly("crontabs", "crontabs/scale", "crontabs/status");
        assertThat(json(get("/apis")).path("groups").findValuesAsString("name")).contains("served.example.com");
        String aggregated = get(
                        "/apis", "Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList")
                .body();
        assertThat(aggregated).contains("served.example.com").contains("\"shortNames\":[\"ct\"]");
        String address = json(get("/openapi/v3"))
                .path("paths")
                .path("apis/served.example.com/v1")
                .path("serverRelativeURL")
                .asString();
        ObjectNode document = json(get(address));
        JsonNode schema = document.path("components").path("schemas").path("com.example.served.v1.CronTab");
        assertThat(schema.path("properties")
                        .path("spec")
                        .path("properties")
                        .path("cron")
                        .path("description")
                        .asString())
                .isEqualTo("When.");
        assertThat(schema.path("x-kubernetes-group-version-kind")
                        .get(0)
                        .path("kind")
                        .asString())
                .isEqualTo("CronTab");
        assertThat(document.toString()).doesNotContain("strategic-merge-patch");

        HttpResponse<String> changed = merge(
                DEFINITIONS + "/crontabs.served.example.com",
                "{\"spec\": {\"versions\": [" + VERSION.replace("When.", "When it runs.") + "]}}");
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        TestServer.await("the schema is described anew", () -> {
            try {
                return !get("/openapi/v3").body().contains(address);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void whatIsInvalidIsRefusedInKubernetesWords() throws IOException, InterruptedException {
        Custom custom = defined("invalid.example.com", "[" + VERSION + "]", "");
        String objects = custom.objects("v1");
        HttpResponse<String> wrong =
                post(objects, custom.object("v1", "a", "{\"cron\": \"*\", \"replicas\": \"3\", \"max\": 11}"));
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(message(wrong))
                .isEqualTo(
                        "CronTab.invalid.example.com \"a\" is invalid: [spec.max: Invalid value: 11: spec.max in body should be"
                                + " less than or equal to 10, spec.replicas: Invalid value: \"string\": spec.replicas in body must be of"
                                + " type integer: \"string\", <nil>: Invalid value: null: some validation rules were not checked because"
                                + " the object was invalid; correct the existing errors to complete validation]");
        HttpResponse<String> rule =
                post(objects, custom.object("v1", "a", "{\"cron\": \"*\", \"replicas\": 3, \"max\": 2}"));
        assertThat(message(rule))
                .isEqualTo(
                        "CronTab.invalid.example.com \"a\" is invalid: spec: Invalid value: \"object\": replicas must not be"
                                + " above max");
        assertThat(post(objects, custom.object("v1", "a", "{\"cron\": \"*\"}")).statusCode())
                .isEqualTo(201);
        assertThat(message(merge(objects + "/a", "{\"spec\": {\"cron\": \"x\"}}")))
                .endsWith("cron is immutable");
        HttpResponse<String> strategic = send(
                "PATCH", objects + "/a", "application/strategic-merge-patch+json", "{\"spec\": {\"replicas\": 2}}");
        assertThat(strategic.statusCode()).isEqualTo(415);
        assertThat(message(strategic))
                .startsWith("the body of the request was in an unknown format - accepted media types include");
    }

    @Test
    void aScaleCountsOnlyWholeNumbers() throws IOException, InterruptedException {
        String status = "\"status\": {\"type\": \"object\", \"properties\": {\"replicas\": {\"type\": ";
        Custom custom = defined(
                "fractions.example.com",
                "[" + VERSION.replace(status + "\"integer\"}", status + "\"number\"}") + "]",
                "");
        String object = custom.objects("v1") + "/a";
        post(custom.objects("v1"), custom.object("v1", "a", "{\"cron\": \"*\"}"));
        for (String odd : List.of("9223372036854775808", "1.5", "-1e300")) {
            HttpResponse<String> stored = merge(object + "/status", "{\"status\": {\"replicas\": " + odd + "}}");
            assertThat(stored.statusCode()).as(stored.body()).isEqualTo(200);
            HttpResponse<String> scale = get(object + "/scale");
            assertThat(scale.statusCode()).as(scale.body()).isEqualTo(200);
            assertThat(json(scale).path("status").path("replicas").asInt()).isZero();
        }
    }

    @Test
    void statusAndScaleAreDoorsOfTheirOwn() throws IOException, InterruptedException {
        Custom custom = defined("doors.example.com", "[" + VERSION + "]", "");
        String objects = custom.objects("v1");
        post(objects, custom.object("v1", "a", "{\"cron\": \"*\"}"));
        ObjectNode status = json(merge(
                objects + "/a/status",
                "{\"spec\": {\"replicas\": 7}, \"status\": {\"replicas\": 4, \"selector\": \"a=b\"}}"));
        assertThat(status.path("spec").path("replicas").asInt()).isEqualTo(1);
        assertThat(status.path("metadata").path("generation").asInt()).isEqualTo(1);
        ObjectNode spec = json(merge(objects + "/a", "{\"spec\": {\"replicas\": 2}, \"status\": {\"replicas\": 9}}"));
        assertThat(spec.path("status").path("replicas").asInt()).isEqualTo(4);
        assertThat(spec.path("metadata").path("generation").asInt()).isEqualTo(2);
        ObjectNode scale = json(merge(objects + "/a/scale", "{\"spec\": {\"replicas\": 5}}"));
        assertThat(scale.path("kind").asString()).isEqualTo("Scale");
        assertThat(scale.path("spec").path("replicas").asInt()).isEqualTo(5);
        assertThat(scale.path("status")).hasToString("{\"replicas\":4,\"selector\":\"a=b\"}");
        assertThat(json(get(objects + "/a")).path("spec").path("replicas").asInt())
                .isEqualTo(5);
    }

    @Test
    void tablesAndFieldSelectorsAreAsDefined() throws IOException, InterruptedException {
        Custom custom = defined("tables.example.com", "[" + VERSION + "]", "");
        String objects = custom.objects("v1");
        post(objects, custom.object("v1", "a", "{\"cron\": \"1 1\"}"));
        post(objects, custom.object("v1", "b", "{\"cron\": \"2 2\", \"replicas\": 3}"));
        ObjectNode table = json(get(
                objects + "?fieldSelector=spec.cron%3D2%202",
                "Accept",
                "application/json;as=Table;v=v1;g=meta.k8s.io"));
        assertThat(table.path("columnDefinitions").findValuesAsString("name"))
                .containsExactly("Name", "Cron", "Replicas", "Age");
        assertThat(table.path("rows")).hasSize(1);
        JsonNode cells = table.path("rows").get(0).path("cells");
        assertThat(List.of(
                        cells.get(0).asString(),
                        cells.get(1).asString(),
                        cells.get(2).asInt()))
                .isEqualTo(List.of("b", "2 2", 3));
        assertThat(cells.get(3).asString()).matches("[0-9]+s");
        HttpResponse<String> other = get(objects + "?fieldSelector=spec.replicas%3D1");
        assertThat(other.statusCode()).isEqualTo(400);
        assertThat(message(other)).contains("field label not supported: spec.replicas");
    }

    @Test
    void aDefinitionThatGoesTakesItsObjectsWithIt() throws IOException, InterruptedException {
        Custom custom = defined("gone.example.com", "[" + VERSION + "]", "");
        String objects = custom.objects("v1");
        String definition = DEFINITIONS + "/crontabs.gone.example.com";
        post(objects, custom.object("v1", "a", "{\"cron\": \"*\"}"));
        merge(objects + "/a", "{\"metadata\": {\"finalizers\": [\"example.com/hold\"]}}");
        post(objects, custom.object("v1", "b", "{\"cron\": \"*\"}"));
        assertThat(send("DELETE", definition, "application/json", "").statusCode())
                .isEqualTo(200);
        ObjectNode ending = json(get(definition));
        assertThat(ending.path("metadata").path("finalizers"))
                .hasToString("[\"customresourcecleanup.apiextensions.k8s.io\"]");
        HttpResponse<String> late = post(objects, custom.object("v1", "c", "{\"cron\": \"*\"}"));
        assertThat(late.statusCode()).isEqualTo(405);
        assertThat(message(late)).isEqualTo("create not allowed while custom resource definition is terminating");
        TestServer.await("only what is held is left", () -> {
            try {
                return json(get(objects)).path("items").size() == 1
                        && get(definition).body().contains("InstanceDeletionInProgress");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        merge(objects + "/a", "{\"metadata\": {\"finalizers\": null}}");
        TestServer.await("the definition is gone", () -> {
            try {
                return get(definition).statusCode() == 404 && get(objects).statusCode() == 404;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(get("/apis").body()).doesNotContain("gone.example.com");
    }

    @Test
    void namesThatAreTakenAreNotGivenUntilTheyAreFree() throws IOException, InterruptedException {
        defined("names.example.com", "[" + VERSION + "]", "");
        String other = new Custom("names.example.com", "others").definition("[" + VERSION + "]", "");
        assertThat(post(DEFINITIONS, other).statusCode()).isEqualTo(201);
        TestServer.await("the conflict is told", () -> {
            try {
                String body = get(DEFINITIONS + "/others.names.example.com").body();
                return body.contains("is already in use");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(get(new Custom("names.example.com", "others").objects("v1")).statusCode())
                .isEqualTo(404);
        send("DELETE", DEFINITIONS + "/crontabs.names.example.com", "application/json", "");
        TestServer.await("the names are given", () -> established(new Custom("names.example.com", "others")));
    }

    @Test
    void ownersOfCustomKindsAreOwnersAndNamespacesTakeThemAlong() throws IOException, InterruptedException {
        Custom custom = defined("owners.example.com", "[" + VERSION + "]", "");
        post(
                "/api/v1/namespaces",
                "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"owning\"}}");
        String objects = custom.objects("v1").replace("/default/", "/owning/");
        String uid = json(post(objects, custom.object("v1", "a", "{\"cron\": \"*\"}")))
                .path("metadata")
                .path("uid")
                .asString();
        String owned = "/api/v1/namespaces/owning/configmaps";
        post(owned, """
                {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "ownerReferences": [
                  {"apiVersion": "owners.example.com/v1", "kind": "CronTab", "name": "a", "uid": "%s"}]}}""".formatted(uid));
        send("DELETE", objects + "/a", "application/json", "");
        TestServer.await("what it owned is gone", () -> {
            try {
                return get(owned + "/c").statusCode() == 404;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        post(objects, custom.object("v1", "b", "{\"cron\": \"*\"}"));
        send("DELETE", "/api/v1/namespaces/owning", "application/json", "");
        TestServer.await("the namespace is gone", () -> {
            try {
                return get("/api/v1/namespaces/owning").statusCode() == 404
                        && get(objects + "/b").statusCode() == 404;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static final String OLD_VERSION = """
            {"name": "v1beta1", "served": true, "storage": false, "deprecated": true, "schema": {"openAPIV3Schema": {"type": "object",
              "properties": {"spec": {"type": "object", "properties": {"schedule": {"type": "string"}, "cron": {"type": "string"}}}}}}}""";

    @Test
    void versionsThatDifferInNameAreTheSameObject() throws IOException, InterruptedException {
        Custom custom = defined("versions.example.com", "[" + OLD_VERSION + "," + VERSION + "]", "");
        HttpResponse<String> made =
                post(custom.objects("v1beta1"), custom.object("v1beta1", "a", "{\"cron\": \"* *\"}"));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(made.headers().allValues("Warning"))
                .containsExactly(
                        "299 - \"versions.example.com/v1beta1 CronTab is deprecated; use versions.example.com/v1 CronTab\"");
        ObjectNode newer = json(get(custom.objects("v1") + "/a"));
        assertThat(newer.path("apiVersion").asString()).isEqualTo("versions.example.com/v1");
        assertThat(newer.path("spec")).hasToString("{\"cron\":\"* *\",\"replicas\":1}");
        assertThat(json(get("/apis/versions.example.com"))
                        .path("preferredVersion")
                        .path("version")
                        .asString())
                .isEqualTo("v1");
    }

    @Test
    void aWebhookConvertsBetweenVersions() throws IOException, InterruptedException {
        try (TestConversionWebhook webhook = TestConversionWebhook.start(directory)) {
            Custom custom = defined("webhook.example.com", "[" + OLD_VERSION + "," + VERSION + "]", """
                    "conversion": {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"],
                      "clientConfig": {"url": "%s", "caBundle": "%s"}}},""".formatted(
                            webhook.url(), webhook.caBundle()));
            HttpResponse<String> made =
                    post(custom.objects("v1beta1"), custom.object("v1beta1", "a", "{\"schedule\": \"1 2\"}"));
            assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
            assertThat(json(get(custom.objects("v1") + "/a"))
                            .path("spec")
                            .path("cron")
                            .asString())
                    .isEqualTo("1 2");
            assertThat(json(get(custom.objects("v1beta1")))
                            .path("items")
                            .get(0)
                            .path("spec")
                            .path("schedule")
                            .asString())
                    .isEqualTo("1 2");
            webhook.fail("no mood");
            HttpResponse<String> failed = get(custom.objects("v1beta1") + "/a");
            assertThat(failed.statusCode()).isEqualTo(500);
            assertThat(message(failed))
                    .isEqualTo("conversion webhook for webhook.example.com/v1, Kind=CronTab failed: no mood");
            assertThat(json(failed).has("reason")).isFalse();
            assertThat(get(custom.objects("v1") + "/a").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aListIsConvertedAtOnce() throws IOException, InterruptedException {
        try (TestConversionWebhook webhook = TestConversionWebhook.start(directory)) {
            Custom custom = defined("many.example.com", "[" + OLD_VERSION + "," + VERSION + "]", """
                    "conversion": {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"],
                      "clientConfig": {"url": "%s", "caBundle": "%s"}}},""".formatted(
                            webhook.url(), webhook.caBundle()));
            for (int i = 0; i < 12; i++) {
                assertThat(post(custom.objects("v1"), custom.object("v1", "a" + i, "{\"cron\": \"" + i + "\"}"))
                                .statusCode())
                        .isEqualTo(201);
            }
            webhook.reviewed().clear();
            List<JsonNode> all = Json.items(json(get(custom.objects("v1beta1"))), "items");
            assertThat(all)
                    .hasSize(12)
                    .allMatch(item -> item.path("spec")
                            .path("schedule")
                            .asString("")
                            .equals(item.path("metadata")
                                    .path("name")
                                    .asString("")
                                    .substring(1)));
            assertThat(webhook.reviewed()).containsExactly(12);
            webhook.reviewed().clear();
            assertThat(Json.items(json(get(custom.objects("v1beta1") + "?limit=5&labelSelector=!x")), "items"))
                    .hasSize(5);
            assertThat(webhook.reviewed()).containsExactly(12);
            webhook.reviewed().clear();
            assertThat(Json.items(json(get(custom.objects("v1"))), "items")).hasSize(12);
            assertThat(webhook.reviewed()).isEmpty();
            webhook.fail("no mood");
            assertThat(get(custom.objects("v1beta1")).statusCode()).isEqualTo(500);
        }
    }

    /** The pod is a server of this test; that it runs there and is ready is what a node would say. */
    @Test
    void aWebhookCanBeAServiceOfTheCluster() throws IOException, InterruptedException {
        try (TestConversionWebhook webhook = TestConversionWebhook.start(directory, "converter.default.svc")) {
            Custom custom = defined(
                    "service.example.com", "[" + OLD_VERSION + "," + VERSION + "]", """
                    "conversion": {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"],
                      "clientConfig": {"service": {"namespace": "default", "name": "converter", "path": "/convert"}, "caBundle": "%s"}}},""".formatted(webhook.caBundle()));
            assertThat(post(custom.objects("v1"), custom.object("v1", "a", "{\"cron\": \"1 2\"}"))
                            .statusCode())
                    .isEqualTo(201);
            HttpResponse<String> nobody = get(custom.objects("v1beta1") + "/a");
            assertThat(nobody.statusCode()).isEqualTo(500);
            assertThat(message(nobody)).contains("service \"converter\" in namespace \"default\" not found");
            post("/api/v1/namespaces/default/services", """
                    {"apiVersion":"v1","kind":"Service","metadata":{"name":"converter"},
                     "spec":{"selector":{"app":"converter"},"ports":[{"name":"https","port":443,"targetPort":%d}]}}""".formatted(webhook.port()));
            post("/api/v1/nodes", "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"here\"}}");
            post("/api/v1/namespaces/default/pods", """
                    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"converter","labels":{"app":"converter"}},
                     "spec":{"nodeName":"here","containers":[{"name":"c","image":"i"}]}}""");
            merge("/api/v1/namespaces/default/pods/converter/status", """
                    {"status":{"phase":"Running","podIP":"127.0.0.1","podIPs":[{"ip":"127.0.0.1"}],
                     "conditions":[{"type":"Ready","status":"True"}]}}""");
            TestServer.await("the service has its endpoint, and is asked", () -> {
                try {
                    return get(custom.objects("v1beta1") + "/a").body().contains("\"schedule\":\"1 2\"");
                } catch (IOException | InterruptedException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void aDefinitionThatMakesNoSenseIsRefused() throws IOException, InterruptedException {
        Custom custom = new Custom("bad.example.com", "crontabs");
        HttpResponse<String> wrong = post(DEFINITIONS, custom.definition("""
                [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                  "spec": {"type": "object", "properties": {"a": {}, "b": {"type": "array", "items": {"type": "string"},
                    "x-kubernetes-validations": [{"rule": "self.all(x, self.all(y, self.all(z, x == y)))"}]}}}}}}}]""", ""));
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(message(wrong))
                .isEqualTo("CustomResourceDefinition.apiextensions.k8s.io \"crontabs.bad.example.com\" is invalid:"
                        + " spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[a].type: Required value: must not"
                        + " be empty for specified object fields");
        String costly = custom.definition("""
                [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                  "spec": {"type": "object", "properties": {"b": {"type": "array", "items": {"type": "string"},
                    "x-kubernetes-validations": [{"rule": "self.all(x, self.all(y, self.all(z, x == y)))"}]}}}}}}}]""", "");
        assertThat(message(post(DEFINITIONS, costly)))
                .contains("estimated rule cost exceeds budget by factor of more than 100x");
        String large = custom.definition("[" + VERSION.replace("When.", "x".repeat(1_000_001)) + "]", "");
        assertThat(message(post(DEFINITIONS, large))).contains("Too long: may not be more than 1000000 bytes");
        String deep = "{\"type\": \"string\"}";
        for (int i = 0; i < 40; i++) {
            deep = "{\"type\": \"object\", \"properties\": {\"p\": " + deep + "}}";
        }
        assertThat(message(post(
                        DEFINITIONS,
                        custom.definition(
                                "[{\"name\": \"v1\", \"served\": true, \"storage\": true, \"schema\": {\"openAPIV3Schema\": "
                                        + deep + "}}]",
                                ""))))
                .contains("schemas must not be nested deeper than 64");
    }

    @Test
    void aRuleThatCostsTooMuchForAnObjectIsStopped() throws IOException, InterruptedException {
        Custom custom = defined("costly.example.com", """
                [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                  "spec": {"type": "object", "properties": {"b": {"type": "array", "maxItems": 1000, "items": {"type": "integer"},
                    "x-kubernetes-validations": [{"rule": "self.all(x, self.exists(y, x == y))"}]}}}}}}}]""", "");
        StringBuilder list = new StringBuilder("1");
        for (int i = 2; i <= 1_000; i++) {
            list.append(',').append(i);
        }
        HttpResponse<String> stopped = post(custom.objects("v1"), custom.object("v1", "a", "{\"b\": [" + list + "]}"));
        assertThat(stopped.statusCode()).isEqualTo(422);
        assertThat(message(stopped)).contains("call cost exceeds limit for rule");
        assertThat(post(custom.objects("v1"), custom.object("v1", "a", "{\"b\": [1, 2, 3]}"))
                        .statusCode())
                .isEqualTo(201);
    }

    @Test
    void everyServerServesAKindAsSoonAsOneShowsThatItIsEstablished() throws IOException, InterruptedException {
        MemoryKv kv = new MemoryKv();
        try (TestServer one = TestServer.start(Files.createDirectory(directory.resolve("one")), "s1", kv);
                TestServer two = TestServer.start(Files.createDirectory(directory.resolve("two")), "s2", kv);
                TestServer three = TestServer.start(Files.createDirectory(directory.resolve("three")), "s3", kv)) {
            List<TestServer> servers = List.of(one, two, three);
            for (int i = 0; i < 6; i++) {
                Custom custom = new Custom("everywhere" + i + ".example.com", "crontabs");
                TestServer maker = servers.get(i % 3);
                TestServer writer = servers.get((i + 1) % 3);
                TestServer reader = servers.get((i + 2) % 3);
                String definition = DEFINITIONS + "/crontabs." + custom.group;
                assertThat(ask(maker, "POST", DEFINITIONS, custom.definition("[" + VERSION + "]", ""))
                                .statusCode())
                        .isEqualTo(201);
                TestServer.await(
                        "the definition is established",
                        () -> ask(maker, "GET", definition, "")
                                .body()
                                .contains("the initial names have been accepted"));
                HttpResponse<String> made =
                        ask(writer, "POST", custom.objects("v1"), custom.object("v1", "a", "{\"cron\": \"*\"}"));
                assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
                assertThat(ask(reader, "GET", custom.objects("v1") + "/a", "").statusCode())
                        .isEqualTo(200);
                for (TestServer server : servers) {
                    TestServer.await(
                            "discovery tells of it",
                            () -> ask(server, "GET", "/apis", "").body().contains(custom.group));
                }
                // A schema that was tightened binds the next write, whichever server takes it.
                String tighter = "{\"spec\": {\"versions\": ["
                        + VERSION.replace("\"maxLength\": 20", "\"maxLength\": 1") + "]}}";
                assertThat(ask(maker, "PATCH", definition, tighter).statusCode())
                        .isEqualTo(200);
                assertThat(ask(writer, "POST", custom.objects("v1"), custom.object("v1", "b", "{\"cron\": \"**\"}"))
                                .statusCode())
                        .isEqualTo(422);
            }
        }
    }

    private static HttpResponse<String> ask(TestServer server, String method, String path, String body) {
        try {
            return server.admin()
                    .send(
                            server.request(path)
                                    .header(
                                            "Content-Type",
                                            method.equals("PATCH")
                                                    ? "application/merge-patch+json"
                                                    : "application/json")
                                    .method(method, BodyPublishers.ofString(body))
                                    .build(),
                            BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
