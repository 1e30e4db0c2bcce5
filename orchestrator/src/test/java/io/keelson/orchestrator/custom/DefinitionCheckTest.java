package io.keelson.orchestrator.custom;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DefinitionCheckTest {

    static ObjectNode definition() {
        ObjectNode definition = Json.parse("""
                {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                 "metadata": {"name": "crontabs.stable.example.com"},
                 "spec": {"group": "stable.example.com", "scope": "Namespaced",
                  "names": {"plural": "crontabs", "kind": "CronTab", "shortNames": ["ct"]},
                  "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object",
                    "properties": {"spec": {"type": "object", "properties": {"replicas": {"type": "integer"},
                                                                             "color": {"type": "string"}}}}}}}]}}""");
        DefinitionDefaults.apply(definition);
        return definition;
    }

    private static List<String> check(Consumer<ObjectNode> change) {
        ObjectNode definition = definition();
        change.accept(definition);
        return DefinitionCheck.check(Optional.empty(), definition).stream()
                .map(Cause::toString)
                .toList();
    }

    private static ObjectNode spec(ObjectNode definition) {
        return Json.child(definition, "spec");
    }

    private static ObjectNode version(ObjectNode definition) {
        return (ObjectNode) spec(definition).path("versions").get(0);
    }

    @Test
    void defaultsAreFilledIn() {
        ObjectNode definition = definition();
        assertThat(definition.path("spec").path("names").path("singular").asString())
                .isEqualTo("crontab");
        assertThat(definition.path("spec").path("names").path("listKind").asString())
                .isEqualTo("CronTabList");
        assertThat(definition.path("spec").path("conversion").path("strategy").asString())
                .isEqualTo("None");
        assertThat(definition.path("status").path("storedVersions")).hasToString("[\"v1\"]");
        ObjectNode again = definition.deepCopy();
        DefinitionDefaults.apply(again);
        assertThat(again).isEqualTo(definition);
    }

    private static List<String> converting(String client, String versions) {
        return check(d -> spec(d).set("conversion", Json.parse("""
                {"strategy": "Webhook", "webhook": {"clientConfig": %s, "conversionReviewVersions": %s}}""".formatted(client, versions))));
    }

    @Test
    void aConversionWebhookIsAtAPlainUrlAndVouchedForByCertificates() {
        assertThat(converting("{\"url\": \"https://h/x\"}", "[\"v1beta1\"]")).isEmpty();
        assertThat(converting("{\"url\": \"https://h/x\"}", "[\"v2\"]"))
                .containsExactly(
                        "spec.conversion.webhook.conversionReviewVersions: Invalid value: [\"v2\"]: must include at"
                                + " least one of v1, v1beta1");
        String url = "spec.conversion.webhook.clientConfig.url: Invalid value: ";
        assertThat(converting("{\"url\": \"https://u:p@h/?a=b#c\"}", "[\"v1\"]"))
                .containsExactly(
                        url + "\"u:p\": user information is not permitted in the URL",
                        url + "\"c\": fragments are not permitted in the URL",
                        url + "\"a=b\": query parameters are not permitted in the URL");
        assertThat(converting("{\"url\": \"http://h\"}", "[\"v1\"]"))
                .containsExactly(
                        url + "\"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]");
        assertThat(converting(
                        "{\"service\": {\"name\": \"\", \"namespace\": \"n\", \"path\": \"/a//b\", \"port\": 0}}",
                        "[\"v1\"]"))
                .containsExactly(
                        "spec.conversion.webhook.clientConfig.service.name: Required value: service name is required",
                        "spec.conversion.webhook.clientConfig.service.port: Invalid value: 0: port is not valid: must be"
                                + " between 1 and 65535, inclusive",
                        "spec.conversion.webhook.clientConfig.service.path: Invalid value: \"/a//b\": segment[1] may not be"
                                + " empty");
        assertThat(converting("{\"url\": \"https://h/x\", \"caBundle\": \"aGVsbG8=\"}", "[\"v1\"]"))
                .containsExactly(
                        "spec.conversion.webhook.clientConfig.caBundle: Invalid value: \"aGVsbG8=\": unable to load"
                                + " root certificates: data does not contain any valid RSA or ECDSA certificates");
    }

    @Test
    void whatWasStoredBeforeAnybodyLookedSoCloselyMayStayAndGo() {
        ObjectNode stored = definition();
        version(stored).put("deprecated", true).put("deprecationWarning", "a\nb");
        ObjectNode labelled = stored.deepCopy();
        Json.child(labelled, "metadata").putObject("labels").put("a", "b");
        assertThat(DefinitionCheck.check(Optional.of(stored), labelled)).isEmpty();
        version(labelled).put("deprecationWarning", "a\nc");
        assertThat(DefinitionCheck.check(Optional.of(stored), labelled)).hasSize(1);
    }

    @Test
    void aWarningHasOneLine() {
        assertThat(check(d -> version(d).put("deprecated", true).put("deprecationWarning", "a\nb")))
                .containsExactly(
                        "spec.versions[0].deprecationWarning: Invalid value: \"a\\nb\": must only contain printable"
                                + " UTF-8 characters; non-printable character found");
    }

    @Test
    void whatIsWrongIsToldInKubernetesWords() {
        assertThat(check(_ -> {})).isEmpty();
        assertThat(check(d -> Json.child(d, "metadata").put("name", "x")))
                .containsExactly("metadata.name: Invalid value: \"x\": must be spec.names.plural+\".\"+spec.group");
        assertThat(check(d -> spec(d).put("group", "nodot")))
                .contains("spec.group: Invalid value: \"nodot\": should be a domain with at least one dot");
        assertThat(check(d -> spec(d).put("group", "x.k8s.io")))
                .contains(
                        "metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval"
                                + " annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111");
        assertThat(check(d -> spec(d).put("scope", "World")))
                .containsExactly(
                        "spec.scope: Unsupported value: \"World\": supported values: \"Cluster\", \"Namespaced\"");
        assertThat(check(d -> Json.child(spec(d), "names").put("listKind", "CronTab")))
                .containsExactly(
                        "spec.names.listKind: Invalid value: \"CronTab\": kind and listKind may not be the same");
        assertThat(check(d -> version(d).put("storage", false)))
                .containsExactly(
                        "spec.versions: Invalid value: [\"v1\"]: must have exactly one version marked as storage version");
        assertThat(check(d -> version(d).remove("schema")))
                .containsExactly("spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required");
        assertThat(check(d -> spec(d).put("preserveUnknownFields", true)))
                .containsExactly("spec.preserveUnknownFields: Invalid value: true: cannot set to true, set"
                        + " x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead");
        assertThat(check(d -> version(d)
                        .putArray("additionalPrinterColumns")
                        .addObject()
                        .put("name", "A")
                        .put("type", "x")
                        .put("jsonPath", "spec")))
                .containsExactly(
                        "spec.versions[0].additionalPrinterColumns[0].type: Invalid value: \"x\": must be one of"
                                + " boolean,date,integer,number,string",
                        "spec.versions[0].additionalPrinterColumns[0].jsonPath: Invalid value: \"spec\": must be a simple json path"
                                + " starting with .");
        assertThat(check(d ->
                        version(d).putObject("subresources").putObject("scale").put("specReplicasPath", ".status.r")))
                .containsExactly(
                        "spec.versions[0].subresources.scale.specReplicasPath: Invalid value: \".status.r\": should be a json path"
                                + " under .spec",
                        "spec.versions[0].subresources.scale.statusReplicasPath: Required value");
        assertThat(check(d -> version(d)
                                .putArray("selectableFields")
                                .addObject()
                                .put("jsonPath", ".spec"))
                        .getFirst())
                .startsWith(
                        "spec.versions[0].selectableFields[0].jsonPath: Invalid value: \".spec\": must point to a field");
        assertThat(check(d -> Json.child(spec(d), "conversion").put("strategy", "Webhook")))
                .containsExactly(
                        "spec.conversion.webhook.clientConfig: Required value: required when strategy is set to Webhook",
                        "spec.conversion.webhook.conversionReviewVersions: Required value");
    }

    @Test
    void aSchemaIsNotLargerThanItMayBe() {
        assertThat(check(d -> Json.child(Json.child(Json.child(version(d), "schema"), "openAPIV3Schema"), "x")
                        .put("description", "x".repeat(DefinitionCheck.MAX_SCHEMA_BYTES))))
                .containsExactly(
                        "spec.versions[0].schema.openAPIV3Schema: Too long: may not be more than 1000000 bytes");
    }

    @Test
    void whatDecidesWhereObjectsAreDoesNotChange() {
        ObjectNode live = definition();
        ((ObjectNode) live.get("status"))
                .putArray("conditions")
                .addObject()
                .put("type", "Established")
                .put("status", "True");
        ObjectNode changed = live.deepCopy();
        spec(changed).put("scope", "Cluster");
        version(changed).put("name", "v2");
        assertThat(DefinitionCheck.check(Optional.of(live), changed))
                .extracting(Cause::toString)
                .containsExactly(
                        "spec.scope: Invalid value: \"Cluster\": field is immutable",
                        "status.storedVersions[0]: Invalid value: \"v1\": must appear in spec.versions");
    }

    @Test
    void namesThatAnotherHasAreNotGiven() {
        Definition mine = Definition.of(definition());
        ObjectNode object = definition();
        Json.child(object, "metadata").put("name", "others.stable.example.com");
        Json.child(spec(object), "names").put("plural", "others");
        Json.child(object, "status")
                .set(
                        "acceptedNames",
                        Json.parse(
                                "{\"plural\": \"others\", \"singular\": \"other\", \"kind\": \"CronTab\", \"listKind\": \"OtherList\","
                                        + " \"shortNames\": [\"ct\"]}"));
        Acceptance acceptance = Acceptance.of(mine, List.of(Definition.of(object), mine));
        assertThat(acceptance.conflict()).isEqualTo("ShortNamesConflict");
        assertThat(acceptance.message()).isEqualTo("\"ct\" is already in use, \"CronTab\" is already in use");
        assertThat(acceptance.names().plural()).isEqualTo("crontabs");
        assertThat(acceptance.names().kind()).isEmpty();
        assertThat(Acceptance.of(mine, List.of(mine)).all()).isTrue();
    }
}
