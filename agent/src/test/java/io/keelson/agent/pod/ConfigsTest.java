package io.keelson.agent.pod;

import static io.keelson.agent.pod.TestPod.NODE;
import static io.keelson.agent.pod.TestPod.desired;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.Labels;
import io.keelson.agent.runtime.SandboxConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigsTest {
    private static final Image IMAGE = new Image("docker.io/library/i:1", "sha256:1", "");

    private static ContainerConfig container(DesiredPod pod, Image image) throws ConfigProblem {
        return Configs.container(
                pod,
                TestPod.container(pod, "a"),
                2,
                1,
                PodObservation.NOTHING,
                image,
                Map.of("X", "y"),
                List.of(),
                NODE);
    }

    private static DesiredPod pod(String container) {
        return desired("{\"terminationGracePeriodSeconds\":12,\"containers\":[{\"name\":\"a\",\"image\":\"i:1\""
                + container + "}]}");
    }

    @Test
    void commandsAreExpandedAndEverythingIsLabelled() throws ConfigProblem {
        var config = container(
                pod(",\"command\":[\"run\",\"$(X)\"],\"args\":[\"$$(X)\",\"$(Z)\"],\"workingDir\":\"/w\""), IMAGE);
        assertThat(config.command()).containsExactly("run", "y");
        assertThat(config.args()).containsExactly("$(X)", "$(Z)");
        assertThat(config.workingDir()).isEqualTo("/w");
        assertThat(config.logPath()).isEqualTo("a/2.log");
        assertThat(config.labels())
                .containsEntry(Labels.POD_NAME, "web")
                .containsEntry(Labels.POD_UID, "u1")
                .containsEntry(Labels.CONTAINER_NAME, "a");
        assertThat(config.annotations())
                .containsEntry(Labels.RESTART_COUNT, "2")
                .containsEntry(Labels.GRACE_SECONDS, "12")
                .containsEntry(Backoff.STREAK, "1");
    }

    @Test
    void resourcesBecomeCgroupValues() throws ConfigProblem {
        var config = container(
                pod(
                        ",\"resources\":{\"limits\":{\"cpu\":\"500m\",\"memory\":\"64Mi\"},\"requests\":{\"cpu\":\"250m\"}}"),
                IMAGE);
        assertThat(config.resources().cpuQuotaMicros()).isEqualTo(50_000);
        assertThat(config.resources().cpuShares()).isEqualTo(256);
        assertThat(config.resources().memoryLimitBytes()).isEqualTo(64L << 20);
        assertThat(config.resources().oomScoreAdj()).isBetween(3, 999);
        assertThat(container(pod(""), IMAGE).resources().oomScoreAdj()).isEqualTo(1000);
    }

    @Test
    void thePodsLimitIsTheSumOrNone() {
        var two =
                "{\"containers\":[{\"name\":\"a\",\"image\":\"i\",\"resources\":{\"limits\":{\"memory\":\"10Mi\",\"cpu\":\"1\"}}},"
                        + "{\"name\":\"b\",\"image\":\"i\",\"resources\":{\"limits\":{\"memory\":\"20Mi\"}}}]}";
        var resources = CgroupValues.ofPod(desired(two), 8L << 30);
        assertThat(resources.memoryLimitBytes()).isEqualTo(30L << 20);
        assertThat(resources.cpuQuotaMicros()).isZero();
    }

    @Test
    void rootIsRefusedWhereNonRootIsAsked() {
        var nonRoot = pod(",\"securityContext\":{\"runAsNonRoot\":true}");
        assertThatThrownBy(() -> container(nonRoot, IMAGE)).hasMessageContaining("image will run as root");
        assertThatThrownBy(() -> container(nonRoot, new Image("i", "x", "nobody")))
                .hasMessageContaining("non-numeric user (nobody)");
        assertThatThrownBy(() -> container(pod(",\"securityContext\":{\"runAsNonRoot\":true,\"runAsUser\":0}"), IMAGE))
                .hasMessageContaining("breaks non-root policy");
    }

    @Test
    void nonRootIsAcceptedWhereItHolds() throws ConfigProblem {
        var nonRoot = pod(",\"securityContext\":{\"runAsNonRoot\":true}");
        assertThat(container(nonRoot, new Image("i", "x", "1000:1000"))
                        .security()
                        .runAsNonRoot())
                .isTrue();
    }

    @Test
    void theSandboxHasNameCgroupAndSearchList() {
        var dns = new SandboxConfig.Dns(
                List.of("10.96.0.10"), List.of("<namespace>.svc.cluster.local"), List.of("ndots:5"));
        var config = Configs.sandbox(pod(""), 1, Path.of("/logs"), dns, NODE);
        assertThat(config.hostname()).isEqualTo("web");
        assertThat(config.cgroupParent()).isEqualTo("/keelson-n1/kubepods/besteffort/podu1");
        assertThat(config.logDirectory()).isEqualTo(Path.of("/logs/default_web_u1"));
        assertThat(config.dns().searches()).containsExactly("default.svc.cluster.local");
        var host = Configs.sandbox(desired("{\"hostNetwork\":true,\"containers\":[]}"), 0, Path.of("/logs"), dns, NODE);
        assertThat(host.hostname()).isEmpty();
        assertThat(host.dns()).isEqualTo(SandboxConfig.Dns.NONE);
    }

    @Test
    void thePullPolicyDefaultsByTag() {
        String[][] table = {
            {"i", "ALWAYS"},
            {"i:latest", "ALWAYS"},
            {"i:1", "IF_NOT_PRESENT"},
            {"host:5000/i", "ALWAYS"},
            {"host:5000/i:2", "IF_NOT_PRESENT"},
            {"i@sha256:abc", "IF_NOT_PRESENT"},
        };
        for (var row : table) {
            var pod = desired("{\"containers\":[{\"name\":\"a\",\"image\":\"" + row[0] + "\"}]}");
            assertThat(PullPolicy.of(TestPod.container(pod, "a"))).as(row[0]).hasToString(row[1]);
        }
        var never = desired("{\"containers\":[{\"name\":\"a\",\"image\":\"i\",\"imagePullPolicy\":\"Never\"}]}");
        assertThat(PullPolicy.of(TestPod.container(never, "a"))).isEqualTo(PullPolicy.NEVER);
    }
}
