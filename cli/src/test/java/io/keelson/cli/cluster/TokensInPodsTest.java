package io.keelson.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A pod that asks for a token in a volume is somebody: all the way from the server by its node's agent to the program, and back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokensInPodsTest {

    private static final String POD = """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: bot}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: caller}
            spec:
              serviceAccountName: bot
              terminationGracePeriodSeconds: 0
              volumes:
              - name: who
                projected:
                  sources:
                  - serviceAccountToken: {path: token, expirationSeconds: 600}
                  - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}
              containers:
              - name: c
                image: localhost/machine
                imagePullPolicy: IfNotPresent
                command: [sh, -c, 'cat "$0"; echo; cat "$1"; echo; exec sleep 3600', /who/token, /who/namespace]
                volumeMounts: [{name: who, mountPath: /who, readOnly: true}]
            """;

    private TestCluster cluster;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        cluster = TestCluster.start(temporary);
        cluster.apply(POD, "caller");
    }

    @AfterAll
    void stop() throws IOException {
        cluster.close();
    }

    @Test
    void theTokenInItsVolumeSaysWhoThePodIs() throws IOException, InterruptedException {
        String said = cluster.ok("1.33", "logs", "caller");
        for (int look = 0; !said.endsWith("default\n") && look < 100; look++) {
            Thread.sleep(100);
            said = cluster.ok("1.33", "logs", "caller");
        }
        assertThat(said).endsWith("\ndefault\n");
        String review = """
                {"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"%s"}}""".formatted(said.lines().findFirst().orElseThrow());
        TestCluster.Output answer = cluster.run("1.33", review, "create", "-f", "-", "-o", "jsonpath={.status}");
        assertThat(answer.out())
                .as(answer.err())
                .contains("\"authenticated\":true", "\"system:serviceaccount:default:bot\"", "[\"caller\"]");
    }
}
