package io.keelson.agent.runtime.containerd;

import java.nio.file.Path;

/**
 * What a node's containerd is told in its config.toml.
 *
 * @param cniPlugins the directory with the CNI plugins
 * @param snapshotter {@code overlayfs}, or {@code native} where overlays cannot be stacked
 * @param restrictOomScore never lower the kernel's oom score: the right to (CAP_SYS_RESOURCE) is missing
 */
record ContainerdConfig(ContainerdPaths paths, Path cniPlugins, String snapshotter, boolean restrictOomScore) {
    /** The image whose process holds a pod's namespaces. It is imported, never pulled. */
    static final String PAUSE_IMAGE = "localhost/keelson/pause:1";

    /** The file's text in the form that this version reads. containerd 2 has other names for the same things. */
    String toml(ContainerdVersion version) {
        return version.major() >= 2 ? version3() : version2();
    }

    private String version2() {
        return """
                version = 2
                root = %s
                state = %s
                disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", \
                "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt"]
                [grpc]
                  address = %s
                [plugins."io.containerd.grpc.v1.cri"]
                  sandbox_image = "%s"
                  stream_server_address = "127.0.0.1"
                  stream_server_port = "0"
                  netns_mounts_under_state_dir = true
                  disable_apparmor = true
                  restrict_oom_score_adj = %s
                  [plugins."io.containerd.grpc.v1.cri".cni]
                    bin_dir = %s
                    conf_dir = %s
                  [plugins."io.containerd.grpc.v1.cri".registry]
                    config_path = %s
                  [plugins."io.containerd.grpc.v1.cri".containerd]
                    snapshotter = "%s"
                    default_runtime_name = "runc"
                    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                      runtime_type = "io.containerd.runc.v2"
                      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                        SystemdCgroup = false
                """.formatted(
                        quoted(paths.root()),
                        quoted(paths.state()),
                        quoted(paths.socket()),
                        PAUSE_IMAGE,
                        restrictOomScore,
                        quoted(cniPlugins),
                        quoted(paths.cniConf()),
                        quoted(paths.certs()),
                        snapshotter);
    }

    private String version3() {
        return """
                version = 3
                root = %s
                state = %s
                disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", \
                "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri"]
                [grpc]
                  address = %s
                [plugins."io.containerd.grpc.v1.cri"]
                  stream_server_address = "127.0.0.1"
                  stream_server_port = "0"
                [plugins."io.containerd.cri.v1.images"]
                  snapshotter = "%s"
                  [plugins."io.containerd.cri.v1.images".pinned_images]
                    sandbox = "%s"
                  [plugins."io.containerd.cri.v1.images".registry]
                    config_path = %s
                [plugins."io.containerd.cri.v1.runtime"]
                  netns_mounts_under_state_dir = true
                  disable_apparmor = true
                  restrict_oom_score_adj = %s
                  [plugins."io.containerd.cri.v1.runtime".cni]
                    bin_dir = %s
                    conf_dir = %s
                  [plugins."io.containerd.cri.v1.runtime".containerd]
                    default_runtime_name = "runc"
                    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
                      runtime_type = "io.containerd.runc.v2"
                      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
                        SystemdCgroup = false
                """.formatted(
                        quoted(paths.root()),
                        quoted(paths.state()),
                        quoted(paths.socket()),
                        snapshotter,
                        PAUSE_IMAGE,
                        quoted(paths.certs()),
                        restrictOomScore,
                        quoted(cniPlugins),
                        quoted(paths.cniConf()));
    }

    /** A TOML basic string. */
    private static String quoted(Path path) {
        return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
