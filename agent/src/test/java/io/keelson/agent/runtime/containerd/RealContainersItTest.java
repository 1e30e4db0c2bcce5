package io.keelson.agent.runtime.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keelson.agent.net.NetworkNamespace;
import io.keelson.agent.net.NetworkScope;
import io.keelson.agent.net.NodeNetwork;
import io.keelson.agent.net.PtpNetwork;
import io.keelson.agent.proxy.NftServiceRouter;
import io.keelson.agent.proxy.ServiceTable;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ContainerStreams;
import io.keelson.agent.runtime.ExecResult;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.runtime.SandboxId;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Goal: what the agent asks of containerd is what happens, on a real containerd with real containers.
 *
 * <p>Method: two nodes, each a network namespace with a containerd of its own, joined by a bridge without any way out. The tests share them, as
 * a node is expensive; the last one takes them apart and looks for traces.
 */
@Tag("containerd")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealContainersItTest {
    private static final String CLUSTER = "10.244.0.0/16";
    private static final String SERVICES = "10.96.0.0/16";
    private static final Duration EXEC = Duration.ofSeconds(20);
    private static final int NODES = 2;

    private final List<Path> dirs = new ArrayList<>();
    private final List<ContainerdRuntime> runtimes = new ArrayList<>();
    private final List<NftServiceRouter> routers = new ArrayList<>();
    private final String cgroup = "/keelson-test-" + ProcessHandle.current().pid();
    private Optional<TestFabric> fabric = Optional.empty();

    @BeforeAll
    void startNodes() throws IOException {
        Optional<String> impediment = TestFabric.impediment();
        assumeTrue(impediment.isEmpty(), () -> "SKIPPED: " + impediment.orElse(""));
        fabric = Optional.of(new TestFabric(NODES));
        for (int n = 1; n <= NODES; n++) {
            // Short, as a Unix socket's path must be.
            Path dir = Files.createTempDirectory("klt");
            dirs.add(dir);
            ContainerdRuntime runtime = ContainerdRuntime.start(dir, node(n));
            runtimes.add(runtime);
            runtime.importArchive(TestImages.pause(dir));
            runtime.importArchive(TestImages.busybox(dir));
            network(n);
            routers.add(new NftServiceRouter(node(n), NetworkScope.OWN_NAMESPACE, CLUSTER, SERVICES));
        }
        for (ContainerdRuntime runtime : runtimes) {
            TestPods.await("node ready", () -> runtime.notReadyReason().isEmpty());
        }
    }

    private NetworkNamespace node(int n) {
        return fabric.orElseThrow().node(n);
    }

    private void network(int n) {
        int other = 3 - n;
        new PtpNetwork(node(n), NetworkScope.OWN_NAMESPACE, TestFabric.address(n), dirs.get(n - 1))
                .configure(
                        TestFabric.podCidr(n),
                        CLUSTER,
                        SERVICES,
                        Map.of("peer", new NodeNetwork.Peer(TestFabric.address(other), TestFabric.podCidr(other))));
    }

    @AfterAll
    void takeApart() throws IOException {
        runtimes.forEach(ContainerdRuntime::close);
        for (Path dir : dirs) {
            NodeTeardown.run(dir);
        }
        fabric.ifPresent(TestFabric::close);
        for (Path dir : dirs) {
            delete(dir);
        }
    }

    @Test
    @Order(1)
    void containerRunsAsAsked() throws IOException {
        ContainerdRuntime runtime = runtimes.getFirst();
        SandboxConfig config = TestPods.sandbox("asked", dirs.getFirst(), cgroup);
        SandboxId sandbox = runtime.runSandbox(config);
        ContainerId container = TestPods.start(
                runtime,
                sandbox,
                config,
                TestPods.container(
                        runtime,
                        "web",
                        Map.of("GREETING", "hello there"),
                        32L << 20,
                        "echo out; echo err >&2; sleep 1000"));

        assertThat(TestPods.observed(runtime, sandbox)).satisfies(seen -> {
            assertThat(seen.ready()).isTrue();
            assertThat(seen.pod()).isEqualTo(config.pod());
            assertThat(seen.ips()).singleElement().asString().startsWith("10.244.1.");
            assertThat(seen.pid()).isPositive();
            assertThat(seen.annotations()).containsEntry("a/b", "c");
        });
        assertThat(TestPods.observed(runtime, container)).satisfies(seen -> {
            assertThat(seen.state()).isEqualTo(ObservedContainer.State.RUNNING);
            assertThat(seen.image()).isEqualTo(TestImages.BUSYBOX);
            assertThat(seen.startedAt()).isPresent();
            assertThat(seen.pid()).isPositive();
        });
        assertThat(exec(container, "echo $GREETING; hostname").stdout()).isEqualTo("hello there\nasked\n");
        assertThat(exec(container, "cat /etc/resolv.conf").stdout()).doesNotContain("nameserver");
        assertThat(exec(container, "cat /sys/fs/cgroup/memory/memory.limit_in_bytes || cat /sys/fs/cgroup/memory.max")
                        .stdout()
                        .strip())
                .isEqualTo(Long.toString(32L << 20));
        Path log = config.logDirectory().resolve("web/0.log");
        TestPods.await("both lines in the log", () -> read(log).lines().count() == 2);
        assertThat(read(log)).containsPattern("\\S+Z stdout F out\n").containsPattern("\\S+Z stderr F err\n");
        Path v1 = Path.of("/sys/fs/cgroup/memory" + runtime.cgroup(config) + "/memory.limit_in_bytes");
        Path v2 = Path.of("/sys/fs/cgroup" + runtime.cgroup(config) + "/memory.max");
        assertThat(read(Files.exists(v1) ? v1 : v2).strip()).isEqualTo(Long.toString(128L << 20));
    }

    @Test
    @Order(2)
    void commandsTalkAndPortsAnswer() throws Exception {
        ContainerdRuntime runtime = runtimes.getFirst();
        SandboxConfig config = TestPods.sandbox("talks", dirs.getFirst(), cgroup);
        SandboxId sandbox = runtime.runSandbox(config);
        ContainerId container = TestPods.start(
                runtime,
                sandbox,
                config,
                TestPods.container(runtime, "c", Map.of(), 32L << 20, "httpd -f -p 127.0.0.1:7000"));
        // The end of the input is an end for the program, and its code is told.
        byte[] sent = "word\n".repeat(50_000).getBytes(StandardCharsets.UTF_8);
        ContainerStreams.Wanted all = new ContainerStreams.Wanted(true, true, true, false);
        try (ContainerStreams streams =
                runtime.exec(container, List.of("/bin/sh", "-c", "/bin/busybox wc -c; echo err >&2; exit 5"), all)) {
            streams.stdin().write(sent);
            streams.stdin().close();
            assertThat(new String(streams.stdout().readAllBytes(), StandardCharsets.UTF_8).strip())
                    .isEqualTo(Integer.toString(sent.length));
            assertThat(new String(streams.stderr().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("err\n");
            assertThat(streams.exitCode()).isEqualTo(5);
        }
        try (ContainerStreams streams = runtime.exec(container, List.of("/bin/nothing"), all)) {
            assertThatThrownBy(streams::exitCode)
                    .isInstanceOf(RuntimeFault.ExecFailed.class)
                    .hasMessageContaining("/bin/nothing");
        }
        ContainerStreams.Wanted terminal = new ContainerStreams.Wanted(true, true, false, true);
        // The size and the input travel apart, so either may come first.
        String waits = "read x; for i in $(/bin/busybox seq 100); do s=$(/bin/busybox stty size); "
                + "[ -z \"$s\" ] || break; /bin/busybox sleep 0.1; done; echo \"$s\"; exit 0";
        try (ContainerStreams streams = runtime.exec(container, List.of("/bin/sh", "-c", waits), terminal)) {
            streams.resize(77, 22);
            streams.stdin().write('\n');
            streams.stdin().flush();
            assertThat(new String(streams.stdout().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("22 77");
            assertThat(streams.exitCode()).isZero();
        }
        // Where only programs of the pod itself can reach.
        TestPods.await("a listener", () -> {
            try (Socket socket = runtime.connect(TestPods.observed(runtime, sandbox), 7000)) {
                socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).equals("HTTP/");
            } catch (IOException e) {
                return false;
            }
        });
        // And where one listens at the address of its pod only.
        String address = TestPods.observed(runtime, sandbox).ips().getFirst();
        assertThat(exec(container, "/bin/busybox httpd -p " + address + ":7002").exitCode())
                .isZero();
        TestPods.await("another listener", () -> {
            try (Socket socket = runtime.connect(TestPods.observed(runtime, sandbox), 7002)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
        assertThatThrownBy(() -> runtime.connect(TestPods.observed(runtime, sandbox), 7001))
                .isInstanceOf(IOException.class);
        assertThat(runtime.usage())
                .filteredOn(used -> used.id().equals(container))
                .singleElement()
                .satisfies(used -> {
                    assertThat(used.cpuNanos()).isPositive();
                    assertThat(used.memoryBytes()).isPositive();
                });
        runtime.stopSandbox(sandbox);
        runtime.removeSandbox(sandbox);
    }

    @Test
    @Order(2)
    void execTellsWhatHappened() {
        ContainerdRuntime runtime = runtimes.getFirst();
        ContainerId container = running("asked");
        assertThat(exec(container, "echo oops >&2; exit 7")).isEqualTo(new ExecResult(7, "", "oops\n"));
        assertThatThrownBy(() -> runtime.exec(container, List.of("/nosuch"), EXEC))
                .isInstanceOf(RuntimeFault.ExecFailed.class);
        assertThatThrownBy(() -> runtime.exec(container, List.of("/bin/sleep", "100"), Duration.ofSeconds(1)))
                .isInstanceOf(RuntimeFault.ExecTimeout.class);
        assertThatThrownBy(() -> runtime.exec(new ContainerId("nosuch"), List.of("/bin/true"), EXEC))
                .isInstanceOf(RuntimeFault.NotFound.class);
        assertThat(exec(container, "head -c 200000 /bin/busybox").stdout().length())
                .isLessThanOrEqualTo(ExecResult.OUTPUT_BYTES_MAX);
    }

    @Test
    @Order(2)
    void whoLooksIntoAContainerSeesItsProcessesAndHasATerminal() throws IOException {
        ContainerdRuntime runtime = runtimes.getFirst();
        SandboxConfig config = TestPods.sandbox("looked", dirs.getFirst(), cgroup);
        SandboxId sandbox = runtime.runSandbox(config);
        ContainerId seen = TestPods.start(
                runtime, sandbox, config, TestPods.container(runtime, "seen", Map.of(), 0, "exec sleep 1234"));
        ContainerId looking = TestPods.start(
                runtime,
                sandbox,
                config,
                TestPods.container(runtime, "looking", Map.of(), 0, "exec /bin/sh", true, Optional.of(seen)));
        ContainerStreams.Wanted terminal = new ContainerStreams.Wanted(true, true, false, true);
        try (ContainerStreams streams = runtime.attach(looking, terminal)) {
            streams.stdin()
                    .write("/bin/busybox tr '\\0' ' ' < /proc/1/cmdline; /bin/busybox tty; exit 4\n"
                            .getBytes(StandardCharsets.US_ASCII));
            streams.stdin().flush();
            assertThat(new String(streams.stdout().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("sleep 1234", "/dev/pts/");
        }
        TestPods.await("its end", () -> TestPods.observed(runtime, looking).state() == ObservedContainer.State.EXITED);
        assertThat(TestPods.observed(runtime, looking).exitCode()).isEqualTo(4);
        assertThat(exec(seen, "echo still here").stdout()).isEqualTo("still here\n");
        runtime.stopSandbox(sandbox);
        runtime.removeSandbox(sandbox);
    }

    @Test
    @Order(3)
    void endsAreToldApart() {
        ContainerdRuntime runtime = runtimes.getFirst();
        SandboxConfig config = TestPods.sandbox("ends", dirs.getFirst(), cgroup);
        SandboxId sandbox = runtime.runSandbox(config);
        AtomicInteger hints = new AtomicInteger();
        runtime.onChange(hints::incrementAndGet);

        ContainerId greedy = TestPods.start(
                runtime, sandbox, config, TestPods.container(runtime, "greedy", Map.of(), 20L << 20, "tail /dev/zero"));
        TestPods.await(
                "killed for its memory",
                () -> TestPods.observed(runtime, greedy).reason().equals("OOMKilled"));
        assertThat(TestPods.observed(runtime, greedy).exitCode()).isEqualTo(137);
        TestPods.await("a hint that it changed", () -> hints.get() > 0);

        ContainerId failing =
                TestPods.start(runtime, sandbox, config, TestPods.container(runtime, "failing", Map.of(), 0, "exit 3"));
        TestPods.await("ended", () -> TestPods.observed(runtime, failing).state() == ObservedContainer.State.EXITED);
        assertThat(TestPods.observed(runtime, failing).exitCode()).isEqualTo(3);

        ContainerId graceful = TestPods.start(
                runtime,
                sandbox,
                config,
                TestPods.container(
                        runtime,
                        "graceful",
                        Map.of(),
                        0,
                        "trap 'exit 5' TERM; echo ready; while true; do sleep 0.1; done"));
        TestPods.await(
                "its trap set",
                () -> read(config.logDirectory().resolve("graceful/0.log")).contains("ready"));
        runtime.stopContainer(graceful, Duration.ofSeconds(30));
        assertThat(TestPods.observed(runtime, graceful).exitCode()).isEqualTo(5);

        ContainerId stubborn = TestPods.start(
                runtime,
                sandbox,
                config,
                TestPods.container(runtime, "stubborn", Map.of(), 0, "trap '' TERM; sleep 1000"));
        runtime.stopContainer(stubborn, Duration.ofSeconds(1));
        assertThat(TestPods.observed(runtime, stubborn).exitCode()).isEqualTo(137);

        var missing = TestPods.container(runtime, "missing", Map.of(), 0, "");
        ContainerId nosuch = runtime.createContainer(
                sandbox,
                config,
                new io.keelson.agent.runtime.ContainerConfig(
                        "missing",
                        0,
                        missing.image(),
                        List.of("/nosuch"),
                        List.of(),
                        "",
                        Map.of(),
                        List.of(),
                        missing.resources(),
                        missing.security(),
                        false,
                        false,
                        false,
                        Optional.empty(),
                        "missing/0.log",
                        Map.of(),
                        Map.of()));
        assertThatThrownBy(() -> runtime.startContainer(nosuch))
                .isInstanceOf(RuntimeFault.StartFailed.class)
                .hasMessageContaining("/nosuch");

        runtime.stopSandbox(sandbox);
        assertThat(TestPods.observed(runtime, sandbox).ready()).isFalse();
        runtime.removeSandbox(sandbox);
        runtime.removeSandbox(sandbox);
        runtime.stopContainer(stubborn, Duration.ZERO);
        runtime.removeContainer(stubborn);
        assertThat(runtime.list().of(config.pod()).isEmpty()).isTrue();
        assertThat(Path.of("/sys/fs/cgroup/memory" + runtime.cgroup(config))).doesNotExist();
    }

    @Test
    @Order(4)
    void importIsRepeatedWithoutWork() throws IOException {
        ContainerdRuntime runtime = runtimes.getFirst();
        Path archive = dirs.getFirst().resolve("busybox.tar");
        assertThat(runtime.importArchive(archive)).containsExactly(TestImages.BUSYBOX);
        Path zipped = dirs.getFirst().resolve("again.tar.gz");
        try (var out = new java.util.zip.GZIPOutputStream(Files.newOutputStream(zipped))) {
            Files.copy(archive, out);
        }
        assertThat(runtime.importArchive(zipped)).containsExactly(TestImages.BUSYBOX);
        assertThat(runtime.findImage("localhost/test/busybox:2")).isEmpty();
        Path broken = Files.writeString(dirs.getFirst().resolve("broken.tar"), "no archive at all".repeat(100));
        assertThatThrownBy(() -> runtime.importArchive(broken))
                .isInstanceOf(RuntimeFault.BadArchive.class)
                .hasMessageContaining("broken.tar");
    }

    @Test
    @Order(5)
    void pullWithoutUplinkFailsClearly() {
        assertThatThrownBy(() -> runtimes.getFirst().pullImage("192.168.77.99:5000/nosuch/image:1", Optional.empty()))
                .isInstanceOf(RuntimeFault.ImagePullFailed.class)
                .hasMessageContaining("192.168.77.99:5000/nosuch/image:1");
        assertThatThrownBy(() -> runtimes.getFirst().pullImage("Not A Name", Optional.empty()))
                .isInstanceOf(RuntimeFault.InvalidImageName.class);
    }

    @Test
    @Order(6)
    void podsOutliveContainerdAndAgent() {
        ContainerdRuntime runtime = runtimes.getFirst();
        ContainerId container = running("asked");
        long pid = TestPods.observed(runtime, container).pid();
        long daemon = runtime.containerdPid();

        ProcessHandle.of(daemon).orElseThrow().destroyForcibly();
        TestPods.await("another containerd", () -> runtime.containerdPid() != daemon);
        assertThat(TestPods.observed(runtime, container)).satisfies(seen -> {
            assertThat(seen.state()).isEqualTo(ObservedContainer.State.RUNNING);
            assertThat(seen.pid()).isEqualTo(pid);
        });
        assertThat(exec(container, "echo $GREETING").stdout()).isEqualTo("hello there\n");

        long second = runtime.containerdPid();
        runtime.close();
        ContainerdRuntime next = ContainerdRuntime.start(dirs.getFirst(), node(1));
        runtimes.set(0, next);
        assertThat(next.containerdPid()).isEqualTo(second);
        assertThat(TestPods.observed(next, container).pid()).isEqualTo(pid);
        assertThat(next.importArchive(dirs.getFirst().resolve("pause.tar")))
                .containsExactly(ContainerdConfig.PAUSE_IMAGE);
    }

    @Test
    @Order(7)
    void serviceReachesEndpointsOnBothNodes() {
        List<ServiceTable.Endpoint> endpoints = new ArrayList<>();
        List<ContainerId> pods = new ArrayList<>();
        List<String> ips = new ArrayList<>();
        for (int n = 1; n <= NODES; n++) {
            ContainerdRuntime runtime = runtimes.get(n - 1);
            SandboxConfig config = TestPods.sandbox("web" + n, dirs.get(n - 1), cgroup);
            SandboxId sandbox = runtime.runSandbox(config);
            pods.add(TestPods.start(
                    runtime,
                    sandbox,
                    config,
                    TestPods.container(
                            runtime,
                            "web",
                            Map.of(),
                            0,
                            "echo node" + n + " > /www/index.html; exec httpd -f -p 8080 -h /www")));
            ips.add(TestPods.observed(runtime, sandbox).ips().getFirst());
        }
        TestPods.await(
                "a pod of the other node, directly",
                () -> answer(1, pods.get(0), ips.get(1) + ":8080").equals("node2"));
        TestPods.await(
                "the other way round",
                () -> answer(2, pods.get(1), ips.get(0) + ":8080").equals("node1"));

        for (int n = 1; n <= NODES; n++) {
            endpoints.clear();
            for (int e = 1; e <= NODES; e++) {
                endpoints.add(new ServiceTable.Endpoint(ips.get(e - 1), 8080, e == n));
            }
            routers.get(n - 1).apply(table(endpoints, Optional.empty()));
        }
        for (int n = 1; n <= NODES; n++) {
            int node = n;
            List<String> seen = new ArrayList<>();
            TestPods.await("both endpoints from node " + n, () -> {
                seen.add(answer(node, pods.get(node - 1), "10.96.0.50"));
                return seen.contains("node1") && seen.contains("node2");
            });
            assertThat(seen).containsOnly("node1", "node2");
            assertThat(fetch(node(n), "http://" + TestFabric.address(n) + ":30080/"))
                    .startsWith("node");
            assertThat(fetch(fabric.orElseThrow().outside(), "http://" + TestFabric.address(n) + ":30080/"))
                    .startsWith("node");
            assertThat(fetch(node(n), "http://10.96.0.50/")).startsWith("node");
            assertThat(refusal(n, pods.get(n - 1), "10.96.0.60")).contains("refused");
            assertThat(refusal(n, pods.get(n - 1), "10.96.9.9")).contains("refused");
        }

        routers.getFirst().apply(table(endpoints, Optional.of(600)));
        List<String> same = Stream.generate(() -> answer(1, pods.getFirst(), "10.96.0.50"))
                .limit(8)
                .distinct()
                .toList();
        assertThat(same).hasSize(1);

        routers.getFirst().apply(table(List.of(), Optional.empty()));
        assertThat(refusal(1, pods.getFirst(), "10.96.0.50")).contains("refused");
        routers.getFirst()
                .apply(table(List.of(new ServiceTable.Endpoint(ips.getFirst(), 8080, true)), Optional.empty()));
        assertThat(answer(1, pods.getFirst(), "10.96.0.50"))
                .as("a pod that calls itself")
                .isEqualTo("node1");
    }

    /** As the control plane is: outside, with no way back to pods' addresses. */
    @Test
    @Order(8)
    void serviceReachesAnEndpointOutsideTheCluster() throws IOException {
        Path www = Files.createDirectories(dirs.getFirst().resolve("www"));
        Files.writeString(www.resolve("index.html"), "outside\n");
        Process server = new ProcessBuilder(fabric.orElseThrow()
                        .outside()
                        .enter(List.of("busybox", "httpd", "-f", "-p", "192.168.77.254:8000", "-h", www.toString())))
                .start();
        try {
            routers.getFirst()
                    .apply(table(List.of(new ServiceTable.Endpoint("192.168.77.254", 8000, false)), Optional.empty()));
            TestPods.await(
                    "an answer from outside",
                    () -> answer(1, running("web1"), "10.96.0.50").equals("outside"));
            assertThat(fetch(node(1), "http://10.96.0.50/")).isEqualTo("outside");
        } finally {
            server.destroyForcibly();
        }
    }

    private static ServiceTable table(List<ServiceTable.Endpoint> endpoints, Optional<Integer> affinity) {
        return new ServiceTable(List.of(
                new ServiceTable.Service(
                        "default",
                        "web",
                        List.of("10.96.0.50"),
                        List.of(),
                        affinity,
                        false,
                        false,
                        List.of(new ServiceTable.Port("", ServiceTable.Protocol.TCP, 80, 30080, endpoints))),
                new ServiceTable.Service(
                        "default",
                        "without",
                        List.of("10.96.0.60"),
                        List.of(),
                        Optional.empty(),
                        false,
                        false,
                        List.of(new ServiceTable.Port("", ServiceTable.Protocol.TCP, 80, 0, List.of())))));
    }

    @Test
    @Order(9)
    void teardownLeavesNothing() throws IOException {
        List<Long> pids = new ArrayList<>();
        for (ContainerdRuntime runtime : runtimes) {
            runtime.list().containers().stream()
                    .map(ObservedContainer::pid)
                    .filter(pid -> pid > 0)
                    .forEach(pids::add);
            pids.add(runtime.containerdPid());
            runtime.close();
        }
        runtimes.clear();
        assertThat(pids).hasSizeGreaterThan(NODES);
        for (Path dir : dirs) {
            NodeTeardown.run(dir);
        }

        assertThat(pids).noneMatch(pid -> DaemonId.running(pid).isPresent());
        String mounts = read(Path.of("/proc/self/mountinfo"));
        assertThat(dirs).noneMatch(dir -> mounts.contains(dir.toString()));
        assertThat(dirs).noneMatch(this::cgroupExists);
        for (int n = 1; n <= NODES; n++) {
            assertThat(node(n).command("nft", "list", "ruleset").check()).doesNotContain("keelson");
            assertThat(node(n).command("ip", "route").check()).doesNotContain("10.244.");
            assertThat(node(n).command("ip", "-br", "link").check()).doesNotContain("veth");
        }
    }

    @Test
    @Order(10)
    void aNodeThatDiedIsTakenApartToo() throws IOException {
        Path dir = dirs.getFirst();
        ContainerdRuntime runtime = ContainerdRuntime.start(dir, node(1));
        network(1);
        TestPods.await("the same node once more", () -> runtime.notReadyReason().isEmpty());
        SandboxConfig config = TestPods.sandbox("orphan", dir, cgroup);
        SandboxId sandbox = runtime.runSandbox(config);
        ContainerId container =
                TestPods.start(runtime, sandbox, config, TestPods.container(runtime, "c", Map.of(), 0, "sleep 1000"));
        long pid = TestPods.observed(runtime, container).pid();
        long daemon = runtime.containerdPid();
        runtime.close();
        ProcessHandle.of(daemon).orElseThrow().destroyForcibly();
        TestPods.await("containerd ended", () -> DaemonId.running(daemon).isEmpty());
        assertThat(DaemonId.running(pid)).isPresent();
        fabric.orElseThrow().close();

        NodeTeardown.run(dir);
        NodeTeardown.run(dir);

        assertThat(DaemonId.running(pid)).isEmpty();
        assertThat(DaemonId.read(ContainerdPaths.below(dir).pidFile())).isEmpty();
        assertThat(read(Path.of("/proc/self/mountinfo"))).doesNotContain(dir.toString());
        assertThat(dirs).noneMatch(this::cgroupExists);
    }

    private boolean cgroupExists(Path dir) {
        try {
            return Cgroups.exists(CgroupRecord.scoped(cgroup, dir));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private ContainerId running(String pod) {
        return runtimes.getFirst().list().containers().stream()
                .filter(container -> container.pod().name().equals(pod))
                .map(ObservedContainer::id)
                .findFirst()
                .orElseThrow();
    }

    private ExecResult exec(ContainerId container, String script) {
        return runtimes.getFirst().exec(container, List.of("/bin/sh", "-c", script), EXEC);
    }

    private String answer(int node, ContainerId pod, String address) {
        return ask(node, pod, address).stdout().lines().reduce((a, b) -> b).orElse("");
    }

    private String refusal(int node, ContainerId pod, String address) {
        return ask(node, pod, address).stderr();
    }

    /** With nc, as a static busybox's wget loads the machine's name service and crashes without it. */
    private ExecResult ask(int node, ContainerId pod, String address) {
        String[] hostPort = (address + ":80").split(":", -1);
        String script = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 " + hostPort[0] + " " + hostPort[1];
        return runtimes.get(node - 1).exec(pod, List.of("/bin/sh", "-c", script), EXEC);
    }

    /** By bash's own sockets, as no HTTP client is sure to be on the machine. */
    private static String fetch(NetworkNamespace from, String url) {
        java.net.URI uri = java.net.URI.create(url);
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        return from.command(
                        "bash",
                        "-c",
                        "exec 3<>/dev/tcp/" + uri.getHost() + "/" + port
                                + "; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; timeout 5 cat <&3")
                .check()
                .lines()
                .reduce((a, b) -> b)
                .orElse("");
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).collect(Collectors.toList())) {
                Files.deleteIfExists(file);
            }
        }
    }
}
