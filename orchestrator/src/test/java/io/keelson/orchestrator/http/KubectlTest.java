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

/** Real kubectl against a real server on a store in memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlTest {

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
                  - {name: c, image: "busybox:1", ports: [{containerPort: 80}], envFrom: [{configMapRef: {name: conf}}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: conf}
            data: {a: "1"}
            """;

    private TestServer server;
    private Path directory;
    private Path kubeconfig;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException {
        directory = temporary;
        server = TestServer.start(temporary);
        kubeconfig = server.kubeconfig();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private Kubectl kubectl(String version) {
        return Kubectl.of(version, kubeconfig, directory, "v" + version.replace('.', '-'));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.32", "1.33"})
    void theVerbsOfEveryDayWork(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl(version);
        String namespace = kubectl.namespace();
        Path file = Files.writeString(directory.resolve(namespace + ".yaml"), WEB);
        assertThat(kubectl.ok("version")).contains("Server Version: v1.36");
        assertThat(kubectl.ok("create", "namespace", namespace)).contains("created");

        assertThat(kubectl.ok("apply", "-f", file.toString()))
                .contains("deployment.apps/web created", "service/web created", "configmap/conf created");
        assertThat(kubectl.ok("apply", "-f", file.toString()))
                .contains("deployment.apps/web unchanged", "service/web unchanged", "configmap/conf unchanged");
        Files.writeString(file, WEB.replace("a: \"1\"", "a: \"2\""));
        assertThat(kubectl.ok("apply", "-f", file.toString())).contains("configmap/conf configured");
        assertThat(kubectl.ok("get", "cm", "conf", "-o", "jsonpath={.data.a}")).isEqualTo("2");
        assertThat(kubectl.run("diff", "-f", file.toString()).code()).isZero();

        assertThat(kubectl.ok("get", "deployments,services")).contains("READY", "UP-TO-DATE", "CLUSTER-IP");
        assertThat(kubectl.ok("get", "deploy", "web", "-o", "wide")).contains("CONTAINERS", "busybox:1", "app=web");
        assertThat(kubectl.ok("get", "deploy", "-l", "app=web", "-o", "name")).isEqualTo("deployment.apps/web\n");
        assertThat(kubectl.ok("get", "deploy", "-l", "app=none")).contains("No resources found");
        assertThat(kubectl.ok("get", "ns", "-A", "-o", "yaml")).contains("kind: List");
        assertThat(kubectl.ok("describe", "deploy", "web")).contains("StrategyType:", "RollingUpdate");
        assertThat(kubectl.ok("describe", "service", "web")).contains("NodePort:");
        assertThat(kubectl.ok("describe", "namespace", namespace)).contains("Active");

        assertThat(kubectl.ok("scale", "deploy", "web", "--replicas=3")).contains("scaled");
        assertThat(kubectl.ok("label", "deploy", "web", "tier=front")).contains("labeled");
        assertThat(kubectl.ok("annotate", "deploy", "web", "note=x")).contains("annotated");
        assertThat(kubectl.ok("patch", "deploy", "web", "-p", "{\"spec\":{\"minReadySeconds\":1}}"))
                .contains("patched");
        assertThat(kubectl.ok("set", "image", "deploy/web", "c=busybox:2")).contains("image updated");
        assertThat(kubectl.ok("get", "deploy", "web", "-o", "jsonpath={.spec.replicas} {.metadata.labels.tier}"))
                .isEqualTo("3 front");
        assertThat(kubectl.run("rollout", "status", "deploy/web", "--timeout=1s")
                        .text())
                .contains("Waiting for");

        assertThat(kubectl.ok("create", "configmap", "lit", "--from-literal=a=b"))
                .contains("created");
        assertThat(kubectl.ok("create", "secret", "generic", "s", "--from-literal=a=b"))
                .contains("created");
        assertThat(kubectl.ok("explain", "deployment.spec.replicas")).contains("FIELD: replicas <integer>");
        assertThat(kubectl.ok("api-resources")).contains("endpointslices", "leases");

        assertThat(kubectl.ok("delete", "-f", file.toString())).contains("deployment.apps \"web\" deleted");
        assertThat(kubectl.run("get", "deploy", "web").text())
                .isEqualTo("Error from server (NotFound): deployments.apps \"web\" not found\n");
        assertThat(kubectl.ok("delete", "namespace", namespace)).contains("deleted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.32", "1.33"})
    void badInputIsToldAsKubernetesTellsIt(String version) throws IOException, InterruptedException {
        Kubectl kubectl = kubectl(version);
        Path unknown = Files.writeString(
                directory.resolve("unknown.yaml"),
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: default}\ndta: {}\n");
        assertThat(kubectl.run("-n", "default", "apply", "-f", unknown.toString())
                        .text())
                .contains("unknown field \"dta\"");
        assertThat(kubectl.run("get", "nonsense").text()).contains("doesn't have a resource type \"nonsense\"");
        assertThat(kubectl.run("apply", "--server-side", "-f", unknown.toString())
                        .code())
                .isNotZero();
        assertThat(kubectl.run("logs", "nobody").text()).contains("not found");
    }
}
