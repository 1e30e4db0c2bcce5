package io.keelson.agent.runtime.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.agent.runtime.RuntimeFault;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContainerdConfigTest {
    private static final ContainerdPaths PATHS = ContainerdPaths.below(Path.of("/var/lib/a node"));
    private static final ContainerdConfig CONFIG =
            new ContainerdConfig(PATHS, Path.of("/usr/lib/cni"), "overlayfs", true);

    @Test
    void everythingIsBelowTheNodesDirectory() {
        assertThat(CONFIG.toml(new ContainerdVersion(1, 6, "1.6.20")))
                .startsWith("version = 2\n")
                .contains("root = \"/var/lib/a node/containerd/root\"")
                .contains("state = \"/var/lib/a node/containerd/state\"")
                .contains("address = \"/var/lib/a node/containerd/containerd.sock\"")
                .contains("conf_dir = \"/var/lib/a node/containerd/cni\"")
                .contains("netns_mounts_under_state_dir = true")
                .contains("restrict_oom_score_adj = true")
                .contains("sandbox_image = \"localhost/keelson/pause:1\"");
    }

    @Test
    void containerdTwoHasOtherNamesForTheSame() {
        assertThat(CONFIG.toml(new ContainerdVersion(2, 1, "2.1.0")))
                .startsWith("version = 3\n")
                .contains(
                        "[plugins.\"io.containerd.cri.v1.images\".pinned_images]\n    sandbox = \"localhost/keelson/pause:1\"")
                .contains("[plugins.\"io.containerd.cri.v1.runtime\"]")
                .doesNotContain("sandbox_image");
    }

    @Test
    void versionsAreReadFromWhatDistributionsPrint() {
        assertThat(ContainerdVersion.parse(
                        "containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3\n"))
                .isEqualTo(new ContainerdVersion(1, 6, "1.6.20~ds1"));
        assertThat(ContainerdVersion.parse("containerd github.com/containerd/containerd/v2 v2.1.3 abcdef"))
                .isEqualTo(new ContainerdVersion(2, 1, "2.1.3"));
        assertThatThrownBy(() -> ContainerdVersion.parse("nonsense"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nonsense");
    }

    @Test
    void aMissingRightIsSeen() {
        assertThat(Capabilities.effective("Name:\tx\nCapEff:\t000001ffffffffff\n")
                        .mayLowerOomScore())
                .isTrue();
        assertThat(Capabilities.effective("Name:\tx\nCapEff:\t000001fffeffffff\n")
                        .mayLowerOomScore())
                .isFalse();
        assertThat(Capabilities.effective("").mayLowerOomScore()).isFalse();
    }

    @Test
    void rootIsWhoActsAsUserZero() {
        assertThat(Capabilities.isRoot("Name:\tx\nUid:\t0\t0\t0\t0\n")).isTrue();
        assertThat(Capabilities.isRoot("Name:\tx\nUid:\t0\t1000\t0\t0\n")).isFalse();
    }

    @Test
    void aSocketPathThatTheKernelCannotBindIsNamed() {
        ContainerdPaths deep = ContainerdPaths.below(Path.of("/" + "d".repeat(100)));
        assertThatThrownBy(deep::requireShortSocket)
                .isInstanceOf(RuntimeFault.Unavailable.class)
                .hasMessageContaining("107")
                .hasMessageContaining("shorter directory");
    }

    @Test
    void onlyCgroupsOfOursAreRemembered() {
        assertThat(CgroupRecord.top("/keelson-node-1/kubepods/burstable/pod1"))
                .isEqualTo(Optional.of("/keelson-node-1"));
        assertThat(CgroupRecord.top("/system.slice/x")).isEmpty();
        assertThat(CgroupRecord.top("")).isEmpty();
    }

    @Test
    void nodesOfOneNameInTwoClustersHaveCgroupsOfTheirOwn() {
        String group = "/keelson-node-1/kubepods/pod1";
        String a = CgroupRecord.scoped(group, Path.of("/a/node-1"));
        assertThat(a).matches("/keelson-node-1-[0-9a-f]{8}/kubepods/pod1");
        assertThat(a)
                .isEqualTo(CgroupRecord.scoped(group, Path.of("/a/node-1")))
                .isNotEqualTo(CgroupRecord.scoped(group, Path.of("/b/node-1")));
        assertThat(CgroupRecord.scoped("", Path.of("/a"))).isEmpty();
    }

    @Test
    void sharesBecomeWeightsAsRuncCounts() {
        assertThat(Cgroups.weight(2)).isEqualTo(1);
        assertThat(Cgroups.weight(1024)).isEqualTo(39);
        assertThat(Cgroups.weight(262_144)).isEqualTo(10_000);
    }
}
