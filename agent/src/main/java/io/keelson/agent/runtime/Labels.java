package io.keelson.agent.runtime;

/** Keys of labels and annotations on sandboxes and containers; the same words as the kubelet's, so that crictl and others read them. */
public final class Labels {
    public static final String POD_NAME = "io.kubernetes.pod.name";
    public static final String POD_NAMESPACE = "io.kubernetes.pod.namespace";
    public static final String POD_UID = "io.kubernetes.pod.uid";
    public static final String CONTAINER_NAME = "io.kubernetes.container.name";

    /** Annotation of a container: a hash of its spec, to see that it was created from another one. */
    public static final String CONTAINER_HASH = "io.kubernetes.container.hash";
    /** Annotation of a container: how often it was restarted; the same as its attempt. */
    public static final String RESTART_COUNT = "io.kubernetes.container.restartCount";
    /** Annotation of a container: seconds it may take to stop; for pods no longer known to the control plane. */
    public static final String GRACE_SECONDS = "io.kubernetes.pod.terminationGracePeriod";

    /** Annotation of a sandbox: what its containers have got of the node, in JSON. */
    public static final String ALLOCATED_RESOURCES = "keelson.io/allocated-resources";

    private Labels() {}
}
