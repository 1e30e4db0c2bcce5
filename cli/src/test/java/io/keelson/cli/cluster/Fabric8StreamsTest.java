package io.keelson.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.ContainerResource;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** fabric8's client, unmodified, and pods that run: commands, logs, attached programs, files, ports. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class Fabric8StreamsTest {

    private TestCluster cluster;
    private KubernetesClient client;
    private Path directory;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        directory = temporary;
        cluster = TestCluster.start(temporary);
        RunningPods.start(cluster);
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster.kubeconfig().toFile()))
                .build();
    }

    @AfterAll
    void stop() throws IOException {
        // The cluster first: it has processes, and there may be no client yet.
        cluster.close();
        client.close();
    }

    private PodResource pod(String name) {
        return client.pods().inNamespace("default").withName(name);
    }

    private ContainerResource side() {
        return pod("web").inContainer("side");
    }

    private static int code(ExecWatch exec) throws Exception {
        return exec.exitCode().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aCommandHasItsOutputsAndItsEnd() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (ExecWatch exec =
                side().writingOutput(out).writingError(err).exec("sh", "-c", "echo out; echo err >&2; exit 7")) {
            assertThat(code(exec)).isEqualTo(7);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("out\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("err\n");
    }

    @Test
    @SuppressWarnings("deprecation") // the way that most programs have
    void aCommandReadsWhatIsWrittenToIt() throws Exception {
        String text = "line one\nline two\n".repeat(20_000);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ExecWatch exec = side().readingInput(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                .writingOutput(out)
                .exec("head", "-c", Integer.toString(text.length()))) {
            assertThat(code(exec)).isZero();
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void aTerminalIsOneAndHasASize() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ExecWatch exec = side().redirectingInput()
                .writingOutput(out)
                .withTTY()
                .exec("sh", "-c", "tty; read line; stty size; echo got $line; exit 3")) {
            exec.resize(99, 33);
            exec.getInput().write("hello\n".getBytes(StandardCharsets.US_ASCII));
            exec.getInput().flush();
            assertThat(code(exec)).isEqualTo(3);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("/dev/pts/", "33 99", "got hello");
    }

    @Test
    @SuppressWarnings("deprecation") // the way that most programs have
    void whatCannotRunIsToldWithItsReason() throws Exception {
        ByteArrayOutputStream why = new ByteArrayOutputStream();
        try (ExecWatch exec =
                side().redirectingOutput().writingErrorChannel(why).exec("no-such-program")) {
            assertThat(code(exec)).isNotZero();
        }
        assertThat(why.toString(StandardCharsets.UTF_8)).contains("\"status\":\"Failure\"", "no-such-program");
    }

    @Test
    void logsAreReadWholeInPartAndAsTheyCome() throws Exception {
        assertThat(pod("said").getLog()).isEqualTo("first\nsecond\nthird\n");
        assertThat(pod("said").tailingLines(1).getLog()).isEqualTo("third\n");
        assertThat(pod("said").limitBytes(8).getLog()).isEqualTo("first\nse");
        assertThat(pod("again").terminated().getLog()).isEqualTo("before\n");
        try (LogWatch log = pod("web").inContainer("main").watchLog();
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(log.getOutput(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < 3; i++) {
                assertThat(lines.readLine()).isEqualTo("tick");
            }
        }
    }

    @Test
    void whoIsAttachedReadsAndWrites() throws Exception {
        try (ExecWatch attached =
                pod("cat").redirectingInput().redirectingOutput().attach()) {
            attached.getInput().write("typed for fabric8\n".getBytes(StandardCharsets.UTF_8));
            attached.getInput().flush();
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(attached.getOutput(), StandardCharsets.UTF_8));
            assertThat(lines.readLine()).isEqualTo("typed for fabric8");
        }
    }

    @Test
    void filesAreCopiedToAndFro() throws Exception {
        Path from = Files.writeString(directory.resolve("from"), "some content\n".repeat(50_000));
        Path there = Files.createDirectories(directory.resolve("there")).resolve("file");
        // The end of its input is told to the command by the end of the connection; all that came before must arrive.
        for (int i = 0; i < 5; i++) {
            assertThat(side().file(there.toString()).upload(from)).isTrue();
            assertThat(there).hasSameTextualContentAs(from);
            Files.delete(there);
        }
        assertThat(side().file(there.toString()).upload(from)).isTrue();
        Path back = directory.resolve("back");
        assertThat(side().file(there.toString()).copy(back)).isTrue();
        assertThat(back).hasSameTextualContentAs(from);
        var copy = new ByteArrayOutputStream();
        try (InputStream read = side().file(there.toString()).read()) {
            // Not readAllBytes: it asks for no bytes when its buffer is full, and the client asserts that nobody does.
            var _ = read.transferTo(copy);
        }
        assertThat(copy.toByteArray()).isEqualTo(Files.readAllBytes(from));
    }

    @Test
    void portsAreForwarded() throws Exception {
        String address = pod("web").get().getStatus().getPodIP();
        try (ServerSocket program = new ServerSocket(0, 50, InetAddress.getByName(address));
                LocalPortForward forward = pod("web").portForward(program.getLocalPort())) {
            Echo.start(program);
            byte[] sent = "over a port\n".repeat(5_000).getBytes(StandardCharsets.UTF_8);
            try (Socket socket = new Socket(forward.getLocalAddress(), forward.getLocalPort())) {
                Thread.ofVirtual().start(() -> {
                    try {
                        socket.getOutputStream().write(sent);
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                });
                assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            }
            assertThat(forward.errorOccurred()).isFalse();
        }
    }
}
