package io.keelson.agent.runtime.containerd;

import io.keelson.agent.runtime.Resources;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The pods' control groups. The runtime makes them on its way to a container's own and never removes them, so limits and removal are ours. Both
 * layouts are known: one tree (v2), and one tree a controller (v1).
 */
final class Cgroups {
    private static final Path MOUNT = Path.of("/sys/fs/cgroup");
    /** Depth of what is looked through below a top-level group: kubepods, class, pod, container, and some that a container made itself. */
    private static final int DEPTH_MAX = 12;

    /** A v2 weight is 1 to 10000, shares are 2 to 262144; the mapping that runc and the kubelet use. */
    private static final long SHARES_MIN = 2;

    private static final long SHARES_MAX = 262_144;
    private static final long WEIGHT_MAX = 10_000;

    private Cgroups() {}

    /** Sets limits on a group that exists. What the machine's controllers do not know is left out. */
    static void limit(String group, Resources resources) throws IOException {
        if (resources.memoryLimitBytes() > 0) {
            write("memory", group, "memory.limit_in_bytes", Long.toString(resources.memoryLimitBytes()));
            write("", group, "memory.max", Long.toString(resources.memoryLimitBytes()));
        }
        if (resources.cpuQuotaMicros() > 0 && resources.cpuPeriodMicros() > 0) {
            write("cpu", group, "cpu.cfs_period_us", Long.toString(resources.cpuPeriodMicros()));
            write("cpu", group, "cpu.cfs_quota_us", Long.toString(resources.cpuQuotaMicros()));
            write("", group, "cpu.max", resources.cpuQuotaMicros() + " " + resources.cpuPeriodMicros());
        }
        if (resources.cpuShares() > 0) {
            write("cpu", group, "cpu.shares", Long.toString(resources.cpuShares()));
            write("", group, "cpu.weight", Long.toString(weight(resources.cpuShares())));
        }
    }

    static long weight(long shares) {
        long within = Math.clamp(shares, SHARES_MIN, SHARES_MAX);
        return 1 + (within - SHARES_MIN) * (WEIGHT_MAX - 1) / (SHARES_MAX - SHARES_MIN);
    }

    /** Removes the group and all below it that hold no process. */
    static void removeEmpty(String group) throws IOException {
        for (Path tree : trees()) {
            Path top = inside(tree, group);
            if (!Files.isDirectory(top)) {
                continue;
            }
            List<Path> groups;
            try (Stream<Path> below = Files.find(top, DEPTH_MAX, (path, attributes) -> attributes.isDirectory())) {
                groups = below.sorted(
                                Comparator.comparingInt(Path::getNameCount).reversed())
                        .toList();
            } catch (java.io.UncheckedIOException e) {
                // A container ended while we looked, and its group with it; what is left now is for the next time.
                continue;
            }
            for (Path empty : groups) {
                removeIfEmpty(empty);
            }
        }
    }

    private static void removeIfEmpty(Path group) {
        try {
            Files.deleteIfExists(group);
        } catch (DirectoryNotEmptyException e) {
            // Children that hold processes.
            return;
        } catch (IOException e) {
            // EBUSY: it holds processes itself, or its last one is not quite gone; removed with the next that ends.
            return;
        }
    }

    /** Whether any tree has the group. */
    static boolean exists(String group) throws IOException {
        return trees().stream().anyMatch(tree -> Files.isDirectory(inside(tree, group)));
    }

    private static List<Path> trees() throws IOException {
        if (Files.exists(MOUNT.resolve("cgroup.controllers"))) {
            return List.of(MOUNT);
        }
        List<Path> trees = new ArrayList<>();
        if (Files.isDirectory(MOUNT)) {
            try (var entries = Files.newDirectoryStream(MOUNT)) {
                for (Path entry : entries) {
                    if (Files.isDirectory(entry) && !Files.isSymbolicLink(entry)) {
                        trees.add(entry);
                    }
                }
            }
        }
        return trees;
    }

    private static Path inside(Path tree, String group) {
        Path path =
                tree.resolve(group.startsWith("/") ? group.substring(1) : group).normalize();
        if (!path.startsWith(tree) || path.equals(tree)) {
            throw new IllegalArgumentException("cgroup " + group + ": not below the top");
        }
        return path;
    }

    private static void write(String controller, String group, String file, String value) throws IOException {
        Path path = inside(controller.isEmpty() ? MOUNT : MOUNT.resolve(controller), group)
                .resolve(file);
        if (Files.exists(path)) {
            try {
                Files.writeString(path, value);
            } catch (NoSuchFileException e) {
                throw new IOException("cgroup file " + path + " went away", e);
            }
        }
    }
}
