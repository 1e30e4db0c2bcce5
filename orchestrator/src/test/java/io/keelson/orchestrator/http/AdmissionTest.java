package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.testing.Kubectl;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What kubectl shows of admission. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdmissionTest {

    private TestServer server;
    private Path directory;

    @BeforeAll
    void start(@TempDir Path temporary) {
        directory = temporary;
        server = TestServer.start(temporary);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Kubectl kubectl(String what, String version) throws IOException, InterruptedException {
        Kubectl kubectl = Kubectl.of(version, server.kubeconfig(), directory, what + version.replace('.', '-'));
        kubectl.ok("create", "namespace", kubectl.namespace());
        return kubectl;
    }

    private String file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "object", ".yaml"), text)
                .toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void aQuotaIsCountedAndKept(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl("quota", version);
        kubectl.ok("create", "quota", "q", "--hard=pods=1,count/configmaps=3");
        TestServer.await("the quota is counted", () -> {
            try {
                return kubectl.ok("get", "quota", "q", "-o", "jsonpath={.status.used.pods}")
                        .equals("0");
            } catch (IOException | InterruptedException e) {
                return false;
            }
        });
        kubectl.ok("run", "one", "--image=i");
        assertThat(kubectl.run("run", "two", "--image=i").text())
                .contains("Error from server (Forbidden): pods \"two\" is forbidden: exceeded quota: q, requested:"
                        + " pods=1, used: pods=1, limited: pods=1");
        assertThat(kubectl.ok("describe", "quota", "q")).containsPattern("pods +1 +1");
        kubectl.ok("delete", "pod", "one", "--force", "--grace-period=0", "--wait=false");
        TestServer.await("what was given up is free", () -> {
            try {
                return kubectl.run("run", "two", "--image=i").code() == 0;
            } catch (IOException | InterruptedException e) {
                return false;
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void aStrictNamespaceWarnsOfDeploymentsAndRefusesPods(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl("strict", version);
        kubectl.ok("run", "old", "--image=i");
        assertThat(kubectl.ok(
                        "label", "namespace", kubectl.namespace(), "pod-security.kubernetes.io/enforce=restricted"))
                .contains("Warning: existing pods in namespace \"" + kubectl.namespace()
                        + "\" violate the new PodSecurity enforce level \"restricted:latest\"")
                .contains("Warning: old: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot !="
                        + " true, seccompProfile");
        assertThat(kubectl.ok("create", "deployment", "d", "--image=i"))
                .contains("Warning: would violate PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false"
                        + " (container \"i\" must set securityContext.allowPrivilegeEscalation=false)")
                .contains("deployment.apps/d created");
        assertThat(kubectl.run("run", "p", "--image=i").text())
                .startsWith("Error from server (Forbidden): pods \"p\" is forbidden: violates PodSecurity"
                        + " \"restricted:latest\": allowPrivilegeEscalation != false (container \"p\"");
    }

    @ParameterizedTest
    @ValueSource(strings = "1.33")
    void aBoundPolicyDeniesWhatItSays(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl("policy", version);
        String name = kubectl.namespace() + ".example.com";
        kubectl.ok("create", "-f", file("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata: {name: %1$s}
                spec:
                  matchConstraints:
                    resourceRules:
                    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
                  validations:
                  - expression: object.spec.replicas <= 5
                ---
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata: {name: %1$s}
                spec:
                  policyName: %1$s
                  validationActions: [Deny]
                  matchResources:
                    namespaceSelector:
                      matchLabels: {kubernetes.io/metadata.name: %2$s}
                """.formatted(name, kubectl.namespace())));
        kubectl.ok("create", "deployment", "d", "--image=i", "--replicas=5");
        assertThat(kubectl.run("create", "deployment", "e", "--image=i", "--replicas=6")
                        .text())
                .contains("deployments.apps \"e\" is forbidden: ValidatingAdmissionPolicy '" + name + "' with binding '"
                        + name + "' denied request: failed expression: object.spec.replicas <= 5");
        assertThat(kubectl.run("delete", "namespace", "kube-system").text())
                .contains("namespaces \"kube-system\" is forbidden: this namespace may not be deleted");
    }

    @ParameterizedTest
    @ValueSource(strings = "1.33")
    void aBoundPolicyChangesWhatItSays(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl("mutating", version);
        String name = kubectl.namespace() + ".example.com";
        kubectl.ok("create", "-f", file("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: MutatingAdmissionPolicy
                metadata: {name: %1$s}
                spec:
                  reinvocationPolicy: IfNeeded
                  matchConstraints:
                    resourceRules:
                    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
                  matchConditions:
                  - {name: small, expression: object.spec.replicas < 3}
                  mutations:
                  - patchType: ApplyConfiguration
                    applyConfiguration:
                      expression: >
                        Object{spec: Object.spec{replicas: 3, template: Object.spec.template{metadata: Object.spec.template.metadata{
                          annotations: {'by': 'policy'}}}}}
                  - patchType: JSONPatch
                    jsonPatch:
                      expression: >
                        [JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("example.com/was"), value: string(object.spec.replicas)}]
                ---
                apiVersion: admissionregistration.k8s.io/v1
                kind: MutatingAdmissionPolicyBinding
                metadata: {name: %1$s}
                spec:
                  policyName: %1$s
                  matchResources:
                    namespaceSelector:
                      matchLabels: {kubernetes.io/metadata.name: %2$s}
                """.formatted(name, kubectl.namespace())));
        kubectl.ok("create", "deployment", "d", "--image=i", "--replicas=1");
        assertThat(
                        kubectl.ok(
                                "get",
                                "deployment",
                                "d",
                                "-o",
                                "jsonpath={.spec.replicas} {.spec.template.metadata.annotations.by} {.metadata.labels.example\\.com/was}"))
                .isEqualTo("3 policy 3");
        kubectl.ok("create", "deployment", "e", "--image=i", "--replicas=4");
        assertThat(kubectl.ok("get", "deployment", "e", "-o", "jsonpath={.spec.replicas}"))
                .isEqualTo("4");
    }
}
