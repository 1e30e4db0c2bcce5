package io.keelson.agent.runtime.process;

import io.keelson.agent.io.FileTree;
import io.keelson.agent.net.NetworkNamespace;
import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.ContainerStreams;
import io.keelson.agent.runtime.ContainerUsage;
import io.keelson.agent.runtime.ExecResult;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.RegistryLogin;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.RuntimeInfo;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.runtime.SandboxId;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/** Runs containers as processes of the agent's own user. What that cannot do is said in {@link #info()}. */
public final class ProcessRuntime implements ContainerRuntime {
    /** Variable that tells a program where its image and its volumes are. */
    public static final String ROOTFS = "KEELSON_ROOTFS";

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final Path directory;
    private final InstantSource clock;
    private final ImageStore images;
    private final Sandboxes sandboxes;
    private final ContainerHomes homes;
    private final Programs programs = new Programs();
    private final LogPumps logs;
    private volatile Runnable changed = () -> {};

    /** Opens the runtime on its directory and picks up what runs there. */
    public ProcessRuntime(Path directory, InstantSource clock) throws IOException {
        this.directory = directory.toAbsolutePath();
        this.clock = clock;
        this.sandboxes = new Sandboxes(this.directory.resolve("sandboxes"));
        this.homes = ContainerHomes.in(this.directory.resolve("containers"));
        this.images = new ImageStore(this.directory.resolve("images"));
        this.logs = new LogPumps(clock, () -> changed.run());
        homes.all().filter(ContainerHome::running).forEach(logs::follow);
    }

    @Override
    public RuntimeInfo info() {
        return new RuntimeInfo(
                "process",
                Runtime.version().feature() + "",
                List.of(
                        "containers are plain processes of the agent's user: no isolation, no limits, securityContext is not applied",
                        "images come from archives only; commands run from the unpacked image, or else from this machine",
                        "containers have no terminal (tty); commands run beside them by exec do",
                        "nothing can be mounted: volumes are links below $" + ROOTFS
                                + ", and arguments that begin with a mountPath are rewritten to lead there",
                        "each pod has a loopback address of its own (status.podIP); its programs must listen there or choose free ports",
                        "services answer at NodePorts of the node's address, TCP only; cluster IPs do not answer"));
    }

    @Override
    public Optional<String> notReadyReason() {
        return Files.isWritable(directory) ? Optional.empty() : Optional.of(directory + " cannot be written");
    }

    @Override
    public Optional<Image> findImage(String image) {
        return images.find(image).map(ImageStore.Unpacked::image);
    }

    @Override
    public Image pullImage(String image, Optional<RegistryLogin> login) {
        throw new RuntimeFault.ImagePullFailed(
                "image \"" + ImageStore.fullName(image)
                        + "\" is not on this node, and the process runtime pulls none: put an archive of it (docker save, OCI layout) into the images directory");
    }

    @Override
    public List<String> importArchive(Path archive) {
        return images.importArchive(archive);
    }

    @Override
    public SandboxId runSandbox(SandboxConfig config) {
        return sandboxes.add(newId(), config, clock.millis());
    }

    @Override
    public ContainerId createContainer(SandboxId sandbox, SandboxConfig sandboxConfig, ContainerConfig config) {
        var image = images.find(config.image().id())
                .or(() -> images.find(config.image().name()))
                .orElseThrow(() -> new RuntimeFault.CreateFailed(
                        "image \"" + config.image().name() + "\" is not on this node"));
        var id = newId();
        try {
            new NewContainer(image, sandboxConfig, config, homes.at(id)).fill(homes.begin(id), id, sandbox);
            homes.finish(id);
        } catch (IOException e) {
            throw new RuntimeFault.CreateFailed("container " + config.name() + ": " + e);
        }
        return new ContainerId(id);
    }

    @Override
    public void startContainer(ContainerId container) {
        var home = homes.get(container);
        var sandbox = home.spec().sandbox();
        if (sandboxes.find(sandbox).filter(Sandboxes.Sandbox::ready).isEmpty()) {
            throw new RuntimeFault.NotFound("sandbox " + sandbox + " is not ready");
        }
        programs.start(home, clock.millis());
        logs.follow(home);
        changed.run();
    }

    @Override
    public void stopContainer(ContainerId container, Duration grace) {
        var home = homes.find(container);
        if (home.isEmpty()) {
            return;
        }
        Ending.stop(home.get(), grace);
        changed.run();
    }

    @Override
    public void removeContainer(ContainerId container) {
        homes.find(container).ifPresent(home -> {
            Ending.kill(home);
            var _ = Ending.await(() -> !logs.follows(container.value()), Ending.KILL_WAIT);
            try {
                FileTree.delete(home.directory());
            } catch (IOException e) {
                throw new RuntimeFault.Failed("removing " + home.directory(), e);
            }
        });
        changed.run();
    }

    @Override
    public void stopSandbox(SandboxId sandbox) {
        in(sandbox).forEach(Ending::kill);
        sandboxes.stop(sandbox);
        changed.run();
    }

    @Override
    public void removeSandbox(SandboxId sandbox) {
        stopSandbox(sandbox);
        in(sandbox).forEach(home -> removeContainer(new ContainerId(home.spec().id())));
        sandboxes.remove(sandbox);
        changed.run();
    }

    private Stream<ContainerHome> in(SandboxId sandbox) {
        return homes.all().filter(h -> h.spec().sandbox().equals(sandbox.value()));
    }

    @Override
    public ObservedPods list() {
        var boot = ProcessIdentity.currentBoot();
        var containers = new ArrayList<ObservedContainer>();
        homes.all().forEach(home -> {
            try {
                containers.add(home.observe());
            } catch (JacksonException e) {
                // Removed between the listing and the look at it; the next list does not have it.
                if (Files.exists(home.directory())) {
                    throw e;
                }
            }
        });
        return new ObservedPods(
                sandboxes.all().stream().map(s -> s.observe(boot)).toList(), containers);
    }

    @Override
    public ExecResult exec(ContainerId container, List<String> command, Duration timeout) {
        var home = homes.running(container);
        try {
            var process = Programs.beside(home, command)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .start();
            var out = read(process.getInputStream());
            var err = read(process.getErrorStream());
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new RuntimeFault.ExecTimeout(
                        "command \"" + String.join(" ", command) + "\" timed out after " + timeout.toSeconds() + "s");
            }
            return new ExecResult(process.exitValue(), out.get(), err.get());
        } catch (Programs.StartProblem | IOException e) {
            throw new RuntimeFault.ExecFailed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuntimeFault.Unavailable("interrupted", e);
        } catch (ExecutionException e) {
            throw new RuntimeFault.Failed("output of \"" + String.join(" ", command) + "\"", e);
        }
    }

    @Override
    public ContainerStreams exec(ContainerId container, List<String> command, ContainerStreams.Wanted wanted) {
        var home = homes.running(container);
        try {
            return ProcessStreams.start(Programs.beside(home, command), wanted, programs.session());
        } catch (Programs.StartProblem | IOException e) {
            throw new RuntimeFault.ExecFailed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public ContainerStreams attach(ContainerId container, ContainerStreams.Wanted wanted) {
        var home = homes.running(container);
        try {
            return new AttachedStreams(home, wanted);
        } catch (IOException e) {
            throw new RuntimeFault.Failed(
                    "attaching to container " + home.spec().name(), e);
        }
    }

    @Override
    public Socket connect(ObservedSandbox sandbox, int port) throws IOException {
        // With a network of its own a pod has an address of its own; what listens at the machine's address is not the
        // pod's.
        var address = sandbox.ips().isEmpty() ? "127.0.0.1" : sandbox.ips().getFirst();
        return NetworkNamespace.own().connect(new InetSocketAddress(address, port), CONNECT);
    }

    @Override
    public List<ContainerUsage> usage() {
        return homes.all().filter(ContainerHome::running).flatMap(this::usage).toList();
    }

    private Stream<ContainerUsage> usage(ContainerHome home) {
        return home.pid().stream()
                .boxed()
                .flatMap(pid -> ProcessUsage.of(pid).stream())
                .map(used -> new ContainerUsage(
                        new ContainerId(home.spec().id()), clock.instant(), used.cpuNanos(), used.memoryBytes()));
    }

    private static FutureTask<String> read(InputStream stream) {
        var task = new FutureTask<>(() -> {
            byte[] kept = stream.readNBytes(ExecResult.OUTPUT_BYTES_MAX);
            stream.transferTo(OutputStream.nullOutputStream());
            return new String(kept, StandardCharsets.UTF_8);
        });
        Thread.ofVirtual().name("exec-output").start(task);
        return task;
    }

    @Override
    public void onChange(Runnable listener) {
        changed = listener;
    }

    @Override
    public void close() {
        logs.close();
        changed = () -> {};
    }

    private static String newId() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
