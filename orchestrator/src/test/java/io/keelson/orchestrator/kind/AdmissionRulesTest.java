package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class AdmissionRulesTest {

    private static final Kind KIND = Kinds.builtIn()
            .byApiVersion("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration")
            .orElseThrow();

    private static List<String> check(String rule, String more) {
        ObjectNode object = Json.parse("""
                {"metadata": {"name": "w"}, "webhooks": [{"name": "a.b.c", "sideEffects": "None",
                 "admissionReviewVersions": ["v1"], "clientConfig": {"url": "https://h"}, "rules": [%s] %s}]}""".formatted(rule, more));
        Defaults.apply(KIND, object);
        return Validation.validate(KIND, Optional.empty(), object).stream()
                .map(Cause::toString)
                .toList();
    }

    private static String rule(String operations, String groups, String versions, String resources) {
        return "{\"operations\": [%s], \"apiGroups\": [%s], \"apiVersions\": [%s], \"resources\": [%s]}"
                .formatted(operations, groups, versions, resources);
    }

    @Test
    void aStarStandsAlone() {
        assertThat(check(rule("\"*\"", "\"*\"", "\"*\"", "\"*\", \"pods/log\""), ""))
                .isEmpty();
        assertThat(check(rule("\"*\", \"CREATE\"", "\"*\", \"a\"", "\"v1\", \"*\"", "\"*\", \"pods\""), ""))
                .containsExactly(
                        "webhooks[0].rules[0].operations: Invalid value: [\"*\",\"CREATE\"]: if '*' is present, must not specify"
                                + " other operations",
                        "webhooks[0].rules[0].apiGroups: Invalid value: [\"*\",\"a\"]: if '*' is present, must not specify"
                                + " other API groups",
                        "webhooks[0].rules[0].apiVersions: Invalid value: [\"v1\",\"*\"]: if '*' is present, must not specify"
                                + " other API versions",
                        "webhooks[0].rules[0].resources: Invalid value: [\"*\",\"pods\"]: if '*' is present, must not specify"
                                + " other resources without subresources");
    }

    @Test
    void whatAStarNamesIsNotNamedAgain() {
        assertThat(check(rule("\"*\"", "\"*\"", "\"*\"", "\"pods/*\", \"pods/log\", \"*/log\", \"a/log\""), ""))
                .containsExactly(
                        "webhooks[0].rules[0].resources[1]: Invalid value: \"pods/log\": if 'pods/*' is present, must not"
                                + " specify pods/log",
                        "webhooks[0].rules[0].resources[3]: Invalid value: \"a/log\": if '*/log' is present, must not specify"
                                + " a/log");
        assertThat(check(rule("\"*\"", "\"*\"", "\"*\"", "\"*/*\", \"\""), ""))
                .containsExactly(
                        "webhooks[0].rules[0].resources[1]: Required value",
                        "webhooks[0].rules[0].resources: Invalid value: [\"*/*\",\"\"]: if '*/*' is present, must not specify"
                                + " other resources");
    }

    @Test
    void namesOfConditionsAndVersionsOfReviewsComeOnce() {
        String condition = "{\"name\": \"a\", \"expression\": \"true\"}";
        assertThat(check("", ", \"matchConditions\": [" + condition + "," + condition + "]"))
                .containsExactly("webhooks[0].matchConditions[1].name: Duplicate value: \"a\"");
        assertThat(check(
                        "",
                        ", \"matchConditions\": [" + condition
                                + ",".concat(condition).repeat(64) + "]"))
                .contains("webhooks[0].matchConditions: Too many: 65: must have at most 64 items");
    }
}
