package io.keelson.orchestrator.admission;

import static io.keelson.orchestrator.admission.AdmittedApi.BY_ADMIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keelson.orchestrator.admit.Quotas;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.PatchType;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.testing.TestAdmissionWebhook;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Who has a say when a pod is resized: ranges of limits, quotas, webhooks. */
class ResizeAdmissionTest {

    private static final Ref POD = new Ref(Kinds.POD, "ns", "p");
    private static final Kind QUOTA_KIND =
            Kinds.builtIn().byApiVersion("v1", "ResourceQuota").orElseThrow();
    private static final Ref QUOTA = new Ref(QUOTA_KIND, "ns", "q");

    @TempDir
    private Path directory;

    private AdmittedApi admitted;
    private Api api;
    private TestAdmissionWebhook webhook;

    @BeforeEach
    void start() throws IOException {
        admitted = AdmittedApi.start(directory);
        api = admitted.api();
        webhook = admitted.webhook();
        admitted.create("{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"ns\"}}");
        admitted.create("""
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i",
                 "resources": {"requests": {"cpu": "1", "memory": "100Mi"}, "limits": {"cpu": "2", "memory": "200Mi"}}}]}}""");
    }

    @AfterEach
    void stop() {
        admitted.close();
    }

    private void resize(String requests, String limits) {
        api.patch(
                POD,
                "resize",
                PatchType.STRATEGIC,
                Json.parse(
                        "{\"spec\": {\"containers\": [{\"name\": \"c\", \"resources\": {\"requests\": {%s}, \"limits\": {%s}}}]}}"
                                .formatted(requests, limits)),
                BY_ADMIN);
    }

    private String refusal(String requests, String limits) {
        return refusal(Reason.FORBIDDEN, requests, limits);
    }

    private String refusal(Reason reason, String requests, String limits) {
        ApiException refused = catchThrowableOfType(ApiException.class, () -> resize(requests, limits));
        assertThat(refused).as("it was not refused").isNotNull();
        assertThat(refused.reason()).isEqualTo(reason);
        return String.valueOf(refused.getMessage());
    }

    private String has(String path) {
        return api.get(POD).object().at("/spec/containers/0/resources" + path).asString("");
    }

    @Test
    void aRangeOfLimitsBoundsIt() {
        admitted.create("""
                {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "r"}, "spec": {"limits": [
                 {"type": "Container", "min": {"cpu": "500m"}, "max": {"cpu": "3"}}, {"type": "Pod", "max": {"memory": "1Gi"}}]}}""");
        assertThat(refusal("", "\"cpu\": \"4\""))
                .isEqualTo("pods \"p\" is forbidden: maximum cpu usage per Container is 3, but limit is 4");
        assertThat(refusal("\"cpu\": \"100m\"", ""))
                .isEqualTo("pods \"p\" is forbidden: minimum cpu usage per Container is 500m, but request is 100m");
        assertThat(refusal("", "\"memory\": \"2Gi\""))
                .isEqualTo("pods \"p\" is forbidden: maximum memory usage per Pod is 1Gi, but limit is 2Gi");
        assertThat(has("/limits/cpu")).isEqualTo("2");
        resize("\"cpu\": \"600m\"", "\"cpu\": \"3\"");
        assertThat(has("/limits/cpu")).isEqualTo("3");
        assertThat(has("/requests/cpu")).isEqualTo("600m");
    }

    @Test
    void aRangeOfLimitsFillsInWhatIsNotSaid() {
        admitted.create("""
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "q"}, "spec": {"containers": [{"name": "c", "image": "i",
                 "resources": {"requests": {"cpu": "1"}}}]}}""");
        admitted.create("""
                {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "r"}, "spec": {"limits": [
                 {"type": "Container", "default": {"memory": "1Gi"}, "defaultRequest": {"memory": "512Mi"}}]}}""");
        Ref second = new Ref(Kinds.POD, "ns", "q");
        api.patch(
                second,
                "resize",
                PatchType.STRATEGIC,
                Json.parse(
                        "{\"spec\": {\"containers\": [{\"name\": \"c\", \"resources\": {\"requests\": {\"cpu\": \"2\"}}}]}}"),
                BY_ADMIN);
        ObjectNode resized = api.get(second).object();
        assertThat(resized.at("/spec/containers/0/resources").toString())
                .isEqualTo("{\"limits\":{\"memory\":\"1Gi\"},\"requests\":{\"cpu\":\"2\",\"memory\":\"512Mi\"}}");
        assertThat(resized.at("/metadata/annotations").isMissingNode())
                .as("what is sent besides resources is ignored, by whomever")
                .isTrue();
    }

    private void quota(String hard, String used) {
        admitted.create(
                "{\"apiVersion\": \"v1\", \"kind\": \"ResourceQuota\", \"metadata\": {\"name\": \"q\"}, \"spec\": {\"hard\": {"
                        + hard + "}}}");
        ObjectNode counted = api.get(QUOTA).object();
        Json.child(counted, "status").set("used", Json.parse("{" + used + "}"));
        api.update(QUOTA, "status", counted, BY_ADMIN);
    }

    /** As the controller counts it. */
    private String counted(String name) {
        ObjectNode pod = api.get(POD).object();
        return Quotas.status(api.get(QUOTA).object(), Stream.of(new Quotas.Counted(Kinds.POD, pod)))
                .path("used")
                .path(name)
                .asString("");
    }

    private String used(String name) {
        return api.get(QUOTA).object().path("status").path("used").path(name).asString("");
    }

    @Test
    void aQuotaIsChargedWhatComes() {
        quota(
                "\"requests.cpu\": \"3\", \"limits.memory\": \"300Mi\", \"pods\": \"1\"",
                "\"requests.cpu\": \"1\", \"limits.memory\": \"200Mi\", \"pods\": \"1\"");
        assertThat(refusal("\"cpu\": \"4\"", "\"cpu\": \"4\""))
                .isEqualTo(
                        "pods \"p\" is forbidden: exceeded quota: q, requested: requests.cpu=3, used: requests.cpu=1,"
                                + " limited: requests.cpu=3");
        assertThat(used("requests.cpu")).isEqualTo("1");

        resize("\"cpu\": \"2\"", "\"memory\": \"300Mi\"");
        assertThat(used("requests.cpu")).isEqualTo("2");
        assertThat(used("limits.memory")).isEqualTo("300Mi");
        assertThat(used("pods")).isEqualTo("1");

        resize("\"cpu\": \"500m\"", "");
        assertThat(used("requests.cpu"))
                .as("what goes is given back when all is counted anew")
                .isEqualTo("2");
        assertThat(counted("requests.cpu")).isEqualTo("500m");
    }

    @Test
    void aQuotaThatIsOverrunAlreadyDoesNotHinderWhoWantsLess() {
        quota("\"requests.cpu\": \"500m\"", "\"requests.cpu\": \"1\"");
        resize("\"cpu\": \"800m\"", "");
        assertThat(counted("requests.cpu")).isEqualTo("800m");
        assertThat(refusal("\"cpu\": \"900m\"", "")).contains("exceeded quota: q, requested: requests.cpu=100m");
    }

    private void given(String cpu, String more) {
        ObjectNode pod = api.get(POD).object();
        ObjectNode status = Json.parse("""
                {"phase": "Running", "containerStatuses": [{"name": "c", "image": "i", "imageID": "", "ready": true, "restartCount": 0,
                 "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}, "allocatedResources": {"cpu": "%1$s"},
                 "resources": {"requests": {"cpu": "%1$s"}}}] %2$s}""".formatted(cpu, more));
        pod.set("status", status);
        api.update(POD, "status", pod, BY_ADMIN);
    }

    @Test
    void whatAContainerHasGotIsChargedUntilTheNodeHasTakenIt() {
        quota("\"requests.cpu\": \"3\"", "\"requests.cpu\": \"1\"");
        given("1", "");
        resize("\"cpu\": \"500m\"", "");
        assertThat(counted("requests.cpu")).as("the node still gives it").isEqualTo("1");
        resize("\"cpu\": \"2\"", "");
        assertThat(used("requests.cpu")).isEqualTo("2");
        assertThat(counted("requests.cpu")).isEqualTo("2");
    }

    @Test
    void aWishThatTheNodeCannotFulfilIsNotCharged() {
        quota("\"requests.cpu\": \"3\"", "\"requests.cpu\": \"1\"");
        given(
                "1",
                ", \"conditions\": [{\"type\": \"PodResizePending\", \"status\": \"True\", \"reason\": \"Infeasible\"}]");
        resize("\"cpu\": \"2\"", "");
        assertThat(used("requests.cpu")).isEqualTo("1");
        assertThat(counted("requests.cpu")).isEqualTo("1");
    }

    private void validating(String name, String resource, boolean allows) throws IOException {
        JsonNode client = webhook.at("/" + name, (_, response) -> {
            response.put("allowed", allows);
            if (!allows) {
                Json.child(response, "status").put("message", "not now");
            }
        });
        admitted.create("""
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "%1$s"},
                 "webhooks": [{"name": "%1$s.example.com", "sideEffects": "None", "admissionReviewVersions": ["v1"],
                   "clientConfig": %2$s,
                   "rules": [{"operations": ["UPDATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["%3$s"]}]}]}
                """.formatted(name, client, resource));
    }

    @Test
    void aWebhookOfItsSubresourceSeesBothPodsAndMayRefuse() throws IOException {
        validating("resizes", "pods/resize", false);
        assertThat(refusal(Reason.BAD_REQUEST, "\"cpu\": \"1500m\"", ""))
                .isEqualTo("admission webhook \"resizes.example.com\" denied the request: not now");
        assertThat(has("/requests/cpu")).isEqualTo("1");

        JsonNode asked = webhook.asked().getFirst();
        assertThat(asked.path("operation").asString()).isEqualTo("UPDATE");
        assertThat(asked.at("/kind/kind").asString()).isEqualTo("Pod");
        assertThat(asked.at("/resource/resource").asString()).isEqualTo("pods");
        assertThat(asked.path("subResource").asString()).isEqualTo("resize");
        assertThat(asked.path("name").asString()).isEqualTo("p");
        assertThat(asked.at("/object/spec/containers/0/resources/requests/cpu").asString())
                .isEqualTo("1500m");
        assertThat(asked.at("/oldObject/spec/containers/0/resources/requests/cpu")
                        .asString())
                .isEqualTo("1");
    }

    @Test
    void aWebhookThatAllowsItLetsItPassAndWhoNamesPodsAloneIsNotAsked() throws IOException {
        validating("all", "pods/*", true);
        validating("pods", "pods", false);
        resize("\"cpu\": \"1500m\"", "");
        assertThat(has("/requests/cpu")).isEqualTo("1500m");
        assertThat(webhook.asked()).hasSize(1);
    }
}
