package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.testing.Kubectl;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kubectl drain} of a node whose pods have a disruption budget; the test says of each pod that it is ready, as agents do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DrainTest {

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

    private static List<String> pods(Kubectl kubectl, String where) throws IOException, InterruptedException {
        return List.of(kubectl.ok("get", "pods", "--field-selector", where, "-o", "jsonpath={.items[*].metadata.name}")
                        .split(" ", -1))
                .stream()
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static void ready(Kubectl kubectl, String pod) throws IOException, InterruptedException {
        kubectl.ok(
                "patch",
                "pod",
                pod,
                "--subresource=status",
                "-p",
                "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    }

    private static void awaitAllowed(Kubectl kubectl, String allowed) {
        TestServer.await(allowed + " may go", () -> {
            try {
                return kubectl.ok("get", "pdb", "web", "-o", "jsonpath={.status.disruptionsAllowed}")
                        .equals(allowed);
            } catch (IOException | InterruptedException e) {
                return false;
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void aNodeIsDrainedAsFastAsTheBudgetLets(String version) throws IOException, InterruptedException {
        Kubectl kubectl = Kubectl.of(version, server.kubeconfig(), directory, "drain" + version.replace('.', '-'));
        String namespace = kubectl.namespace();
        String old = "old" + namespace;
        kubectl.ok("create", "namespace", namespace);
        Path file = Files.writeString(directory.resolve(namespace + ".yaml"), """
                apiVersion: v1
                kind: Node
                metadata: {name: %s}
                ---
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: web}
                spec: {minAvailable: "50%%", selector: {matchLabels: {app: web}}}
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      nodeName: %s
                      containers: [{name: c, image: "busybox:1"}]
                """.formatted(old, old));
        kubectl.ok("apply", "-f", file.toString());
        TestServer.await("two pods", () -> {
            try {
                return pods(kubectl, "spec.nodeName=" + old).size() == 2;
            } catch (IOException | InterruptedException e) {
                return false;
            }
        });
        for (String pod : pods(kubectl, "spec.nodeName=" + old)) {
            ready(kubectl, pod);
        }
        awaitAllowed(kubectl, "1");
        assertThat(kubectl.ok("get", "pdb", "web")).containsPattern("web +50% +N/A +1 +");

        Kubectl.Output first = kubectl.run("drain", old, "--force", "--grace-period=0", "--timeout=3s");
        assertThat(first.text()).contains("Cannot evict pod as it would violate the pod's disruption budget.");
        awaitAllowed(kubectl, "0");
        for (String pod : pods(kubectl, "status.phase=Pending")) {
            ready(kubectl, pod);
        }
        awaitAllowed(kubectl, "1");
    }
}
