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

/**
 * kubectl's server-side apply, in all versions that ask for it in one way or another. The two oldest validate with OpenAPI v2, which this
 * server does not have, unless they are told not to.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlApplyTest {

    private static final String WEB = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, labels: {app: web}}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - {name: c, image: "busybox:1", ports: [{containerPort: 80}]}
            """;
    private static final String CONF = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: conf}
            data: {a: "1", b: "1"}
            """;

    private static final String STRICT = "--validate=strict";

    private TestServer server;
    private Path directory;
    private Path kubeconfig;

    @BeforeAll
    void start(@TempDir Path temporary) {
        directory = temporary;
        server = TestServer.start(temporary);
        kubeconfig = server.kubeconfig();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Kubectl kubectl(String version, String purpose) throws IOException, InterruptedException {
        Kubectl kubectl = Kubectl.of(version, kubeconfig, directory, purpose + version.replace('.', '-'));
        kubectl.ok("create", "namespace", kubectl.namespace());
        return kubectl;
    }

    private String file(Kubectl kubectl, String text) throws IOException {
        return Files.writeString(directory.resolve(kubectl.namespace() + ".yaml"), text)
                .toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.28", "1.29", "1.30", "1.31", "1.32", "1.33"})
    void applyConflictForceAndDiff(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl(version, "ssa");
        String file = file(kubectl, WEB);
        assertThat(kubectl.ok("apply", "--server-side", STRICT, "-f", file))
                .isEqualTo("deployment.apps/web serverside-applied\n");
        assertThat(kubectl.ok("apply", "--server-side", STRICT, "-f", file)).contains("serverside-applied");
        assertThat(kubectl.run("diff", "--server-side", "-f", file).code()).isZero();
        String shown = kubectl.ok("get", "deploy", "web", "-o", "yaml", "--show-managed-fields");
        assertThat(shown).contains("manager: kubectl\n", "operation: Apply", "f:replicas: {}", "k:{\"name\":\"c\"}:");
        assertThat(kubectl.ok("get", "deploy", "web", "-o", "yaml")).doesNotContain("managedFields");

        assertThat(kubectl.ok("scale", "deploy", "web", "--replicas=3")).contains("scaled");
        Kubectl.Output refused = kubectl.run("apply", "--server-side", STRICT, "-f", file);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.text())
                .contains(
                        "Apply failed with 1 conflict: conflict with \"kubectl." + version
                                + "\" with subresource \"scale\" using apps/v1: .spec.replicas",
                        "--force-conflicts");
        Kubectl.Output diff = kubectl.run("diff", "--server-side", "--force-conflicts", "-f", file);
        assertThat(diff.code()).as(diff.text()).isEqualTo(1);
        assertThat(diff.text()).contains("-  replicas: 3", "+  replicas: 2");
        assertThat(kubectl.ok("apply", "--server-side", "--force-conflicts", STRICT, "-f", file))
                .contains("serverside-applied");
        assertThat(kubectl.ok("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}"))
                .isEqualTo("2");
        file(kubectl, WEB.replace("  replicas: 2\n", ""));
        kubectl.ok("apply", "--server-side", STRICT, "-f", file);
        assertThat(kubectl.ok("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}"))
                .as("nobody owns the number any more, and so it is the default")
                .isEqualTo("1");
        assertThat(kubectl.ok("apply", "--server-side", "--dry-run=server", STRICT, "-f", file))
                .contains("serverside-applied (server dry run)");
        Kubectl.Output unknown =
                kubectl.run("apply", "--server-side", STRICT, "-f", file(kubectl, WEB.replace("replicas", "replicsa")));
        assertThat(unknown.text()).contains(".spec.replicsa: field not declared in schema");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.28", "1.29", "1.30", "1.31", "1.32", "1.33"})
    void anObjectMovesFromClientSideToServerSideApplyAndBack(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl(version, "move");
        String file = file(kubectl, CONF);
        assertThat(kubectl.ok("apply", STRICT, "-f", file)).contains("created");
        assertThat(kubectl.ok("get", "cm", "conf", "-o", "yaml", "--show-managed-fields"))
                .contains("manager: kubectl-client-side-apply", "operation: Update");
        file(kubectl, CONF.replace("a: \"1\", b: \"1\"", "a: \"2\""));
        assertThat(kubectl.ok("apply", "--server-side", STRICT, "-f", file)).contains("serverside-applied");
        assertThat(kubectl.ok("get", "cm", "conf", "-o", "jsonpath={.data}")).isEqualTo("{\"a\":\"2\"}");
        String moved = kubectl.ok("get", "cm", "conf", "-o", "yaml", "--show-managed-fields");
        assertThat(moved)
                .contains("manager: kubectl\n", "last-applied-configuration", "\"data\":{\"a\":\"2\"}")
                .doesNotContain("kubectl-client-side-apply");
        file(kubectl, CONF.replace("a: \"1\", b: \"1\"", "a: \"2\", c: \"1\""));
        assertThat(kubectl.ok("apply", STRICT, "-f", file)).contains("configured");
        file(kubectl, CONF.replace("a: \"1\", b: \"1\"", "a: \"3\""));
        assertThat(kubectl.ok("apply", STRICT, "-f", file)).contains("configured");
        assertThat(kubectl.ok("get", "cm", "conf", "-o", "jsonpath={.data}")).isEqualTo("{\"a\":\"3\"}");
        file(kubectl, CONF.replace("a: \"1\", b: \"1\"", "a: \"4\""));
        assertThat(kubectl.ok("apply", "--server-side", STRICT, "-f", file)).contains("serverside-applied");
        assertThat(kubectl.ok("get", "cm", "conf", "-o", "jsonpath={.data}")).isEqualTo("{\"a\":\"4\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void otherVerbsLeaveTheirNames(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl(version, "names");
        kubectl.ok("create", "configmap", "made", "--from-literal=a=b");
        kubectl.ok("label", "configmap", "made", "x=y");
        kubectl.ok("annotate", "configmap", "made", "x=y");
        kubectl.ok("patch", "configmap", "made", "-p", "{\"data\":{\"c\":\"d\"}}");
        assertThat(kubectl.ok("get", "cm", "made", "-o", "jsonpath={.metadata.managedFields[*].manager}")
                        .split(" "))
                .containsExactlyInAnyOrder("kubectl-annotate", "kubectl-create", "kubectl-label", "kubectl-patch");
        kubectl.ok("create", "deployment", "dep", "--image=busybox:1", "--replicas=0");
        TestServer.await("the controller's status", () -> {
            try {
                return kubectl.ok("get", "deploy", "dep", "-o", "jsonpath={.metadata.managedFields[*].manager}")
                        .contains("keelson-controller-manager");
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }
}
