package io.keelson.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code keelson store} or {@code etcd} as a process of its own on free ports of loopback, a cluster of one. */
final class StoreProcess implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 120;

    final int clientPort = freePort();
    private final Path dir;
    private final Path log;
    private final List<String> command;
    private Process process;

    private StoreProcess(Path dir, List<String> program, String... more) throws IOException {
        this.dir = dir;
        this.log = dir.resolve("log");
        int peerPort = freePort();
        command = new ArrayList<>(program);
        command.addAll(List.of(
                "--name=m1",
                "--data-dir=" + dir.resolve("data"),
                "--listen-client-urls=http://127.0.0.1:" + clientPort,
                "--advertise-client-urls=http://127.0.0.1:" + clientPort,
                "--listen-peer-urls=http://127.0.0.1:" + peerPort,
                "--initial-advertise-peer-urls=http://127.0.0.1:" + peerPort,
                "--initial-cluster=m1=http://127.0.0.1:" + peerPort));
        command.addAll(List.of(more));
        process = run(log, command);
    }

    static StoreProcess keelson(Path dir, String... more) throws IOException {
        return new StoreProcess(dir, keelsonStore(), more);
    }

    static StoreProcess etcd(Path dir) throws IOException {
        return new StoreProcess(dir, List.of("etcd"));
    }

    /** The words that start the program from the classes under test. */
    static List<String> keelsonStore() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.keelson.cli.Main",
                "store");
    }

    private static Process run(Path log, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String url() {
        return "http://127.0.0.1:" + clientPort;
    }

    String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Waits for the line that scripts wait for. */
    StoreProcess awaitReady() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!log().contains("ready to serve client requests")) {
            if (!process.isAlive() || System.nanoTime() > end) fail("not ready: " + log());
            assertThat(process.waitFor(50, TimeUnit.MILLISECONDS)).as(log()).isFalse();
        }
        return this;
    }

    /** Sends SIGTERM. */
    int terminate() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Sends SIGKILL and starts again with the same words. */
    void killAndStartAgain() throws Exception {
        process.destroyForcibly();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        Files.delete(log);
        process = run(log, command);
    }

    /** What etcdctl prints, and its exit code. */
    String etcdctl(String... words) throws Exception {
        var line = new ArrayList<>(List.of("etcdctl", "--endpoints", url()));
        line.addAll(List.of(words));
        return outcome(dir, line, "");
    }

    String etcdctlWithInput(String input, String... words) throws Exception {
        var line = new ArrayList<>(List.of("etcdctl", "--endpoints", url()));
        line.addAll(List.of(words));
        return outcome(dir, line, input);
    }

    static String outcome(Path dir, List<String> command, String input) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true).directory(dir.toFile());
        builder.environment().put("ETCDCTL_API", "3");
        var process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(said).isTrue();
        return said + "exit " + process.exitValue() + "\n";
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
