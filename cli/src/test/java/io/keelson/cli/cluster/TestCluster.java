package io.keelson.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.keelson.agent.Agent;
import io.keelson.agent.AgentConfig;
import io.keelson.agent.RuntimeKind;
import io.keelson.agent.Teardown;
import io.keelson.cli.client.Access;
import io.keelson.cli.client.Servers;
import io.keelson.orchestrator.Orchestrator;
import io.keelson.orchestrator.OrchestratorConfig;
import io.keelson.orchestrator.StoreStatus;
import io.keelson.store.HostPort;
import io.keelson.store.MemoryKv;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Servers of one store in memory and a node with the process runtime, all in this process, as real clients see them: by TLS and kubectl. */
public final class TestCluster implements AutoCloseable {

    private static final int SERVERS = 2;

    private final Path directory;
    private final Plan plan;
    private final List<Orchestrator> servers = new ArrayList<>();
    private final Agent agent;

    private TestCluster(Path directory, Plan plan, Keys keys) throws IOException {
        this.directory = directory;
        this.plan = plan;
        MemoryKv kv = new MemoryKv();
        for (Plan.Server server : plan.servers()) {
            OrchestratorConfig config = new OrchestratorConfig(
                    server.name(),
                    List.of(new HostPort("127.0.0.1", server.apiPort())),
                    keys.certificate(server.name()),
                    keys.key(server.name()),
                    keys.authority(),
                    "10.96.0.0/16",
                    "10.244.0.0/16",
                    List.of());
            servers.add(Orchestrator.start(config, kv, () -> new StoreStatus(Optional.of("s1"), true, 1)));
        }
        this.agent = Agent.start(new AgentConfig(
                "n1",
                directory.resolve("node"),
                plan.servers().stream()
                        .map(server -> new io.keelson.agent.rpc.HostPort("127.0.0.1", server.apiPort()))
                        .toList(),
                keys.certificate("n1"),
                keys.key("n1"),
                keys.authority(),
                RuntimeKind.PROCESS,
                "127.0.0.1",
                directory.resolve("images"),
                Map.of()));
    }

    public static TestCluster start(Path directory) throws IOException {
        Plan plan = new Plan(
                directory,
                "abcdef",
                "token",
                RuntimeKind.PROCESS,
                Plan.Uplink.NONE,
                IntStream.rangeClosed(1, SERVERS)
                        .mapToObj(n -> new Plan.Server("s" + n, 1, 2, freePort()))
                        .toList(),
                List.of(Plan.node(1, Optional.empty())),
                Optional.empty());
        Keys keys = new Keys(directory.resolve("pki"), Instant.now());
        keys.provide(plan);
        Kubeconfig.write(plan, keys);
        return new TestCluster(directory, plan, keys);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a program said, and how it ended. */
    public record Output(int code, String out, String err) {}

    /** A kubectl of some version that is running. */
    public final class Kubectl implements AutoCloseable {
        private final Process process;
        private final Path out;
        private final Path err;

        private Kubectl(String version, int server, List<String> arguments, Map<String, String> environment)
                throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    binary(version).toString(),
                    "--server=https://127.0.0.1:" + plan.servers().get(server).apiPort()));
            command.addAll(arguments);
            out = Files.createTempFile(directory, "kubectl", ".out");
            err = Files.createTempFile(directory, "kubectl", ".err");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().put("KUBECONFIG", plan.kubeconfig().toString());
            builder.environment().put("HOME", directory.resolve("home").toString());
            builder.environment().putAll(environment);
            process = builder.start();
        }

        public String soFar() throws IOException {
            return Files.readString(out) + Files.readString(err);
        }

        public Output ended(byte[] stdin) throws IOException, InterruptedException {
            try (OutputStream in = process.getOutputStream()) {
                in.write(stdin);
            } catch (IOException e) {
                // It did not want it.
            }
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("kubectl did not end; it said: " + soFar());
            }
            return new Output(
                    process.exitValue(),
                    new String(Files.readAllBytes(out), StandardCharsets.ISO_8859_1),
                    Files.readString(err));
        }

        OutputStream stdin() {
            return process.getOutputStream();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    public Kubectl begin(String version, String... arguments) throws IOException {
        return new Kubectl(version, 0, List.of(arguments), Map.of());
    }

    /** Runs kubectl to its end, against one of the servers. */
    Output run(String version, int server, String stdin, String... arguments) throws IOException, InterruptedException {
        return new Kubectl(version, server, List.of(arguments), Map.of())
                .ended(stdin.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Output run(String version, String stdin, String... arguments) throws IOException, InterruptedException {
        return run(version, 0, stdin, arguments);
    }

    public String ok(String version, String... arguments) throws IOException, InterruptedException {
        Output output = run(version, "", arguments);
        assertThat(output.code())
                .as(String.join(" ", arguments) + ": " + output.out() + output.err())
                .isZero();
        return output.out();
    }

    /** Applies objects, and waits until pods of theirs are ready. */
    public void apply(String yaml, String... pods) throws IOException, InterruptedException {
        Output applied = run("1.33", yaml, "apply", "-f", "-");
        assertThat(applied.code()).as(applied.err()).isZero();
        for (String pod : pods) {
            ok("1.33", "wait", "--for=condition=Ready", "pod/" + pod, "--timeout=50s");
        }
    }

    /** A kubectl with all that it needs, as words of a shell. */
    String kubectl(String version) {
        return "KUBECONFIG=" + plan.kubeconfig() + " HOME=" + directory.resolve("home") + " " + binary(version);
    }

    private static Path binary(String version) {
        Optional<Path> found = Stream.of(System.getenv("PATH").split(":", -1))
                .map(folder -> Path.of(folder, "kubectl"))
                .filter(Files::isExecutable)
                .map(TestCluster::real)
                .map(kubectl -> kubectl.resolveSibling("kubectl." + version))
                .filter(Files::isExecutable)
                .findFirst();
        Assumptions.assumeTrue(
                found.isPresent(), "SKIPPED: there is no kubectl." + version + " beside the kubectl in the PATH");
        return found.orElseThrow();
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }

    /** Where the first server is. */
    public String address() {
        return "https://127.0.0.1:" + plan.servers().getFirst().apiPort();
    }

    /** Who a client is, and where. */
    public Path kubeconfig() {
        return plan.kubeconfig();
    }

    /** The node goes, and its tunnels with it. */
    public void loseNode() throws IOException {
        agent.close();
    }

    /** To the first server, as an administrator. */
    ManagedChannel channel() {
        return new Servers(Access.fromKubeconfig(plan.kubeconfig()))
                .channelTo("127.0.0.1:" + plan.servers().getFirst().apiPort());
    }

    @Override
    public void close() throws IOException {
        agent.close();
        servers.reversed().forEach(Orchestrator::close);
        try {
            Teardown.run(RuntimeKind.PROCESS, directory.resolve("node"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
