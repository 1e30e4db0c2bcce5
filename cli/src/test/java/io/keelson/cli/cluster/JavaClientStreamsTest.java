package io.keelson.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubernetes.client.Attach;
import io.kubernetes.client.Copy;
import io.kubernetes.client.Exec;
import io.kubernetes.client.PodLogs;
import io.kubernetes.client.PortForward;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.util.Config;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kubernetes' official Java client, unmodified, and pods that run: commands, logs, attached programs, files, ports. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class JavaClientStreamsTest {

    private static final String NAMESPACE = "default";

    private TestCluster cluster;
    private ApiClient client;
    private Path directory;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        directory = temporary;
        cluster = TestCluster.start(temporary);
        RunningPods.start(cluster);
        client = Config.fromConfig(cluster.kubeconfig().toString());
        client.setReadTimeout(0);
    }

    @AfterAll
    void stop() throws IOException {
        cluster.close();
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private Process exec(boolean stdin, boolean tty, String... command) throws ApiException, IOException {
        return new Exec(client).exec(NAMESPACE, "web", command, "side", stdin, tty);
    }

    @Test
    void aCommandHasItsOutputsAndItsEnd() throws Exception {
        // It waits until its streams are at hand: of a command that has ended the client gives none.
        Process process =
                exec(true, false, "sh", "-c", "read x; printf '%s|' \"$@\"; echo err >&2; exit 7", "sh", "a b", "c");
        InputStream out = process.getInputStream();
        InputStream err = process.getErrorStream();
        process.getOutputStream().write('\n');
        assertThat(text(out)).isEqualTo("a b|c|");
        assertThat(text(err)).isEqualTo("err\n");
        assertThat(process.waitFor()).isEqualTo(7);
    }

    @Test
    void aCommandReadsWhatIsWrittenToIt() throws Exception {
        String text = "line one\nline two\n".repeat(20_000);
        // In this protocol stdin has no end of its own, so the program must know how much to read.
        Process process = exec(true, false, "head", "-c", Integer.toString(text.length()));
        Thread.ofVirtual().start(() -> {
            try (OutputStream in = process.getOutputStream()) {
                in.write(text.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertThat(text(process.getInputStream())).isEqualTo(text);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aTerminalIsOne() throws Exception {
        Process process = exec(true, true, "sh", "-c", "tty; read line; echo got $line; exit 3");
        process.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        assertThat(text(process.getInputStream())).contains("/dev/pts/", "got hello");
        assertThat(process.waitFor()).isEqualTo(3);
    }

    @Test
    void whatCannotRunHasAnEnd() throws Exception {
        Process process = new Exec(client).exec(NAMESPACE, "nobody", new String[] {"true"}, "c", false, false);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isNotZero();
    }

    @Test
    void logsAreReadWholeInPartAndAsTheyCome() throws Exception {
        CoreV1Api core = new CoreV1Api(client);
        assertThat(core.readNamespacedPodLog("said", NAMESPACE).execute()).isEqualTo("first\nsecond\nthird\n");
        assertThat(core.readNamespacedPodLog("said", NAMESPACE).tailLines(1).execute())
                .isEqualTo("third\n");
        assertThat(core.readNamespacedPodLog("said", NAMESPACE).limitBytes(8).execute())
                .isEqualTo("first\nse");
        assertThat(core.readNamespacedPodLog("said", NAMESPACE)
                        .timestamps(true)
                        .tailLines(1)
                        .execute())
                .matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z third\n");
        assertThat(core.readNamespacedPodLog("again", NAMESPACE).previous(true).execute())
                .isEqualTo("before\n");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new PodLogs(client).streamNamespacedPodLog(NAMESPACE, "web", "main"), StandardCharsets.UTF_8))) {
            for (int i = 0; i < 3; i++) {
                assertThat(lines.readLine()).isEqualTo("tick");
            }
        }
    }

    @Test
    void whoIsAttachedReadsAndWrites() throws Exception {
        try (Attach.AttachResult attached = new Attach(client).attach(NAMESPACE, "cat", "c", true, false)) {
            OutputStream in = attached.getStandardInputStream();
            in.write("typed in Java\n".getBytes(StandardCharsets.UTF_8));
            in.flush();
            BufferedReader lines = new BufferedReader(
                    new InputStreamReader(attached.getStandardOutputStream(), StandardCharsets.UTF_8));
            assertThat(lines.readLine()).isEqualTo("typed in Java");
        }
    }

    @Test
    void filesAreCopiedToAndFro() throws Exception {
        Path there = Files.createDirectories(directory.resolve("there")).resolve("file");
        Copy copy = new Copy(client);
        byte[] content = "some content\n".repeat(10_000).getBytes(StandardCharsets.UTF_8);
        copy.copyFileToPod(NAMESPACE, "web", "side", content, there);
        Waiting.await("the whole file", () -> Files.exists(there) && Files.size(there) == content.length);
        assertThat(there).hasBinaryContent(content);
        Path back = directory.resolve("back");
        copy.copyFileFromPod(NAMESPACE, "web", "side", there.toString(), back);
        assertThat(back).hasBinaryContent(content);
    }

    @Test
    void portsAreForwarded() throws Exception {
        String address = Objects.requireNonNull(new CoreV1Api(client)
                        .readNamespacedPod("web", NAMESPACE)
                        .execute()
                        .getStatus())
                .getPodIP();
        try (ServerSocket program = new ServerSocket(0, 50, InetAddress.getByName(address));
                PortForward.PortForwardResult forward =
                        new PortForward(client).forward(NAMESPACE, "web", List.of(program.getLocalPort()))) {
            Echo.start(program);
            byte[] sent = "over a port\n".repeat(5_000).getBytes(StandardCharsets.UTF_8);
            OutputStream out = forward.getOutboundStream(program.getLocalPort());
            Thread.ofVirtual().start(() -> {
                try {
                    out.write(sent);
                    out.flush();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(forward.getInputStream(program.getLocalPort()).readNBytes(sent.length))
                    .isEqualTo(sent);
        }
    }
}
