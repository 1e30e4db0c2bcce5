package io.keelson.agent.runtime.process;

import io.keelson.agent.io.FileTree;
import io.keelson.agent.runtime.ContainerConfig;
import io.keelson.agent.runtime.Mount;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.SandboxConfig;
import io.keelson.agent.runtime.SandboxId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prepares a container: its own copy of the image, links in place of mounts, and what to run with which environment. */
final class NewContainer {
    private final ImageStore.Unpacked image;
    private final SandboxConfig sandbox;
    private final ContainerConfig config;
    private final ContainerHome made;

    /** {@code made} is where it will be in the end: its program learns that place. */
    NewContainer(ImageStore.Unpacked image, SandboxConfig sandbox, ContainerConfig config, ContainerHome made) {
        this.image = image;
        this.sandbox = sandbox;
        this.config = config;
        this.made = made;
    }

    /** Fills the directory where it is prepared. */
    void fill(ContainerHome home, String id, SandboxId sandboxId) throws IOException {
        Files.createDirectories(home.rootfs());
        if (config.stdin()) {
            home.makeStdin(config.stdinOnce());
        }
        if (image.rootfs().isPresent()) {
            new Rootfs(image.rootfs().get()).copyTo(home.rootfs());
        }
        for (var mount : config.mounts()) {
            link(home, mount);
        }
        var command = command();
        var cwd = config.workingDir().isEmpty() ? image.workingDir() : config.workingDir();
        Files.createDirectories(new Rootfs(home.rootfs()).inside(cwd));
        home.write(ContainerHome.spec(
                id,
                sandboxId,
                sandbox.pod(),
                config,
                command,
                environment(),
                cwd,
                sandbox.logDirectory().resolve(config.logPath())));
    }

    private List<String> command() {
        var command = new ArrayList<>(config.command().isEmpty() ? image.entrypoint() : config.command());
        command.addAll(
                !config.args().isEmpty() ? config.args() : config.command().isEmpty() ? image.command() : List.of());
        if (command.isEmpty()) {
            throw new RuntimeFault.CreateFailed("no command specified: neither the container nor its image names one");
        }
        return command.stream().map(this::rewrite).toList();
    }

    /** Instead of a mount: a link at the same place below the container's own root. */
    private static void link(ContainerHome home, Mount mount) throws IOException {
        var root = new Rootfs(home.rootfs());
        var at = root.inside(mount.containerPath());
        if (at.equals(home.rootfs())) {
            throw new RuntimeFault.CreateFailed(
                    "mountPath \"" + mount.containerPath() + "\": the root itself cannot be replaced");
        }
        // Images have links on the way, such as /var/run to /run.
        var place = root.place(at)
                .orElseThrow(
                        () -> new RuntimeFault.CreateFailed(
                                "mountPath \"" + mount.containerPath()
                                        + "\": a parent is a link that leads out, and the process runtime makes volumes visible only within the container's directory"));
        FileTree.delete(place);
        Files.createSymbolicLink(place, mount.hostPath());
    }

    /** Words that begin with the place of a mount lead to its link. */
    private String rewrite(String word) {
        for (var mount : config.mounts()) {
            var path = mount.containerPath();
            if (word.equals(path) || word.startsWith(path.endsWith("/") ? path : path + "/")) {
                return made.rootfs() + word;
            }
        }
        return word;
    }

    private Map<String, String> environment() {
        var env = new LinkedHashMap<String, String>();
        env.put("PATH", Programs.DEFAULT_PATH);
        env.put("HOSTNAME", sandbox.hostname());
        env.put("HOME", made.rootfs().toString());
        for (var pair : image.env()) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                env.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        env.putAll(config.env());
        env.put(ProcessRuntime.ROOTFS, made.rootfs().toString());
        if (image.rootfs().isPresent()) {
            var rootfs = new Rootfs(made.rootfs());
            var own = Arrays.stream(
                            env.getOrDefault("PATH", Programs.DEFAULT_PATH).split(":"))
                    .filter(p -> p.startsWith("/"))
                    .map(p -> rootfs.inside(p).toString())
                    .toList();
            env.put("PATH", String.join(":", own) + ":" + env.get("PATH"));
        }
        return env;
    }
}
