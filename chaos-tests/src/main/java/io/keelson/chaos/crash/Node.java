package io.keelson.chaos.crash;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.keelson.chaos.cluster.Product;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.WatchGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One member: a process of {@code keelson store} on loopback addresses of its own, and a way to ask it. */
final class Node implements AutoCloseable {

    /** How a process ends that SIGKILL ended. */
    static final int KILLED = 137;

    /** Snapshots every 40 entries, 150 entries kept behind them, files of 64 KiB: a member that is away for long needs a snapshot. */
    private static final String SHORT_LOG = "-Dkeelson.test.log=40,150,65536";

    private static final Metadata.Key<String> REQUEST_ID =
            Metadata.Key.of("keelson-request-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final int LOG_TAIL_LINES = 30;

    final String name;
    private final Path directory;
    private final List<String> always;
    private final int clientPort = freePort();
    private final int peerPort = freePort();
    private final ManagedChannel channel;
    private @Nullable Process process;

    /** @param switches of every start */
    Node(String name, Path directory, List<String> switches) {
        this.name = name;
        this.directory = directory;
        this.always = switches;
        this.channel = NettyChannelBuilder.forAddress("127.0.0.1", clientPort)
                .usePlaintext()
                .build();
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException("no free port on loopback", e);
        }
    }

    /** As {@code --initial-cluster} wants it. */
    String peer() {
        return name + "=http://127.0.0.1:" + peerPort;
    }

    /** Starts the process; it must not run. */
    void start(String initialCluster, List<String> switches) throws IOException {
        if (isAlive()) {
            throw new IllegalStateException(name + " runs already");
        }
        var all = new ArrayList<String>();
        all.add(SHORT_LOG);
        all.addAll(always);
        all.addAll(switches);
        var command = new ArrayList<>(Product.KEELSON.program(all));
        String client = "http://127.0.0.1:" + clientPort;
        String peer = "http://127.0.0.1:" + peerPort;
        command.addAll(
                List.of("--name", name, "--data-dir", directory.resolve(name).toString()));
        command.addAll(List.of("--listen-client-urls", client, "--advertise-client-urls", client));
        command.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
        command.addAll(List.of("--initial-cluster", initialCluster, "--initial-cluster-token", "crash"));
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        started.getOutputStream().close();
        process = started;
        channel.resetConnectBackoff();
    }

    private Path log() {
        return directory.resolve(name + ".log");
    }

    boolean isAlive() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** How it ended, if it ends in time. */
    OptionalInt awaitEnd(long millis) throws InterruptedException {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return running.waitFor(millis, TimeUnit.MILLISECONDS)
                ? OptionalInt.of(running.exitValue())
                : OptionalInt.empty();
    }

    /** SIGKILL, from outside; returns when it is gone. */
    void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().waitFor();
        }
    }

    /** What it said last. */
    String lastWords() throws IOException {
        List<String> lines = Files.exists(log()) ? Files.readAllLines(log()) : List.of();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    }

    KVGrpc.KVBlockingStub kv(long millis) {
        return within(KVGrpc.newBlockingStub(channel), millis);
    }

    /** A call that takes effect once. */
    KVGrpc.KVBlockingStub kv(long millis, String requestId) {
        var metadata = new Metadata();
        metadata.put(REQUEST_ID, requestId);
        return kv(millis).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    MaintenanceGrpc.MaintenanceBlockingStub maintenance(long millis) {
        return within(MaintenanceGrpc.newBlockingStub(channel), millis);
    }

    WatchGrpc.WatchStub watch() {
        return WatchGrpc.newStub(channel);
    }

    private <S extends AbstractStub<S>> S within(S stub, long millis) {
        channel.resetConnectBackoff();
        return stub.withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }
}
