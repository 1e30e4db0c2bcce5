package io.keelson.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.agent.RuntimeKind;
import io.keelson.cli.client.Access;
import io.keelson.cli.pki.Authority;
import io.keelson.cli.pki.Issued;
import io.keelson.cli.pki.Pem;
import io.keelson.cli.print.Trouble;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTest {

    private final Instant now = Instant.now();

    @TempDir
    Path folder;

    private Plan plan() {
        return new Plan(
                folder,
                "abcdef",
                "token",
                RuntimeKind.CONTAINERD,
                Plan.Uplink.NONE,
                List.of(new Plan.Server("s1", 2379, 2380, 6443), new Plan.Server("s2", 2389, 2390, 6453)),
                List.of(Plan.node(1, Optional.of("192.168.77"))),
                Optional.of("192.168.77"));
    }

    @Test
    void theUsualPortsAreTakenWhenFree() {
        assertThat(Ports.choose(3, 2379, 2380, 6443, port -> true))
                .containsExactly(
                        new Plan.Server("s1", 2379, 2380, 6443),
                        new Plan.Server("s2", 2389, 2390, 6453),
                        new Plan.Server("s3", 2399, 2400, 6463));
    }

    @Test
    void takenPortsAreSteppedOverAndNoneIsGivenTwice() {
        var taken = Set.of(2379, 2380, 2381, 6443);
        var servers = Ports.choose(2, 2379, 2380, 6443, port -> !taken.contains(port));
        assertThat(servers.getFirst()).isEqualTo(new Plan.Server("s1", 2382, 2383, 6444));
        assertThat(servers.get(1)).isEqualTo(new Plan.Server("s2", 2389, 2390, 6453));
    }

    @Test
    void noFreePortIsAnError() {
        assertThatThrownBy(() -> Ports.choose(1, 2379, 2380, 6443, port -> false))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("2379");
    }

    @Test
    void aPortThatListensIsNotFree() throws Exception {
        try (var listening = new java.net.ServerSocket(0, 1, java.net.InetAddress.ofLiteral("127.0.0.1"))) {
            assertThat(Ports.isFree(listening.getLocalPort())).isFalse();
        }
    }

    @Test
    void theFreeSubnetIsOneThatNobodyMentions() {
        assertThat(Network.freeSubnet("default via 10.0.0.1")).isEqualTo("192.168.77");
        assertThat(Network.freeSubnet("192.168.77.0/24 dev x\n inet 192.168.78.1/24"))
                .isEqualTo("192.168.79");
        assertThatThrownBy(() -> Network.freeSubnet("192.168.0.0/16 via 10.0.0.1"))
                .isInstanceOf(Trouble.class);
    }

    @Test
    void aPlanReadsBackAsItWasWritten() throws Exception {
        plan().save();
        assertThat(Plan.load(folder)).contains(plan());
        assertThat(Plan.load(folder.resolve("other"))).isEmpty();
    }

    @Test
    void aBrokenPlanNamesItsFile() throws Exception {
        Files.writeString(Plan.file(folder), "{\"servers\": [");
        assertThatThrownBy(() -> Plan.load(folder))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("cluster.json is broken");
    }

    @Test
    void nodesCanBeAdded() {
        assertThat(plan().withNodes(3).nodes())
                .containsExactly(
                        new Plan.Node("n1", "192.168.77.11"),
                        new Plan.Node("n2", "192.168.77.12"),
                        new Plan.Node("n3", "192.168.77.13"));
    }

    @Test
    void keysAreMadeOnceAndAgainWhenTheyRunOut() throws Exception {
        var keys = new Keys(folder.resolve("pki"), now);
        assertThat(keys.provide(plan())).containsExactly("s1", "s2", "n1", "admin");
        assertThat(keys.provide(plan())).isEmpty();
        assertThat(keys.provide(plan().withNodes(2))).containsExactly("n2");
        var later = now.plus(Duration.ofDays(350));
        assertThat(new Keys(folder.resolve("pki"), later).provide(plan())).containsExactly("s1", "s2", "n1", "admin");
        Files.writeString(keys.certificate("s1"), "garbage");
        assertThat(new Keys(folder.resolve("pki"), later).provide(plan())).containsExactly("s1");
    }

    @Test
    void serversOfAnOlderClusterGetCertificatesThatOpenTheStoreToThem() throws Exception {
        var keys = new Keys(folder.resolve("pki"), now);
        keys.provide(plan());
        var authority = Authority.of(new Issued(
                Pem.parseCertificate(Files.readString(keys.authority())),
                Pem.parseKey(Files.readString(keys.key("ca")))));
        var older = authority.client("s1", "system:nodes", now);
        Files.writeString(keys.certificate("s1"), Pem.certificate(older.certificate()));
        Files.writeString(keys.key("s1"), Pem.key(older.key()));
        assertThat(Keys.isOfServers(older.certificate())).isFalse();
        assertThat(keys.provide(plan())).containsExactly("s1");
        assertThat(Keys.isOfServers(Pem.parseCertificate(Files.readString(keys.certificate("s1")))))
                .isTrue();
    }

    @Test
    void keysAreForTheOwnerAlone() throws Exception {
        var keys = new Keys(folder.resolve("pki"), now);
        keys.provide(plan());
        Kubeconfig.write(plan(), keys);
        for (var file : List.of(keys.key("s1"), keys.key("ca"), plan().kubeconfig())) {
            assertThat(Files.getPosixFilePermissions(file))
                    .extracting(Enum::name)
                    .containsExactlyInAnyOrder("OWNER_READ", "OWNER_WRITE");
        }
    }

    @Test
    void aLostAuthorityIsToldWithTheWayOut() throws Exception {
        var keys = new Keys(folder.resolve("pki"), now);
        keys.provide(plan());
        Files.delete(keys.key("ca"));
        assertThatThrownBy(() -> keys.provide(plan()))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("certificate authority");
    }

    @Test
    void theKubeconfigNamesAllServers() throws Exception {
        var keys = new Keys(folder.resolve("pki"), now);
        keys.provide(plan());
        Kubeconfig.write(plan(), keys);
        var access = Access.fromKubeconfig(plan().kubeconfig());
        assertThat(access.servers()).containsExactly("127.0.0.1:6443", "127.0.0.1:6453");
        assertThat(access.namespace()).isEqualTo("default");
        assertThat(access.certificate()).isEqualTo(Files.readString(keys.certificate("admin")));
    }

    @Test
    void anExpiredCertificateIsToldBeforeAnyConnection() throws Exception {
        var longAgo = now.minus(Duration.ofDays(400));
        var keys = new Keys(folder.resolve("pki"), longAgo);
        keys.provide(plan());
        Kubeconfig.write(plan(), keys);
        assertThatThrownBy(() -> Access.fromKubeconfig(plan().kubeconfig()))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("expired at");
    }

    @Test
    void aMissingKubeconfigSaysHowToGetOne() {
        assertThatThrownBy(() -> Access.fromKubeconfig(folder.resolve("nothing")))
                .isInstanceOfSatisfying(
                        Trouble.class,
                        trouble -> assertThat(trouble.wayOut()).anyMatch(line -> line.contains("keelson up")));
    }

    @Test
    void aFolderWithOtherThingsIsNotTaken() throws Exception {
        Files.writeString(folder.resolve("thesis.txt"), "precious");
        assertThatThrownBy(() -> Machine.checkDirectory(folder))
                .isInstanceOf(Trouble.class)
                .hasMessageContaining("thesis.txt");
        Files.delete(folder.resolve("thesis.txt"));
        Machine.checkDirectory(folder);
        Machine.checkDirectory(folder.resolve("new/deep"));
    }

    @Test
    void imagesAreTheSameEachTimeAndReadableByTar() throws Exception {
        var program = Files.write(folder.resolve("busybox"), new byte[1000]);
        Images.write(folder.resolve("one"), Optional.of(program));
        Images.write(folder.resolve("two"), Optional.of(program));
        for (var image : List.of("pause.tar", "hello.tar")) {
            assertThat(Files.readAllBytes(folder.resolve("one").resolve(image)))
                    .isEqualTo(Files.readAllBytes(folder.resolve("two").resolve(image)));
        }
        var listing = Shell.run("tar", "-tf", folder.resolve("one/hello.tar").toString());
        assertThat(listing.code()).isZero();
        assertThat(listing.output()).contains("manifest.json", "layer.tar");
        var layer = new ProcessBuilder("sh", "-c", "tar -xOf one/hello.tar layer.tar | tar -tvf -")
                .directory(folder.toFile())
                .start();
        assertThat(new String(layer.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .contains("-rwxr-xr-x", "bin/busybox", "bin/sh -> busybox", "drwxrwxrwt");
    }

    @Test
    void pauseIgnoresItsChildrenAndWaits() throws Exception {
        var program = PauseProgram.forMachine().orElseThrow();
        assertThat(program.length).isLessThan(256);
        if (!Machine.isLinux()) return;
        var file = Files.write(folder.resolve("pause"), program);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        var process = new ProcessBuilder(file.toString()).start();
        try {
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            var status = Path.of("/proc", Long.toString(process.pid()), "status");
            // SIGCHLD is signal 17: bit 16 of the ignored ones.
            while (!ignores(status, 16) && System.nanoTime() < deadline) Thread.onSpinWait();
            assertThat(ignores(status, 16)).isTrue();
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(PauseProgram.arm64()).hasSize(64 + 56 + 64 + 32);
    }

    private static boolean ignores(Path status, int bit) throws Exception {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> bit & 1) == 1);
    }

    @Test
    void aDaemonIsKnownAgainAndStopped() throws Exception {
        var daemon = new Daemon("sleeper", folder.resolve("d"));
        assertThat(daemon.isRunning()).isFalse();
        daemon.start(List.of("sh", "-c", "echo begun; exec sleep 60"), Map.of());
        assertThat(daemon.isRunning()).isTrue();
        var pid = daemon.process().orElseThrow().pid();
        assertThat(new Daemon("sleeper", folder.resolve("d"))
                        .process()
                        .orElseThrow()
                        .pid())
                .isEqualTo(pid);
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (daemon.lastLines(1).isEmpty() && System.nanoTime() < deadline) Thread.onSpinWait();
        assertThat(daemon.lastLines(5)).containsExactly("begun");
        daemon.stop(Duration.ofSeconds(20));
        assertThat(daemon.isRunning()).isFalse();
    }

    @Test
    void whatIsStartedTogetherSharesASessionAndHeedsInterrupts() throws Exception {
        if (!Machine.isLinux()) return;
        var one = new Daemon("one", folder.resolve("it's one"));
        var two = new Daemon("two", folder.resolve("two"));
        var session = new Session();
        session.add(one, List.of("sh", "-c", "echo \"$WORD $0\"; exec sleep 60", "a 'b' $c"));
        session.add(two, List.of("sleep", "60"));
        try {
            session.start(Map.of("WORD", "begun"));
            assertThat(one.isRunning()).isTrue();
            assertThat(two.isRunning()).isTrue();
            assertThat(sessionOf(one)).isEqualTo(sessionOf(two)).isNotEqualTo(sessionOf("self"));
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (one.lastLines(1).isEmpty() && System.nanoTime() < deadline) Thread.onSpinWait();
            assertThat(one.lastLines(5)).containsExactly("begun a 'b' $c");
            var status =
                    Path.of("/proc", Long.toString(one.process().orElseThrow().pid()), "status");
            // SIGINT is signal 2, SIGQUIT 3.
            assertThat(ignores(status, 1)).isFalse();
            assertThat(ignores(status, 2)).isFalse();
        } finally {
            one.stop(Duration.ofSeconds(20));
            two.stop(Duration.ofSeconds(20));
        }
        assertThat(one.isRunning()).isFalse();
        assertThat(two.isRunning()).isFalse();
    }

    @Test
    void whatEndsAtOnceIsFoundMissing() throws Exception {
        if (!Machine.isLinux()) return;
        var daemon = new Daemon("brief", folder.resolve("brief"));
        var session = new Session();
        session.add(daemon, List.of("sh", "-c", "echo no; exit 1"));
        session.start(Map.of());
        daemon.awaitEnd(Duration.ofSeconds(20));
        assertThat(daemon.isRunning()).isFalse();
        assertThat(daemon.lastLines(5)).containsExactly("no");
    }

    private static String sessionOf(Daemon daemon) throws Exception {
        return sessionOf(Long.toString(daemon.process().orElseThrow().pid()));
    }

    private static String sessionOf(String pid) throws Exception {
        var stat = Files.readString(Path.of("/proc", pid, "stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3];
    }

    @Test
    void aNumberThatWasGivenToAnotherProcessIsNotTheDaemon() throws Exception {
        var daemon = new Daemon("other", folder);
        Files.writeString(folder.resolve("pid"), ProcessHandle.current().pid() + " 1\n");
        assertThat(daemon.isRunning()).isFalse();
    }

    @Test
    void aDynamicProgramIsNotTakenForAStaticOne() {
        assertThat(Packages.isStatic(Path.of(System.getProperty("java.home"), "bin", "java")))
                .isFalse();
        assertThat(Packages.isStatic(folder.resolve("nothing"))).isFalse();
    }

    @Test
    void aDeepFolderGetsAShortNameForSockets() throws Exception {
        var deep = new Plan(
                folder.resolve("x".repeat(90)),
                "abcde0",
                "t",
                RuntimeKind.CONTAINERD,
                Plan.Uplink.NONE,
                plan().servers(),
                plan().nodes(),
                plan().subnet());
        assertThat(Up.shortLink(deep, deep.nodes().getFirst()).toString())
                .hasSizeLessThan(40)
                .contains("abcde0-n1");
        assertThat(Keys.hosts(deep, deep.servers().getFirst()))
                .contains("127.0.0.1", "192.168.77.1", "localhost", "kubernetes.default.svc");
    }
}
