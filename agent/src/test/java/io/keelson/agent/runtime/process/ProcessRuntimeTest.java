package io.keelson.agent.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.Mount;
import io.keelson.agent.runtime.Mount.Propagation;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedContainer.State;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.Resources;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.runtime.SandboxId;
import io.keelson.agent.runtime.Security;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: sh, sleep and friends of this machine. */
class ProcessRuntimeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private ProcessRuntime runtime;
    private SandboxId sandbox;

    @BeforeEach
    void open() throws IOException {
        runtime = new ProcessRuntime(directory, InstantSource.system());
        sandbox = runtime.runSandbox(sandboxConfig());
    }

    @AfterEach
    void end() {
        runtime.list().sandboxes().forEach(s -> runtime.removeSandbox(s.id()));
        runtime.close();
    }

    private SandboxConfig sandboxConfig() {
        return new SandboxConfig(
                new PodId("ns", "p", "u"),
                0,
                "p",
                directory.resolve("logs"),
                SandboxConfig.Dns.NONE,
                List.of(),
                false,
                false,
                false,
                false,
                "",
                Resources.NONE,
                Map.of(),
                Security.DEFAULT,
                Map.of("l", "1"),
                Map.of());
    }

    private ContainerId create(String image, List<String> command, Map<String, String> env, List<Mount> mounts) {
        var found = runtime.findImage(image).orElse(new Image(image, image, ""));
        return runtime.createContainer(
                sandbox,
                sandboxConfig(),
                new ContainerConfig(
                        "c",
                        0,
                        found,
                        command,
                        List.of(),
                        "",
                        env,
                        mounts,
                        Resources.NONE,
                        Security.DEFAULT,
                        false,
                        false,
                        false,
                        Optional.empty(),
                        "c/0.log",
                        Map.of(),
                        Map.of("a", "b")));
    }

    private ContainerId start(String script) {
        var id = create(ImageStore.MACHINE, List.of("sh", "-c", script), Map.of(), List.of());
        runtime.startContainer(id);
        return id;
    }

    private ObservedContainer observed(ContainerId id) {
        return runtime.list().containers().stream()
                .filter(c -> c.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private void awaitEnd(ContainerId id) {
        await(() -> observed(id).state() == State.EXITED);
    }

    private void awaitLog(String text) {
        await(() -> log().contains(text));
    }

    private String log() {
        try {
            var file = directory.resolve("logs/c/0.log");
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void runsACommandAndKeepsItsExitCodeAndOutput() {
        var id = start("echo out; echo err >&2; printf unfinished; exit 7");
        awaitEnd(id);
        assertThat(observed(id).exitCode()).isEqualTo(7);
        assertThat(observed(id).reason()).isEqualTo("Error");
        assertThat(observed(id).annotations()).containsEntry("a", "b");
        awaitLog("unfinished");
        assertThat(log()).containsPattern("(?m)^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z stdout F out$");
        assertThat(log()).containsPattern("(?m)^\\S+ stderr F err$");
        assertThat(log()).containsPattern("(?m)^\\S+ stdout F unfinished$");
    }

    @Test
    void longLinesAreCutIntoParts() {
        var id = start("head -c 40000 /dev/zero | tr '\\0' x; echo");
        awaitEnd(id);
        awaitLog(" stdout F ");
        assertThat(log().lines().filter(l -> l.contains(" stdout P ")).count()).isEqualTo(2);
    }

    @Test
    void theEnvironmentIsTheContainersAlone() {
        var id = create(ImageStore.MACHINE, List.of("env"), Map.of("A", "b c"), List.of());
        runtime.startContainer(id);
        awaitEnd(id);
        awaitLog("HOSTNAME=p");
        assertThat(log()).contains("A=b c").doesNotContain("JAVA_HOME");
    }

    @Test
    void aSignalEndsItWithGrace() {
        var id = start("trap 'echo caught; exit 5' TERM; echo up; while true; do sleep 0.05; done");
        awaitLog("up");
        runtime.stopContainer(id, Duration.ofSeconds(20));
        assertThat(observed(id).exitCode()).isEqualTo(5);
        awaitLog("caught");
    }

    @Test
    void withoutGraceItIsKilledWithAllItsChildren() throws Exception {
        var id = start("trap '' TERM; sleep 1000 & echo child $!; wait");
        awaitLog("child ");
        long child = Long.parseLong(log().replaceAll("(?s).*child (\\d+).*", "$1"));
        runtime.stopContainer(id, Duration.ZERO);
        assertThat(observed(id).exitCode()).isEqualTo(137);
        await(() -> ProcessIdentity.of(child).isEmpty());
    }

    @Test
    void oneThatIgnoresTermIsKilledAfterTheGrace() {
        var id = start("trap '' TERM; echo up; while true; do sleep 0.05; done");
        awaitLog("up");
        runtime.stopContainer(id, Duration.ofMillis(300));
        assertThat(observed(id).exitCode()).isEqualTo(137);
    }

    @Test
    void aNewRuntimePicksUpWhatRunsAndItsLog() throws IOException {
        var id = start("echo first; while test ! -e " + directory.resolve("go")
                + "; do sleep 0.05; done; echo second; exit 4");
        awaitLog("first");
        var pid = observed(id).pid();
        runtime.close();
        Files.createFile(directory.resolve("go"));
        runtime = new ProcessRuntime(directory, InstantSource.system());
        awaitEnd(id);
        assertThat(observed(id).exitCode()).isEqualTo(4);
        assertThat(pid).isPositive();
        // Whatever ended before the new runtime looked is in the log all the same.
        awaitLog("second");
        assertThat(log().lines().filter(l -> l.endsWith("first")).count()).isEqualTo(1);
    }

    @Test
    void aCommandThatIsNotThereFailsToStart() {
        var id = create(ImageStore.MACHINE, List.of("no-such-program"), Map.of(), List.of());
        assertThatThrownBy(() -> runtime.startContainer(id))
                .isInstanceOf(RuntimeFault.StartFailed.class)
                .hasMessageContaining("\"no-such-program\": executable file not found");
        assertThat(observed(id).exitCode()).isEqualTo(128);
        assertThat(observed(id).reason()).isEqualTo("StartError");
    }

    @Test
    void execRunsBesideIt() {
        var id = start("while true; do sleep 0.05; done");
        await(() -> observed(id).pid() > 0);
        var result = runtime.exec(id, List.of("sh", "-c", "echo hi; exit 3"), Duration.ofSeconds(10));
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.stdout()).isEqualTo("hi\n");
        assertThatThrownBy(() -> runtime.exec(id, List.of("sleep", "60"), Duration.ofMillis(200)))
                .isInstanceOf(RuntimeFault.ExecTimeout.class);
        assertThatThrownBy(() -> runtime.exec(id, List.of("none"), Duration.ofSeconds(1)))
                .isInstanceOf(RuntimeFault.ExecFailed.class);
        runtime.stopContainer(id, Duration.ZERO);
        assertThatThrownBy(() -> runtime.exec(id, List.of("true"), Duration.ofSeconds(1)))
                .isInstanceOf(RuntimeFault.NotFound.class);
    }

    @Test
    void volumesAreReachableBelowTheRootAndThroughArguments() throws IOException {
        var volume = Files.createDirectories(directory.resolve("volume"));
        Files.writeString(volume.resolve("f"), "content");
        var id = create(
                ImageStore.MACHINE,
                List.of("sh", "-c", "cat $KEELSON_ROOTFS/etc/config/f; cat $0", "/etc/config/f"),
                Map.of(),
                List.of(new Mount("/etc/config", volume, true, Propagation.PRIVATE)));
        runtime.startContainer(id);
        awaitEnd(id);
        awaitLog("contentcontent");
        assertThat(observed(id).exitCode()).isZero();
    }

    @Test
    void eachPodHasAnAddressOfItsOwn() {
        var other = runtime.runSandbox(sandboxConfig());
        var ips =
                runtime.list().sandboxes().stream().map(s -> s.ips().getFirst()).toList();
        assertThat(ips).hasSize(2).doesNotHaveDuplicates().allMatch(ip -> ip.startsWith("127."));
        runtime.stopSandbox(other);
        assertThat(runtime.list().sandboxes())
                .anyMatch(s -> s.id().equals(other) && !s.ready() && s.ips().isEmpty());
    }

    @Test
    void removingASandboxLeavesNothing() throws IOException {
        start("sleep 1000");
        runtime.removeSandbox(sandbox);
        assertThat(runtime.list().isEmpty()).isTrue();
        try (var left = Files.list(directory.resolve("containers"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void imagesComeFromArchivesAndTheirProgramsGoFirst() throws Exception {
        var names = runtime.importArchive(TestArchives.dockerSave(directory.resolve("i.tar"), "tool:1"));
        assertThat(names).containsExactly("docker.io/library/tool:1");
        var id = create("tool:1", List.of(), Map.of(), List.of());
        runtime.startContainer(id);
        awaitEnd(id);
        // /bin/tool is a link with a slash in front, bin/removed was whited out by the second layer.
        awaitLog("tool says hello from the image");
        assertThat(observed(id).exitCode()).isZero();
        assertThat(observed(id).imageId()).startsWith("sha256:");
        var rootfs = directory.resolve("containers").resolve(id.value()).resolve("rootfs");
        assertThat(rootfs.resolve("bin/removed")).doesNotExist();
        assertThat(rootfs.resolve("bin/kept")).exists();
    }

    @Test
    void volumesAreSeenBehindLinksOfTheImage() throws Exception {
        runtime.importArchive(TestArchives.dockerSave(directory.resolve("i.tar"), "tool:1"));
        var volume = Files.createDirectory(directory.resolve("volume"));
        Files.writeString(volume.resolve("token"), "a token");
        var mount = new Mount("/var/run/secrets/account", volume, true, Propagation.PRIVATE);
        var id = create("tool:1", List.of("cat", "/var/run/secrets/account/token"), Map.of(), List.of(mount));
        runtime.startContainer(id);
        awaitLog("a token");
        var rootfs = directory.resolve("containers").resolve(id.value()).resolve("rootfs");
        assertThat(rootfs.resolve("run/secrets/account")).isSymbolicLink();
        var outside = new Mount("/var/out/secrets", volume, true, Propagation.PRIVATE);
        assertThatThrownBy(() -> create("tool:1", List.of(), Map.of(), List.of(outside)))
                .isInstanceOf(RuntimeFault.CreateFailed.class)
                .hasMessageContaining("mountPath \"/var/out/secrets\": a parent is a link that leads out");
    }

    @Test
    void whatIsNoImageIsRefused() throws IOException {
        var file = Files.writeString(directory.resolve("bad.tar"), "this is not a tar".repeat(100));
        assertThatThrownBy(() -> runtime.importArchive(file))
                .isInstanceOf(RuntimeFault.BadArchive.class)
                .hasMessageContaining("bad.tar");
    }

    @Test
    void unknownImagesAreNotPulled() {
        assertThat(runtime.findImage("nothing")).isEmpty();
        assertThatThrownBy(() -> runtime.pullImage("nothing", Optional.empty()))
                .isInstanceOf(RuntimeFault.ImagePullFailed.class)
                .hasMessageContaining("docker.io/library/nothing:latest");
    }

    @Test
    void layersCannotWriteOutsideTheirDirectory() throws Exception {
        var archive = TestArchives.escaping(directory.resolve("e.tar"), "bad:1");
        runtime.importArchive(archive);
        assertThat(directory.resolveSibling("escaped")).doesNotExist();
        assertThat(Path.of("/tmp/keelson-escaped")).doesNotExist();
    }
}
