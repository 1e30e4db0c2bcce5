package io.keelson.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.cli.cluster.TestCluster;
import io.keelson.cli.cluster.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Goal: who runs a command on a node that goes is told so, and does not wait for ever: by SPDY, by WebSocket and over gRPC. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostNodeTest {

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: c, image: localhost/machine, imagePullPolicy: IfNotPresent, command: [sleep, "3600"]}
            """;

    private static final String[] COMMAND = {"exec", "web", "--", "sh", "-c", "echo begun; exec sleep 3600"};

    private TestCluster cluster;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        cluster = TestCluster.start(temporary);
        cluster.apply(POD, "web");
    }

    @AfterAll
    void stop() throws IOException {
        cluster.close();
    }

    @Test
    void whoRunsACommandThereIsTold() throws Exception {
        try (var spdy = cluster.begin("1.27", COMMAND);
                var webSocket = cluster.begin("1.33", COMMAND);
                var grpc = Running.begin(cluster.kubeconfig(), InputStream.nullInputStream(), COMMAND)) {
            Waiting.await(
                    "three commands",
                    () -> spdy.soFar().contains("begun\n")
                            && webSocket.soFar().contains("begun\n")
                            && grpc.out().contains("begun\n"));
            cluster.loseNode();
            assertThat(grpc.code()).isEqualTo(1);
            assertThat(grpc.err())
                    .startsWith("error: the connection to the command is lost, and how it ended is not known: ")
                    .contains("n1");
            for (var kubectl : new TestCluster.Kubectl[] {spdy, webSocket}) {
                var ended = kubectl.ended(new byte[0]);
                assertThat(ended.code()).isEqualTo(1);
                assertThat(ended.err()).startsWith("error: ").contains("n1");
            }
        }
        // No tunnel, no command: told before anything begins.
        var refused = cluster.run("1.33", "", "exec", "web", "--", "true");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("n1");
    }
}
