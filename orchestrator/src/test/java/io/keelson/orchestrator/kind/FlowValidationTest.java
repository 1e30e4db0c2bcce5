package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class FlowValidationTest {

    private static List<String> check(String kind, ObjectNode object) {
        Kind row = Kinds.builtIn()
                .byApiVersion("flowcontrol.apiserver.k8s.io/v1", kind)
                .orElseThrow();
        Defaults.apply(row, object);
        return Validation.validate(row, Optional.empty(), object).stream()
                .map(Cause::toString)
                .toList();
    }

    private static List<String> rule(String subjects, String resources, String others) {
        return check("FlowSchema", Json.parse("""
                {"metadata": {"name": "x"}, "spec": {"priorityLevelConfiguration": {"name": "p"}, "rules": [
                 {"subjects": [%s], "resourceRules": [%s], "nonResourceRules": [%s]}]}}""".formatted(subjects, resources, others)));
    }

    private static List<String> queuing(String queuing) {
        return check("PriorityLevelConfiguration", Json.parse("""
                {"metadata": {"name": "x"}, "spec": {"type": "Limited", "limited": {"lendablePercent": 101,
                 "limitResponse": {"type": "Queue", "queuing": %s}}}}""".formatted(queuing)));
    }

    @Test
    void onlyTheExemptComeFirst() {
        assertThat(check("FlowSchema", Json.parse("""
                        {"metadata": {"name": "x"}, "spec": {"matchingPrecedence": 1,
                         "priorityLevelConfiguration": {"name": "p"}}}""")))
                .containsExactly("spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have"
                        + " matchingPrecedence 1");
    }

    @Test
    void aSubjectHasTheFieldOfItsKindAndNoOther() {
        String all = "{\"verbs\": [\"*\"], \"nonResourceURLs\": [\"*\"]}";
        String at = "spec.rules[0].subjects[0]";
        assertThat(rule("{\"kind\": \"User\", \"user\": {\"name\": \"*\"}}", "", all))
                .isEmpty();
        assertThat(rule("{\"kind\": \"User\"}", "", all))
                .containsExactly(at + ".user: Required value: user is required when subject kind is 'User'");
        assertThat(rule("{\"kind\": \"Robot\"}", "", all))
                .containsExactly(at + ".kind: Unsupported value: \"Robot\": supported values: \"Group\","
                        + " \"ServiceAccount\", \"User\"");
        assertThat(rule("{\"kind\": \"User\", \"user\": {\"name\": \"\"}, \"group\": {\"name\": \"g\"}}", "", all))
                .containsExactlyInAnyOrder(
                        at + ".group: Forbidden: group is forbidden when subject kind is not 'Group'",
                        at + ".user.name: Required value");
        assertThat(rule("{\"kind\": \"ServiceAccount\", \"serviceAccount\": {\"name\": \"a\"}}", "", all))
                .containsExactly(at + ".serviceAccount.namespace: Required value");
    }

    @Test
    void aRuleNamesWhatItIsAboutAndAStarStandsAlone() {
        String user = "{\"kind\": \"User\", \"user\": {\"name\": \"a\"}}";
        String at = "spec.rules[0].resourceRules[0]";
        assertThat(rule(user, "{\"verbs\": [\"*\", \"get\"], \"apiGroups\": [], \"resources\": [\"*\"]}", ""))
                .containsExactly(
                        at + ".verbs: Invalid value: [\"*\",\"get\"]: if '*' is present, must not specify other verbs",
                        at + ".apiGroups: Required value: apiGroups must contain at least one value",
                        at
                                + ".namespaces: Required value: resource rules that are not cluster scoped must supply at least"
                                + " one namespace");
        assertThat(rule(user, "", "{\"verbs\": [\"look\"], \"nonResourceURLs\": []}"))
                .hasSize(2)
                .anyMatch(cause ->
                        cause.startsWith("spec.rules[0].nonResourceRules[0].verbs: Unsupported value: [\"look\"]"))
                .contains(
                        "spec.rules[0].nonResourceRules[0].nonResourceURLs: Required value: nonResourceURLs must contain at"
                                + " least one value");
    }

    @Test
    void thereAreQueuesAndAHandOfThem() {
        String at = "spec.limited.limitResponse.queuing.";
        assertThat(queuing("{\"queues\": 0, \"handSize\": 9, \"queueLengthLimit\": 0}"))
                .containsExactly(
                        "spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive",
                        at + "queueLengthLimit: Invalid value: 0: must be positive",
                        at + "queues: Invalid value: 0: must be positive");
        assertThat(queuing("{\"queues\": 2, \"handSize\": 9}"))
                .contains(at + "handSize: Invalid value: 9: should not be greater than queues (2)");
    }
}
