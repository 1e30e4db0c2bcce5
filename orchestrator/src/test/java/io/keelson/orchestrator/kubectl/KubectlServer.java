package io.keelson.orchestrator.kubectl;

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
        return kubectl;
    }

    @Override
    public void close() {
        server.close();
    }
}
