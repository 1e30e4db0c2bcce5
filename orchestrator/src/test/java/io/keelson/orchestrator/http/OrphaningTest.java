package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Jobs and replication controllers leave their pods behind when they are deleted by who says nothing of them: of old, and only these kinds. */
class OrphaningTest extends OverRest {

    private static final String NAMESPACE = "/api/v1/namespaces/default/";
    private static final String JOBS = "/apis/batch/v1/namespaces/default/jobs";
    private static final String TEMPLATE =
            "\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"restartPolicy\":\"%s\","
                    + "\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}";

    private ObjectNode post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = server.send(admin, "POST", path, "application/json", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return Json.parse(answer.body());
    }

    private void job(String name) throws IOException, InterruptedException {
        post(JOBS, "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{" + TEMPLATE.formatted("Never") + "}}");
    }

    private HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return server.send(admin, "DELETE", path, "application/json", "");
    }

    @Test
    void aJobLeavesItsPodsAndWhoDeletesItIsTold() throws IOException, InterruptedException {
        job("plain");
        HttpResponse<String> answer = delete(JOBS + "/plain");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Json.at(Json.parse(answer.body()), "metadata", "finalizers")
                        .orElseThrow()
                        .toString())
                .isEqualTo("[\"orphan\"]");
        assertThat(answer.headers().allValues("Warning"))
                .containsExactly("299 - \"child pods are preserved by default when jobs are deleted; set"
                        + " propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this"
                        + " warning\"");
    }

    @Test
    void whoSaysWhatBecomesOfThePodsIsNotWarned() throws IOException, InterruptedException {
        job("said");
        HttpResponse<String> answer = delete(JOBS + "/said?propagationPolicy=Background");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("Warning")).isEmpty();
        assertThat(Json.parse(answer.body()).path("kind").asString("")).isEqualTo("Status");
        job("old");
        assertThat(delete(JOBS + "/old?orphanDependents=false").headers().allValues("Warning"))
                .isEmpty();
    }

    @Test
    void aReplicationControllerDoesSoWithoutAWordAndOtherKindsDoNot() throws IOException, InterruptedException {
        String spec = "\"spec\":{\"replicas\":0,\"selector\":{\"a\":\"b\"}," + TEMPLATE.formatted("Always") + "}}";
        post(NAMESPACE + "replicationcontrollers", "{\"metadata\":{\"name\":\"rc\"}," + spec);
        HttpResponse<String> answer = delete(NAMESPACE + "replicationcontrollers/rc");
        assertThat(answer.headers().allValues("Warning")).isEmpty();
        assertThat(answer.body()).contains("\"finalizers\":[\"orphan\"]");
        post(NAMESPACE + "configmaps", "{\"metadata\":{\"name\":\"c\"}}");
        assertThat(Json.parse(delete(NAMESPACE + "configmaps/c").body())
                        .path("kind")
                        .asString(""))
                .isEqualTo("Status");
    }

    @Test
    void ownersThatAreNamedTwiceAreKeptOnceWithAWarning() throws IOException, InterruptedException {
        String owner = "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"n\",\"uid\":\"u1\"}";
        HttpResponse<String> answer = server.send(
                admin,
                "POST",
                NAMESPACE + "configmaps?dryRun=All",
                "application/json",
                "{\"metadata\":{\"name\":\"owned\",\"ownerReferences\":[" + owner + "," + owner + "]}}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(Json.items(Json.parse(answer.body()), "metadata", "ownerReferences"))
                .hasSize(1);
        assertThat(answer.headers().allValues("Warning"))
                .singleElement()
                .asString()
                .startsWith("299 - \".metadata.ownerReferences contains duplicate entries; API server dedups")
                .endsWith("duplicate UID(s) observed: u1\"");
    }

    private HttpResponse<String> patchOwners(String name, String owners) throws IOException, InterruptedException {
        post(NAMESPACE + "configmaps", "{\"metadata\":{\"name\":\"" + name + "\"}}");
        return server.send(
                admin,
                "PATCH",
                NAMESPACE + "configmaps/" + name,
                "application/merge-patch+json",
                "{\"metadata\":{\"ownerReferences\":[" + owners + "]}}");
    }

    /** A patch is looked at only when all others have changed it, in Kubernetes as here. */
    @Test
    void ofAPatchTheyAreToldAsWhatIsThereAfterAdmission() throws IOException, InterruptedException {
        String owner = "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"n\",\"uid\":\"u1\"}";
        HttpResponse<String> answer = patchOwners("twice", owner + "," + owner);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(Json.items(Json.parse(answer.body()), "metadata", "ownerReferences"))
                .hasSize(1);
        assertThat(answer.headers().allValues("Warning"))
                .singleElement()
                .asString()
                .startsWith(
                        "299 - \".metadata.ownerReferences contains duplicate entries after mutating admission happens; API"
                                + " server dedups owner references in 1.20+, and may reject such requests as early as 1.24;")
                .endsWith("duplicate UID(s) observed: u1\"");
    }

    @Test
    void aPatchThatNamesTwoControllersIsRefusedOnce() throws IOException, InterruptedException {
        String owner =
                "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"name\":\"%1$s\",\"uid\":\"%1$s\",\"controller\":true}";
        HttpResponse<String> answer = patchOwners("controllers", owner.formatted("a") + "," + owner.formatted("b"));
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.headers().allValues("Warning")).isEmpty();
        JsonNode status = Json.parse(answer.body());
        assertThat(status.path("message").asString())
                .startsWith("ConfigMap \"controllers\" is invalid: metadata.ownerReferences: Invalid value: ")
                .endsWith(
                        "Only one reference can have Controller set to true. Found \"true\" in references for Node/a and"
                                + " Node/b");
        assertThat(Json.items(status, "details", "causes")).hasSize(1);
    }
}
