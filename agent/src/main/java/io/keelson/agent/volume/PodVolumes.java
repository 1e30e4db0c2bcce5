package io.keelson.agent.volume;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HostPathVolumeSource;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.keelson.agent.io.FileTree;
import io.keelson.agent.pod.DesiredPod;
import io.keelson.agent.pod.Expansion;
import io.keelson.agent.pod.NodeFacts;
import io.keelson.agent.pod.Sources;
import io.keelson.agent.runtime.Mount;
import io.keelson.agent.runtime.Mount.Propagation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The volumes of all pods of a node, below {@code <directory>/<pod uid>/}. Calls for one pod come one after another. */
public final class PodVolumes {
    private static final int TERMINATION_MESSAGE_BYTES_MAX = 4096;

    private final Path directory;
    private final PodTokens tokens;

    public PodVolumes(Path directory, PodTokens tokens) {
        this.directory = directory.toAbsolutePath();
        this.tokens = tokens;
    }

    /** Makes the pod's volumes, or brings them up to date. Returns each one's path by name. */
    public Map<String, Path> prepare(DesiredPod pod, Sources sources, NodeFacts node) throws VolumeProblem {
        var paths = new TreeMap<String, Path>();
        for (var volume : list(pod.spec().getVolumes())) {
            try {
                paths.put(volume.getName(), prepare(pod, volume, sources, node));
            } catch (IOException e) {
                throw problem(volume, e.toString());
            }
        }
        return paths;
    }

    private Path prepare(DesiredPod pod, Volume volume, Sources sources, NodeFacts node)
            throws VolumeProblem, IOException {
        var files = VolumeContents.of(pod, volume, sources, node, tokens);
        if (files.isPresent()) {
            var path = home(pod).resolve("volumes/objects").resolve(volume.getName());
            // Secrets lie here: only the agent may come by from outside.
            privately(home(pod));
            new AtomicFiles(path).write(files.get());
            return path;
        }
        if (volume.getEmptyDir() != null) {
            return emptyDir(pod, volume);
        }
        if (volume.getHostPath() != null) {
            return hostPath(volume, volume.getHostPath());
        }
        throw problem(volume, "volumes of kind " + kind(volume) + " are not supported by this node");
    }

    private Path emptyDir(DesiredPod pod, Volume volume) throws VolumeProblem, IOException {
        var path = home(pod).resolve("volumes/empty-dir").resolve(volume.getName());
        if (!Files.isDirectory(path)) {
            privately(home(pod));
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, FileTree.permissions(0777));
        }
        if ("Memory".equals(volume.getEmptyDir().getMedium()) && !isMounted(path)) {
            var size = volume.getEmptyDir().getSizeLimit();
            var options = size == null
                    ? "mode=0777"
                    : "mode=0777,size=" + size.getNumericalAmount().toBigInteger();
            run(volume, "mount", "-t", "tmpfs", "-o", options, "tmpfs", path.toString());
        }
        var context = pod.spec().getSecurityContext();
        if (context != null && context.getFsGroup() != null) {
            try {
                Files.setAttribute(path, "unix:gid", (int) (long) context.getFsGroup());
            } catch (IOException e) {
                throw problem(
                        volume, "fsGroup " + context.getFsGroup() + " cannot be set without root: " + e.getMessage());
            }
        }
        return path;
    }

    private static Path hostPath(Volume volume, HostPathVolumeSource source) throws VolumeProblem, IOException {
        var path = Path.of(source.getPath());
        if (!path.isAbsolute()) {
            throw problem(volume, "hostPath.path: must be absolute: " + path);
        }
        var type = Objects.requireNonNullElse(source.getType(), "");
        switch (type) {
            case "" -> {
                if (!Files.exists(path)) {
                    Files.createDirectories(path);
                }
            }
            case "DirectoryOrCreate" -> {
                Files.createDirectories(path);
            }
            case "FileOrCreate" -> {
                if (!Files.exists(path)) {
                    Files.createFile(path);
                }
                check(volume, Files.isRegularFile(path), path + " is not a file");
            }
            case "Directory" -> check(volume, Files.isDirectory(path), path + " is not a directory");
            case "File" -> check(volume, Files.isRegularFile(path), path + " is not a file");
            case "Socket", "CharDevice", "BlockDevice" ->
                check(
                        volume,
                        Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path),
                        path + " is not a " + type);
            default -> throw problem(volume, "hostPath.type: \"" + type + "\" is not known");
        }
        return path;
    }

    /**
     * What the container sees: its volume mounts, the pod's hosts file, the file for its termination message.
     *
     * @param volumes from {@link #prepare}
     * @param environment for subPathExpr
     */
    public List<Mount> mounts(
            DesiredPod pod,
            Container container,
            int attempt,
            Map<String, Path> volumes,
            Map<String, String> environment,
            String podIp)
            throws VolumeProblem {
        var mounts = new ArrayList<Mount>();
        try {
            for (var mount : list(container.getVolumeMounts())) {
                var volume = volumes.get(mount.getName());
                if (volume == null) {
                    throw new VolumeProblem("container " + container.getName() + ": volumeMounts: no volume \""
                            + mount.getName() + "\"");
                }
                mounts.add(new Mount(
                        mount.getMountPath(),
                        subPath(volume, mount, environment),
                        Boolean.TRUE.equals(mount.getReadOnly()),
                        propagation(mount)));
            }
            if (mounts.stream().noneMatch(m -> m.containerPath().equals("/etc/hosts"))) {
                mounts.add(new Mount("/etc/hosts", hosts(pod, podIp), false, Propagation.PRIVATE));
            }
            var message = terminationMessageFile(pod, container.getName(), attempt);
            Files.createDirectories(message.resolveSibling(""));
            if (!Files.exists(message)) {
                Files.createFile(message);
                Files.setPosixFilePermissions(message, FileTree.permissions(0666));
            }
            mounts.add(new Mount(
                    Objects.requireNonNullElse(container.getTerminationMessagePath(), "/dev/termination-log"),
                    message,
                    false,
                    Propagation.PRIVATE));
        } catch (IOException e) {
            throw new VolumeProblem("container " + container.getName() + ": " + e);
        }
        return mounts;
    }

    private static Path subPath(Path volume, VolumeMount mount, Map<String, String> environment)
            throws VolumeProblem, IOException {
        var expression = mount.getSubPathExpr();
        var plain = Objects.requireNonNullElse(mount.getSubPath(), "");
        var sub = expression != null && !expression.isEmpty() ? Expansion.expand(expression, environment) : plain;
        if (sub.isEmpty()) {
            return volume;
        }
        var path = volume.resolve(sub).normalize();
        if (!path.startsWith(volume) || sub.startsWith("/")) {
            throw new VolumeProblem(
                    "subPath \"" + sub + "\" of volume \"" + mount.getName() + "\" must stay within the volume");
        }
        if (!Files.exists(path)) {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, FileTree.permissions(0777));
        }
        var real = path.toRealPath();
        // A link in the volume must not lead to the node's own files.
        if (!real.startsWith(volume.toRealPath())) {
            throw new VolumeProblem(
                    "subPath \"" + sub + "\" of volume \"" + mount.getName() + "\" leads out of the volume");
        }
        return real;
    }

    private static Propagation propagation(VolumeMount mount) {
        return switch (Objects.requireNonNullElse(mount.getMountPropagation(), "None")) {
            case "HostToContainer" -> Propagation.HOST_TO_CONTAINER;
            case "Bidirectional" -> Propagation.BIDIRECTIONAL;
            default -> Propagation.PRIVATE;
        };
    }

    /** Without one of its own a pod would get the node's. */
    private Path hosts(DesiredPod pod, String podIp) throws IOException {
        var text = new StringBuilder("# Managed by Keelson.\n");
        if (pod.hostNetwork() && Files.isReadable(Path.of("/etc/hosts"))) {
            text.append(Files.readString(Path.of("/etc/hosts")));
        } else {
            text.append("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
            if (!podIp.isEmpty()) {
                var subdomain = pod.spec().getSubdomain();
                var full = subdomain == null || subdomain.isEmpty()
                        ? ""
                        : pod.hostname() + "." + subdomain + "." + pod.id().namespace() + ".svc.cluster.local\t";
                text.append(podIp)
                        .append('\t')
                        .append(full)
                        .append(pod.hostname())
                        .append('\n');
            }
        }
        for (var alias : list(pod.spec().getHostAliases())) {
            text.append(alias.getIp())
                    .append('\t')
                    .append(String.join("\t", list(alias.getHostnames())))
                    .append('\n');
        }
        var file = home(pod).resolve("etc-hosts");
        privately(home(pod));
        Files.writeString(file, text);
        return file;
    }

    /** What the container said at its end; empty if nothing. At most 4096 bytes. */
    public String terminationMessage(String podUid, String container, int attempt) {
        var file = terminationMessageFile(directory.resolve(podUid), container, attempt);
        if (!Files.isReadable(file)) {
            return "";
        }
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(TERMINATION_MESSAGE_BYTES_MAX), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private Path terminationMessageFile(DesiredPod pod, String container, int attempt) {
        return terminationMessageFile(home(pod), container, attempt);
    }

    private static Path terminationMessageFile(Path home, String container, int attempt) {
        return home.resolve("containers").resolve(container).resolve(attempt + "-message");
    }

    /** Removes everything of a pod that has ended. */
    public void remove(String podUid) throws IOException {
        var home = directory.resolve(podUid);
        for (var mounted : mountedBelow(home)) {
            var process = new ProcessBuilder("umount", mounted)
                    .redirectErrorStream(true)
                    .start();
            waitFor(process);
        }
        if (!mountedBelow(home).isEmpty()) {
            throw new IOException(home + ": " + mountedBelow(home) + " cannot be unmounted");
        }
        FileTree.delete(home);
    }

    private Path home(DesiredPod pod) {
        return directory.resolve(pod.id().uid());
    }

    private static void privately(Path home) throws IOException {
        if (!Files.isDirectory(home)) {
            Files.createDirectories(home);
            Files.setPosixFilePermissions(home, FileTree.permissions(0711));
        }
    }

    private static boolean isMounted(Path path) throws IOException {
        return mountedBelow(path).contains(path.toString());
    }

    private static List<String> mountedBelow(Path path) throws IOException {
        var mounts = Path.of("/proc/self/mounts");
        if (!Files.exists(mounts, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        return Files.readAllLines(mounts).stream()
                .map(line -> line.split(" ", 3)[1].replace("\\040", " "))
                .filter(at -> Path.of(at).startsWith(path))
                .toList();
    }

    private static void run(Volume volume, String... command) throws VolumeProblem, IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readNBytes(4096), StandardCharsets.UTF_8).strip();
        if (waitFor(process) != 0) {
            throw problem(volume, "medium Memory: " + String.join(" ", command) + ": " + output);
        }
    }

    private static int waitFor(Process process) throws IOException {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return -1;
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void check(Volume volume, boolean ok, String otherwise) throws VolumeProblem {
        if (!ok) {
            throw problem(volume, "hostPath type check failed: " + otherwise);
        }
    }

    private static String kind(Volume volume) {
        if (volume.getPersistentVolumeClaim() != null) {
            return "persistentVolumeClaim";
        }
        if (volume.getNfs() != null) {
            return "nfs";
        }
        if (volume.getCsi() != null) {
            return "csi";
        }
        if (volume.getEphemeral() != null) {
            return "ephemeral";
        }
        if (volume.getImage() != null) {
            return "image";
        }
        return volume.getAdditionalProperties().isEmpty()
                ? "other than those that Keelson knows"
                : volume.getAdditionalProperties().keySet().toString();
    }

    private static VolumeProblem problem(Volume volume, String what) {
        return new VolumeProblem("MountVolume.SetUp failed for volume \"" + volume.getName() + "\" : " + what);
    }

    private static <T> List<T> list(List<T> maybe) {
        return maybe == null ? List.of() : maybe;
    }
}
