package io.keelson.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nodes and pods use, measured on a real node with real processes, as every kubectl shows it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopTest {

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: busy, labels: {app: busy}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: c, image: localhost/machine, imagePullPolicy: IfNotPresent, command: [sh, -c, "while true; do :; done"]}
            """;

    private TestCluster cluster;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        cluster = TestCluster.start(temporary);
        cluster.apply(POD, "busy");
        Waiting.await(
                "two measurements",
                () -> cluster.run("1.33", "", "top", "pod", "busy").code() == 0);
    }

    @AfterAll
    void stop() throws IOException {
        cluster.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.28", "1.29", "1.30", "1.31", "1.32", "1.33"})
    void usageIsShown(String version) throws IOException, InterruptedException {
        assertThat(cluster.ok(version, "top", "pods", "-A", "--containers"))
                .containsPattern("default +busy +c +[0-9]+m +[0-9]+Mi");
        assertThat(cluster.ok(version, "top", "pods", "-l", "app=busy")).containsPattern("busy +[1-9][0-9]*m");
        assertThat(cluster.run(version, "", "top", "pods", "-l", "app=none").err())
                .contains("No resources found");
        assertThat(cluster.ok(version, "top", "nodes")).containsPattern("n1 +[0-9]+m +[0-9]+% +[0-9]+Mi +[0-9]+%");
        assertThat(cluster.ok(version, "top", "node", "n1")).contains("n1 ");
        assertThat(cluster.ok(version, "get", "--raw", "/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/busy"))
                .contains("\"window\":", "\"timestamp\":");
        assertThat(cluster.run(version, "", "get", "--raw", "/apis/metrics.k8s.io/v1beta1/nodes/none")
                        .err())
                .contains("not found");
        assertThat(cluster.ok(version, "get", "pods.metrics.k8s.io", "busy"))
                .containsPattern("NAME +CPU +MEMORY +WINDOW\\s+busy +[0-9]+[num]? +[0-9]+(Ki|Mi|Gi) +[0-9.]+s");
        assertThat(cluster.ok(version, "get", "nodes.metrics.k8s.io"))
                .containsPattern("n1 +[0-9]+[num]? +[0-9]+(Ki|Mi|Gi) +[0-9.]+s");
        assertThat(cluster.ok(version, "explain", "nodes", "--api-version=metrics.k8s.io/v1beta1"))
                .contains("KIND:       NodeMetrics", "What a node uses", "usage");
        assertThat(cluster.ok(version, "api-resources", "--api-group=metrics.k8s.io"))
                .contains("NodeMetrics", "PodMetrics");
    }
}
