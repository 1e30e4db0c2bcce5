package io.keelson.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.apis.AuthenticationV1Api;
import io.kubernetes.client.openapi.models.V1SelfSubjectReview;
import io.kubernetes.client.util.ClientBuilder;
import io.kubernetes.client.util.credentials.AccessTokenAuthentication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A pod is somebody, by the token in a volume of it: all the way from the server by its node's agent to the program, and back. */
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

    /** What a pod finds that says nothing of tokens. */
    private static final String PLAIN = """
            apiVersion: v1
            kind: Pod
            metadata: {name: plain}
            spec:
              serviceAccountName: bot
              terminationGracePeriodSeconds: 0
              containers:
              - name: c
                image: localhost/machine
                imagePullPolicy: IfNotPresent
                command: [sh, -c, 'for f in "$@"; do cat "$f"; echo; done; echo "$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT"; exec sleep 3600', sh,
                  /var/run/secrets/kubernetes.io/serviceaccount/namespace, /var/run/secrets/kubernetes.io/serviceaccount/token,
                  /var/run/secrets/kubernetes.io/serviceaccount/ca.crt]
            """;

    private TestCluster cluster;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        cluster = TestCluster.start(temporary);
        cluster.apply(POD + "---\n" + PLAIN, "caller", "plain");
    }

    @AfterAll
    void stop() throws IOException {
        cluster.close();
    }

    private String said(String pod, String end) throws IOException, InterruptedException {
        String said = cluster.ok("1.33", "logs", pod);
        for (int look = 0; !said.endsWith(end) && look < 100; look++) {
            Thread.sleep(100);
            said = cluster.ok("1.33", "logs", pod);
        }
        assertThat(said).endsWith(end);
        return said;
    }

    /** As {@code ClientBuilder.cluster()} does it in a pod, but for the address, which leads to a server in the networks of pods only. */
    @Test
    void aPodThatSaysNothingComesToTheApiByWhatItFinds() throws Exception {
        String said = said("plain", "10.96.0.1:443\n");
        List<String> lines = said.lines().toList();
        assertThat(lines.getFirst()).isEqualTo("default");
        String authorities = said.substring(said.indexOf("-----BEGIN"), said.lastIndexOf("10.96"));
        ApiClient client = new ClientBuilder()
                .setBasePath(cluster.address())
                .setAuthentication(new AccessTokenAuthentication(lines.get(1)))
                .setCertificateAuthority(authorities.getBytes(StandardCharsets.UTF_8))
                .setVerifyingSsl(true)
                .build();
        V1SelfSubjectReview review = new AuthenticationV1Api(client)
                .createSelfSubjectReview(new V1SelfSubjectReview()
                        .apiVersion("authentication.k8s.io/v1")
                        .kind("SelfSubjectReview"))
                .execute();
        assertThat(review.toJson()).contains("\"username\":\"system:serviceaccount:default:bot\"");
    }

    @Test
    void theTokenInItsVolumeSaysWhoThePodIs() throws IOException, InterruptedException {
        String said = said("caller", "\ndefault\n");
        String review = """
                {"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"%s"}}""".formatted(said.lines().findFirst().orElseThrow());
        TestCluster.Output answer = cluster.run("1.33", review, "create", "-f", "-", "-o", "jsonpath={.status}");
        assertThat(answer.out())
                .as(answer.err())
                .contains("\"authenticated\":true", "\"system:serviceaccount:default:bot\"", "[\"caller\"]");
    }
}
