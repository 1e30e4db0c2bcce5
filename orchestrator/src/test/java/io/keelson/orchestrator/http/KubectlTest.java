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

    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: crontabs.GROUP}
            spec:
              group: GROUP
              scope: Namespaced
              names: {plural: crontabs, kind: CronTab, shortNames: [ct-NAME]}
              versions:
              - name: v1
                served: true
                storage: true
                subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
                additionalPrinterColumns: [{name: Cron, type: string, jsonPath: .spec.cron}]
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        x-kubernetes-validations: [{rule: "self.replicas < 5", message: too many}]
                        properties:
                          cron: {type: string, description: When it runs.}
                          replicas: {type: integer, default: 1}
                      status: {type: object, properties: {replicas: {type: integer}}}
            """;

    private static final String CRON_TAB = """
            apiVersion: GROUP/v1
            kind: CronTab
            metadata: {name: mine}
            spec: {cron: "* *", replicas: 2}
            """;

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.28", "1.29", "1.30", "1.31", "1.32", "1.33"})
    void aKindThatIsDefinedAtRunTimeIsOneLikeAnyOther(String version) throws IOException, InterruptedException {
        Kubectl kubectl = Kubectl.of(version, kubeconfig, directory, "kind" + version.replace('.', '-'));
        String validate = "--validate=true";
        String group = kubectl.namespace() + ".example.com";
        Path definition = Files.writeString(
                directory.resolve(kubectl.namespace() + "-crd.yaml"),
                DEFINITION.replace("GROUP", group).replace("NAME", kubectl.namespace()));
        Path object = Files.writeString(
                directory.resolve(kubectl.namespace() + "-ct.yaml"), CRON_TAB.replace("GROUP", group));
        String resource = "crontabs." + group;
        kubectl.ok("create", "namespace", kubectl.namespace());
        assertThat(kubectl.ok("apply", validate, "-f", definition.toString())).contains("created");
        assertThat(kubectl.ok("apply", validate, "-f", definition.toString())).contains("unchanged");
        assertThat(kubectl.ok("wait", "--for=condition=Established", "crd/" + resource))
                .contains("condition met");
        assertThat(kubectl.ok("get", "crd", resource)).contains("CREATED AT");
        assertThat(kubectl.ok("apply", validate, "-f", object.toString())).contains("/mine created");
        assertThat(kubectl.ok("apply", validate, "-f", object.toString())).contains("/mine unchanged");
        Files.writeString(object, CRON_TAB.replace("GROUP", group).replace("* *", "1 1"));
        assertThat(kubectl.ok("apply", validate, "-f", object.toString())).contains("/mine configured");
        assertThat(kubectl.ok("get", "ct-" + kubectl.namespace())).contains("CRON", "1 1");
        assertThat(kubectl.ok("explain", resource + ".spec.cron")).contains("When it runs.", "<string>");
        assertThat(kubectl.ok("scale", resource + "/mine", "--replicas=3")).contains("scaled");
        assertThat(kubectl.run("patch", resource, "mine", "--type=merge", "-p", "{\"spec\":{\"replicas\":7}}")
                        .text())
                .contains("spec: Invalid value: \"object\": too many");
        assertThat(kubectl.ok("patch", resource, "mine", "--type=merge", "-p", "{\"spec\":{\"replicas\":4}}"))
                .contains("patched");
        assertThat(kubectl.run("patch", resource, "mine", "--type=strategic", "-p", "{}")
                        .code())
                .isNotZero();
        Files.writeString(object, CRON_TAB.replace("GROUP", group).replace("cron:", "chron: x, cron:"));
        assertThat(kubectl.run("apply", validate, "-f", object.toString()).text())
                .contains("unknown field \"spec.chron\"");
        assertThat(kubectl.ok("get", resource, "mine", "-o", "jsonpath={.spec.replicas}"))
                .isEqualTo("4");
        assertThat(kubectl.ok("label", resource, "mine", "a=b")).contains("labeled");
        Files.writeString(object, CRON_TAB.replace("GROUP", group).replace("* *", "2 2"));
        assertThat(kubectl.run("apply", validate, "--server-side", "--field-manager=other", "-f", object.toString())
                        .text())
                .contains("conflict");
        assertThat(kubectl.ok(
                        "apply",
                        validate,
                        "--server-side",
                        "--force-conflicts",
                        "--field-manager=other",
                        "-f",
                        object.toString()))
                .contains("serverside-applied");
        assertThat(kubectl.ok("get", resource, "mine", "-o", "jsonpath={.spec.cron} {.spec.replicas}"))
                .isEqualTo("2 2 2");
        assertThat(kubectl.ok("delete", resource, "mine")).contains("deleted");
        Files.writeString(object, CRON_TAB.replace("GROUP", group));
        kubectl.ok("create", validate, "-f", object.toString());
        assertThat(kubectl.ok("delete", "crd", resource)).contains("deleted");
        assertThat(kubectl.run("get", "--raw", "/apis/" + group + "/v1").code()).isNotZero();
    }
}
