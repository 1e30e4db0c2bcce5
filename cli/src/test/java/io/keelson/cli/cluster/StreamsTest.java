package io.keelson.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.keelson.cli.client.Servers;
import io.keelson.proto.v1.ContainerIo;
import io.keelson.proto.v1.ExecRequest;
import io.keelson.proto.v1.ExecResponse;
import io.keelson.proto.v1.ExecStart;
import io.keelson.proto.v1.Exited;
import io.keelson.proto.v1.Started;
import io.keelson.proto.v1.StreamsGrpc;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: commands in containers and connections to pods, by every kubectl, all the way: client, server, tunnel, node, process. Those before 1.30
 * speak SPDY, the others WebSocket; ports came to WebSocket in 1.31.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamsTest {

    private TestCluster cluster;
    private Path directory;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        directory = temporary;
        cluster = TestCluster.start(temporary);
        cluster.apply(RunningPods.WEB_AND_CAT, "web", "cat");
    }

    @AfterAll
    void stop() throws IOException {
        cluster.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.28", "1.29", "1.30", "1.31", "1.32", "1.33"})
    void commandsRunInContainers(String version) throws IOException, InterruptedException {
        TestCluster.Output both = cluster.run(
                version, 1, "", "exec", "web", "-c", "side", "--", "sh", "-c", "echo out; echo err >&2; exit 7");
        assertThat(both.out()).isEqualTo("out\n");
        assertThat(both.err()).contains("err\n", "command terminated with exit code 7");
        assertThat(both.code()).isEqualTo(7);
        assertThat(cluster.ok(version, "exec", "web", "-c", "side", "--", "printf", "%s|%s", "a b", "c"))
                .isEqualTo("a b|c");
        // The end of the input is an end for the program.
        String text = "line one\nline two\n".repeat(60_000);
        TestCluster.Output counted = cluster.run(version, text, "exec", "-i", "web", "-c", "side", "--", "wc", "-c");
        assertThat(counted.err()).isEmpty();
        assertThat(counted.out().strip()).isEqualTo(Integer.toString(text.length()));
        assertThat(cluster.run(version, text, "exec", "-i", "web", "-c", "side", "--", "cat")
                        .out())
                .isEqualTo(text);
        assertThat(cluster.run(version, "", "exec", "web", "--", "no-such-program")
                        .err())
                .contains("no-such-program");
        assertThat(cluster.run(version, "", "exec", "web", "-c", "none", "--", "true")
                        .err())
                .contains("container none is not valid for pod web");
        assertThat(cluster.run(version, "", "exec", "nobody", "--", "true").err())
                .contains("Error from server (NotFound): pods \"nobody\" not found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.30", "1.33"})
    void filesAreCopied(String version) throws IOException, InterruptedException {
        Path from = Files.writeString(directory.resolve("from-" + version), "content of " + version);
        Path there = directory.resolve("there-" + version);
        cluster.ok(version, "cp", from.toString(), "web:" + there, "-c", "side");
        assertThat(there).hasContent("content of " + version);
        Path back = directory.resolve("back-" + version);
        cluster.ok(version, "cp", "web:" + there, back.toString(), "-c", "side");
        assertThat(back).hasContent("content of " + version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void aTerminalIsOne(String version) throws IOException, InterruptedException {
        // kubectl asks for a terminal only if it has one itself, which script gives it.
        Process process = new ProcessBuilder(
                        "script",
                        "-qec",
                        "stty rows 33 cols 99; " + cluster.kubectl(version)
                                + " exec -it web -c side -- sh -c 'tty; sleep 0.5; stty size; read line; echo got $line; exit 3'",
                        "/dev/null")
                .redirectErrorStream(true)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write("hello\n".getBytes(StandardCharsets.US_ASCII));
            in.flush();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said).contains("/dev/pts/", "33 99", "got hello");
        }
        assertThat(process.waitFor()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.29", "1.30", "1.33"})
    void whatAContainerWritesIsSeenByWhoIsAttached(String version) throws IOException, InterruptedException {
        try (TestCluster.Kubectl attached = cluster.begin(version, "attach", "web", "-c", "main")) {
            Waiting.await("ticks", () -> attached.soFar().contains("tick\ntick\n"));
        }
        try (TestCluster.Kubectl attached = cluster.begin(version, "attach", "-i", "cat")) {
            attached.stdin().write(("typed by " + version + "\n").getBytes(StandardCharsets.UTF_8));
            attached.stdin().flush();
            Waiting.await("an echo", () -> attached.soFar().contains("typed by " + version + "\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.30", "1.33"})
    void aPodRunsForWhatIsTyped(String version) throws IOException, InterruptedException {
        TestCluster.Output run = cluster.run(
                version,
                "some words\n",
                "run",
                "-i",
                "--rm",
                "--restart=Never",
                "--image=localhost/machine",
                "--image-pull-policy=IfNotPresent",
                "counter-" + version.replace('.', '-'),
                "--command",
                "--",
                "sh",
                "-c",
                "wc -c; sleep 0.3");
        assertThat(run.out() + run.err()).contains("11\n", "deleted");
        assertThat(run.code()).isZero();
    }

    private static final Pattern FORWARDING = Pattern.compile("Forwarding from 127.0.0.1:([0-9]+) ->");

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.28", "1.29", "1.30", "1.31", "1.32", "1.33"})
    void portsAreForwarded(String version) throws IOException, InterruptedException {
        InetAddress pod =
                InetAddress.getByName(cluster.ok(version, "get", "pod", "web", "-o", "jsonpath={.status.podIP}"));
        try (ServerSocket program = new ServerSocket(0, 50, pod);
                TestCluster.Kubectl forward =
                        cluster.begin(version, "port-forward", "pod/web", ":" + program.getLocalPort(), ":1")) {
            Echo.start(program);
            Waiting.await(
                    "two ports",
                    () -> FORWARDING.matcher(forward.soFar()).results().count() == 2);
            Matcher ports = FORWARDING.matcher(forward.soFar());
            assertThat(ports.find()).isTrue();
            int good = Integer.parseInt(ports.group(1));
            assertThat(ports.find()).isTrue();
            int bad = Integer.parseInt(ports.group(1));
            for (int i = 0; i < 3; i++) {
                byte[] sent = ("hello " + i + "\n").repeat(50_000).getBytes(StandardCharsets.UTF_8);
                assertThat(Echo.exchanged(good, sent)).isEqualTo(sent);
            }
            assertThat(Echo.exchanged(bad, new byte[] {1})).isEmpty();
            Waiting.await("the reason", () -> forward.soFar().contains("error forwarding port 1 to pod web"));
        }
    }

    @Test
    void commandsRunOverGrpcToo() throws Exception {
        ManagedChannel channel = cluster.channel();
        try {
            BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
            StreamObserver<ExecRequest> asker = StreamsGrpc.newStub(channel).exec(into(answers));
            asker.onNext(ExecRequest.newBuilder()
                    .setStart(ExecStart.newBuilder()
                            .setPod("web")
                            .setContainer("side")
                            .addCommand("sh")
                            .addCommand("-c")
                            .addCommand("cat; echo err >&2; exit 4")
                            .setIo(ContainerIo.newBuilder()
                                    .setStdin(true)
                                    .setStdout(true)
                                    .setStderr(true)))
                    .build());
            asker.onNext(ExecRequest.newBuilder()
                    .setStdin(ByteString.copyFromUtf8("over gRPC"))
                    .build());
            asker.onCompleted();
            List<Object> all = new ArrayList<>();
            do {
                all.add(Objects.requireNonNull(answers.poll(30, TimeUnit.SECONDS)));
            } while (all.getLast() instanceof ExecResponse);
            assertThat(all.getFirst())
                    .isEqualTo(ExecResponse.newBuilder()
                            .setStarted(Started.getDefaultInstance())
                            .build());
            assertThat(all)
                    .contains(
                            ExecResponse.newBuilder()
                                    .setStdout(ByteString.copyFromUtf8("over gRPC"))
                                    .build(),
                            ExecResponse.newBuilder()
                                    .setStderr(ByteString.copyFromUtf8("err\n"))
                                    .build());
            assertThat(all.get(all.size() - 2))
                    .isEqualTo(ExecResponse.newBuilder()
                            .setExited(Exited.newBuilder().setCode(4))
                            .build());
            assertThat(all.getLast()).isEqualTo("completed");
            StreamObserver<ExecRequest> nobody = StreamsGrpc.newStub(channel).exec(into(answers));
            nobody.onNext(ExecRequest.newBuilder()
                    .setStart(ExecStart.newBuilder()
                            .setPod("nobody")
                            .addCommand("true")
                            .setIo(ContainerIo.newBuilder().setStdout(true)))
                    .build());
            assertThat(answers.poll(30, TimeUnit.SECONDS)).isEqualTo(Status.Code.NOT_FOUND);
        } finally {
            Servers.end(channel);
        }
    }

    private static StreamObserver<ExecResponse> into(BlockingQueue<Object> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(ExecResponse answer) {
                answers.add(answer);
            }

            @Override
            public void onError(Throwable failure) {
                answers.add(Status.fromThrowable(failure).getCode());
            }

            @Override
            public void onCompleted() {
                answers.add("completed");
            }
        };
    }

    @Test
    void whoDoesNotReadDoesNotStopOthers() throws IOException, InterruptedException {
        Process stuck = new ProcessBuilder(
                        "sh", "-c", cluster.kubectl("1.33") + " exec web -c side -- cat /dev/zero | sleep 3600")
                .start();
        try {
            for (int i = 0; i < 5; i++) {
                assertThat(cluster.ok("1.33", "exec", "web", "-c", "side", "--", "echo", "free"))
                        .isEqualTo("free\n");
            }
        } finally {
            stuck.descendants().forEach(ProcessHandle::destroyForcibly);
            stuck.destroyForcibly();
        }
    }

    @Test
    void aCommandEndsWithItsClient() throws IOException, InterruptedException {
        Path alive = directory.resolve("alive");
        try (TestCluster.Kubectl running = cluster.begin(
                "1.33", "exec", "web", "-c", "side", "--", "sh", "-c", "echo $$ > " + alive + "; sleep 3600")) {
            Waiting.await(
                    "a pid",
                    () -> Files.exists(alive) && Files.readString(alive).endsWith("\n"));
            assertThat(running.soFar()).isEmpty();
        }
        long pid = Long.parseLong(Files.readString(alive).strip());
        Waiting.await(
                "its end",
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }
}
