package io.keelson.cli.cluster;

import io.keelson.agent.RuntimeKind;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys and the kubeconfig of a cluster that is not there, for rehearsals and tests. */
public final class SampleFiles {

    private static final int PORTS_OF_A_SERVER = 3;

    private final Path folder;
    private final Keys keys;

    /** Keeps its files in a folder. */
    public SampleFiles(Path folder) {
        this.folder = folder;
        this.keys = new Keys(folder.resolve("pki"), Instant.now());
    }

    /** Writes the files of a cluster of so many servers and one node, on free ports of this machine. */
    public void write(int servers) throws IOException {
        var ports = new ArrayDeque<ServerSocket>();
        try {
            for (int i = 0; i < PORTS_OF_A_SERVER * servers; i++) ports.push(new ServerSocket(0));
            var planned = new ArrayList<Plan.Server>();
            var free = ports.stream().map(ServerSocket::getLocalPort).iterator();
            for (int i = 1; i <= servers; i++)
                planned.add(new Plan.Server("s" + i, free.next(), free.next(), free.next()));
            var plan = new Plan(
                    folder,
                    Plan.idOf(folder),
                    "sample",
                    RuntimeKind.PROCESS,
                    Plan.Uplink.NONE,
                    planned,
                    List.of(Plan.node(1, Optional.empty())),
                    Optional.empty());
            keys.provide(plan);
            Kubeconfig.write(plan, keys);
            plan.save();
        } finally {
            for (var port : ports) port.close();
        }
    }

    private Plan plan() {
        return Plan.require(folder);
    }

    /** The port that the kubeconfig names. */
    public int port() {
        return plan().servers().getFirst().apiPort();
    }

    /** The servers' names; the first is {@code s1}. */
    public List<String> servers() {
        return plan().servers().stream().map(Plan.Server::name).toList();
    }

    /** The command line of a server. */
    public List<String> serverArguments(String name) {
        return Up.serverArguments(plan(), server(name), keys);
    }

    /** Where a server's store listens, {@code host:port}. */
    public String store(String name) {
        return "127.0.0.1:" + server(name).clientPort();
    }

    /** Where a server's API listens, {@code host:port}. */
    public String api(String name) {
        return "127.0.0.1:" + server(name).apiPort();
    }

    private Plan.Server server(String name) {
        return plan().servers().stream()
                .filter(server -> server.name().equals(name))
                .findFirst()
                .orElseThrow();
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
