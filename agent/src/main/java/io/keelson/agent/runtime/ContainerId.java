package io.keelson.agent.runtime;

/** The runtime's own name for a container; opaque. In a pod's status it stands as {@code <runtime name>://<value>}. */
public record ContainerId(String value) {
    public ContainerId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("container id: empty");
        }
    }
}
