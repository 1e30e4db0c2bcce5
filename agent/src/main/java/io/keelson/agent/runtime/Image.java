package io.keelson.agent.runtime;

/**
 * An image on this node.
 *
 * @param name the full name, e.g. {@code docker.io/library/busybox:latest}; pass this (or the id) to {@link ContainerConfig}
 * @param id the digest of its configuration or manifest, e.g. {@code sha256:...}; {@code imageID} of the status
 * @param user the user its configuration names; empty for root
 */
public record Image(String name, String id, String user) {}
