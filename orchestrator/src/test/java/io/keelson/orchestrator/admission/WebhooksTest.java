package io.keelson.orchestrator.admission;

import static io.keelson.orchestrator.admission.AdmittedApi.ADMIN;
import static io.keelson.orchestrator.admission.AdmittedApi.BY_ADMIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.testing.TestAdmissionWebhook;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class WebhooksTest {

    private static final String MUTATING = "MutatingWebhookConfiguration";
    private static final String VALIDATING = "ValidatingWebhookConfiguration";

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
        api.create(
                Kinds.NAMESPACE,
                "",
                Json.parse("{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"ns\","
                        + " \"labels\": {\"team\": \"a\"}}}"),
                BY_ADMIN);
    }

    @AfterEach
    void stop() {
        admitted.close();
    }

    private void configure(String kind, String name, JsonNode client, String more) {
        Kind row = Kinds.builtIn()
                .byApiVersion("admissionregistration.k8s.io/v1", kind)
                .orElseThrow();
        ObjectNode configuration = Json.parse("""
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "%s", "metadata": {"name": "%s"},
                 "webhooks": [{"name": "%s.example.com", "sideEffects": "None", "admissionReviewVersions": ["v1"],
                   "clientConfig": %s,
                   "rules": [{"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"],
                              "resources": ["configmaps"]}] %s}]}
                """.formatted(kind, name, name, client, more));
        api.create(row, "", configuration, BY_ADMIN);
    }

    private void configure(String kind, String name, BiConsumer<JsonNode, ObjectNode> answer, String more)
            throws IOException {
        configure(kind, name, webhook.at("/" + name, answer), more);
    }

    private static ObjectNode map(String name, String labels) {
        return Json.parse(("{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"%s\","
                        + " \"labels\": {%s}}}")
                .formatted(name, labels));
    }

    private Stored create(String name) {
        return api.create(Kinds.CONFIG_MAP, "ns", map(name, "\"app\": \"web\""), BY_ADMIN);
    }

    private ApiException refusal(String name) {
        return catchThrowableOfType(ApiException.class, () -> create(name));
    }

    private static void deny(ObjectNode response, String message) {
        response.put("allowed", false);
        Json.child(response, "status")
                .put("code", 403)
                .put("reason", "Forbidden")
                .put("message", message);
    }

    private static void add(ObjectNode response, String key, String value) {
        TestAdmissionWebhook.patch(
                response,
                "[{\"op\": \"add\", \"path\": \"/metadata/labels/" + key + "\", \"value\": \"" + value + "\"}]");
    }

    @Test
    void whoDeniesAWriteIsNamedToTheWriter() throws IOException {
        configure(VALIDATING, "no", (_, response) -> deny(response, "not today"), "");
        ApiException refused = refusal("m");
        assertThat(refused.reason()).isEqualTo(Reason.FORBIDDEN);
        assertThat(refused).hasMessage("admission webhook \"no.example.com\" denied the request: not today");
        assertThat(api.find(new Ref(Kinds.CONFIG_MAP, "ns", "m"))).isEmpty();
    }

    @Test
    void whatAWebhookAddsThatTheKindDoesNotHaveIsDropped() throws IOException {
        String patch = "[{\"op\":\"add\",\"path\":\"/foo\",\"value\":1},"
                + "{\"op\":\"add\",\"path\":\"/data\",\"value\":{\"k\":\"v\"}}]";
        configure(MUTATING, "odd", (_, response) -> TestAdmissionWebhook.patch(response, patch), "");
        ObjectNode made = create("m").object();
        assertThat(made.has("foo")).isFalse();
        assertThat(made.at("/data/k").asString()).isEqualTo("v");
        assertThat(made.path("metadata").path("managedFields").toString()).doesNotContain("foo");
    }

    @Test
    void aDenialWithoutWordsIsABadRequestWithoutExplanation() throws IOException {
        configure(VALIDATING, "no", (_, response) -> response.put("allowed", false), "");
        ApiException refused = refusal("m");
        assertThat(refused.reason()).isEqualTo(Reason.BAD_REQUEST);
        assertThat(refused).hasMessage("admission webhook \"no.example.com\" denied the request without explanation");
    }

    @Test
    void theQuestionSaysWhatIsWrittenAndByWhom() throws IOException {
        configure(
                VALIDATING,
                "ask",
                (_, response) -> response.putArray("warnings").add("mind the gap"),
                "");
        assertThat(create("m").warnings()).containsExactly("mind the gap");
        JsonNode asked = webhook.asked().getFirst();
        assertThat(asked.path("operation").asString()).isEqualTo("CREATE");
        assertThat(asked.path("resource").toString())
                .isEqualTo("{\"group\":\"\",\"resource\":\"configmaps\",\"version\":\"v1\"}");
        assertThat(asked.at("/userInfo/username").asString()).isEqualTo("admin");
        assertThat(asked.at("/object/metadata/name").asString()).isEqualTo("m");
        assertThat(asked.path("oldObject").isNull()).isTrue();
        assertThat(asked.path("dryRun").asBoolean()).isFalse();
        api.delete(new Ref(Kinds.CONFIG_MAP, "ns", "m"), DeleteOptions.by(ADMIN));
        JsonNode deleted = webhook.asked().getLast();
        assertThat(deleted.path("operation").asString()).isEqualTo("DELETE");
        assertThat(deleted.path("object").isNull()).isTrue();
        assertThat(deleted.at("/oldObject/metadata/name").asString()).isEqualTo("m");
    }

    @Test
    void webhooksChangeAnObjectInTheOrderOfTheirConfigurationsAndOnceMoreIfTheyWant() throws IOException {
        configure(
                MUTATING,
                "a-first",
                (request, response) -> {
                    String seen = request.at("/object/metadata/labels/second").asString("none");
                    add(response, "first", "after-" + seen);
                },
                ", \"reinvocationPolicy\": \"IfNeeded\"");
        configure(MUTATING, "b-second", (_, response) -> add(response, "second", "yes"), "");
        ObjectNode stored = create("m").object();
        assertThat(Json.strings(stored, "metadata", "labels"))
                .containsEntry("first", "after-yes")
                .containsEntry("second", "yes");
        assertThat(webhook.asked()).hasSize(3);
    }

    @Test
    void whatAWebhookMakesIsValidated() throws IOException {
        configure(MUTATING, "bad", (_, response) -> add(response, "l", "not a label!"), "");
        assertThat(refusal("m").reason()).isEqualTo(Reason.INVALID);
    }

    @Test
    void aWebhookThatDoesNotAnswerStopsWritesUnlessItMayBePassedOver() throws IOException {
        ObjectNode nobody = Json.object().put("url", "https://127.0.0.1:1/x");
        configure(VALIDATING, "gone", nobody, ", \"failurePolicy\": \"Ignore\"");
        assertThat(create("m").revision()).isPositive();
        configure(VALIDATING, "needed", nobody, "");
        ApiException refused = refusal("n");
        assertThat(refused.reason()).isEqualTo(Reason.INTERNAL_ERROR);
        assertThat(refused.getMessage())
                .startsWith("Internal error occurred: failed calling webhook \"needed.example.com\": failed to call"
                        + " webhook: Post \"https://127.0.0.1:1/x?timeout=10s\": ");
    }

    @Test
    void anAnswerToAnotherQuestionIsNone() throws IOException {
        configure(VALIDATING, "odd", (_, response) -> response.put("uid", "other"), "");
        assertThat(refusal("m").getMessage())
                .startsWith("Internal error occurred: failed calling webhook \"odd.example.com\": received"
                        + " invalid webhook response: expected response.uid=\"");
    }

    private void patching(String name, String operations, String more) throws IOException {
        configure(MUTATING, name, (_, response) -> TestAdmissionWebhook.patch(response, operations), more);
    }

    @Test
    void whatAWebhookMakesUnreadableIsNeverStored() throws IOException {
        patching("types", "[{\"op\": \"add\", \"path\": \"/data\", \"value\": 3}]", ", \"failurePolicy\": \"Ignore\"");
        ApiException refused = refusal("m");
        assertThat(refused.reason()).isEqualTo(Reason.INTERNAL_ERROR);
        assertThat(refused)
                .hasMessage(
                        "Internal error occurred: admission webhook \"types.example.com\" wants what cannot be: field"
                                + " \"data\" must be an object, but is the number 3");
        assertThat(api.find(new Ref(Kinds.CONFIG_MAP, "ns", "m"))).isEmpty();
    }

    @Test
    void aPatchThatCannotBeAppliedIsNoSilenceThatMayBePassedOver() throws IOException {
        patching("fail", "[{\"op\": \"remove\", \"path\": \"/data/none\"}]", ", \"failurePolicy\": \"Ignore\"");
        assertThat(refusal("m").getMessage())
                .startsWith("Internal error occurred: admission webhook \"fail.example.com\" wants what cannot be: ");
    }

    @Test
    void aPatchOfWhatIsDeletedIsRefused() throws IOException {
        create("m");
        patching("fail", "[{\"op\": \"remove\", \"path\": \"/data\"}]", ", \"failurePolicy\": \"Ignore\"");
        assertThat(catchThrowableOfType(
                        ApiException.class,
                        () -> api.delete(new Ref(Kinds.CONFIG_MAP, "ns", "m"), DeleteOptions.by(ADMIN))))
                .hasMessage(
                        "Internal error occurred: admission webhook \"fail.example.com\" attempted to modify the object,"
                                + " which is not supported for this operation");
    }

    @Test
    void aWebhookHearsWhatTheWriterSaidOfHowToDoIt() throws IOException {
        configure(VALIDATING, "hears", (_, _) -> {}, "");
        api.create(
                Kinds.CONFIG_MAP,
                "ns",
                map("m", ""),
                new WriteOptions(ADMIN, "me", true, FieldValidation.WARN, List.of()));
        create("m");
        api.delete(
                new Ref(Kinds.CONFIG_MAP, "ns", "m"),
                DeleteOptions.wished(
                        Kinds.CONFIG_MAP,
                        Json.parse("{\"gracePeriodSeconds\": 3, \"propagationPolicy\": \"Orphan\"}"),
                        false,
                        ADMIN));
        assertThat(webhook.asked())
                .extracting(asked -> asked.path("options"))
                .containsExactly(Json.parse("""
                                {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1", "dryRun": ["All"],
                                 "fieldManager": "me", "fieldValidation": "Warn"}"""), Json.parse("""
                                {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1", "fieldManager": "keelson",
                                 "fieldValidation": "Strict"}"""), Json.parse("""
                                {"kind": "DeleteOptions", "apiVersion": "meta.k8s.io/v1", "gracePeriodSeconds": 3,
                                 "propagationPolicy": "Orphan"}"""));
    }

    @Test
    void answersThatMakeNoSenseAreToldInKubernetesWords() throws IOException {
        String failed = "Internal error occurred: failed calling webhook \"odd.example.com\": ";
        Map<String, BiConsumer<JsonNode, ObjectNode>> answers = new LinkedHashMap<>();
        answers.put(
                "received invalid webhook response: webhook returned response.patch but not response.patchType",
                (_, response) -> response.put("patch", "W10="));
        answers.put(
                "received invalid webhook response: webhook returned response.patchType but not response.patch",
                (_, response) -> response.put("patchType", "JSONPatch"));
        answers.put(
                "received invalid webhook response: webhook returned invalid response.patchType of \"Foo\"",
                (_, response) -> response.put("patchType", "Foo").put("patch", "W10="));
        answers.put(
                "received undecodable patch in webhook response: ",
                (_, response) -> response.put("patchType", "JSONPatch").put("patch", "%%%"));
        AtomicReference<BiConsumer<JsonNode, ObjectNode>> answer = new AtomicReference<>((_, _) -> {});
        configure(MUTATING, "odd", (request, response) -> answer.get().accept(request, response), "");
        answers.forEach((words, given) -> {
            answer.set(given);
            assertThat(refusal("m").getMessage()).startsWith(failed + words);
        });
        answer.set((_, response) -> TestAdmissionWebhook.patch(response, "[]"));
        assertThat(create("m").revision()).isPositive();
    }

    @Test
    void whoOnlyJudgesMayNotPatch() throws IOException {
        configure(VALIDATING, "judge", (_, response) -> TestAdmissionWebhook.patch(response, "[]"), "");
        assertThat(refusal("m"))
                .hasMessage(
                        "Internal error occurred: failed calling webhook \"judge.example.com\": received invalid webhook"
                                + " response: validating webhook may not return response.patch");
    }

    @Test
    void aWebhookOfOlderReviewsIsAskedInThem() throws IOException {
        configure(
                MUTATING,
                "old",
                (_, response) -> {
                    add(response, "old", "yes");
                    response.remove("patchType");
                    response.remove("uid");
                },
                "");
        Kind row = Kinds.builtIn()
                .byApiVersion("admissionregistration.k8s.io/v1", MUTATING)
                .orElseThrow();
        Ref ref = new Ref(row, "", "old");
        ObjectNode configuration = api.find(ref).orElseThrow().object();
        ((ObjectNode) configuration.path("webhooks").get(0))
                .set("admissionReviewVersions", Json.array().add("v1beta1").add("v1"));
        api.update(ref, "", configuration, BY_ADMIN);
        assertThat(create("m").object().path("metadata").path("labels").path("old"))
                .hasToString("\"yes\"");
    }

    @Test
    void anErrorOfTheWebhookIsToldWithItsWordsAndOnlyOnce() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        configure(
                VALIDATING,
                "broken",
                webhook.raw("/broken", exchange -> {
                    asked.incrementAndGet();
                    byte[] words = "out of paper".getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(500, words.length);
                    exchange.getResponseBody().write(words);
                    exchange.close();
                }),
                "");
        assertThat(refusal("m"))
                .hasMessage(
                        "Internal error occurred: failed calling webhook \"broken.example.com\": failed to call"
                                + " webhook: an error on the server (\"out of paper\") has prevented the request from succeeding");
        assertThat(asked).hasValue(1);
    }

    @Test
    void selectorsAndConditionsSayWhatConcernsAWebhook() throws IOException {
        configure(
                VALIDATING,
                "others",
                (_, response) -> deny(response, "no"),
                ", \"namespaceSelector\": {\"matchLabels\": {\"team\": \"b\"}}");
        configure(
                VALIDATING,
                "labels",
                (_, response) -> deny(response, "no"),
                ", \"objectSelector\": {\"matchLabels\": {\"app\": \"db\"}}");
        configure(
                VALIDATING,
                "conditions",
                (_, response) -> deny(response, "by condition"),
                ", \"matchConditions\": [{\"name\": \"bad\", \"expression\": \"object.metadata.name.startsWith('bad')\"}]");
        assertThat(create("good").revision()).isPositive();
        assertThat(webhook.asked()).isEmpty();
        assertThat(refusal("bad"))
                .hasMessage("admission webhook \"conditions.example.com\" denied the request: by condition");
    }

    @Test
    void aDryRunAsksAndStoresNothing() throws IOException {
        configure(MUTATING, "label", (_, response) -> add(response, "l", "v"), "");
        WriteOptions dry = new WriteOptions(ADMIN, "t", true, FieldValidation.STRICT, List.of());
        Stored tried = api.create(Kinds.CONFIG_MAP, "ns", map("m", "\"a\": \"b\""), dry);
        assertThat(Json.string(tried.object(), "metadata", "labels", "l")).contains("v");
        assertThat(webhook.asked().getFirst().path("dryRun").asBoolean()).isTrue();
        assertThat(api.find(new Ref(Kinds.CONFIG_MAP, "ns", "m"))).isEmpty();
    }

    @Test
    void noWebhookIsAskedAboutWebhooks() throws IOException {
        configure(VALIDATING, "all", (_, response) -> deny(response, "no"), "");
        configure(VALIDATING, "more", (_, response) -> deny(response, "no"), "");
        assertThat(webhook.asked()).isEmpty();
    }

    @Test
    void aConditionThatCannotBeCompiledIsRefusedWithItsConfiguration() {
        ObjectNode client = Json.object().put("url", "https://127.0.0.1:1/x");
        ApiException refused = catchThrowableOfType(
                ApiException.class,
                () -> configure(
                        VALIDATING,
                        "c",
                        client,
                        ", \"matchConditions\": [{\"name\": \"x\", \"expression\": \"nobody.knows\"}]"));
        assertThat(refused.reason()).isEqualTo(Reason.INVALID);
        assertThat(refused.getMessage()).contains("webhooks[0].matchConditions[0].expression: Invalid value:");
    }
}
