package io.keelson.orchestrator.admission;

import static io.keelson.orchestrator.admission.AdmittedApi.ADMIN;
import static io.keelson.orchestrator.admission.AdmittedApi.BY_ADMIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keelson.orchestrator.api.Admission;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Evictions;
import io.keelson.orchestrator.api.PatchType;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Scale;
import io.keelson.orchestrator.registry.ServerSideApply;
import io.keelson.orchestrator.testing.TestAdmissionWebhook;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes to subresources as webhooks and policies see them, in Kubernetes' form, and what they make of them. */
class SubresourceWebhooksTest {

    private static final Ref POD = new Ref(Kinds.POD, "ns", "p");
    private static final Ref WEB = new Ref(Kinds.DEPLOYMENT, "ns", "web");

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
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
                 "spec": {"containers": [{"name": "c", "image": "i"}]}}""");
        admitted.create("""
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": {"app": "web"}},
                 "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template":
                  {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}}""");
    }

    @AfterEach
    void stop() {
        admitted.close();
    }

    private void webhook(String type, String resource, String name, String patch) throws IOException {
        JsonNode client = webhook.at("/" + name, (_, response) -> {
            if (!patch.isEmpty()) {
                TestAdmissionWebhook.patch(response, patch);
            }
        });
        admitted.create("""
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "%sWebhookConfiguration", "metadata": {"name": "%s"},
                 "webhooks": [{"name": "%s.example.com", "sideEffects": "None", "admissionReviewVersions": ["v1"],
                   "clientConfig": %s,
                   "rules": [{"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["%s"]}]}]}
                """.formatted(type, name, name, client, resource));
    }

    private void mutating(String resource, String patch) throws IOException {
        webhook("Mutating", resource, "mutating", patch);
    }

    private void both(String resource, String patch) throws IOException {
        mutating(resource, patch);
        webhook("Validating", resource, "validating", "");
    }

    private static void isOf(JsonNode request, String operation, String kind, String resource, String subresource) {
        for (String field : List.of("kind", "requestKind")) {
            JsonNode said = request.path(field);
            assertThat(said.path("group").asString() + "/"
                            + said.path("version").asString() + "/"
                            + said.path("kind").asString())
                    .isEqualTo(kind);
        }
        for (String field : List.of("resource", "requestResource")) {
            JsonNode said = request.path(field);
            assertThat(said.path("group").asString() + "/"
                            + said.path("version").asString() + "/"
                            + said.path("resource").asString())
                    .isEqualTo(resource);
        }
        assertThat(request.path("subResource").asString()).isEqualTo(subresource);
        assertThat(request.path("requestSubResource").asString()).isEqualTo(subresource);
        assertThat(request.path("operation").asString()).isEqualTo(operation);
        assertThat(request.path("namespace").asString()).isEqualTo("ns");
        assertThat(request.at("/userInfo/username").asString()).isEqualTo("admin");
    }

    private ObjectNode live(Ref ref) {
        return api.get(ref).object();
    }

    @Test
    void aScaleIsShownAndChangedAsAScale() throws IOException {
        both("*/scale", "[{\"op\": \"replace\", \"path\": \"/spec/replicas\", \"value\": 5}]");
        ObjectNode scale = Scale.of(Kinds.DEPLOYMENT, live(WEB));
        Json.child(scale, "spec").put("replicas", 3);
        api.update(WEB, "scale", scale, BY_ADMIN);
        assertThat(live(WEB).at("/spec/replicas").asInt()).isEqualTo(5);
        JsonNode asked = webhook.asked().getFirst();
        isOf(asked, "UPDATE", "autoscaling/v1/Scale", "apps/v1/deployments", "scale");
        assertThat(asked.path("name").asString()).isEqualTo("web");
        assertThat(asked.at("/object/kind").asString()).isEqualTo("Scale");
        assertThat(asked.at("/object/spec/replicas").asInt()).isEqualTo(3);
        assertThat(asked.at("/oldObject/kind").asString()).isEqualTo("Scale");
        assertThat(asked.at("/oldObject/spec/replicas").asInt()).isEqualTo(1);
        assertThat(asked.at("/options/kind").asString()).isEqualTo("UpdateOptions");
        JsonNode judged = webhook.asked().getLast();
        isOf(judged, "UPDATE", "autoscaling/v1/Scale", "apps/v1/deployments", "scale");
        assertThat(judged.at("/object/spec/replicas").asInt()).isEqualTo(5);
        assertThat(judged.at("/oldObject/spec/replicas").asInt()).isEqualTo(1);
    }

    @Test
    void aPatchAndAnApplyOfAScaleAreShownSoToo() throws IOException {
        both("deployments/scale", "");
        api.patch(WEB, "scale", PatchType.MERGE, Json.parse("{\"spec\": {\"replicas\": 4}}"), BY_ADMIN);
        assertThat(webhook.asked()).hasSize(2).allSatisfy(asked -> {
            isOf(asked, "UPDATE", "autoscaling/v1/Scale", "apps/v1/deployments", "scale");
            assertThat(asked.at("/object/spec/replicas").asInt()).isEqualTo(4);
        });
        ObjectNode config = Json.parse("{\"apiVersion\": \"autoscaling/v1\", \"kind\": \"Scale\","
                + " \"metadata\": {\"name\": \"web\"}, \"spec\": {\"replicas\": 2}}");
        api.applyOwned(WEB, new ServerSideApply.Request(Kinds.DEPLOYMENT, "scale", config, true), BY_ADMIN, () -> {});
        assertThat(webhook.asked().getLast().at("/object/spec/replicas").asInt())
                .isEqualTo(2);
        assertThat(live(WEB).at("/spec/replicas").asInt()).isEqualTo(2);
    }

    @Test
    void aScaleThatCannotBeReadIsRefused() {
        ObjectNode scale = Scale.of(Kinds.DEPLOYMENT, live(WEB));
        Json.child(scale, "spec").put("replicas", "many");
        assertThat(catchThrowableOfType(ApiException.class, () -> api.update(WEB, "scale", scale, BY_ADMIN)))
                .hasMessageStartingWith("Scale in version \"v1\" cannot be handled as a Scale: ");
        Json.child(scale, "spec").put("replicas", 1).put("foo", 1);
        assertThat(catchThrowableOfType(ApiException.class, () -> api.update(WEB, "scale", scale, BY_ADMIN)))
                .hasMessageEndingWith("strict decoding error: unknown field \"spec.foo\"");
    }

    @Test
    void aStatusIsChangedAndNothingBesideIt() throws IOException {
        both(
                "pods/*",
                "[{\"op\": \"add\", \"path\": \"/status/message\", \"value\": \"seen\"},"
                        + "{\"op\": \"replace\", \"path\": \"/spec/containers/0/image\", \"value\": \"other\"}]");
        ObjectNode pod = live(POD);
        Json.child(pod, "status").put("phase", "Running");
        ObjectNode before = pod.deepCopy();
        api.update(POD, "status", pod, BY_ADMIN);
        assertThat(pod).isEqualTo(before);
        assertThat(live(POD).at("/status/message").asString()).isEqualTo("seen");
        assertThat(live(POD).at("/status/phase").asString()).isEqualTo("Running");
        assertThat(live(POD).at("/spec/containers/0/image").asString()).isEqualTo("i");
        JsonNode asked = webhook.asked().getFirst();
        isOf(asked, "UPDATE", "/v1/Pod", "/v1/pods", "status");
        assertThat(asked.at("/object/status/phase").asString()).isEqualTo("Running");
        assertThat(asked.at("/oldObject/status/phase").asString()).isEqualTo("Pending");
        JsonNode judged = webhook.asked().getLast();
        assertThat(judged.at("/object/status/message").asString()).isEqualTo("seen");
        assertThat(judged.at("/object/spec/containers/0/image").asString()).isEqualTo("i");
    }

    @Test
    void whoNamesNoSubresourceIsNotAskedAboutOne() throws IOException {
        both("*", "[{\"op\": \"add\", \"path\": \"/status/message\", \"value\": \"seen\"}]");
        api.patch(POD, "status", PatchType.MERGE, Json.parse("{\"status\": {\"phase\": \"Running\"}}"), BY_ADMIN);
        assertThat(webhook.asked()).isEmpty();
    }

    @Test
    void ephemeralContainersCanBeChanged() throws IOException {
        mutating(
                "pods/ephemeralcontainers",
                "[{\"op\": \"replace\", \"path\": \"/spec/ephemeralContainers/0/image\", \"value\": \"trusted\"}]");
        ObjectNode pod = live(POD);
        Json.child(pod, "spec")
                .putArray("ephemeralContainers")
                .addObject()
                .put("name", "e")
                .put("image", "x");
        api.update(POD, "ephemeralcontainers", pod, BY_ADMIN);
        assertThat(live(POD).at("/spec/ephemeralContainers/0/image").asString()).isEqualTo("trusted");
        isOf(webhook.asked().getFirst(), "UPDATE", "/v1/Pod", "/v1/pods", "ephemeralcontainers");
    }

    @Test
    void aBindingIsTheCreationOfABinding() throws IOException {
        both(
                "pods/binding",
                "[{\"op\": \"add\", \"path\": \"/metadata/annotations\", \"value\": {\"zone\": \"a\"}},"
                        + "{\"op\": \"replace\", \"path\": \"/target/name\", \"value\": \"n2\"}]");
        ObjectNode binding =
                Json.parse("{\"apiVersion\": \"v1\", \"kind\": \"Binding\", \"metadata\": {\"name\": \"p\"},"
                        + " \"target\": {\"kind\": \"Node\", \"name\": \"n1\"}}");
        api.update(POD, "binding", binding, BY_ADMIN);
        assertThat(live(POD).at("/spec/nodeName").asString()).isEqualTo("n2");
        assertThat(live(POD).at("/metadata/annotations/zone").asString()).isEqualTo("a");
        assertThat(webhook.asked()).hasSize(2).allSatisfy(asked -> {
            isOf(asked, "CREATE", "/v1/Binding", "/v1/pods", "binding");
            assertThat(asked.path("name").asString()).isEqualTo("p");
            assertThat(asked.path("oldObject").isNull()).isTrue();
            assertThat(asked.at("/options/kind").asString()).isEqualTo("CreateOptions");
        });
        assertThat(webhook.asked().getFirst().at("/object/target/name").asString())
                .isEqualTo("n1");
        assertThat(webhook.asked().getLast().at("/object/target/name").asString())
                .isEqualTo("n2");
    }

    @Test
    void anEvictionIsTheCreationOfAnEvictionAndNoDelete() throws IOException {
        both("*/*", "[{\"op\": \"add\", \"path\": \"/deleteOptions\", \"value\": {\"dryRun\": [\"All\"]}}]");
        ObjectNode eviction = Json.parse("{\"apiVersion\": \"policy/v1\", \"kind\": \"Eviction\"}");
        new Evictions(api, InstantSource.system()).evict(POD, eviction, BY_ADMIN);
        assertThat(api.find(POD)).as("the webhook made it a dry run").isPresent();
        assertThat(webhook.asked()).hasSize(2).allSatisfy(asked -> {
            isOf(asked, "CREATE", "policy/v1/Eviction", "/v1/pods", "eviction");
            assertThat(asked.path("name").asString()).isEqualTo("p");
            assertThat(asked.at("/object/metadata/name").asString()).isEqualTo("p");
            assertThat(asked.path("oldObject").isNull()).isTrue();
        });
        assertThat(webhook.asked().getFirst().path("object").has("deleteOptions"))
                .isFalse();
    }

    @Test
    void anEvictionOfTheOlderVersionIsShownInTheNewer() throws IOException {
        webhook("Validating", "*/*", "validating", "");
        ObjectNode eviction = Json.parse("{\"apiVersion\": \"policy/v1beta1\", \"kind\": \"Eviction\"}");
        WriteOptions dry = new WriteOptions(ADMIN, "", true, FieldValidation.STRICT, List.of());
        new Evictions(api, InstantSource.system()).evict(POD, eviction, dry);
        JsonNode asked = webhook.asked().getFirst();
        assertThat(asked.at("/object/apiVersion").asString()).isEqualTo("policy/v1");
        assertThat(asked.path("dryRun").asBoolean()).isTrue();
        assertThat(asked.at("/options/dryRun/0").asString()).isEqualTo("All");
    }

    @Test
    void aRequestForATokenIsTheCreationOfOne() throws IOException {
        both("serviceaccounts/token", "[{\"op\": \"replace\", \"path\": \"/spec/expirationSeconds\", \"value\": 600}]");
        ObjectNode request = Json.parse("{\"apiVersion\": \"authentication.k8s.io/v1\", \"kind\": \"TokenRequest\","
                + " \"spec\": {\"audiences\": [\"a\"], \"expirationSeconds\": 7200}}");
        Admission.Judged judged =
                api.admitCreation(new Ref(Kinds.SERVICE_ACCOUNT, "ns", "default"), "token", request, BY_ADMIN);
        assertThat(judged.object().at("/spec/expirationSeconds").asInt()).isEqualTo(600);
        assertThat(webhook.asked()).hasSize(2).allSatisfy(asked -> {
            isOf(asked, "CREATE", "authentication.k8s.io/v1/TokenRequest", "/v1/serviceaccounts", "token");
            assertThat(asked.path("name").asString()).isEqualTo("default");
        });
    }

    @Test
    void policiesSeeTheSameForm() {
        admitted.create("""
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy", "metadata": {"name": "few"},
                 "spec": {"matchConstraints": {"resourceRules": [{"operations": ["UPDATE"], "apiGroups": ["apps"],
                   "apiVersions": ["*"], "resources": ["*/scale"]}]},
                  "validations": [{"expression":
                    "object.kind == 'Scale' && request.kind.kind == 'Scale' && object.spec.replicas < oldObject.spec.replicas + 10"}]}}
                """);
        admitted.create("""
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
                 "metadata": {"name": "b"}, "spec": {"policyName": "few", "validationActions": ["Deny"]}}""");
        admitted.create("""
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingAdmissionPolicy", "metadata": {"name": "one-more"},
                 "spec": {"reinvocationPolicy": "Never", "matchConstraints": {"resourceRules": [{"operations": ["UPDATE"],
                   "apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments/scale"]}]},
                  "mutations": [{"patchType": "ApplyConfiguration", "applyConfiguration": {"expression":
                    "Object{spec: Object.spec{replicas: object.spec.replicas + 1}}"}}]}}""");
        admitted.create("""
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingAdmissionPolicyBinding",
                 "metadata": {"name": "b"}, "spec": {"policyName": "one-more"}}""");
        Stored fine = api.patch(WEB, "scale", PatchType.MERGE, Json.parse("{\"spec\": {\"replicas\": 9}}"), BY_ADMIN);
        assertThat(fine.object().at("/spec/replicas").asInt()).isEqualTo(10);
        assertThat(catchThrowableOfType(
                        ApiException.class,
                        () -> api.patch(
                                WEB, "scale", PatchType.MERGE, Json.parse("{\"spec\": {\"replicas\": 20}}"), BY_ADMIN)))
                .hasMessageStartingWith("deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'few'");
    }
}
