package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Applies with ownership of fields, and who owns what after other writes, over REST. */
class ServerSideApplyTest extends OverRest {

    private static final String MAPS = "/api/v1/namespaces/default/configmaps/";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments/";
    private static final String APPLY = "application/apply-patch+yaml";

    /** An answer, with its body read. */
    private record Answer(int code, ObjectNode body) {

        String message() {
            return body.get("message").asString();
        }

        List<String> owners() {
            return Json.items(body, "metadata", "managedFields").stream()
                    .map(entry -> entry.get("manager").asString() + " "
                            + entry.get("operation").asString()
                            + (entry.has("subresource")
                                    ? " " + entry.get("subresource").asString()
                                    : ""))
                    .toList();
        }

        JsonNode entry(String manager) {
            return Json.items(body, "metadata", "managedFields").stream()
                    .filter(entry -> entry.get("manager").asString().equals(manager))
                    .findFirst()
                    .orElseThrow();
        }

        String fields(String manager) {
            return entry(manager).get("fieldsV1").toString();
        }
    }

    private Answer send(String method, String path, String type, String body) throws IOException, InterruptedException {
        return send(admin, method, path, type, body);
    }

    private Answer send(HttpClient client, String method, String path, String type, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> response = server.send(client, method, path, type, body);
        return new Answer(response.statusCode(), Json.parse(response.body()));
    }

    private Answer apply(String path, String manager, String body) throws IOException, InterruptedException {
        return send("PATCH", path + "?fieldManager=" + manager, APPLY, body);
    }

    private Answer get(String path) throws IOException, InterruptedException {
        return send("GET", path, "application/json", "");
    }

    private static String map(String name, String data) {
        return "{apiVersion: v1, kind: ConfigMap, metadata: {name: " + name + "}, data: " + data + "}";
    }

    private static String deployment(String name, int replicas) {
        return """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"%s"},"spec":{"replicas":%d,
                 "selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
                 "spec":{"containers":[{"name":"c","image":"i"}]}}}}""".formatted(name, replicas);
    }

    @Test
    void anApplyCreatesChangesAndRemoves() throws IOException, InterruptedException {
        Answer created = apply(MAPS + "life", "a", map("life", "{k: '1', l: '2'}"));
        assertThat(created.code()).isEqualTo(201);
        assertThat(created.owners()).containsExactly("a Apply");
        assertThat(created.fields("a")).isEqualTo("{\"f:data\":{\"f:k\":{},\"f:l\":{}}}");
        assertThat(created.entry("a").get("apiVersion").asString()).isEqualTo("v1");
        Answer changed = apply(MAPS + "life", "a", map("life", "{l: '3'}"));
        assertThat(changed.code()).isEqualTo(200);
        assertThat(changed.body().get("data").toString()).isEqualTo("{\"l\":\"3\"}");
        Answer again = apply(MAPS + "life", "a", map("life", "{l: '3'}"));
        assertThat(again.body()).isEqualTo(changed.body());
        assertThat(get(MAPS + "life").body()).isEqualTo(changed.body());
    }

    @Test
    void aConflictIsToldInKubernetesWordsAndForceTakesTheField() throws IOException, InterruptedException {
        send(
                "POST",
                DEPLOYMENTS.substring(0, DEPLOYMENTS.length() - 1) + "?fieldManager=kubectl-client-side-apply",
                "application/json",
                deployment("conflict", 1));
        Answer refused = apply(DEPLOYMENTS + "conflict", "a", deployment("conflict", 2));
        assertThat(refused.code()).isEqualTo(409);
        assertThat(refused.body().get("reason").asString()).isEqualTo("Conflict");
        assertThat(refused.message())
                .isEqualTo("Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using apps/v1:"
                        + " .spec.replicas");
        assertThat(refused.body().at("/details/causes").toString())
                .isEqualTo(
                        "[{\"field\":\".spec.replicas\",\"message\":\"conflict with \\\"kubectl-client-side-apply\\\""
                                + " using apps/v1\",\"reason\":\"FieldManagerConflict\"}]");
        Answer forced = apply(DEPLOYMENTS + "conflict", "a&force=true", deployment("conflict", 2));
        assertThat(forced.code()).isEqualTo(200);
        assertThat(forced.fields("kubectl-client-side-apply")).doesNotContain("replicas");
        Answer many =
                apply(DEPLOYMENTS + "conflict", "b", deployment("conflict", 3).replace("\"i\"", "\"other\""));
        assertThat(many.message()).isEqualTo("""
                        Apply failed with 3 conflicts: conflicts with "a":
                        - .spec.replicas
                        - .spec.template.spec.containers[name="c"].image
                        conflicts with "kubectl-client-side-apply" using apps/v1:
                        - .spec.template.spec.containers[name="c"].image""");
    }

    @Test
    void everyWriteIsOnRecord() throws IOException, InterruptedException {
        send("POST", MAPS.substring(0, MAPS.length() - 1), "application/json", """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"record","labels":{"x":"y"}},"data":{"a":"1"}}""");
        Answer created = get(MAPS + "record");
        assertThat(created.owners()).containsExactly("Java-http-client Update");
        assertThat(created.fields("Java-http-client"))
                .isEqualTo("{\"f:data\":{\".\":{},\"f:a\":{}},\"f:metadata\":{\"f:labels\":{\".\":{},\"f:x\":{}}}}");
        send("PATCH", MAPS + "record?fieldManager=merger", "application/merge-patch+json", "{\"data\":{\"b\":\"2\"}}");
        send(
                "PATCH",
                MAPS + "record?fieldManager=strategist",
                "application/strategic-merge-patch+json",
                "{\"data\":{\"c\":\"3\"}}");
        Answer patched = send(
                "PATCH",
                MAPS + "record?fieldManager=patcher",
                "application/json-patch+json",
                "[{\"op\":\"replace\",\"path\":\"/data/a\",\"value\":\"9\"}]");
        assertThat(patched.fields("merger")).isEqualTo("{\"f:data\":{\"f:b\":{}}}");
        assertThat(patched.fields("strategist")).isEqualTo("{\"f:data\":{\"f:c\":{}}}");
        assertThat(patched.fields("patcher")).isEqualTo("{\"f:data\":{\"f:a\":{}}}");
        assertThat(patched.fields("Java-http-client"))
                .isEqualTo("{\"f:data\":{},\"f:metadata\":{\"f:labels\":{\".\":{},\"f:x\":{}}}}");
        Answer same = send(
                "PATCH",
                MAPS + "record?fieldManager=nobody",
                "application/merge-patch+json",
                "{\"data\":{\"b\":\"2\"}}");
        assertThat(same.body()).isEqualTo(patched.body());
        ObjectNode put = patched.body().deepCopy();
        Json.child(put, "data").put("d", "4");
        Json.child(put, "metadata").remove("managedFields");
        Answer replaced = send("PUT", MAPS + "record?fieldManager=putter", "application/json", Json.text(put));
        assertThat(replaced.fields("putter")).isEqualTo("{\"f:data\":{\"f:d\":{}}}");
        assertThat(replaced.owners()).hasSize(5);
    }

    @Test
    void anItemWithALongKeyCanBeReadAgain() throws IOException, InterruptedException {
        String accounts = "/api/v1/namespaces/default/serviceaccounts";
        String account = "{\"metadata\":{\"name\":\"long\"},\"secrets\":[{\"name\":\"" + "s".repeat(60_000) + "\"}]}";
        assertThat(send("POST", accounts, "application/json", account).code()).isEqualTo(201);
        assertThat(send("GET", accounts + "/long", "application/json", "").code())
                .isEqualTo(200);
        assertThat(send("DELETE", accounts + "/long", "application/json", "").code())
                .isEqualTo(200);
    }

    @Test
    void theRecordCanBeForgotten() throws IOException, InterruptedException {
        apply(MAPS + "forget", "a", map("forget", "{k: '1'}"));
        Answer forgotten = send(
                "PATCH",
                MAPS + "forget?fieldManager=b",
                "application/merge-patch+json",
                "{\"metadata\":{\"managedFields\":[{}]}}");
        assertThat(forgotten.code()).isEqualTo(200);
        assertThat(forgotten.owners()).isEmpty();
        assertThat(send("PATCH", MAPS + "forget", "application/merge-patch+json", "{\"data\":{\"k\":\"2\"}}")
                        .owners())
                .isEmpty();
        Answer refused = apply(MAPS + "forget", "a", map("forget", "{k: '3'}"));
        assertThat(refused.message())
                .isEqualTo("Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.k");
        Answer empty = send(
                "PATCH",
                MAPS + "forget",
                "application/json-patch+json",
                "[{\"op\":\"add\",\"path\":\"/metadata/managedFields\",\"value\":[]}]");
        assertThat(empty.owners()).isEmpty();
    }

    @Test
    void statusIsOwnedThroughItsOwnEndpointOnly() throws IOException, InterruptedException {
        apply(DEPLOYMENTS + "state", "a", deployment("state", 0));
        Answer status = apply(DEPLOYMENTS + "state/status", "s", """
                {apiVersion: apps/v1, kind: Deployment, metadata: {name: state}, spec: {replicas: 7},
                 status: {conditions: [{type: Mine, status: "True"}]}}""");
        assertThat(status.code()).isEqualTo(200);
        assertThat(status.body().at("/spec/replicas").asInt()).isZero();
        assertThat(status.entry("s").get("subresource").asString()).isEqualTo("status");
        assertThat(status.fields("s"))
                .isEqualTo(
                        "{\"f:status\":{\"f:conditions\":{\"k:{\\\"type\\\":\\\"Mine\\\"}\":{\".\":{},\"f:status\":{},"
                                + "\"f:type\":{}}}}}");
        assertThat(apply(DEPLOYMENTS + "absent/status", "s", deployment("absent", 1))
                        .code())
                .isEqualTo(404);
        TestServer.await("the controller", () -> {
            try {
                return get(DEPLOYMENTS + "state").owners().contains("keelson-controller-manager Update status");
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void scaleTakesTheReplicas() throws IOException, InterruptedException {
        apply(DEPLOYMENTS + "scaled", "a", deployment("scaled", 0));
        String scale = "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: scaled}, spec: {replicas: 1}}";
        Answer refused = apply(DEPLOYMENTS + "scaled/scale", "s", scale);
        assertThat(refused.message()).isEqualTo("Apply failed with 1 conflict: conflict with \"a\": .spec.replicas");
        assertThat(apply(DEPLOYMENTS + "scaled/scale", "s", scale.replace("replicas: 1", "replicas: -1"))
                        .message())
                .isEqualTo(
                        "Deployment.apps \"scaled\" is invalid: spec.replicas: Invalid value: -1: must be a whole number"
                                + " greater than or equal to 0");
        Answer forced = apply(DEPLOYMENTS + "scaled/scale", "s&force=true", scale);
        assertThat(forced.body().get("kind").asString()).isEqualTo("Scale");
        assertThat(forced.body().at("/spec/replicas").asInt()).isEqualTo(1);
        Answer after = get(DEPLOYMENTS + "scaled");
        assertThat(after.fields("s")).isEqualTo("{\"f:spec\":{\"f:replicas\":{}}}");
        assertThat(after.fields("a")).doesNotContain("replicas");
        assertThat(apply(DEPLOYMENTS + "scaled", "a", deployment("scaled", 3)).message())
                .isEqualTo(
                        "Apply failed with 1 conflict: conflict with \"s\" with subresource \"scale\": .spec.replicas");
        send(
                "PATCH",
                DEPLOYMENTS + "scaled/scale?fieldManager=hand",
                "application/merge-patch+json",
                "{\"spec\":{\"replicas\":2}}");
        assertThat(get(DEPLOYMENTS + "scaled").owners()).contains("hand Update scale");
    }

    @Test
    void whatTheServerPutsInBelongsToNobody() throws IOException, InterruptedException {
        Answer service = apply("/api/v1/namespaces/default/services/own", "a", """
                apiVersion: v1
                kind: Service
                metadata: {name: own}
                spec:
                  selector: {a: b}
                  ports: [{port: 80}]
                """);
        assertThat(service.code()).as(service.body().toString()).isEqualTo(201);
        assertThat(service.body().at("/spec/clusterIP").asString()).startsWith("10.96.");
        assertThat(service.fields("a"))
                .isEqualTo("{\"f:spec\":{\"f:ports\":{\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},"
                        + "\"f:port\":{}}},\"f:selector\":{}}}");
        Answer changed = apply("/api/v1/namespaces/default/services/own", "a", """
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"own"},"spec":{"selector":{"a":"c"},"ports":[{"port":80}]}}""");
        assertThat(changed.code()).as(changed.body().toString()).isEqualTo(200);
        assertThat(changed.body().at("/spec/clusterIP"))
                .isEqualTo(service.body().at("/spec/clusterIP"));
    }

    @Test
    void badAppliesAreToldWhy() throws IOException, InterruptedException {
        String path = MAPS + "bad";
        Answer nobody = send("PATCH", path, APPLY, map("bad", "{}"));
        assertThat(nobody.code()).isEqualTo(422);
        assertThat(nobody.message())
                .isEqualTo(
                        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply"
                                + " patch");
        assertThat(send("PATCH", path + "?force=true", "application/merge-patch+json", "{}")
                        .message())
                .isEqualTo(
                        "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply"
                                + " patch");
        assertThat(apply(path, "x".repeat(129), map("bad", "{}")).message())
                .isEqualTo("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Too long: may not be more than 128"
                        + " bytes");
        assertThat(apply(path, "a%07b", map("bad", "{}")).message())
                .contains("should only contain printable characters");
        assertThat(apply(path, "a", "{apiVersion: v1, kind: ConfigMap, metadata: {managedFields: []}}")
                        .message())
                .isEqualTo("metadata.managedFields must be nil");
        assertThat(apply(path, "a", map("other", "{}")).message())
                .isEqualTo("the name of the object (other) does not match the name on the URL (bad)");
        Answer unknown = apply(path, "a", "{apiVersion: v1, kind: ConfigMap, metadata: {name: bad}, dta: {}}");
        assertThat(unknown.code()).isEqualTo(400);
        assertThat(unknown.message())
                .isEqualTo("failed to create typed patch object (/bad; v1, Kind=ConfigMap): .dta: field not declared in"
                        + " schema");
        assertThat(apply(path, "a", "{apiVersion: v1, kind: Secret, metadata: {name: bad}}")
                        .code())
                .isEqualTo(400);
        assertThat(apply(path, "a", "a: [").message()).startsWith("error decoding YAML: the body is not YAML");
        assertThat(apply(path, "a", "{apiVersion: v1, kind: ConfigMap, metadata: {uid: u}}")
                        .message())
                .isEqualTo(
                        "Operation cannot be fulfilled on configmaps \"bad\": Precondition failed: UID in precondition: u,"
                                + " UID in object meta: ");
        assertThat(apply(path, "a", "{apiVersion: v1, kind: ConfigMap, metadata: {resourceVersion: '3'}}")
                        .code())
                .isEqualTo(409);
        Answer twice = apply(DEPLOYMENTS + "twice", "a", """
                {apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{name: c}, {name: c}]}}}}""");
        assertThat(twice.message())
                .isEqualTo(
                        "failed to create typed patch object (/twice; apps/v1, Kind=Deployment): duplicate entries for key"
                                + " [name=\"c\"]");
        assertThat(get(path).code()).isEqualTo(404);
    }

    @Test
    void aRevisionOrAnUidThatIsSentMustBeTheLiveOne() throws IOException, InterruptedException {
        Answer created = apply(MAPS + "exact", "a", map("exact", "{k: '1'}"));
        String version = created.body().at("/metadata/resourceVersion").asString();
        String body = "{apiVersion: v1, kind: ConfigMap, metadata: {resourceVersion: '%s'}, data: {k: '2'}}";
        assertThat(apply(MAPS + "exact", "a", body.formatted("1")).code()).isEqualTo(409);
        assertThat(apply(MAPS + "exact", "a", body.formatted(version)).code()).isEqualTo(200);
        assertThat(apply(MAPS + "exact", "a", "{apiVersion: v1, kind: ConfigMap, metadata: {uid: other}}")
                        .code())
                .isEqualTo(409);
    }

    @Test
    void aDryRunLeavesAllAsItIs() throws IOException, InterruptedException {
        assertThat(apply(MAPS + "dry", "a&dryRun=All", map("dry", "{k: '1'}")).code())
                .isEqualTo(201);
        assertThat(get(MAPS + "dry").code()).isEqualTo(404);
        Answer created = apply(MAPS + "dry", "a", map("dry", "{k: '1'}"));
        Answer dry = apply(MAPS + "dry", "a&dryRun=All", map("dry", "{k: '2'}"));
        assertThat(dry.body().at("/data/k").asString()).isEqualTo("2");
        assertThat(get(MAPS + "dry").body()).isEqualTo(created.body());
    }

    @Test
    void oneWhoMayPatchMayApplyButNotCreateByIt() throws IOException, InterruptedException {
        String roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/";
        HttpClient joe = server.http(Optional.of(server.authority().client("joe", "CN=joe,O=people")));
        assertThat(send(joe, "PATCH", MAPS + "no?fieldManager=a", APPLY, map("no", "{}"))
                        .code())
                .isEqualTo(403);
        send("POST", roles + "roles", "application/json", """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"patcher"},
                 "rules":[{"verbs":["patch"],"apiGroups":[""],"resources":["configmaps"]}]}""");
        send("POST", roles + "rolebindings", "application/json", """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"joe"},
                 "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"patcher"},
                 "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"joe"}]}""");
        TestServer.await("the role", () -> {
            try {
                return !send(joe, "PATCH", MAPS + "no?fieldManager=a", APPLY, map("no", "{}"))
                        .message()
                        .contains("cannot patch");
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        Answer absent = send(joe, "PATCH", MAPS + "no?fieldManager=a", APPLY, map("no", "{}"));
        assertThat(absent.code()).isEqualTo(403);
        assertThat(absent.message()).contains("cannot create resource \"configmaps\"");
        apply(MAPS + "no", "b", map("no", "{k: '1'}"));
        assertThat(send(joe, "PATCH", MAPS + "no?fieldManager=a", APPLY, map("no", "{l: '1'}"))
                        .code())
                .isEqualTo(200);
    }

    /** As Kubernetes has it, which judges who owns what before admission: of a pod's own token nobody is the owner. */
    @Test
    void whatAdmissionAddsIsNobodys() throws IOException, InterruptedException {
        String pods = "/api/v1/namespaces/default/pods";
        Answer made = send("POST", pods + "?fieldManager=maker", "application/json", """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"owned"},
                 "spec":{"schedulerName":"nobody","containers":[{"name":"c","image":"i"}]}}""");
        assertThat(made.code()).isEqualTo(201);
        JsonNode spec = made.body().path("spec");
        assertThat(List.of("volumes", "serviceAccountName", "tolerations", "priority"))
                .allMatch(spec::has);
        assertThat(made.entry("maker").path("fieldsV1").path("f:spec")).isEqualTo(Json.parse("""
                {"f:containers":{"k:{\\"name\\":\\"c\\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:resources":{},
                 "f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},
                 "f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}"""));

        made.body().withObject("/metadata").putObject("labels").put("a", "b");
        Answer replaced = send("PUT", pods + "/owned?fieldManager=other", "application/json", Json.text(made.body()));
        assertThat(replaced.code()).isEqualTo(200);
        assertThat(replaced.fields("other")).isEqualTo("{\"f:metadata\":{\"f:labels\":{\".\":{},\"f:a\":{}}}}");
        assertThat(replaced.owners()).containsExactly("maker Update", "other Update");
    }
}
