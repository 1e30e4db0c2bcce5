package io.keelson.orchestrator.kubectl;

import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.testing.Kubectl;
import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server, and kubectl of any version as its administrator: each in a namespace and a folder of its own. */
final class KubectlServer implements AutoCloseable {

    private final Path directory;
    private final TestServer server;
    private final Path kubeconfig;

    KubectlServer(Path directory) {
        this.directory = directory;
        server = TestServer.start(directory);
        kubeconfig = server.kubeconfig();
    }

    /** One in a new namespace, which is named for its purpose and the version. */
    Kubectl kubectl(String version, String purpose) throws IOException, InterruptedException {
        String namespace = purpose + "-" + version.replace('.', '-');
        Kubectl kubectl = Kubectl.of(version, kubeconfig, directory, namespace)
                .in(Files.createDirectories(directory.resolve(namespace)));
        kubectl.ok("create", "namespace", namespace);
        // What each namespace gets by itself comes a moment later; outputs must not depend on it.
        Ref last = new Ref(Kinds.CONFIG_MAP, namespace, "kube-root-ca.crt");
        TestServer.await("what a namespace has", () -> server.api().find(last).isPresent());
        return kubectl;
    }

    @Override
    public void close() {
        server.close();
    }
}
