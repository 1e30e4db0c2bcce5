package io.keelson.cli.cluster;

import io.keelson.agent.RuntimeKind;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The keys and the kubeconfig of a cluster of one server that is not there, for rehearsals and tests. */
public final class SampleFiles {

    private final Path folder;
    private final Keys keys;

    /** Keeps its files in a folder. */
    public SampleFiles(Path folder) {
        this.folder = folder;
        this.keys = new Keys(folder.resolve("pki"), Instant.now());
    }

    /** Writes the files of a cluster whose API server listens on a free port of this machine. */
    public void write() throws IOException {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var plan = new Plan(
                folder,
                Plan.idOf(folder),
                "sample",
                RuntimeKind.PROCESS,
                Plan.Uplink.NONE,
                List.of(new Plan.Server("s1", port, port, port)),
                List.of(),
                Optional.empty());
        keys.provide(plan);
        Kubeconfig.write(plan, keys);
        Files.writeString(folder.resolve("port"), Integer.toString(port));
    }

    /** The port that the kubeconfig names. */
    public int port() throws IOException {
        return Integer.parseInt(Files.readString(folder.resolve("port")));
    }

    public Path kubeconfig() {
        return folder.resolve("kubeconfig");
    }

    public Path authority() {
        return keys.authority();
    }

    public Path certificate() {
        return keys.certificate("s1");
    }

    public Path key() {
        return keys.key("s1");
    }
}
