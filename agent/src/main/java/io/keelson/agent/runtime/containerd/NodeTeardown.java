package io.keelson.agent.runtime.containerd;

import io.keelson.agent.command.Command;
import io.keelson.agent.net.NetworkNamespace;
import io.keelson.agent.net.PtpNetwork;
import io.keelson.agent.proxy.NftServiceRouter;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.SandboxId;
import io.keelson.proto.cri.PodSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/**
 * Takes a node apart: its pods, its containerd, its mounts and cgroups. The agent must have ended. The directory's files stay, and so does
 * everything that is not below it; run again after a failure it goes on where it was.
 */
public final class NodeTeardown {
    private static final int PARALLEL = 4;
    private static final Pattern SPACE = Pattern.compile(" ");
    /** Field of /proc/self/mountinfo with the mount point. */
    private static final int MOUNT_POINT_INDEX = 4;

    private NodeTeardown() {}

    /**
     * Does it.
     *
     * @param nodeDir the agent's directory
     * @throws RuntimeFault saying what could not be undone
     */
    public static void run(Path nodeDir) {
        ContainerdPaths paths = ContainerdPaths.below(nodeDir);
        if (!Files.isDirectory(paths.dir())) {
            return;
        }
        try {
            removePods(nodeDir, paths);
            ContainerdProcess.stop(paths);
            endShims(paths);
            unmountBelow(nodeDir);
            for (String group : CgroupRecord.read(paths.cgroups())) {
                Cgroups.removeEmpty(group);
            }
        } catch (IOException e) {
            throw new RuntimeFault.Failed("taking apart the node in " + nodeDir + ": " + e.getMessage(), e);
        }
    }

    private static void removePods(Path nodeDir, ContainerdPaths paths) {
        Optional<NetworkNamespace> running = ContainerdProcess.namespace(paths);
        if (running.isEmpty() && !Files.exists(paths.config())) {
            return;
        }
        // A daemon that died must live once more: only it knows the pods. Its network namespace may be gone, with all
        // that was in it.
        NetworkNamespace netns = running.orElse(NetworkNamespace.own());
        try (ContainerdRuntime runtime = ContainerdRuntime.start(nodeDir, netns)) {
            List<Future<?>> removals = new ArrayList<>();
            try (ExecutorService executor = Executors.newFixedThreadPool(PARALLEL)) {
                for (PodSandbox sandbox : runtime.sandboxes()) {
                    SandboxId id = new SandboxId(sandbox.getId());
                    removals.add(executor.submit(() -> {
                        runtime.stopSandbox(id);
                        runtime.removeSandbox(id);
                    }));
                }
            }
            for (Future<?> removal : removals) {
                removal.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeFault fault
                    ? fault
                    : new RuntimeFault.Failed("a pod cannot be removed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RuntimeFault.Failed("the removal of pods was interrupted", e);
        }
        if (running.isPresent()) {
            NftServiceRouter.clear(netns);
            PtpNetwork.clear(netns);
        }
    }

    /** A shim normally ends with its last container; one that lost its way would hold mounts for ever. */
    private static void endShims(ContainerdPaths paths) throws IOException {
        List<ProcessHandle> shims = ProcessHandle.allProcesses()
                .filter(process -> isShimOf(paths, process.pid()))
                .toList();
        for (ProcessHandle shim : shims) {
            List<ProcessHandle> children = shim.children().toList();
            shim.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }
        for (ProcessHandle shim : shims) {
            try {
                shim.onExit().get(Command.TIMEOUT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
                throw new IOException("process " + shim.pid() + " does not end", e);
            }
        }
    }

    private static boolean isShimOf(ContainerdPaths paths, long pid) {
        try {
            List<String> words = List.of(Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                    .split("\0", -1));
            int address = words.indexOf("-address");
            return words.getFirst().endsWith("containerd-shim-runc-v2")
                    && address >= 0
                    && address + 1 < words.size()
                    && words.get(address + 1).equals(paths.socket().toString());
        } catch (IOException e) {
            // It has ended meanwhile, or is not ours to look at.
            return false;
        }
    }

    /** Deepest first. A mount that is still in use is detached: it goes when its user does. */
    private static void unmountBelow(Path dir) throws IOException {
        Path real = dir.toRealPath();
        List<Path> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .map(line -> Path.of(unescaped(SPACE.split(line, -1)[MOUNT_POINT_INDEX])))
                .filter(mount -> mount.startsWith(real) && !mount.equals(real))
                .sorted(Comparator.comparingInt(Path::getNameCount).reversed())
                .toList();
        for (Path mount : mounts) {
            if (!Command.of("umount", mount.toString()).run().ok()) {
                Command.of("umount", "--lazy", mount.toString()).check();
            }
        }
    }

    /** The kernel writes spaces, tabs, newlines and backslashes in octal. */
    private static String unescaped(String mountPoint) {
        return mountPoint
                .replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
