package io.keelson.orchestrator.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class PoliciesTest {

    private static final String NAMESPACE = "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\","
            + " \"metadata\": {\"name\": \"ns\", \"labels\": {\"max\": \"3\"}}}";

    private static String policy(String spec) {
        return """
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy",
                 "metadata": {"name": "p"},
                 "spec": {"matchConstraints": {"resourceRules": [{"operations": ["CREATE", "UPDATE"],
                   "apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments"]}]}, %s}}
                """.formatted(spec);
    }

    private static String binding(String spec) {
        return """
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicyBinding",
                 "metadata": {"name": "b"}, "spec": {"policyName": "p", %s}}
                """.formatted(spec);
    }

    private static final String DENY = "\"validationActions\": [\"Deny\"]";

    private static ObjectNode deployment(int replicas) {
        return Objects.defaulted("""
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "ns"},
                 "spec": {"replicas": %d, "template": {"spec": {"containers": [{"name": "c", "image": "i"}]}}}}
                """.formatted(replicas));
    }

    private static Verdict judge(int replicas, String... objects) {
        return Policies.judge(Objects.create(deployment(replicas)), Objects.with(objects), Policy::of);
    }

    @Test
    void aViolationIsDeniedInKubernetesWords() {
        String five = policy("\"validations\": [{\"expression\": \"object.spec.replicas <= 5\"}]");
        assertThat(judge(5, five, binding(DENY), NAMESPACE)).isEqualTo(Verdict.FINE);
        Rejection refusal = judge(6, five, binding(DENY), NAMESPACE).refusal().orElseThrow();
        assertThat(refusal.message())
                .isEqualTo("deployments.apps \"d\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied"
                        + " request: failed expression: object.spec.replicas <= 5");
        assertThat(refusal.reason()).isEqualTo(Reason.INVALID);
        assertThat(judge(6, five, NAMESPACE)).as("bound to nothing").isEqualTo(Verdict.FINE);
    }

    @Test
    void variablesAndTheNamespaceAreKnownAndTheMessageCanBeComputed() {
        String spec = "\"variables\": [{\"name\": \"max\", \"expression\":"
                + " \"int(namespaceObject.metadata.labels['max'])\"}], \"validations\": [{\"expression\":"
                + " \"object.spec.replicas <= variables.max\", \"messageExpression\": \"'at most ' +"
                + " string(variables.max)\", \"reason\": \"Forbidden\"}]";
        Rejection refusal =
                judge(4, policy(spec), binding(DENY), NAMESPACE).refusal().orElseThrow();
        String why = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: at most 3";
        assertThat(refusal.message()).endsWith("is forbidden: " + why);
        // What kubectl shows of a refusal that is Invalid.
        assertThat(refusal.details().orElseThrow().causes())
                .extracting(Cause::message)
                .containsExactly(why);
        assertThat(refusal.reason()).isEqualTo(Reason.FORBIDDEN);
        assertThat(judge(3, policy(spec), binding(DENY), NAMESPACE)).isEqualTo(Verdict.FINE);
    }

    @Test
    void whoNeedsAVariableThatFailsIsToldWhyItDid() {
        String spec = "\"variables\": [{\"name\": \"max\", \"expression\": \"int('x' + 'y')\"},"
                + " {\"name\": \"twice\", \"expression\": \"variables.max * 2\"}],"
                + " \"validations\": [{\"expression\": \"true || variables.max > 1\"},"
                + " {\"expression\": \"object.spec.replicas < variables.twice\"}]";
        Verdict verdict = judge(4, policy(spec), binding("\"validationActions\": [\"Deny\", \"Audit\"]"), NAMESPACE);
        assertThat(verdict.refusal().orElseThrow().message())
                .contains("expression 'object.spec.replicas < variables.twice' resulted in error: composited variable"
                        + " \"twice\" fails to evaluate: composited variable \"max\" fails to evaluate: ");
        assertThat(verdict.audit().get("validation.policy.admission.k8s.io/validation_failure"))
                .contains("\"expressionIndex\":1");
    }

    @Test
    void parametersAreReadFromTheObjectThatTheBindingNames() {
        String spec = "\"paramKind\": {\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\"}, \"validations\":"
                + " [{\"expression\": \"object.spec.replicas <= int(params.data.max)\"}]";
        String bound = binding(
                DENY
                        + ", \"paramRef\": {\"name\": \"limits\", \"namespace\": \"ns\", \"parameterNotFoundAction\": \"Deny\"}");
        String limits = "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"limits\","
                + " \"namespace\": \"ns\"}, \"data\": {\"max\": \"2\"}}";
        assertThat(judge(2, policy(spec), bound, limits, NAMESPACE)).isEqualTo(Verdict.FINE);
        assertThat(judge(3, policy(spec), bound, limits, NAMESPACE).refusal()).isPresent();
        assertThat(judge(2, policy(spec), bound, NAMESPACE).refusal().map(Rejection::message))
                .hasValueSatisfying(message -> assertThat(message)
                        .endsWith("denied request: failed to configure binding: no params found for policy binding with"
                                + " `Deny` parameterNotFoundAction"));
    }

    @Test
    void aBindingCanWarnAndTellTheAuditLogInstead() {
        String no = policy("\"validations\": [{\"expression\": \"false\", \"message\": \"never\"}]");
        Verdict verdict = judge(1, no, binding("\"validationActions\": [\"Warn\", \"Audit\"]"), NAMESPACE);
        assertThat(verdict.refusal()).isEmpty();
        assertThat(verdict.warnings())
                .containsExactly("Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': never");
        assertThat(verdict.audit()).containsKey("validation.policy.admission.k8s.io/validation_failure");
    }

    @Test
    void anExpressionThatFailsCountsAsThePolicySays() {
        String broken = "\"validations\": [{\"expression\": \"object.spec.none.x == 1\"}]";
        assertThat(judge(1, policy(broken), binding(DENY), NAMESPACE).refusal().map(Rejection::message))
                .hasValueSatisfying(message -> assertThat(message)
                        .contains(
                                "denied request: expression 'object.spec.none.x == 1' resulted in error: no such key"));
        assertThat(judge(1, policy(broken + ", \"failurePolicy\": \"Ignore\""), binding(DENY), NAMESPACE))
                .isEqualTo(Verdict.FINE);
    }

    @Test
    void conditionsAndMatchResourcesNarrowWhatIsJudged() {
        String no = "\"validations\": [{\"expression\": \"false\"}]";
        String conditioned = policy(
                no + ", \"matchConditions\": [{\"name\": \"large\", \"expression\": \"object.spec.replicas > 10\"}]");
        assertThat(judge(1, conditioned, binding(DENY), NAMESPACE)).isEqualTo(Verdict.FINE);
        assertThat(judge(11, conditioned, binding(DENY), NAMESPACE).refusal()).isPresent();
        String elsewhere =
                binding(DENY + ", \"matchResources\": {\"namespaceSelector\": {\"matchLabels\": {\"max\": \"4\"}}}");
        assertThat(judge(1, policy(no), elsewhere, NAMESPACE)).isEqualTo(Verdict.FINE);
    }

    @Test
    void whatCannotBeCompiledOrEvaluatedIsRefusedAtItsCreation() {
        ObjectNode broken = Json.parse(policy("\"validations\": [{\"expression\": \"nobody.knows > 1\"}]"));
        Optional<String> refusal = Objects.with().refusal(broken);
        assertThat(refusal)
                .hasValueSatisfying(message -> assertThat(message)
                        .startsWith("ValidatingAdmissionPolicy.admissionregistration.k8s.io \"p\" is invalid:"
                                + " spec.validations[0].expression: Invalid value: \"nobody.knows > 1\": compilation"
                                + " failed: "));
        ObjectNode mutating = Json.parse("""
                {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingAdmissionPolicy",
                 "metadata": {"name": "m"},
                 "spec": {"mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": "nobody.knows"}}]}}
                """);
        assertThat(Objects.with().refusal(mutating))
                .hasValueSatisfying(message -> assertThat(message)
                        .startsWith("MutatingAdmissionPolicy.admissionregistration.k8s.io \"m\" is invalid:"
                                + " spec.mutations[0].jsonPatch.expression: Invalid value: \"nobody.knows\": compilation"
                                + " failed: "));
    }

    private static final User JOE = new User("joe", List.of("people"));

    /** What a policy of one validation says of a write of joe's; empty if nothing. */
    private static String ofJoe(Objects facts) {
        ObjectNode written = deployment(1);
        Request request = Objects.write(Operation.CREATE, Optional.empty(), Optional.of(written), JOE);
        return Policies.judge(request, facts, Policy::of)
                .refusal()
                .map(Rejection::message)
                .orElse("");
    }

    private static Objects asking(String expression) {
        return Objects.with(
                policy("\"validations\": [{\"expression\": \"" + expression + "\"}]"), binding(DENY), NAMESPACE);
    }

    private static String ofJoe(String expression) {
        return ofJoe(asking(expression));
    }

    @Test
    void expressionsAskWhoMayDoWhat() {
        Objects facts = asking("authorizer.group('apps').resource('deployments').subresource('scale').namespace('ns')"
                + ".name('d').check('get').allowed() && !authorizer.path('/metrics').check('post').allowed()");
        assertThat(ofJoe(facts)).isEmpty();
        assertThat(facts.asked)
                .containsExactly(
                        "joe " + new Access.ToObjects("get", "apps", "deployments/scale", "ns", "d"),
                        "joe " + new Access.ToPath("post", "/metrics"));
        assertThat(ofJoe("authorizer.group('').resource('pods').check('create').allowed()"))
                .contains("denied request: failed expression: authorizer.group('')");
        assertThat(ofJoe("authorizer.group('').resource('pods').check('create').reason() == 'no rule'"))
                .isEmpty();
    }

    @Test
    void theWriteItselfAndServiceAccountsCanBeAskedAbout() {
        Objects facts = asking("authorizer.requestResource.check('get').allowed() && "
                + "authorizer.serviceAccount('ns', 'bot').group('').resource('pods')"
                + ".fieldSelector('spec.nodeName=n1').labelSelector('a=b').check('list').allowed()");
        assertThat(ofJoe(facts)).contains("failed expression");
        assertThat(facts.asked)
                .containsExactly(
                        "joe " + new Access.ToObjects("get", "apps", "deployments", "ns", "d"),
                        "system:serviceaccount:ns:bot " + new Access.ToObjects("list", "", "pods", "", "", "n1"));
    }

    @Test
    void selectorsThatCannotBeReadCountAsNone() {
        Objects facts = asking("authorizer.group('').resource('pods').fieldSelector('spec.nodeName=n1,odd')"
                + ".labelSelector('((').check('list').errored()");
        assertThat(ofJoe(facts)).contains("failed expression");
        assertThat(facts.asked).containsExactly("joe " + new Access.ToObjects("list", "", "pods", "", "", ""));
    }

    @Test
    void whatNobodyKnowsIsAnErrorOfTheDecisionAndWhatMakesNoSenseOneOfTheExpression() {
        assertThat(ofJoe("authorizer.group('').resource('secrets').check('get').errored()"))
                .isEmpty();
        assertThat(ofJoe("authorizer.group('').resource('secrets').check('get').error() == 'nobody knows'"))
                .isEmpty();
        assertThat(ofJoe("authorizer.group('').resource('secrets').check('get').allowed()"))
                .contains("failed expression");
        assertThat(ofJoe("authorizer.path(' ').check('get').allowed()"))
                .contains("resulted in error: path must not be empty");
        assertThat(ofJoe("authorizer.group('').resource('').check('get').allowed()"))
                .contains("resulted in error: resource must not be empty");
        assertThat(ofJoe("authorizer.serviceAccount('a.b', 'x').path('/x').check('get').allowed()"))
                .contains("resulted in error: Invalid service account namespace");
        assertThat(ofJoe("authorizer.serviceAccount('a', 'X').path('/x').check('get').allowed()"))
                .contains("resulted in error: Invalid service account name");
    }

    @Test
    void anExpressionAsksNoMoreThanTwice() {
        String one = "authorizer.group('').resource('pods').check('get').allowed()";
        assertThat(ofJoe(one + " && " + one)).isEmpty();
        assertThat(ofJoe(one + " && " + one + " && " + one))
                .contains("operation cancelled: actual cost limit exceeded");
    }

    @Test
    void rightsAreKnownToConditionsAndVariablesButNotToMessages() {
        String right = "authorizer.requestResource.check('delete').allowed()";
        String conditional = policy("\"matchConditions\": [{\"name\": \"c\", \"expression\": \"" + right
                + "\"}], \"validations\": [{\"expression\": \"false\"}]");
        assertThat(ofJoe(Objects.with(conditional, binding(DENY), NAMESPACE))).isEmpty();
        String variable = policy("\"variables\": [{\"name\": \"v\", \"expression\": \"" + right
                + "\"}], \"validations\": [{\"expression\": \"variables.v\"}]");
        assertThat(ofJoe(Objects.with(variable, binding(DENY), NAMESPACE))).contains("failed expression");
        String message = policy("\"validations\": [{\"expression\": \"true\", \"messageExpression\":"
                + " \"string(authorizer.path('/x').check('get').allowed())\"}]");
        assertThat(Policy.of(Json.parse(message)).mistakes())
                .singleElement()
                .satisfies(mistake -> assertThat(mistake.field()).isEqualTo("spec.validations[0].messageExpression"));
    }
}
