package io.keelson.store.mvcc;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.RangeRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One real etcd on the loopback address, for comparison. */
public final class RealEtcd implements AutoCloseable {

    /** Where Debian installs it. */
    public static final Path BINARY = Path.of("/usr/bin/etcd");

    private static final long START_SECONDS = 30;

    private final Process process;
    private final ManagedChannel channel;

    private RealEtcd(Process process, ManagedChannel channel) {
        this.process = process;
        this.channel = channel;
    }

    /** Starts it on ports that are free, with its data below a directory. */
    public static RealEtcd start(Path directory, String... flags) throws IOException, InterruptedException {
        List<Integer> ports = freePorts(2);
        String client = "http://127.0.0.1:" + ports.getFirst();
        String peer = "http://127.0.0.1:" + ports.getLast();
        var command = new ArrayList<>(List.of(
                BINARY.toString(),
                "--name=real",
                "--data-dir=" + directory.resolve("etcd"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=real=" + peer,
                "--unsafe-no-fsync"));
        command.addAll(List.of(flags));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("etcd.log").toFile())
                .start();
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", ports.getFirst())
                .usePlaintext()
                .build();
        var etcd = new RealEtcd(process, channel);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (true) {
            try {
                var probe = RangeRequest.newBuilder()
                        .setKey(com.google.protobuf.ByteString.copyFromUtf8("probe"))
                        .build();
                KVGrpc.newBlockingStub(channel)
                        .withWaitForReady()
                        .withDeadlineAfter(1, TimeUnit.SECONDS)
                        .range(probe);
                return etcd;
            } catch (StatusRuntimeException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    etcd.close();
                    throw new IOException("etcd did not start: " + Files.readString(directory.resolve("etcd.log")), e);
                }
            }
        }
    }

    /** Ports that were free a moment ago. */
    static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** To its client port. */
    public ManagedChannel channel() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        process.destroyForcibly();
    }
}
