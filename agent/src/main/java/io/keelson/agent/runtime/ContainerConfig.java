package io.keelson.agent.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to make a container.
 *
 * @param name unique in the pod
 * @param attempt counts the containers of this name in this pod, from 0
 * @param image from {@link ContainerRuntime#findImage} or {@code pullImage}
 * @param command replaces the image's entrypoint; empty: the image's
 * @param args replaces the image's arguments; empty: the image's, but none if {@code command} is given
 * @param workingDir empty: the image's
 * @param env in order; a later name wins over an earlier one
 * @param pidTarget the container whose processes this one is to see; empty, or if the sandbox says already what all see: as the sandbox says
 * @param logPath relative to the sandbox's log directory, e.g. {@code web/0.log}
 */
public record ContainerConfig(
        String name,
        int attempt,
        Image image,
        List<String> command,
        List<String> args,
        String workingDir,
        Map<String, String> env,
        List<Mount> mounts,
        Resources resources,
        Security security,
        boolean stdin,
        boolean stdinOnce,
        boolean tty,
        Optional<ContainerId> pidTarget,
        String logPath,
        Map<String, String> labels,
        Map<String, String> annotations) {
    public ContainerConfig {
        command = List.copyOf(command);
        args = List.copyOf(args);
        env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
        mounts = List.copyOf(mounts);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
