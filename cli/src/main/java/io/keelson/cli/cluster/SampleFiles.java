package io.keelson.cli.cluster;

import io.keelson.agent.RuntimeKind;
import java.io.IOException;
import java.net.ServerSocket;
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

    /** Writes the files of a cluster of one server and one node, on free ports of this machine. */
    public void write() throws IOException {
        try (var client = new ServerSocket(0);
                var peer = new ServerSocket(0);
                var api = new ServerSocket(0)) {
            var server = new Plan.Server("s1", client.getLocalPort(), peer.getLocalPort(), api.getLocalPort());
            var plan = new Plan(
                    folder,
                    Plan.idOf(folder),
                    "sample",
                    RuntimeKind.PROCESS,
                    Plan.Uplink.NONE,
                    List.of(server),
                    List.of(Plan.node(1, Optional.empty())),
                    Optional.empty());
            keys.provide(plan);
            Kubeconfig.write(plan, keys);
            plan.save();
        }
    }

    private Plan plan() {
        return Plan.require(folder);
    }

    /** The port that the kubeconfig names. */
    public int port() {
        return plan().servers().getFirst().apiPort();
    }

    /** The command line of the server. */
    public List<String> serverArguments() {
        return Up.serverArguments(plan(), plan().servers().getFirst(), keys);
    }

    /** The command line of the node. */
    public List<String> agentArguments() throws IOException {
        return Up.agentArguments(plan(), plan().nodes().getFirst(), keys);
    }

    /** Where they all are. */
    public Path folder() {
        return folder;
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
