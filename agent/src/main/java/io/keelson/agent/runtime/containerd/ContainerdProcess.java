package io.keelson.agent.runtime.containerd;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.grpc.StatusRuntimeException;
import io.keelson.agent.command.Command;
import io.keelson.agent.net.NetworkNamespace;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.proto.cri.RuntimeServiceGrpc;
import io.keelson.proto.cri.VersionRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The node's own containerd daemon: started in the node's network namespace, apart from the agent so that it outlives it, adopted by the next
 * agent, and started again when it dies. Pods do not notice: their shims hold them.
 */
public final class ContainerdProcess implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ContainerdProcess.class.getName());

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration READY_POLL = Duration.ofMillis(50);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration RESTART_DELAY_MAX = Duration.ofSeconds(30);
    private static final Duration RESTART_DELAY_MIN = Duration.ofMillis(200);
    private static final long LOG_BYTES_MAX = 16L << 20;
    private static final int LOG_TAIL_LINES = 8;

    private final ContainerdPaths paths;
    private final NetworkNamespace netns;
    private final ContainerdVersion version;
    private final Runnable returned;
    private final Thread watcher;
    private volatile DaemonId daemon;
    private volatile boolean closed;

    private ContainerdProcess(
            ContainerdPaths paths,
            NetworkNamespace netns,
            ContainerdVersion version,
            DaemonId daemon,
            Runnable returned) {
        this.paths = paths;
        this.netns = netns;
        this.version = version;
        this.daemon = daemon;
        this.returned = returned;
        this.watcher = Thread.ofPlatform().daemon().name("containerd-watch").unstarted(this::watch);
    }

    /**
     * Adopts the daemon that runs for these paths, or starts one, and returns when its socket answers.
     *
     * @param returned called after the daemon had died and is back
     * @throws RuntimeFault.Unavailable saying what is missing and how to get it
     */
    public static ContainerdProcess start(ContainerdPaths paths, NetworkNamespace netns, Runnable returned) {
        paths.requireShortSocket();
        try {
            if (!Capabilities.isRoot(Files.readString(Path.of("/proc/self/status")))) {
                throw new RuntimeFault.Unavailable(
                        "containerd needs root; run the agent as root, or choose the process runtime (--runtime process)");
            }
            ContainerdVersion version = installed();
            writeConfig(paths, version);
            Optional<DaemonId> running = adopt(paths, netns);
            DaemonId daemon = running.isPresent() ? running.get() : launch(paths, netns);
            ContainerdProcess process = new ContainerdProcess(paths, netns, version, daemon, returned);
            process.watcher.start();
            return process;
        } catch (IOException e) {
            throw new RuntimeFault.Unavailable(
                    "containerd cannot be set up in " + paths.dir() + ": " + e.getMessage(), e);
        }
    }

    /** For the node's {@code containerRuntimeVersion}. */
    public String version() {
        return version.text();
    }

    /** The daemon's process id now. */
    public long pid() {
        return daemon.pid();
    }

    /** Stops watching. The daemon and the pods go on. */
    @Override
    public void close() {
        closed = true;
        watcher.interrupt();
    }

    /** Stops the daemon that the pid file names, if it runs. Running pods would go on without it. */
    public static void stop(ContainerdPaths paths) {
        try {
            Optional<DaemonId> daemon = DaemonId.read(paths.pidFile()).filter(DaemonId::isRunning);
            if (daemon.isPresent()) {
                end(daemon.get());
            }
            Files.deleteIfExists(paths.pidFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The network namespace of the daemon that the pid file names, if it runs. */
    static Optional<NetworkNamespace> namespace(ContainerdPaths paths) {
        try {
            return DaemonId.read(paths.pidFile())
                    .filter(DaemonId::isRunning)
                    .map(daemon -> NetworkNamespace.at(Path.of("/proc", Long.toString(daemon.pid()), "ns/net")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ContainerdVersion installed() {
        List<String> missing = new ArrayList<>();
        if (Command.find("containerd").isEmpty()) {
            missing.add("containerd");
        }
        if (Command.find("runc").isEmpty()) {
            missing.add("runc");
        }
        if (cniPlugins().isEmpty()) {
            missing.add("containernetworking-plugins");
        }
        if (!missing.isEmpty()) {
            throw new RuntimeFault.Unavailable("missing on this machine: " + String.join(", ", missing)
                    + "; on Debian or Ubuntu: apt-get install " + String.join(" ", missing));
        }
        return ContainerdVersion.parse(Command.of("containerd", "--version").check());
    }

    /** Debian's place and the one that the plugins' authors chose. */
    private static Optional<Path> cniPlugins() {
        return List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin")).stream()
                .filter(dir -> Files.isExecutable(dir.resolve("ptp")) && Files.isExecutable(dir.resolve("host-local")))
                .findFirst();
    }

    private static void writeConfig(ContainerdPaths paths, ContainerdVersion version) throws IOException {
        for (Path dir : List.of(paths.root(), paths.state(), paths.cniConf(), paths.certs(), paths.imported())) {
            Files.createDirectories(dir);
        }
        Capabilities capabilities = Capabilities.effective(Files.readString(Path.of("/proc/self/status")));
        // The kernel refuses an overlay on an overlay, which is what a directory of a container is.
        String snapshotter = Files.getFileStore(paths.root()).type().equals("overlay") ? "native" : "overlayfs";
        ContainerdConfig config =
                new ContainerdConfig(paths, cniPlugins().orElseThrow(), snapshotter, !capabilities.mayLowerOomScore());
        Path part = paths.config().resolveSibling("config.toml.part");
        Files.writeString(part, config.toml(version));
        Files.move(part, paths.config(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Optional<DaemonId> adopt(ContainerdPaths paths, NetworkNamespace netns) throws IOException {
        Optional<DaemonId> running = DaemonId.read(paths.pidFile()).filter(DaemonId::isRunning);
        if (running.isEmpty()) {
            return running;
        }
        // It makes the pods' network from where it is, so one left behind in another namespace is of no use.
        if (!NetworkNamespace.at(Path.of("/proc", Long.toString(running.get().pid()), "ns/net"))
                .isSameAs(netns)) {
            LOG.log(
                    INFO,
                    "containerd {0} runs in another network namespace; starting it anew",
                    running.get().pid());
            end(running.get());
            return Optional.empty();
        }
        if (!answersWithin(paths, running.get(), READY_TIMEOUT)) {
            LOG.log(
                    WARNING,
                    "containerd {0} does not answer; starting it anew",
                    running.get().pid());
            end(running.get());
            return Optional.empty();
        }
        return running;
    }

    private static DaemonId launch(ContainerdPaths paths, NetworkNamespace netns) throws IOException {
        if (Files.exists(paths.log()) && Files.size(paths.log()) > LOG_BYTES_MAX) {
            Files.move(paths.log(), paths.log().resolveSibling("log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.deleteIfExists(paths.socket());
        // A session of its own: neither the end of the agent nor a Ctrl-C reaches it. setsid does not fork here, so the
        // pid is the daemon's.
        String program = Command.find("containerd").orElseThrow().toString();
        ProcessBuilder builder = new ProcessBuilder(netns.enter(
                        List.of("setsid", program, "--config", paths.config().toString())))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(paths.log().toFile()));
        builder.environment().put("PATH", Command.searchPath());
        Process process = builder.start();
        Optional<DaemonId> started = DaemonId.running(process.pid());
        if (started.isPresent()) {
            started.get().write(paths.pidFile());
            if (answersWithin(paths, started.get(), READY_TIMEOUT)) {
                return started.get();
            }
        }
        String said = process.isAlive() ? "does not answer" : "ended with exit code " + process.exitValue();
        process.destroy();
        throw new RuntimeFault.Unavailable(
                "containerd " + said + "; the end of " + paths.log() + ":\n" + tail(paths.log()));
    }

    /** Whether it is ready to make pods before it ends or the time is up. The socket is there earlier, but answers with errors. */
    private static boolean answersWithin(ContainerdPaths paths, DaemonId daemon, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (UnixChannel channel = UnixChannel.to(paths.socket())) {
            while (System.nanoTime() < deadline && daemon.isRunning()) {
                if (Files.exists(paths.socket()) && answers(channel)) {
                    return true;
                }
                channel.grpc().resetConnectBackoff();
                if (!pause(READY_POLL)) {
                    return false;
                }
            }
        }
        return false;
    }

    private static boolean answers(UnixChannel channel) {
        try {
            RuntimeServiceGrpc.newBlockingStub(channel.grpc())
                    .withDeadlineAfter(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .version(VersionRequest.getDefaultInstance());
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    private static void end(DaemonId daemon) {
        Optional<ProcessHandle> handle = ProcessHandle.of(daemon.pid());
        if (handle.isEmpty() || !daemon.isRunning()) {
            return;
        }
        handle.get().destroy();
        if (!endsWithin(daemon, STOP_TIMEOUT)) {
            handle.get().destroyForcibly();
            if (!endsWithin(daemon, STOP_TIMEOUT)) {
                throw new RuntimeFault.Unavailable("containerd " + daemon.pid() + " cannot be stopped");
            }
        }
    }

    private static boolean endsWithin(DaemonId daemon, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (daemon.isRunning()) {
            if (System.nanoTime() > deadline || !pause(READY_POLL)) {
                return false;
            }
        }
        return true;
    }

    /** Waits for the daemon's end, for as long as we live, and starts it again; ever more slowly if it does not stay. */
    private void watch() {
        Duration delay = RESTART_DELAY_MIN;
        while (!closed) {
            long since = System.nanoTime();
            if (!awaitEnd() || closed) {
                return;
            }
            boolean stayed = System.nanoTime() - since > RESTART_DELAY_MAX.toNanos();
            delay = stayed ? RESTART_DELAY_MIN : min(delay.multipliedBy(2), RESTART_DELAY_MAX);
            LOG.log(WARNING, "containerd {0} ended; starting it again in {1} ms", daemon.pid(), delay.toMillis());
            if (!pause(delay) || closed) {
                return;
            }
            try {
                daemon = launch(paths, netns);
                LOG.log(INFO, "containerd is back as {0}", daemon.pid());
                returned.run();
            } catch (IOException | RuntimeException e) {
                // The old id is still in `daemon` and does not run, so the next turn tries again after a longer delay.
                LOG.log(WARNING, "containerd cannot be started: " + e.getMessage());
            }
        }
    }

    private boolean awaitEnd() {
        try {
            Optional<ProcessHandle> handle = ProcessHandle.of(daemon.pid());
            if (handle.isPresent() && daemon.isRunning()) {
                handle.get().onExit().get(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("the end of containerd cannot be awaited", e);
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static boolean pause(Duration time) {
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String tail(Path log) throws IOException {
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    }
}
