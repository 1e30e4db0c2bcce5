package io.keelson.agent.runtime.containerd;

import io.keelson.agent.runtime.RuntimeFault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Where a node's containerd keeps its things; all of it below the agent's directory, none shared with another containerd.
 *
 * @param dir {@code <agent dir>/containerd}, absolute
 */
public record ContainerdPaths(Path dir) {
    /** sockaddr_un has 108 bytes with the closing zero; containerd makes a second socket with this ending. */
    static final int SOCKET_PATH_BYTES_MAX = 107;

    static final String SECOND_SOCKET_ENDING = ".ttrpc";

    public ContainerdPaths {
        dir = dir.toAbsolutePath().normalize();
    }

    /** The paths below an agent's directory. */
    public static ContainerdPaths below(Path agentDir) {
        return new ContainerdPaths(agentDir.resolve("containerd"));
    }

    public Path root() {
        return dir.resolve("root");
    }

    public Path state() {
        return dir.resolve("state");
    }

    public Path socket() {
        return dir.resolve("containerd.sock");
    }

    public Path config() {
        return dir.resolve("config.toml");
    }

    public Path pidFile() {
        return dir.resolve("pid");
    }

    public Path log() {
        return dir.resolve("log");
    }

    /** Network configurations; containerd watches it. */
    public Path cniConf() {
        return dir.resolve("cni");
    }

    /** Addresses that were given to pods. */
    public Path cniLeases() {
        return dir.resolve("cni-leases");
    }

    /** Registries' host files. */
    public Path certs() {
        return dir.resolve("certs.d");
    }

    /** What is known of archives that were imported. */
    public Path imported() {
        return dir.resolve("imported");
    }

    /** The top-level cgroups that were used, one name a line. */
    public Path cgroups() {
        return dir.resolve("cgroups");
    }

    /** Throws {@link RuntimeFault.Unavailable} when the kernel could not bind the socket. */
    void requireShortSocket() {
        String longest = socket() + SECOND_SOCKET_ENDING;
        int bytes = longest.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > SOCKET_PATH_BYTES_MAX) {
            throw new RuntimeFault.Unavailable("the socket path " + longest + " has " + bytes
                    + " bytes, a Unix socket's may have " + SOCKET_PATH_BYTES_MAX + ": choose a shorter directory");
        }
    }
}
