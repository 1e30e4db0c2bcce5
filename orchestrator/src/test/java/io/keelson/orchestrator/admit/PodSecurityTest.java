package io.keelson.orchestrator.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class PodSecurityTest {

    private static final String FINE = ", 'securityContext': {'allowPrivilegeEscalation': false, 'runAsNonRoot': true,"
            + " 'capabilities': {'drop': ['ALL']}, 'seccompProfile': {'type': 'RuntimeDefault'}}";

    private static String namespace(String labels) {
        return "{\"apiVersion\": \"v1\", \"kind\": \"Namespace\", \"metadata\": {\"name\": \"ns\", \"labels\": {%s}}}"
                .formatted(labels.replace("MODE-", "pod-security.kubernetes.io/"))
                .replace('\'', '"');
    }

    private static ObjectNode pod(String spec, String container) {
        return Objects.pod(spec.replace('\'', '"'), container.replace('\'', '"'));
    }

    private static Optional<String> refusal(String level, ObjectNode pod) {
        return Objects.with(namespace("'MODE-enforce': '" + level + "'")).refusal(pod);
    }

    @Test
    void aPlainPodIsToldEverythingThatRestrictedAsks() {
        assertThat(refusal("restricted", pod("", "")))
                .contains("pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\":"
                        + " allowPrivilegeEscalation != false (container \"c\" must set"
                        + " securityContext.allowPrivilegeEscalation=false),"
                        + " unrestricted capabilities (container \"c\" must set"
                        + " securityContext.capabilities.drop=[\"ALL\"]),"
                        + " runAsNonRoot != true (pod or container \"c\" must set securityContext.runAsNonRoot=true),"
                        + " seccompProfile (pod or container \"c\" must set securityContext.seccompProfile.type to"
                        + " \"RuntimeDefault\" or \"Localhost\")");
        assertThat(refusal("baseline", pod("", ""))).isEmpty();
        assertThat(refusal("restricted", pod("", FINE))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'hostNetwork': true, 'hostPID': true, | | host namespaces (hostNetwork=true, hostPID=true)",
                "'volumes': [{'name': 'v', 'hostPath': {'path': '/'}}], | | hostPath volumes (volume \"v\")",
                "| , 'securityContext': {'privileged': true} | privileged (container \"c\" must not set"
                        + " securityContext.privileged=true)",
                "| , 'securityContext': {'capabilities': {'add': ['SYS_ADMIN', 'NET_ADMIN', 'CHOWN']}} |"
                        + " non-default capabilities (container \"c\" must not include \"NET_ADMIN\", \"SYS_ADMIN\" in"
                        + " securityContext.capabilities.add)",
                "| , 'ports': [{'containerPort': 80, 'hostPort': 8080}] | hostPort (container \"c\" uses hostPort 8080)",
                "'securityContext': {'seccompProfile': {'type': 'Unconfined'}}, | | seccompProfile (pod must not set"
                        + " securityContext.seccompProfile.type to \"Unconfined\")",
                "'securityContext': {'sysctls': [{'name': 'kernel.msgmax', 'value': '1'}]}, | |"
                        + " forbidden sysctls (kernel.msgmax)",
                "'securityContext': {'seLinuxOptions': {'type': 'spc_t', 'user': 'u'}}, | | seLinuxOptions (pod set"
                        + " forbidden securityContext.seLinuxOptions: type \"spc_t\"; user may not be set)",
                "| , 'securityContext': {'procMount': 'Unmasked'} | procMount (container \"c\" must not set"
                        + " securityContext.procMount to \"Unmasked\")"
            })
    void baselineForbidsWhatLeadsOutOfAContainer(String spec, String container, String violation) {
        ObjectNode pod = pod(spec == null ? "" : spec, container == null ? "" : container);
        assertThat(refusal("baseline", pod))
                .contains("pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": " + violation);
        assertThat(refusal("privileged", pod)).isEmpty();
    }

    @Test
    void restrictedHasItsOwnRuleForVolumes() {
        assertThat(refusal("restricted", pod("'volumes': [{'name': 'v', 'hostPath': {'path': '/'}}],", FINE)))
                .contains("pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\": restricted volume types"
                        + " (volume \"v\" uses restricted volume type \"hostPath\")");
    }

    @Test
    void anOlderVersionHasFewerRules() {
        Objects facts = Objects.with(namespace("'MODE-enforce': 'restricted', 'MODE-enforce-version': 'v1.18'"));
        assertThat(facts.refusal(pod("", "")))
                .contains("pods \"p\" is forbidden: violates PodSecurity \"restricted:v1.18\":"
                        + " allowPrivilegeEscalation != false (container \"c\" must set"
                        + " securityContext.allowPrivilegeEscalation=false), runAsNonRoot != true (pod or container \"c\""
                        + " must set securityContext.runAsNonRoot=true)");
    }

    @Test
    void ofWorkloadsOneIsWarnedAndToTheAuditLogItIsTold() {
        Objects facts = Objects.with(namespace("'MODE-enforce': 'baseline', 'MODE-audit': 'baseline'"));
        ObjectNode deployment = Objects.defaulted("""
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "ns"},
                 "spec": {"template": {"spec": {"hostPID": true, "containers": [{"name": "c", "image": "i"}]}}}}
                """);
        Verdict verdict = BuiltIns.validate(Objects.create(deployment), facts, Plugins.ALL);
        assertThat(verdict.refusal()).isEmpty();
        assertThat(verdict.warnings())
                .containsExactly("would violate PodSecurity \"baseline:latest\": host namespaces (hostPID=true)");
        assertThat(verdict.audit())
                .containsEntry(
                        "pod-security.kubernetes.io/audit-violations",
                        "would violate PodSecurity \"baseline:latest\": host namespaces (hostPID=true)");
    }

    @Test
    void aNamespaceThatBecomesStricterTellsOfThePodsThatAreThere() {
        ObjectNode bad = pod("'hostPID': true,", "");
        Objects facts = Objects.with(bad.toString(), bad.toString().replace("\"name\":\"p\"", "\"name\":\"a\""));
        ObjectNode before = Json.parse(namespace(""));
        ObjectNode after = Json.parse(namespace("'MODE-enforce': 'baseline'"));
        assertThat(BuiltIns.validate(Objects.update(before, after), facts, Plugins.ALL)
                        .warnings())
                .containsExactly(
                        "existing pods in namespace \"ns\" violate the new PodSecurity enforce level \"baseline:latest\"",
                        "a (and 1 other pod): host namespaces");
        assertThat(BuiltIns.validate(Objects.update(after, before), facts, Plugins.ALL)
                        .warnings())
                .isEmpty();
    }

    @Test
    void aLabelThatCannotBeUnderstoodIsRefused() {
        ObjectNode namespace = Json.parse(namespace("'MODE-enforce': 'strict', 'MODE-warn-version': '1.2'"));
        assertThat(Objects.with().refusal(namespace))
                .contains("Namespace \"ns\" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid"
                        + " value: \"strict\": must be one of privileged, baseline, restricted,"
                        + " metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: \"1.2\": must be"
                        + " \"latest\" or \"v1.x\"]");
    }

    @Test
    void aChangeOfAPodThatTouchesNoRuleIsNotJudged() {
        Objects facts = Objects.with(namespace("'MODE-enforce': 'restricted'"));
        ObjectNode old = pod("", "");
        ObjectNode labelled = old.deepCopy();
        Json.child(Json.child(labelled, "metadata"), "labels").put("a", "b");
        assertThat(BuiltIns.validate(Objects.update(old, labelled), facts, Plugins.ALL)
                        .refusal())
                .isEmpty();
        ObjectNode otherImage = Json.parse(old.toString().replace("\"image\":\"i\"", "\"image\":\"j\""));
        assertThat(BuiltIns.validate(Objects.update(old, otherImage), facts, Plugins.ALL)
                        .refusal())
                .isPresent();
    }
}
