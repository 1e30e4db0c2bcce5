package io.keelson.agent.runtime.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.Resources;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.runtime.SandboxId;
import io.keelson.agent.runtime.Security;
import io.keelson.proto.cri.ContainerState;
import io.keelson.proto.cri.ContainerStatus;
import io.keelson.proto.cri.LinuxContainerSecurityContext;
import io.keelson.proto.cri.NamespaceMode;
import io.keelson.proto.cri.NamespaceOption;
import io.keelson.proto.cri.PodSandboxConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CriMessagesTest {
    private static final SandboxConfig SANDBOX = TestPods.sandbox("web", Path.of("/agent"), "/keelson-test");

    @Test
    void zeroValuesThatShareAreNotSent() {
        PodSandboxConfig message = CriMessages.sandbox(SANDBOX, "/keelson-test-1/pod");
        assertThat(message.getLinux().getSecurityContext().getNamespaceOptions().getPid())
                .isEqualTo(NamespaceMode.CONTAINER);
        assertThat(message.getDnsConfig().getOptionsList())
                .as("or the machine's resolv.conf is taken")
                .isNotEmpty();
        assertThat(message.getAnnotationsMap()).containsEntry(CriMessages.CGROUP_PARENT, "/keelson-test-1/pod");
    }

    @Test
    void aNegativeOomScoreNeedsTheRight() {
        ContainerConfig config = container("", security(OptionalLong.empty(), OptionalLong.empty(), false));
        assertThat(CriMessages.container(SANDBOX, config, true)
                        .getLinux()
                        .getResources()
                        .getOomScoreAdj())
                .isEqualTo(-997);
        assertThat(CriMessages.container(SANDBOX, config, false)
                        .getLinux()
                        .getResources()
                        .getOomScoreAdj())
                .isZero();
    }

    @Test
    void aGroupGoesWithTheImagesUser() {
        Security group = security(OptionalLong.empty(), OptionalLong.of(5), false);
        assertThat(context("", group).getRunAsUser().getValue()).isZero();
        assertThat(context("1000", group).getRunAsUser().getValue()).isEqualTo(1000);
        assertThat(context("www", group).getRunAsUsername()).isEqualTo("www");
        assertThat(context("www", group).getRunAsGroup().getValue()).isEqualTo(5);
    }

    @Test
    void rootIsRefusedWhereThePodForbidsIt() {
        Security nonRoot = security(OptionalLong.empty(), OptionalLong.empty(), true);
        assertThat(context("1000", nonRoot).hasRunAsUser()).isFalse();
        assertThatThrownBy(() -> context("", nonRoot))
                .isInstanceOf(RuntimeFault.CreateFailed.class)
                .hasMessageContaining("as root");
        assertThatThrownBy(() -> context("www", nonRoot))
                .isInstanceOf(RuntimeFault.CreateFailed.class)
                .hasMessageContaining("runAsUser");
        assertThatThrownBy(() -> context("1000", security(OptionalLong.of(0), OptionalLong.empty(), true)))
                .isInstanceOf(RuntimeFault.CreateFailed.class);
    }

    @Test
    void processesOfAnotherContainerAreSeenUnlessThePodSharesAllOfThem() {
        ContainerConfig looking = container("", Security.DEFAULT, Optional.of(new ContainerId("seen")));
        NamespaceOption namespaces = namespaces(SANDBOX, looking);
        assertThat(namespaces.getPid()).isEqualTo(NamespaceMode.TARGET);
        assertThat(namespaces.getTargetId()).isEqualTo("seen");
        assertThat(namespaces.getNetwork()).isEqualTo(NamespaceMode.POD);
        SandboxConfig shared = TestPods.sandbox("web", Path.of("/agent"), "/keelson-test", true);
        assertThat(namespaces(shared, looking).getPid()).isEqualTo(NamespaceMode.POD);
        assertThat(namespaces(shared, looking).getTargetId()).isEmpty();
        assertThat(namespaces(SANDBOX, container("", Security.DEFAULT)).getPid())
                .isEqualTo(NamespaceMode.CONTAINER);
    }

    private static NamespaceOption namespaces(SandboxConfig sandbox, ContainerConfig config) {
        return CriMessages.container(sandbox, config, true)
                .getLinux()
                .getSecurityContext()
                .getNamespaceOptions();
    }

    @Test
    void theReasonOfAnEndIsToldWithTheEnd() {
        ContainerStatus.Builder killed = ContainerStatus.newBuilder()
                .setId("c1")
                .setState(ContainerState.CONTAINER_RUNNING)
                .setReason("OOMKilled");
        assertThat(CriMessages.observed(killed.build(), new SandboxId("s"), SANDBOX.pod(), 7)
                        .reason())
                .isEmpty();
        killed.setState(ContainerState.CONTAINER_EXITED).setExitCode(137);
        assertThat(CriMessages.observed(killed.build(), new SandboxId("s"), SANDBOX.pod(), 7)
                        .reason())
                .isEqualTo("OOMKilled");
    }

    private static LinuxContainerSecurityContext context(String imageUser, Security security) {
        return CriMessages.container(SANDBOX, container(imageUser, security), true)
                .getLinux()
                .getSecurityContext();
    }

    private static Security security(OptionalLong user, OptionalLong group, boolean nonRoot) {
        return new Security(false, user, group, nonRoot, List.of(), false, false, List.of(), List.of(), true);
    }

    private static ContainerConfig container(String imageUser, Security security) {
        return container(imageUser, security, Optional.empty());
    }

    private static ContainerConfig container(String imageUser, Security security, Optional<ContainerId> pidTarget) {
        return new ContainerConfig(
                "c",
                0,
                new Image("localhost/x:1", "sha256:1", imageUser),
                List.of(),
                List.of(),
                "",
                Map.of(),
                List.of(),
                new Resources(0, 0, 0, 0, -997),
                security,
                false,
                false,
                false,
                pidTarget,
                "c/0.log",
                Map.of(),
                Map.of());
    }
}
