package io.keelson.agent;

import io.keelson.agent.loop.NodeLoop;
import io.keelson.agent.rpc.GrpcControlPlane;
import io.keelson.agent.rpc.Servers;
import io.keelson.agent.rpc.Tunnels;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.stream.ContainerLogs;
import io.keelson.agent.stream.LogFiles;
import io.keelson.agent.stream.NodeAnswers;
import io.keelson.agent.stream.NodePages;
import io.keelson.agent.usage.Meter;
import io.keelson.agent.usage.NodeMetrics;
import io.keelson.agent.usage.OwnProcess;
import io.keelson.agent.usage.Summary;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** A running agent. Closing it leaves the pods running; the next agent on the same directory picks them up. */
public final class Agent implements AutoCloseable {
    private final FileChannel lockFile;
    private final NodeParts parts;
    private final Servers servers;
    private final GrpcControlPlane control;
    private final NodeLoop loop;
    private final Tunnels tunnels;
    private final Meter meter;

    private Agent(
            FileChannel lockFile,
            NodeParts parts,
            Servers servers,
            GrpcControlPlane control,
            NodeLoop loop,
            Tunnels tunnels,
            Meter meter) {
        this.lockFile = lockFile;
        this.parts = parts;
        this.servers = servers;
        this.control = control;
        this.loop = loop;
        this.tunnels = tunnels;
        this.meter = meter;
    }

    /**
     * Starts the node and returns; registering goes on in the background for as long as it takes (see {@link #registrationProblem}).
     *
     * @throws IOException naming the file or directory that cannot be used, or the agent that runs on it already
     */
    public static Agent start(AgentConfig config) throws IOException {
        Files.createDirectories(config.dir());
        var lockFile = lock(config);
        try {
            var servers = new Servers(config.servers(), config.certificate(), config.key(), config.trustedCa());
            var parts = NodeParts.open(config);
            var control = new GrpcControlPlane(servers, config.name());
            var clock = InstantSource.system();
            var settings = new NodeLoop.Settings(
                    config.name(), config.nodeAddress(), config.dir(), config.images(), config.labels(), version());
            RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
            var loop =
                    new NodeLoop(settings, control, parts.runtime(), parts.routers(), parts.network(), clock, random);
            loop.start();
            var meter = new Meter(parts.runtime(), clock);
            var tunnels = new Tunnels(
                    servers,
                    config.name(),
                    answers(config.name(), settings.logs(), parts.runtime(), meter, loop),
                    clock);
            return new Agent(lockFile, parts, servers, control, loop, tunnels, meter);
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    private static NodeAnswers answers(
            String node, Path logFolder, ContainerRuntime runtime, Meter meter, NodeLoop loop) {
        var logs = new ContainerLogs(logFolder, loop::runs, loop::waitingReason);
        var process = new OwnProcess();
        var told = new NodePages.Told(
                loop::podList,
                () -> Summary.of(node, loop.pods(), meter.rates()),
                () -> NodeMetrics.agent(node, loop.pods(), runtime.list(), process),
                () -> meter.resources(loop.pods()));
        var pages = new NodePages(told, logs, new LogFiles(logFolder));
        return new NodeAnswers(logs, runtime, meter, pages);
    }

    /** Two agents on one directory would fight over its pods. */
    private static FileChannel lock(AgentConfig config) throws IOException {
        var file = config.dir().resolve("agent.lock");
        var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Optional<FileLock> lock;
        try {
            lock = Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            lock = Optional.empty();
        }
        if (lock.isEmpty()) {
            channel.close();
            throw new IOException(config.dir() + ": another agent runs on this directory");
        }
        return channel;
    }

    private static String version() {
        var version = Agent.class.getPackage().getImplementationVersion();
        return version == null ? "v0-development" : "v" + version;
    }

    /** Empty once the node is registered; else the reason in one sentence. */
    public Optional<String> registrationProblem() {
        return loop.registrationProblem();
    }

    /** What the runtime cannot do, in sentences for the user; empty for a full one. */
    public List<String> limits() {
        return parts.runtime().info().limits();
    }

    @Override
    public void close() throws IOException {
        tunnels.close();
        meter.close();
        loop.close();
        control.close();
        servers.close();
        parts.runtime().close();
        lockFile.close();
    }
}
