package io.keelson.bench;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.StatusRequest;
import io.keelson.proto.etcd.StatusResponse;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Three members of one system on this machine, each a process with a directory of its own. Plain text, fsync on. */
final class Cluster implements AutoCloseable {

    static final int MEMBERS = 3;

    private static final int READY_SECONDS = 120;
    private static final int LARGE_MESSAGE_BYTES = 512 << 20;

    /** Shared by all connections of the generator. */
    private static final EventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(2, new DefaultThreadFactory("bench", true), NioIoHandler.newFactory());

    /**
     * What to run.
     *
     * @param name what the table calls it
     * @param command to which etcd's flags are added
     */
    record Program(String name, List<String> command) {}

    private final Program system;
    private final Path directory;
    private final int[] clientPorts = new int[MEMBERS];
    private final int[] peerPorts = new int[MEMBERS];
    private final Process[] processes = new Process[MEMBERS];
    private final List<ManagedChannel> controls = new ArrayList<>();

    private Cluster(Program system, Path directory) throws IOException {
        this.system = system;
        this.directory = directory;
        var held = new ArrayList<ServerSocket>();
        for (int i = 0; i < MEMBERS; i++) {
            clientPorts[i] = free(held);
            peerPorts[i] = free(held);
        }
        for (ServerSocket socket : held) {
            socket.close();
        }
        for (int i = 0; i < MEMBERS; i++) {
            controls.add(connect(i));
        }
    }

    private static int free(List<ServerSocket> held) throws IOException {
        var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        return socket.getLocalPort();
    }

    /** Starts three members with nothing in them and waits until each serves. */
    static Cluster start(Program system, Path parent) throws IOException, InterruptedException {
        var cluster = new Cluster(system, Files.createTempDirectory(parent, system.name()));
        try {
            for (int i = 0; i < MEMBERS; i++) {
                cluster.startMember(i);
            }
            for (int i = 0; i < MEMBERS; i++) {
                cluster.awaitServing(i);
            }
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    String name() {
        return system.name();
    }

    /** Starts a member's process with what is in its directory. */
    void startMember(int member) throws IOException {
        var peers = new ArrayList<String>();
        for (int i = 0; i < MEMBERS; i++) {
            peers.add("m" + i + "=http://127.0.0.1:" + peerPorts[i]);
        }
        var command = new ArrayList<>(system.command());
        String client = "http://127.0.0.1:" + clientPorts[member];
        String peer = "http://127.0.0.1:" + peerPorts[member];
        command.addAll(
                List.of("--name", "m" + member, "--data-dir", dataDir(member).toString()));
        command.addAll(List.of("--listen-client-urls", client, "--advertise-client-urls", client));
        command.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
        command.addAll(List.of("--initial-cluster", String.join(",", peers), "--initial-cluster-state", "new"));
        command.addAll(List.of("--initial-cluster-token", "bench-" + system.name()));
        processes[member] = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("m" + member + ".log").toFile()))
                .start();
    }

    Path dataDir(int member) {
        return directory.resolve("m" + member);
    }

    /** Waits until a member answers a linearizable read; its start and the finding of a leader are in this. */
    void awaitServing(int member) throws InterruptedException {
        long end = java.lang.System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (true) {
            try {
                Calls.await(controls.get(member), Calls.RANGE, Calls.get("nothing"), 2);
                return;
            } catch (StatusRuntimeException e) {
                if (java.lang.System.nanoTime() > end || !processes[member].isAlive()) {
                    throw new IllegalStateException(
                            "member " + member + " of " + system.name() + " does not serve; its log is in " + directory,
                            e);
                }
                // The channel backs off by itself; without this it would do so for longer than a start takes.
                controls.get(member).resetConnectBackoff();
                Thread.sleep(10);
            }
        }
    }

    /** Which member leads, as member 0 or, if that is down, another knows. */
    int leader() throws InterruptedException {
        long end = java.lang.System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (java.lang.System.nanoTime() < end) {
            for (int i = 0; i < MEMBERS; i++) {
                try {
                    StatusResponse status = MaintenanceGrpc.newBlockingStub(controls.get(i))
                            .withDeadlineAfter(2, TimeUnit.SECONDS)
                            .status(StatusRequest.getDefaultInstance());
                    if (status.getLeader() != 0
                            && status.getLeader() == status.getHeader().getMemberId()) {
                        return i;
                    }
                } catch (StatusRuntimeException e) {
                    controls.get(i).resetConnectBackoff();
                }
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException(system.name() + " has no leader after " + READY_SECONDS + " s");
    }

    /** A member that does not lead. */
    int follower() throws InterruptedException {
        return (leader() + 1) % MEMBERS;
    }

    /** Opens a connection to a member. */
    ManagedChannel connect(int member) {
        return NettyChannelBuilder.forAddress("127.0.0.1", clientPorts[member])
                .channelType(NioSocketChannel.class)
                .eventLoopGroup(LOOPS)
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(LARGE_MESSAGE_BYTES)
                .build();
    }

    /** Opens connections, in turn to each member. */
    List<ManagedChannel> connectAll(int count) {
        var channels = new ArrayList<ManagedChannel>();
        for (int i = 0; i < count; i++) {
            channels.add(connect(i % MEMBERS));
        }
        return channels;
    }

    /** Opens connections to one member. */
    List<ManagedChannel> connectTo(int member, int count) {
        var channels = new ArrayList<ManagedChannel>();
        for (int i = 0; i < count; i++) {
            channels.add(connect(member));
        }
        return channels;
    }

    /** Ends a member's process and waits until it has gone. */
    void stopMember(int member, Stop how) throws InterruptedException {
        switch (how) {
            case TERMINATE -> processes[member].destroy();
            case KILL -> processes[member].destroyForcibly();
        }
        processes[member].waitFor();
    }

    /** How a process ends. */
    enum Stop {
        TERMINATE,
        KILL
    }

    /** CPU seconds, user and system, that its processes have used so far. */
    double cpuSeconds() {
        double sum = 0;
        for (Process process : processes) {
            // The name in parentheses may hold spaces: count fields behind it. Fields 14 and 15 of proc(5), in ticks of
            // 10 ms.
            String stat = proc(process, "stat");
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            sum += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
        }
        return sum;
    }

    /** Resident memory of a member in MiB. */
    double residentMiB(int member) {
        return proc(processes[member], "status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElseThrow();
    }

    private static String proc(Process process, String file) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/" + file));
        } catch (IOException e) {
            throw new IllegalStateException("process " + process.pid() + " is gone", e);
        }
    }

    /** Ends the processes and removes their data. */
    @Override
    public void close() throws IOException {
        controls.forEach(ManagedChannel::shutdownNow);
        for (Process process : processes) {
            if (process != null) {
                process.destroyForcibly();
            }
        }
        for (Process process : processes) {
            if (process != null) {
                process.onExit().join();
            }
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
