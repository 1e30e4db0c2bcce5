package io.keelson.cli.cluster;

import io.keelson.agent.RuntimeKind;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Brings a cluster up, step by step. Every step looks first and does only what is missing, so that running it again repairs and breaks
 * nothing.
 */
public final class Up {

    private static final Path SHORT_PATHS = Path.of("/run/keelson");
    /** The longest node directory that leaves room for containerd's sockets in a Unix socket's path of 107 bytes. */
    private static final int NODE_PATH_BYTES_MAX = 70;

    private final Wishes wishes;
    private final Progress progress;

    /**
     * What the user asks for; what is empty is as it was, or as is usual.
     *
     * @param runtime "auto", "containerd" or "process"
     * @param uplink "auto" or "none"
     */
    public record Wishes(
            Path directory,
            Optional<Integer> servers,
            Optional<Integer> nodes,
            String runtime,
            String uplink,
            Optional<Integer> clientPort,
            Optional<Integer> peerPort,
            Optional<Integer> apiPort,
            Optional<String> subnet) {}

    /** What came of it: the cluster, and whether anything had to be started. */
    public record Outcome(Plan plan, boolean wasUp) {}

    public Up(Wishes wishes, Terminal terminal) {
        this.wishes = wishes;
        this.progress = new Progress(terminal);
    }

    /** The teller of the steps. */
    Progress progress() {
        return progress;
    }

    /** Does it, up to processes that run; whether they are well is for {@link Readiness} to find out. */
    public Outcome run() throws InterruptedException {
        Machine.checkDirectory(wishes.directory());
        try (var lock = FileChannel.open(
                wishes.directory().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (lock.tryLock() == null) {
                throw Trouble.of(
                        "another keelson up or down works on " + wishes.directory(), "Wait until it has finished.");
            }
            return steps();
        } catch (IOException failed) {
            throw Trouble.because(
                    failed,
                    "the cluster in " + wishes.directory() + " could not be started: " + describe(failed),
                    "Is the disk full, or not writable?");
        }
    }

    private static String describe(IOException failed) {
        return failed.getClass().getSimpleName() + ": " + failed.getMessage();
    }

    private Outcome steps() throws IOException, InterruptedException {
        var known = Plan.load(wishes.directory());
        known.ifPresent(this::checkUnchanged);
        var runtime = known.map(Plan::runtime).isPresent() ? known.get().runtime() : chooseRuntime();
        if (runtime == RuntimeKind.CONTAINERD) {
            var why = Machine.whyNoContainers();
            if (why.isPresent())
                throw Trouble.of(
                        "containers cannot be run here: " + why.get(),
                        "Run them as plain processes:  keelson up --runtime process");
            installPackages();
        }
        var plan = known.isPresent() ? grown(known.get()) : draft(runtime);
        var keys = new Keys(plan.pki(), Instant.now());
        var renewed = Set.copyOf(keys.provide(plan));
        plan.save();
        Kubeconfig.write(plan, keys);
        if (!renewed.isEmpty())
            progress.done(
                    "keys",
                    (renewed.size() == 1 ? "a certificate" : renewed.size() + " certificates") + " made in "
                            + plan.pki());
        images(plan);
        if (plan.runtime() == RuntimeKind.CONTAINERD) {
            new Network(plan).create();
            var nodes = plan.nodes().stream()
                    .map(node -> node.name() + " " + node.address())
                    .collect(Collectors.joining(", "));
            progress.done(
                    "network",
                    plan.subnet().orElse("") + ".0/24: this machine " + plan.serverAddress() + ", " + nodes
                            + (plan.uplink() == Plan.Uplink.NONE
                                    ? "; no way out"
                                    : "; a way out through this machine"));
        }
        boolean wasUp = startServers(plan, keys, renewed);
        return new Outcome(plan, startNodes(plan, keys, renewed) && wasUp);
    }

    private void checkUnchanged(Plan plan) {
        var changed = new ArrayList<String>();
        wishes.servers()
                .filter(count -> count != plan.servers().size())
                .ifPresent(count -> changed.add(
                        "--servers " + count + " (it has " + plan.servers().size() + ")"));
        wishes.nodes()
                .filter(count -> count < plan.nodes().size())
                .ifPresent(count -> changed.add(
                        "--nodes " + count + " (it has " + plan.nodes().size() + "; more can be added, not fewer)"));
        if (!wishes.runtime().equals("auto") && !wishes.runtime().equals(plan.runtimeWord()))
            changed.add("--runtime " + wishes.runtime() + " (it is " + plan.runtimeWord() + ")");
        if (!changed.isEmpty()) {
            throw Trouble.of(
                    "the cluster in " + plan.directory() + " was made otherwise: " + String.join(", ", changed),
                    "Leave the option out, name another folder with --dir, or begin anew:",
                    "  keelson down --purge --dir " + plan.directory());
        }
    }

    private RuntimeKind chooseRuntime() throws InterruptedException {
        return switch (wishes.runtime()) {
            case "containerd" -> RuntimeKind.CONTAINERD;
            case "process" -> {
                sayLimits("as asked");
                yield RuntimeKind.PROCESS;
            }
            default -> {
                var why = Machine.whyNoContainers();
                if (why.isEmpty()) yield RuntimeKind.CONTAINERD;
                sayLimits(why.get());
                yield RuntimeKind.PROCESS;
            }
        };
    }

    private void sayLimits(String why) {
        progress.note("runtime", "process: " + why + ". Containers are plain processes here:");
        progress.note("", "no isolation and no limits, programs share this machine's files and network,");
        progress.note("", "services answer at NodePorts only. As root on Linux there are real containers.");
    }

    private void installPackages() throws InterruptedException {
        var missing = Packages.missing();
        if (missing.isEmpty()) return;
        progress.waiting(
                "packages",
                "installing " + String.join(", ", missing) + " with apt-get (waits if another apt is at work)");
        Packages.install(missing);
        var still = Packages.missing();
        if (!still.isEmpty())
            throw Trouble.of(
                    "apt-get installed its packages, and these are still not to be found: " + String.join(", ", still));
        progress.done("packages", "installed " + String.join(", ", missing));
    }

    private Plan draft(RuntimeKind runtime) throws InterruptedException {
        int serverCount = wishes.servers().orElse(3);
        int nodeCount = wishes.nodes().orElse(1);
        if (serverCount < 1 || serverCount > Plan.SERVERS_MAX || serverCount % 2 == 0) {
            throw Trouble.usage(
                    "--servers is 1, 3, 5 or 7, not " + serverCount,
                    "An even number survives no more failures than one less.");
        }
        if (nodeCount < 1 || nodeCount > Plan.NODES_MAX)
            throw Trouble.usage("--nodes is between 1 and " + Plan.NODES_MAX);
        if (runtime == RuntimeKind.PROCESS && nodeCount > 1) {
            throw Trouble.usage(
                    "the process runtime has one node: processes of several could not be told apart",
                    "As root on Linux, nodes are namespaces.");
        }
        var servers = Ports.choose(
                serverCount,
                wishes.clientPort().orElse(Ports.CLIENT),
                wishes.peerPort().orElse(Ports.PEER),
                wishes.apiPort().orElse(Ports.API),
                Ports::isFree);
        checkWishedPorts(servers.getFirst());
        Optional<String> subnet = Optional.empty();
        var uplink = Plan.Uplink.NONE;
        if (runtime == RuntimeKind.CONTAINERD) {
            subnet = Optional.of(wishes.subnet().isPresent() ? wishes.subnet().get() : Network.freeSubnet());
            if (wishes.uplink().equals("auto") && Network.hasDefaultRoute()) uplink = Plan.Uplink.MASQUERADE;
        }
        var empty = new Plan(
                wishes.directory(),
                Plan.idOf(wishes.directory()),
                UUID.randomUUID().toString(),
                runtime,
                uplink,
                servers,
                List.of(),
                subnet);
        var unusual = servers.getFirst();
        boolean usual = unusual.clientPort() == Ports.CLIENT
                && unusual.peerPort() == Ports.PEER
                && unusual.apiPort() == Ports.API;
        var ports = servers.stream()
                .map(server ->
                        server.name() + " " + server.clientPort() + "/" + server.peerPort() + "/" + server.apiPort())
                .collect(Collectors.joining(", "));
        progress.done(
                "ports", "store/peers/API: " + ports + (usual ? "" : "  (2379/2380/6443 are taken or not asked for)"));
        return empty.withNodes(nodeCount);
    }

    /** A port that was asked for and is taken is an error; only the usual ones may move. */
    private void checkWishedPorts(Plan.Server first) {
        checkWished("--client-port", wishes.clientPort(), first.clientPort());
        checkWished("--peer-port", wishes.peerPort(), first.peerPort());
        checkWished("--api-port", wishes.apiPort(), first.apiPort());
    }

    private static void checkWished(String option, Optional<Integer> wished, int got) {
        if (wished.isPresent() && wished.get() != got) {
            throw Trouble.of(
                    "port " + wished.get() + " (" + option + ") is taken",
                    "See who has it:  ss -ltnp 'sport = :" + wished.get() + "'",
                    "or give another, or none: then a free one is chosen.");
        }
    }

    private Plan grown(Plan plan) {
        int count = wishes.nodes().orElse(plan.nodes().size());
        if (plan.runtime() == RuntimeKind.PROCESS && count > 1) throw Trouble.usage("the process runtime has one node");
        return plan.withNodes(count);
    }

    private void images(Plan plan) throws IOException, InterruptedException {
        var busybox = Packages.busybox();
        if (busybox.isEmpty() && Machine.isLinux())
            busybox = Packages.fetchBusybox(plan.directory().resolve("tools"));
        Images.write(plan.images(), busybox);
        if (busybox.isEmpty()) {
            progress.note(
                    "images",
                    "there is no static busybox here, so the example's image " + Images.HELLO
                            + " was not made (Debian: busybox-static)");
        }
    }

    // --- processes
    // ----------------------------------------------------------------------------------------------------------------

    /** The process of a server. */
    public static Daemon daemon(Plan plan, Plan.Server server) {
        return new Daemon("server " + server.name(), plan.serverDirectory(server));
    }

    /** The process of a node's agent. */
    public static Daemon daemon(Plan plan, Plan.Node node) {
        return new Daemon("node " + node.name(), plan.nodeDirectory(node));
    }

    private boolean startServers(Plan plan, Keys keys, Set<String> renewed) throws IOException, InterruptedException {
        var down = new HashSet<Plan.Server>();
        for (var server : plan.servers()) {
            var daemon = daemon(plan, server);
            if (renewed.contains(server.name()) && daemon.isRunning()) daemon.stop(java.time.Duration.ofSeconds(15));
            if (!daemon.isRunning()) down.add(server);
        }
        for (var server : down) checkPorts(server, plan);
        var session = new Session();
        for (var server : plan.servers()) {
            if (down.contains(server))
                session.add(daemon(plan, server), Jvm.command("server", serverArguments(plan, server, keys)));
        }
        // Few allocation arenas: RocksDB's many threads would otherwise hold on to some hundred megabytes.
        session.start(Map.of("MALLOC_ARENA_MAX", "2"));
        return down.isEmpty();
    }

    private static void checkPorts(Plan.Server server, Plan plan) {
        for (int port : List.of(server.clientPort(), server.peerPort(), server.apiPort())) {
            if (!Ports.isFree(port)) {
                throw Trouble.of(
                        "port " + port + ", which server " + server.name()
                                + " of this cluster needs, is taken by another process",
                        "See who has it:  ss -ltnp 'sport = :" + port + "'",
                        "End that process, or make another cluster:  keelson up --dir " + plan.directory() + "-2");
            }
        }
    }

    static List<String> serverArguments(Plan plan, Plan.Server server, Keys keys) {
        return List.of(
                "server",
                "--name",
                server.name(),
                "--dir",
                plan.serverDirectory(server).toString(),
                "--cluster-token",
                plan.token(),
                "--listen-client",
                at(plan.listenAddresses(), server.clientPort()),
                "--listen-peer",
                "127.0.0.1:" + server.peerPort(),
                "--listen-api",
                at(plan.listenAddresses(), server.apiPort()),
                "--initial-cluster",
                plan.servers().stream()
                        .map(each -> each.name() + "=127.0.0.1:" + each.peerPort())
                        .collect(Collectors.joining(",")),
                "--initial-clients",
                plan.servers().stream()
                        .map(each -> each.name() + "=127.0.0.1:" + each.clientPort())
                        .collect(Collectors.joining(",")),
                "--api-endpoints",
                plan.servers().stream()
                        .map(each -> plan.serverAddress() + ":" + each.apiPort())
                        .collect(Collectors.joining(",")),
                "--cert",
                keys.certificate(server.name()).toString(),
                "--key",
                keys.key(server.name()).toString(),
                "--ca",
                keys.authority().toString());
    }

    private static String at(List<String> addresses, int port) {
        return addresses.stream().map(address -> address + ":" + port).collect(Collectors.joining(","));
    }

    private boolean startNodes(Plan plan, Keys keys, Set<String> renewed) throws IOException, InterruptedException {
        boolean allWereUp = true;
        for (var node : plan.nodes()) {
            var daemon = daemon(plan, node);
            if (renewed.contains(node.name()) && daemon.isRunning()) daemon.stop(java.time.Duration.ofSeconds(15));
            if (daemon.isRunning()) continue;
            allWereUp = false;
            Files.createDirectories(plan.nodeDirectory(node));
            var command = new ArrayList<String>();
            if (plan.runtime() == RuntimeKind.CONTAINERD)
                command.addAll(List.of("nsenter", "--net=/run/netns/" + plan.namespace(node)));
            command.addAll(Jvm.command("agent", agentArguments(plan, node, keys)));
            daemon.start(command, Map.of());
        }
        return allWereUp;
    }

    static List<String> agentArguments(Plan plan, Plan.Node node, Keys keys) throws IOException {
        return List.of(
                "agent",
                "--name",
                node.name(),
                "--dir",
                shortPath(plan, node).toString(),
                "--servers",
                plan.servers().stream()
                        .map(each -> plan.serverAddress() + ":" + each.apiPort())
                        .collect(Collectors.joining(",")),
                "--cert",
                keys.certificate(node.name()).toString(),
                "--key",
                keys.key(node.name()).toString(),
                "--ca",
                keys.authority().toString(),
                "--runtime",
                plan.runtimeWord(),
                "--node-address",
                node.address(),
                "--images",
                plan.images().toString());
    }

    /** A node's directory under a name short enough for the sockets in it: itself, or a link to it. */
    static Path shortPath(Plan plan, Plan.Node node) throws IOException {
        var directory = plan.nodeDirectory(node);
        if (plan.runtime() == RuntimeKind.PROCESS
                || directory.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length <= NODE_PATH_BYTES_MAX)
            return directory;
        Files.createDirectories(SHORT_PATHS);
        var link = shortLink(plan, node);
        if (!Files.isSymbolicLink(link)) Files.createSymbolicLink(link, directory);
        return link;
    }

    static Path shortLink(Plan plan, Plan.Node node) {
        return SHORT_PATHS.resolve(plan.id() + "-" + node.name());
    }
}
