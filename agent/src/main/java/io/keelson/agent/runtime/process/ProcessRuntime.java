package io.keelson.agent.runtime.process;

import io.keelson.agent.net.NetworkNamespace;
import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.ContainerStreams;
import io.keelson.agent.runtime.ContainerUsage;
import io.keelson.agent.runtime.ExecResult;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.Mount;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.RegistryLogin;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.RuntimeInfo;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.runtime.SandboxId;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Runs containers as processes of the agent's own user. What that cannot do is said in {@link #info()}. */
public final class ProcessRuntime implements ContainerRuntime {
    /** Variable that tells a program where its image and its volumes are. */
    public static final String ROOTFS = "KEELSON_ROOTFS";

    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final Duration POLL = Duration.ofMillis(50);
    /** After SIGKILL; only a process stuck in the kernel takes longer. */
    private static final Duration KILL_WAIT = Duration.ofSeconds(10);

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private static final JsonMapper JSON = JsonMapper.shared();

    // Builtins only: the PATH is the container's. The program's files are opened here, so that they outlive the agent.
    // At the end, all that
    // the program left behind goes with it: the wrapper leads a session, and so a process group, of its own.
    // What users type comes through a pipe, which a shell holds open, so that the program sees no end of it before
    // there was a user.
    private static final String WRAPPER = """
            d=$1; shift
            i=/dev/null
            if [ -e "$d/stdin" ]; then
                i=$d/stdin
                /bin/sh -c 'read x' <>"$d/stdin-hold" 3<>"$d/stdin" >/dev/null 2>&1 &
            fi
            /bin/sh -c 'd=$1; shift; echo $$ >"$d/pid"; exec "$@"' sh "$d" "$@" >>"$d/stdout" 2>>"$d/stderr" <"$i"
            r=$?
            echo "$r" >"$d/exit"
            kill -9 0
            """;

    private final Path directory;
    private final InstantSource clock;
    private final ImageStore images;
    private final Set<String> pumped = ConcurrentHashMap.newKeySet();
    private final Optional<Path> setsid;
    private volatile Runnable changed = () -> {};
    private volatile boolean closed;

    /** Opens the runtime on its directory and picks up what runs there. */
    public ProcessRuntime(Path directory, InstantSource clock) throws IOException {
        this.directory = directory.toAbsolutePath();
        this.clock = clock;
        Files.createDirectories(sandboxes());
        Files.createDirectories(containers());
        this.images = new ImageStore(this.directory.resolve("images"));
        this.setsid = onPath("setsid", DEFAULT_PATH);
        homes().filter(ContainerHome::running).forEach(this::follow);
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

    /** A sandbox as written down. */
    record SandboxRecord(
            String id,
            PodId pod,
            int attempt,
            boolean ready,
            boolean hostNetwork,
            String ip,
            String boot,
            long createdAtMillis,
            String logDirectory,
            Map<String, String> labels,
            Map<String, String> annotations) {
        SandboxRecord stopped() {
            return new SandboxRecord(
                    id, pod, attempt, false, hostNetwork, "", boot, createdAtMillis, logDirectory, labels, annotations);
        }

        ObservedSandbox observe(String bootNow) {
            boolean alive = ready && boot.equals(bootNow);
            return new ObservedSandbox(
                    new SandboxId(id),
                    pod,
                    attempt,
                    alive,
                    hostNetwork,
                    Instant.ofEpochMilli(createdAtMillis),
                    alive && !ip.isEmpty() ? List.of(ip) : List.of(),
                    0,
                    labels,
                    annotations);
        }
    }

    @Override
    public synchronized SandboxId runSandbox(SandboxConfig config) {
        var taken = readSandboxes().stream()
                .filter(SandboxRecord::ready)
                .map(SandboxRecord::ip)
                .toList();
        var record = new SandboxRecord(
                newId(),
                config.pod(),
                config.attempt(),
                true,
                config.hostNetwork(),
                config.hostNetwork() ? "" : LoopbackAddress.choose(config.pod().uid() + directory, taken),
                ProcessIdentity.currentBoot(),
                clock.millis(),
                config.logDirectory().toString(),
                config.labels(),
                config.annotations());
        write(record);
        return new SandboxId(record.id());
    }

    @Override
    public ContainerId createContainer(SandboxId sandbox, SandboxConfig sandboxConfig, ContainerConfig config) {
        var unpacked = images.find(config.image().id())
                .or(() -> images.find(config.image().name()))
                .orElseThrow(() -> new RuntimeFault.CreateFailed(
                        "image \"" + config.image().name() + "\" is not on this node"));
        var id = newId();
        var home = new ContainerHome(containers().resolve(id + ".new"));
        var finalHome = new ContainerHome(containers().resolve(id));
        try {
            Files.createDirectories(home.rootfs());
            if (config.stdin()) {
                home.makeStdin(config.stdinOnce());
            }
            if (unpacked.rootfs().isPresent()) {
                new Rootfs(unpacked.rootfs().get()).copyTo(home.rootfs());
            }
            for (var mount : config.mounts()) {
                link(home, mount);
            }
            var command = new ArrayList<>(config.command().isEmpty() ? unpacked.entrypoint() : config.command());
            command.addAll(
                    !config.args().isEmpty()
                            ? config.args()
                            : config.command().isEmpty() ? unpacked.command() : List.of());
            if (command.isEmpty()) {
                throw new RuntimeFault.CreateFailed(
                        "no command specified: neither the container nor its image names one");
            }
            var env = environment(unpacked, sandboxConfig, config, finalHome);
            var cwd = config.workingDir().isEmpty() ? unpacked.workingDir() : config.workingDir();
            Files.createDirectories(new Rootfs(home.rootfs()).inside(cwd));
            home.write(ContainerHome.spec(
                    id,
                    sandbox,
                    sandboxConfig.pod(),
                    config,
                    command.stream()
                            .map(word -> rewrite(word, config.mounts(), finalHome))
                            .toList(),
                    env,
                    cwd,
                    sandboxConfig.logDirectory().resolve(config.logPath())));
            Files.move(home.directory(), finalHome.directory(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new RuntimeFault.CreateFailed("container " + config.name() + ": " + e);
        }
        return new ContainerId(id);
    }

    /** Instead of a mount: a link at the same place below the container's own root. */
    private static void link(ContainerHome home, Mount mount) throws IOException {
        var root = new Rootfs(home.rootfs());
        var at = root.inside(mount.containerPath());
        if (at.equals(home.rootfs())) {
            throw new RuntimeFault.CreateFailed(
                    "mountPath \"" + mount.containerPath() + "\": the root itself cannot be replaced");
        }
        // Images have links on the way, such as /var/run to /run.
        var place = root.place(at)
                .orElseThrow(
                        () -> new RuntimeFault.CreateFailed(
                                "mountPath \"" + mount.containerPath()
                                        + "\": a parent is a link that leads out, and the process runtime makes volumes visible only within the container's directory"));
        Rootfs.delete(place);
        Files.createSymbolicLink(place, mount.hostPath());
    }

    private static String rewrite(String word, List<Mount> mounts, ContainerHome home) {
        for (var mount : mounts) {
            var path = mount.containerPath();
            if (word.equals(path) || word.startsWith(path.endsWith("/") ? path : path + "/")) {
                return home.rootfs() + word;
            }
        }
        return word;
    }

    private static Map<String, String> environment(
            ImageStore.Unpacked image, SandboxConfig sandbox, ContainerConfig config, ContainerHome home) {
        var env = new LinkedHashMap<String, String>();
        env.put("PATH", DEFAULT_PATH);
        env.put("HOSTNAME", sandbox.hostname());
        env.put("HOME", home.rootfs().toString());
        for (var pair : image.env()) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                env.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        env.putAll(config.env());
        env.put(ROOTFS, home.rootfs().toString());
        if (image.rootfs().isPresent()) {
            var rootfs = new Rootfs(home.rootfs());
            var own = Arrays.stream(env.getOrDefault("PATH", DEFAULT_PATH).split(":"))
                    .filter(p -> p.startsWith("/"))
                    .map(p -> rootfs.inside(p).toString())
                    .toList();
            env.put("PATH", String.join(":", own) + ":" + env.get("PATH"));
        }
        return env;
    }

    @Override
    public void startContainer(ContainerId container) {
        var home = home(container);
        var spec = home.spec();
        var sandbox = readSandbox(spec.sandbox());
        if (sandbox.filter(s -> s.ready()).isEmpty()) {
            throw new RuntimeFault.NotFound("sandbox " + spec.sandbox() + " is not ready");
        }
        try {
            var command = new ArrayList<String>();
            setsid.ifPresent(s -> command.add(s.toString()));
            command.addAll(List.of(
                    "/bin/sh",
                    "-c",
                    WRAPPER,
                    "keelson-container",
                    home.directory().toString()));
            command.addAll(resolved(home, spec, spec.command()));
            var builder = new ProcessBuilder(command)
                    .directory(
                            new Rootfs(home.rootfs()).inside(spec.workingDir()).toFile())
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD);
            builder.environment().clear();
            builder.environment().putAll(spec.env());
            var process = builder.start();
            // A program that is over already cannot be identified any more; its exit code is on the disk all the same.
            var identity = ProcessIdentity.of(process.pid())
                    .orElse(new ProcessIdentity(process.pid(), 0, ProcessIdentity.currentBoot()));
            home.write(new ContainerHome.Owner(identity, clock.millis()));
        } catch (StartProblem | IOException e) {
            var message = "failed to start container \"" + spec.name() + "\": " + e.getMessage();
            try {
                home.writeFailure(message);
            } catch (IOException worse) {
                e.addSuppressed(worse);
            }
            throw new RuntimeFault.StartFailed(message);
        }
        follow(home);
        changed.run();
    }

    private static final class StartProblem extends Exception {
        private static final long serialVersionUID = 1L;

        private StartProblem(String message) {
            super(message);
        }
    }

    /** The command with its program looked up: in the container's root first, then on the machine. */
    private static List<String> resolved(ContainerHome home, ContainerHome.Spec spec, List<String> command)
            throws StartProblem, IOException {
        var name = command.getFirst();
        var path = spec.env().getOrDefault("PATH", DEFAULT_PATH);
        // The PATH begins with the root's own directories (see environment); what is looked up within the root are the
        // image's.
        var imagePath = Arrays.stream(path.split(":"))
                .filter(p -> p.startsWith("/") && !p.startsWith(home.rootfs().toString()))
                .toList();
        var program = name.startsWith(home.rootfs() + "/")
                ? Optional.of(Path.of(name)).filter(Files::isExecutable)
                : new Rootfs(home.rootfs())
                        .program(name, spec.workingDir(), imagePath)
                        .or(() -> onPath(name, String.join(":", imagePath)));
        if (program.isEmpty()) {
            throw new StartProblem(
                    "exec: \"" + name + "\": executable file not found in the image or in $PATH of this machine");
        }
        var all = new ArrayList<>(command);
        all.set(0, program.get().toString());
        return all;
    }

    private static Optional<Path> onPath(String name, String path) {
        if (name.contains("/")) {
            return Optional.of(Path.of(name))
                    .filter(p -> p.isAbsolute() && Files.isRegularFile(p) && Files.isExecutable(p));
        }
        return Arrays.stream(path.split(":"))
                .map(p -> Path.of(p).resolve(name))
                .filter(p -> Files.isRegularFile(p) && Files.isExecutable(p))
                .findFirst();
    }

    /** Moves the program's output into its log until it has ended. */
    private void follow(ContainerHome home) {
        var spec = home.spec();
        if (!pumped.add(spec.id())) {
            return;
        }
        Thread.ofVirtual().name("log-" + spec.name()).start(() -> {
            try {
                var pump = new LogPump(home, Path.of(spec.log()), clock);
                while (!closed && home.running()) {
                    if (!pump.pump()) {
                        Thread.sleep(POLL);
                    }
                }
                if (!closed) {
                    pump.finish();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                // The container was removed, or the disk is full: the log ends here. The program is none the worse.
                System.getLogger(ProcessRuntime.class.getName())
                        .log(System.Logger.Level.WARNING, "log of " + spec.name(), e);
            } finally {
                pumped.remove(spec.id());
                changed.run();
            }
        });
    }

    @Override
    public void stopContainer(ContainerId container, Duration grace) {
        var home = find(container);
        if (home.isEmpty()) {
            return;
        }
        if (grace.isPositive() && home.get().running()) {
            signal(home.get(), false);
            await(home.get(), grace);
        }
        kill(home.get());
        changed.run();
    }

    private void kill(ContainerHome home) {
        if (!home.running()) {
            return;
        }
        signal(home, true);
        if (!await(home, KILL_WAIT)) {
            throw new RuntimeFault.Failed("container " + home.spec().name() + ": does not end even after SIGKILL");
        }
    }

    private static void signal(ContainerHome home, boolean force) {
        // Right after the start the wrapper may not have written the pid down yet.
        long end = System.nanoTime() + KILL_WAIT.toNanos();
        while (home.pid().isEmpty() && home.running() && System.nanoTime() < end) {
            pause();
        }
        // The pid is safe to use: the wrapper is its parent and lives, so the number cannot have gone to another
        // process.
        home.pid()
                .ifPresent(pid -> ProcessHandle.of(pid).ifPresent(p -> {
                    if (force) {
                        p.destroyForcibly();
                    } else {
                        p.destroy();
                    }
                }));
    }

    private static boolean await(ContainerHome home, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        while (home.running()) {
            if (System.nanoTime() >= end) {
                return false;
            }
            pause();
        }
        return true;
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuntimeFault.Unavailable("interrupted", e);
        }
    }

    @Override
    public void removeContainer(ContainerId container) {
        find(container).ifPresent(home -> {
            kill(home);
            long end = System.nanoTime() + KILL_WAIT.toNanos();
            while (pumped.contains(container.value()) && System.nanoTime() < end) {
                pause();
            }
            delete(home.directory());
        });
        changed.run();
    }

    @Override
    public void stopSandbox(SandboxId sandbox) {
        homes().filter(h -> h.spec().sandbox().equals(sandbox.value())).forEach(this::kill);
        synchronized (this) {
            readSandbox(sandbox.value()).filter(SandboxRecord::ready).ifPresent(s -> write(s.stopped()));
        }
        changed.run();
    }

    @Override
    public void removeSandbox(SandboxId sandbox) {
        stopSandbox(sandbox);
        homes().map(ContainerHome::spec)
                .filter(s -> s.sandbox().equals(sandbox.value()))
                .forEach(s -> removeContainer(new ContainerId(s.id())));
        delete(sandboxes().resolve(sandbox.value() + ".json"));
        changed.run();
    }

    @Override
    public ObservedPods list() {
        var boot = ProcessIdentity.currentBoot();
        var containers = new ArrayList<ObservedContainer>();
        homes().forEach(home -> {
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
                readSandboxes().stream().map(s -> s.observe(boot)).toList(), containers);
    }

    @Override
    public ExecResult exec(ContainerId container, List<String> command, Duration timeout) {
        var home = running(container);
        try {
            var process = beside(home, command)
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
        } catch (StartProblem | IOException e) {
            throw new RuntimeFault.ExecFailed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuntimeFault.Unavailable("interrupted", e);
        } catch (ExecutionException e) {
            throw new RuntimeFault.Failed("output of \"" + String.join(" ", command) + "\"", e);
        }
    }

    private ContainerHome running(ContainerId container) {
        var home = home(container);
        if (!home.running()) {
            throw new RuntimeFault.NotFound("container " + container.value() + " is not running");
        }
        return home;
    }

    /** A command with a container's directory and environment. */
    private static ProcessBuilder beside(ContainerHome home, List<String> command) throws StartProblem, IOException {
        var spec = home.spec();
        var builder = new ProcessBuilder(resolved(home, spec, command))
                .directory(new Rootfs(home.rootfs()).inside(spec.workingDir()).toFile());
        builder.environment().clear();
        builder.environment().putAll(spec.env());
        return builder;
    }

    @Override
    public ContainerStreams exec(ContainerId container, List<String> command, ContainerStreams.Wanted wanted) {
        var home = running(container);
        try {
            return ProcessStreams.start(
                    beside(home, command),
                    wanted,
                    setsid.map(Path::toString).stream().toList());
        } catch (StartProblem | IOException e) {
            throw new RuntimeFault.ExecFailed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public ContainerStreams attach(ContainerId container, ContainerStreams.Wanted wanted) {
        var home = running(container);
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
        return homes().filter(ContainerHome::running).flatMap(this::usage).toList();
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
        closed = true;
        changed = () -> {};
    }

    private Path sandboxes() {
        return directory.resolve("sandboxes");
    }

    private Path containers() {
        return directory.resolve("containers");
    }

    private Stream<ContainerHome> homes() {
        try (var entries = Files.list(containers())) {
            return entries
                    .filter(p -> !p.toString().endsWith(".new")
                            && Files.exists(p.resolve("container.json"), LinkOption.NOFOLLOW_LINKS))
                    .map(ContainerHome::new)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new RuntimeFault.Unavailable(containers() + " cannot be read", e);
        }
    }

    private Optional<ContainerHome> find(ContainerId id) {
        return Optional.of(new ContainerHome(containers().resolve(id.value())))
                .filter(h -> Files.exists(h.directory().resolve("container.json")));
    }

    private ContainerHome home(ContainerId id) {
        return find(id).orElseThrow(() -> new RuntimeFault.NotFound("no container " + id.value()));
    }

    private List<SandboxRecord> readSandboxes() {
        try (var files = Files.list(sandboxes())) {
            return files.filter(p -> p.toString().endsWith(".json"))
                    .flatMap(p -> {
                        var name = p.getFileName().toString();
                        return readSandbox(name.substring(0, name.length() - 5)).stream();
                    })
                    .toList();
        } catch (IOException e) {
            throw new RuntimeFault.Unavailable(sandboxes() + " cannot be read", e);
        }
    }

    private Optional<SandboxRecord> readSandbox(String id) {
        try {
            return Optional.of(
                    JSON.readValue(Files.readAllBytes(sandboxes().resolve(id + ".json")), SandboxRecord.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(SandboxRecord record) {
        var next = sandboxes().resolve(record.id() + ".next");
        try {
            Files.write(next, JSON.writeValueAsBytes(record));
            Files.move(
                    next,
                    sandboxes().resolve(record.id() + ".json"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new RuntimeFault.SandboxFailed(sandboxes() + ": " + e);
        }
    }

    private static void delete(Path path) {
        try {
            Rootfs.delete(path);
        } catch (IOException e) {
            throw new RuntimeFault.Failed("removing " + path, e);
        }
    }

    private static String newId() {
        return UUID.randomUUID().toString().replace("-", "");
    }
}
