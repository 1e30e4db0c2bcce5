package io.keelson.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Goal: {@code kubectl debug} of pods and of nodes, with containers that really run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DebugTest {

    private static final String IMAGE = "--image=localhost/machine";
    private static final String PRESENT = "--image-pull-policy=IfNotPresent";

    private TestCluster cluster;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        cluster = TestCluster.start(temporary);
        cluster.apply(RunningPods.WEB_AND_CAT, "web", "cat");
    }

    @AfterAll
    void stop() throws IOException {
        cluster.close();
    }

    private String status(String pod, String container, String field) throws IOException, InterruptedException {
        return cluster.ok(
                "1.33",
                "get",
                "pod",
                pod,
                "-o",
                "jsonpath={.status.ephemeralContainerStatuses[?(@.name==\"" + container + "\")]." + field + "}");
    }

    private void await(String what, String expected, String pod, String container, String field)
            throws IOException, InterruptedException {
        Waiting.await(what, () -> status(pod, container, field).equals(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.30", "1.33"})
    void aContainerIsPutIntoARunningPod(String version) throws IOException, InterruptedException {
        String name = "look-" + version.replace('.', '-');
        TestCluster.Output debug = cluster.run(
                version,
                "echo seen in $HOSTNAME; exit 3\n",
                "debug",
                "web",
                "-i",
                IMAGE,
                PRESENT,
                "-c",
                name,
                "--target=main",
                "--",
                "sh");
        assertThat(debug.out()).as(debug.err()).contains("seen in web\n");
        await("its end", "3", "web", name, "state.terminated.exitCode");
        assertThat(status("web", name, "restartCount")).isEqualTo("0");
        assertThat(cluster.ok(version, "describe", "pod", "web"))
                .containsPattern("(?s)Ephemeral Containers:.*" + name + ":.*Terminated.*Exit Code: +3");
        assertThat(cluster.ok(version, "logs", "web", "-c", name)).isEqualTo("seen in web\n");
        assertThat(cluster.run(version, "", "logs", "web", "-c", name, "--previous")
                        .err())
                .contains("previous terminated container \"" + name + "\" in pod \"web\" not found");
        assertThat(cluster.run(version, "", "exec", "web", "-c", name, "--", "true")
                        .err())
                .contains("container not found (\"" + name + "\")");
        assertThat(cluster.ok(version, "get", "pod", "web")).containsPattern("web +2/2 +Running +0 ");
    }

    @Test
    void oneWithATerminalIsTypedTo() throws IOException, InterruptedException {
        // kubectl asks for a terminal only if it has one itself, which script gives it.
        Process process = new ProcessBuilder(
                        "script",
                        "-qec",
                        cluster.kubectl("1.33") + " debug web -it -c typed " + IMAGE + " " + PRESENT + " -- sh",
                        "/dev/null")
                .redirectErrorStream(true)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            await("its start", "false", "web", "typed", "ready");
            in.write("echo $((6 * 7)); exit\n".getBytes(StandardCharsets.US_ASCII));
            in.flush();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said).contains("42");
        }
        await("its end", "0", "web", "typed", "state.terminated.exitCode");
    }

    @Test
    void oneThatRunsTakesCommandsAndGoesWithItsPod() throws IOException, InterruptedException {
        cluster.ok(
                "1.33",
                "debug",
                "cat",
                IMAGE,
                PRESENT,
                "-c",
                "stays",
                "--attach=false",
                "--",
                "sh",
                "-c",
                "sleep 3600");
        Waiting.await(
                "a start",
                () -> !status("cat", "stays", "state.running.startedAt").isEmpty());
        assertThat(cluster.ok("1.33", "exec", "cat", "-c", "stays", "--", "echo", "here"))
                .isEqualTo("here\n");
        cluster.ok("1.33", "delete", "pod", "cat", "--timeout=30s");
        cluster.apply(RunningPods.WEB_AND_CAT, "cat");
        assertThat(status("cat", "stays", "name")).isEmpty();
    }

    @Test
    void whatCannotRunIsTold() throws IOException, InterruptedException {
        assertThat(cluster.run("1.33", "", "debug", "web", IMAGE, "-c", "no", "--target=nobody", "--", "true")
                        .err())
                .contains("spec.ephemeralContainers[", "].targetContainerName: Not found: \"nobody\"");
        cluster.ok("1.33", "debug", "web", "--image=localhost/nosuch:1", "-c", "imageless", "--attach=false");
        Waiting.await(
                "a reason",
                () -> status("web", "imageless", "state.waiting.reason").matches("ErrImagePull|ImagePullBackOff"));
        assertThat(cluster.ok("1.33", "get", "pod", "web")).containsPattern("web +2/2 +Running +0 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.33"})
    void aCopyOfAPodIsLookedInto(String version) throws IOException, InterruptedException {
        String copy = "copy-" + version.replace('.', '-');
        cluster.ok(
                version,
                "debug",
                "web",
                "--copy-to=" + copy,
                IMAGE,
                PRESENT,
                "-c",
                "look",
                "--attach=false",
                "--",
                "sleep",
                "3600");
        cluster.ok(version, "wait", "--for=condition=Ready", "pod/" + copy, "--timeout=50s");
        assertThat(cluster.ok(version, "get", "pod", copy)).containsPattern(copy + " +3/3 +Running");
        assertThat(cluster.ok(version, "exec", copy, "-c", "look", "--", "echo", "in the copy"))
                .isEqualTo("in the copy\n");
    }

    private static final Pattern POD = Pattern.compile("Creating debugging pod (\\S+) with container");

    @ParameterizedTest
    @ValueSource(strings = {"1.27", "1.30", "1.33"})
    void aNodeIsLookedInto(String version) throws IOException, InterruptedException {
        TestCluster.Output debug = cluster.run(
                version,
                "test -d $KEELSON_ROOTFS/host/proc/self && echo its files are at /host; exit 0\n",
                "debug",
                "node/n1",
                "-i",
                IMAGE,
                PRESENT,
                "--",
                "sh");
        assertThat(debug.out()).as(debug.err()).contains("its files are at /host\n");
        Matcher pod = POD.matcher(debug.out() + debug.err());
        assertThat(pod.find()).as(debug.out() + debug.err()).isTrue();
        cluster.ok(version, "wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/" + pod.group(1), "--timeout=50s");
        assertThat(cluster.ok(version, "get", "pod", pod.group(1), "-o", "jsonpath={.status.podIP} {.status.hostIP}"))
                .isEqualTo("127.0.0.1 127.0.0.1");
    }
}
