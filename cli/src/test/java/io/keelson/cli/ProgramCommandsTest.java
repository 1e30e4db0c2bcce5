package io.keelson.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.cli.cluster.Echo;
import io.keelson.cli.cluster.TestCluster;
import io.keelson.cli.cluster.Waiting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goal: {@code keelson exec}, {@code attach} and {@code port-forward} all the way over gRPC: client, server, tunnel, node, process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProgramCommandsTest {

    private static final String PODS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: main, image: localhost/machine, imagePullPolicy: IfNotPresent, command: [sleep, "3600"]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: cat}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: c, image: localhost/machine, imagePullPolicy: IfNotPresent, stdin: true, command: [cat]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {selector: {app: web}, ports: [{port: 80, targetPort: PORT}]}
            """;

    private static final Pattern FORWARDING = Pattern.compile("Forwarding from 127.0.0.1:([0-9]+) -> ([0-9]+)\n");

    private TestCluster cluster;
    private Path directory;
    private int port;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        directory = temporary;
        cluster = TestCluster.start(temporary);
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        cluster.apply(PODS.replace("PORT", Integer.toString(port)), "web", "cat");
    }

    @AfterAll
    void stop() throws IOException {
        cluster.close();
    }

    private Running begin(InputStream in, String... words) {
        return Running.begin(cluster.kubeconfig(), in, words);
    }

    private Running begin(String... words) {
        return begin(InputStream.nullInputStream(), words);
    }

    @Test
    void aCommandEndsWithItsOwnCode() throws Exception {
        try (var run = begin("exec", "web", "--", "sh", "-c", "echo out; echo err >&2; exit 7")) {
            assertThat(run.code()).isEqualTo(7);
            assertThat(run.out()).isEqualTo("out\n");
            assertThat(run.err()).isEqualTo("err\ncommand terminated with exit code 7\n");
        }
        try (var run = begin("exec", "-c", "main", "service/web", "--", "printf", "%s|%s", "a b", "@c")) {
            assertThat(run.code()).isZero();
            assertThat(run.out()).isEqualTo("a b|@c");
            assertThat(run.err()).isEmpty();
        }
    }

    @Test
    void inputGoesToTheCommandAndEndsThere() throws Exception {
        String text = "line one\nline two\n".repeat(60_000);
        var in = new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
        try (var run = begin(in, "exec", "-i", "web", "--", "cat")) {
            assertThat(run.code()).isZero();
            assertThat(run.out()).isEqualTo(text);
        }
    }

    @Test
    void whatCannotRunIsToldSo() throws Exception {
        try (var run = begin("exec", "nobody", "--", "true")) {
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).isEqualTo("error: pods \"nobody\" not found\n");
        }
        try (var run = begin("exec", "web", "-c", "none", "--", "true")) {
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).contains("container none is not valid for pod web");
        }
        try (var run = begin("exec", "web", "--", "no-such-program")) {
            assertThat(run.code()).isNotZero();
            assertThat(run.err()).contains("no-such-program");
        }
        try (var run = begin("exec", "web")) {
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("exec what?");
        }
    }

    @Test
    void withoutATerminalThereIsNoneForTheCommand() throws Exception {
        try (var run = begin("exec", "-it", "web", "--", "sh", "-c", "test -t 0 || echo no terminal")) {
            assertThat(run.code()).isZero();
            assertThat(run.out()).isEqualTo("no terminal\n");
            assertThat(run.err()).contains("Unable to use a TTY - input is not a terminal");
        }
    }

    @Test
    void aTerminalIsOneAndFollowsTheUsersSize() throws Exception {
        var name = directory.resolve("terminal");
        var command = "tty > " + name + "; stty rows 33 cols 99; KEELSON_TERMINAL_INPUT=yes KUBECONFIG="
                + cluster.kubeconfig()
                + " " + String.join(" ", Running.command())
                + " exec -it web -- sh -c 'until [ \"$(stty size)\" = \"33 99\" ]; do sleep 0.05; done; tty; read line;"
                + " echo got $line; until [ \"$(stty size)\" = \"44 77\" ]; do sleep 0.05; done; echo larger; exit 3'"
                + "; code=$?; stty -a; exit $code";
        var process = new ProcessBuilder("script", "-qec", command, "/dev/null")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("screen").toFile())
                .start();
        try (var in = process.getOutputStream()) {
            Waiting.await("a terminal", () -> seen().contains("/dev/pts/"));
            in.write("hello\n".getBytes(StandardCharsets.US_ASCII));
            in.flush();
            Waiting.await("an answer", () -> seen().contains("got hello"));
            var resized = new ProcessBuilder(
                            "stty", "-F", Files.readString(name).strip(), "rows", "44", "cols", "77")
                    .start();
            assertThat(resized.waitFor()).isZero();
            Waiting.await("its end", () -> !process.isAlive());
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(process.waitFor()).isEqualTo(3);
        // The user's terminal is as it was: it echoes, and ends lines.
        assertThat(seen()).contains("larger", " echo ", " icanon ", "opost -olcuc");
    }

    private String seen() throws IOException {
        var file = directory.resolve("screen");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    @Test
    void whoIsAttachedIsReadAndHeard() throws Exception {
        try (var typed = new PipedOutputStream();
                var run = begin(new PipedInputStream(typed), "attach", "-i", "cat")) {
            typed.write("typed\n".getBytes(StandardCharsets.US_ASCII));
            typed.flush();
            Waiting.await("an echo", () -> run.out().equals("typed\n"));
            run.interrupt();
            assertThat(run.code()).isEqualTo(130);
        }
    }

    @Test
    void whoInterruptsACommandGetsTheCodeOfThat() throws Exception {
        var alive = directory.resolve("interrupted");
        try (var run = begin("exec", "web", "--", "sh", "-c", "echo $$ > " + alive + "; sleep 3600")) {
            long pid = pid(alive);
            run.interrupt();
            assertThat(run.code()).isEqualTo(130);
            assertThat(run.err()).isEmpty();
            Waiting.await("the command's end", () -> ended(pid));
        }
    }

    private long pid(Path written) throws IOException, InterruptedException {
        Waiting.await(
                "a pid",
                () -> Files.exists(written) && Files.readString(written).endsWith("\n"));
        return Long.parseLong(Files.readString(written).strip());
    }

    private static boolean ended(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty();
    }

    /** With a client of its own process, whose connection nobody closes in good order. */
    @ParameterizedTest
    @CsvSource({"TERM, 143", "KILL, 137"})
    void aCommandEndsWithItsClient(String signal, int code) throws Exception {
        var alive = directory.resolve("alive-" + signal);
        var command = new ArrayList<>(Running.command());
        command.addAll(List.of("exec", "web", "--", "sh", "-c", "echo $$ > " + alive + "; sleep 3600"));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("client-" + signal).toFile());
        builder.environment().put("KUBECONFIG", cluster.kubeconfig().toString());
        var client = builder.start();
        try {
            long pid = pid(alive);
            var kill = new ProcessBuilder("kill", "-" + signal, Long.toString(client.pid())).start();
            assertThat(kill.waitFor()).isZero();
            assertThat(client.waitFor()).isEqualTo(code);
            Waiting.await("the command's end", () -> ended(pid));
        } finally {
            client.destroyForcibly();
        }
    }

    @Test
    void portsLeadToThePod() throws Exception {
        var pod = InetAddress.getByName(cluster.ok("1.33", "get", "pod", "web", "-o", "jsonpath={.status.podIP}"));
        try (var program = new ServerSocket(port, 50, pod);
                var forward = begin("port-forward", "service/web", ":80");
                var refused = begin("port-forward", "web", ":1")) {
            Echo.start(program);
            Waiting.await("a port", () -> FORWARDING.matcher(forward.out()).find());
            var found = FORWARDING.matcher(forward.out());
            assertThat(found.find()).isTrue();
            assertThat(found.group(2)).isEqualTo(Integer.toString(port));
            for (int i = 0; i < 3; i++) {
                byte[] sent = ("hello " + i + "\n").repeat(50_000).getBytes(StandardCharsets.UTF_8);
                assertThat(Echo.exchanged(Integer.parseInt(found.group(1)), sent))
                        .isEqualTo(sent);
            }
            Waiting.await("a port", () -> FORWARDING.matcher(refused.out()).find());
            var none = FORWARDING.matcher(refused.out());
            assertThat(none.find()).isTrue();
            assertThat(Echo.exchanged(Integer.parseInt(none.group(1)), new byte[] {1}))
                    .isEmpty();
            Waiting.await("the reason", () -> refused.err().contains("error forwarding port 1 to pod web"));
            forward.interrupt();
            assertThat(forward.code()).isEqualTo(130);
        }
        try (var run = begin("port-forward", "service/web", ":81")) {
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).contains("Service web does not have a service port 81");
        }
    }

    @Test
    void whatPodsAndNodesUseIsShown() throws Exception {
        Waiting.await("two measurements", () -> ends("top", "pods", "web").contains("Mi"));
        assertThat(ends("top", "pods", "-A", "--containers"))
                .containsPattern(
                        "NAMESPACE +POD +NAME +CPU\\(cores\\) +MEMORY\\(bytes\\)\n(.*\n)*default +web +main +[0-9]+m +[0-9]+Mi");
        assertThat(ends("top", "pods", "-l", "app=web", "--no-headers")).matches("web +[0-9]+m +[0-9]+Mi *\n");
        assertThat(ends("top", "pods", "-l", "app=none")).isEqualTo("No resources found in default namespace.\n");
        assertThat(ends("top", "nodes")).containsPattern("n1 +[0-9]+m +[0-9]+% +[0-9]+Mi +[0-9]+%");
        assertThat(ends("top", "nodes", "none")).isEqualTo("error: nodes \"none\" not found\n");
        assertThat(ends("top", "everything")).contains("top of what?");
    }

    private String ends(String... words) {
        try (var run = begin(words)) {
            var _ = run.code();
            return run.out() + run.err();
        } catch (InterruptedException | ExecutionException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void whatOnlyKubectlHasIsNamed() throws Exception {
        try (var run = begin("cordon", "n1")) {
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).isEqualTo("""
                            error: keelson has no command "cordon", but kubectl has, and works with this cluster
                              kubectl --kubeconfig ~/.keelson/kubeconfig cordon ...
                            """);
        }
    }
}
