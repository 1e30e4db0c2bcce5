package io.keelson.orchestrator.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class MutationsTest {

    private static final String NAMESPACE = "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\","
            + " \"metadata\": {\"name\": \"ns\", \"labels\": {\"team\": \"red\"}}}";

    private static final String BINDING = """
            {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingAdmissionPolicyBinding",
             "metadata": {"name": "b"}, "spec": {"policyName": "p"}}""";

    /** Single quotes in expressions are theirs. */
    private static String policy(String more, String... mutations) {
        return """
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingAdmissionPolicy", "metadata": {"name": "p"},
                 "spec": {"matchConstraints": {"resourceRules": [{"operations": ["CREATE", "UPDATE"],
                   "apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments"]}]},
                  "reinvocationPolicy": "Never", %s "mutations": [%s]}}""".formatted(more, String.join(",", mutations));
    }

    private static String apply(String expression) {
        return "{\"patchType\": \"ApplyConfiguration\", \"applyConfiguration\": {\"expression\": \"" + expression
                + "\"}}";
    }

    private static String patch(String expression) {
        return "{\"patchType\": \"JSONPatch\", \"jsonPatch\": {\"expression\": \"" + expression + "\"}}";
    }

    private static ObjectNode deployment() {
        return Objects.defaulted("""
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "ns", "labels": {"a": "b"}},
                 "spec": {"replicas": 2, "template": {"spec": {"containers": [
                  {"name": "c", "image": "i", "env": [{"name": "A", "value": "1"}]}, {"name": "d", "image": "j"}]}}}}
                """);
    }

    private static Mutations.Result mutate(boolean again, String... objects) {
        return Mutations.of(Objects.create(deployment()), again, Objects.with(objects), MutatingPolicy::of);
    }

    private static ObjectNode made(String policy) {
        Mutations.Result result = mutate(false, policy, BINDING, NAMESPACE);
        assertThat(result).isInstanceOf(Mutations.Result.Made.class);
        return ((Mutations.Result.Made) result).object();
    }

    private static String refused(String policy) {
        return ((Mutations.Result.Refused) mutate(false, policy, BINDING, NAMESPACE))
                .why()
                .message();
    }

    @Test
    void anApplyConfigurationIsMergedAsServerSideApplyDoes() {
        ObjectNode made = made(policy(
                "",
                apply(
                        "Object{metadata: Object.metadata{labels: {'x': 'y'}}, spec: Object.spec{replicas: object.spec.replicas + 3,"
                                + " template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: 'c',"
                                + " env: [Object.spec.template.spec.containers.env{name: 'B', value: '2'}]}]}}}}")));
        assertThat(Json.strings(made, "metadata", "labels")).containsOnlyKeys("a", "x");
        assertThat(Json.number(made, "spec", "replicas")).contains(5L);
        List<JsonNode> containers = Json.items(made, "spec", "template", "spec", "containers");
        assertThat(containers)
                .extracting(container -> container.path("name").asString())
                .containsExactly("c", "d");
        assertThat(Json.items(containers.getFirst(), "env"))
                .extracting(JsonNode::toString)
                .contains("{\"name\":\"A\",\"value\":\"1\"}", "{\"name\":\"B\",\"value\":\"2\"}");
        assertThat(containers.getFirst().path("image").asString()).isEqualTo("i");
    }

    @Test
    void aJsonPatchIsAListOfOperations() {
        ObjectNode made = made(
                policy(
                        "",
                        patch(
                                "[JSONPatch{op: 'test', path: '/spec/replicas', value: 2}, JSONPatch{op: 'replace', path: '/spec/replicas', value: 7},"
                                        + " JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('example.com/team'), value: namespaceObject.metadata.labels.team}]")));
        assertThat(Json.number(made, "spec", "replicas")).contains(7L);
        assertThat(Json.strings(made, "metadata", "labels")).containsEntry("example.com/team", "red");
    }

    @Test
    void whatNobodyCouldReadIsNotMade() {
        assertThat(refused(policy("", patch("[JSONPatch{op: 'add', path: '/spec/replicas', value: 'three'}]"))))
                .endsWith("resulted in error: field \"spec.replicas\" must be a whole number (int32), but is the string"
                        + " \"three\"");
        assertThat(refused(policy("", apply("Object{spec: Object.spec{replicas: 'three'}}"))))
                .contains("field \"spec.replicas\" must be a whole number (int32)");
        assertThat(refused(policy("", apply("Object{spec: Object.spec{replica: 3}}"))))
                .endsWith("error applying patch: .spec.replica: field not declared in schema");
    }

    @Test
    void eachMutationSeesWhatTheOneBeforeHasMade() {
        ObjectNode made = made(
                policy(
                        "\"variables\": [{\"name\": \"twice\", \"expression\": \"object.spec.replicas * 2\"}],",
                        apply("Object{spec: Object.spec{replicas: variables.twice}}"),
                        patch(
                                "object.spec.replicas == 4 ? [JSONPatch{op: 'add', path: '/metadata/labels/seen', value: string(object.spec.replicas)}] : []")));
        assertThat(Json.number(made, "spec", "replicas")).contains(4L);
        assertThat(Json.strings(made, "metadata", "labels")).containsEntry("seen", "4");
    }

    @Test
    void whatDoesNotConcernItIsLeftAlone() {
        String three = apply("Object{spec: Object.spec{replicas: 3}}");
        String no = "\"matchConditions\": [{\"name\": \"n\", \"expression\": \"object.spec.replicas > 5\"}],";
        assertThat(made(policy(no, three))).isEqualTo(deployment());
        assertThat(mutate(false, policy("", three), NAMESPACE)).isEqualTo(new Mutations.Result.Made(deployment()));
        assertThat(mutate(true, policy("", three), BINDING, NAMESPACE))
                .as("it does not want to be asked again")
                .isEqualTo(new Mutations.Result.Made(deployment()));
        String again = policy("", three).replace("Never", "IfNeeded");
        assertThat(mutate(true, again, BINDING, NAMESPACE)).isNotEqualTo(new Mutations.Result.Made(deployment()));
    }

    @Test
    void whatFailsIsRefusedOrPassedOver() {
        String fails = "Object{spec: Object.spec{replicas: object.spec.nothing}}";
        assertThat(refused(policy("", apply(fails))))
                .isEqualTo(
                        "deployments.apps \"d\" is forbidden: policy 'p' with binding 'b' denied request: expression '"
                                + fails + "' resulted in error: no such key: nothing");
        assertThat(refused(policy("", patch("[JSONPatch{op: 'test', path: '/spec/replicas', value: 9}]"))))
                .contains("resulted in error:");
        assertThat(refused(policy("", apply("[1]")))).contains("must evaluate to Object");
        assertThat(refused(policy("", patch("{'a': 1}")))).contains("must evaluate to []JSONPatch");
        assertThat(refused(policy("", apply("Object{kind: 'Pod'}")))).contains("kind must not be set");
        assertThat(made(policy("\"failurePolicy\": \"Ignore\",", apply(fails)))).isEqualTo(deployment());
    }

    @Test
    void whatTheSystemSaysCannotBeChanged() {
        ObjectNode made = made(policy("", apply("Object{metadata: Object.metadata{name: 'other', uid: 'u'}}")));
        assertThat(Json.string(made, "metadata", "name")).contains("d");
        assertThat(Json.string(made, "metadata", "uid")).isEmpty();
    }

    @Test
    void anExpressionThatCannotBeCompiledIsAMistake() {
        assertThat(MutatingPolicy.of(Json.parse(policy(
                                "", apply("Object{spec:"), patch("Other{a: 1}"), "{\"patchType\": \"JSONPatch\"}")))
                        .mistakes())
                .extracting(cause -> cause.field())
                .containsExactly(
                        "spec.mutations[0].applyConfiguration.expression",
                        "spec.mutations[1].jsonPatch.expression",
                        "spec.mutations[2].jsonPatch.expression");
    }
}
