package io.keelson.agent.runtime;

import java.nio.file.Path;

/**
 * A file or directory of the node that a container sees.
 *
 * @param containerPath absolute, in the container
 * @param hostPath absolute, on the node; exists
 * @param propagation of mounts made below it
 */
public record Mount(String containerPath, Path hostPath, boolean readOnly, Propagation propagation) {
    /** Values of Kubernetes' mountPropagation: None, HostToContainer, Bidirectional. */
    public enum Propagation {
        PRIVATE,
        HOST_TO_CONTAINER,
        BIDIRECTIONAL
    }

    public Mount {
        if (!containerPath.startsWith("/")) {
            throw new IllegalArgumentException("mountPath: must be absolute: " + containerPath);
        }
    }
}
