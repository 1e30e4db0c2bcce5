package io.keelson.store.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keelson.store.Loopback;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian's etcd and etcdctl as processes on loopback. */
final class Etcd implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    final int clientPort;
    private final Process process;

    private Etcd(Process process, int clientPort) {
        this.process = process;
        this.clientPort = clientPort;
    }

    /** What names a member to etcd and etcdctl alike. */
    static List<String> identity(int peerPort) {
        String peer = "http://127.0.0.1:" + peerPort;
        return List.of("--name=real", "--initial-advertise-peer-urls=" + peer, "--initial-cluster=real=" + peer);
    }

    /** Starts a member on a data directory, made if absent, and waits until it serves. */
    static Etcd start(Path data, int peerPort) throws IOException {
        int client = Loopback.freeAddress().port();
        var command = new ArrayList<>(List.of(
                "etcd",
                "--data-dir=" + data,
                "--listen-client-urls=http://127.0.0.1:" + client,
                "--advertise-client-urls=http://127.0.0.1:" + client,
                "--listen-peer-urls=http://127.0.0.1:" + peerPort,
                "--unsafe-no-fsync"));
        command.addAll(identity(peerPort));
        Path log = data.resolveSibling(data.getFileName() + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var etcd = new Etcd(process, client);
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.readString(log).contains("serving") || !answers(client)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                etcd.close();
                fail("etcd does not serve: " + Files.readString(log));
            }
            Thread.onSpinWait();
        }
        return etcd;
    }

    private static boolean answers(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** What etcdctl says; it must succeed. */
    static String etcdctl(String... arguments) throws IOException, InterruptedException {
        return etcdctl(true, arguments);
    }

    /** What etcdctl says; it must fail. */
    static String failing(String... arguments) throws IOException, InterruptedException {
        return etcdctl(false, arguments);
    }

    private static String etcdctl(boolean succeeds, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("etcdctl", "--command-timeout=60s", "--dial-timeout=60s"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor() == 0).as(said).isEqualTo(succeeds);
        return said;
    }

    /** Stops it as its operator would. */
    void stop() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
