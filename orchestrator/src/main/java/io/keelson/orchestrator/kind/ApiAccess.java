package io.keelson.orchestrator.kind;

/** Kubernetes' names for that by which pods come to the API. */
public final class ApiAccess {

    /** The ConfigMap of each namespace with the certificates by which its pods know the API server. */
    public static final String ROOT_CA = "kube-root-ca.crt";

    /** The key in it. */
    public static final String ROOT_CA_KEY = "ca.crt";

    /** How the name of the volume begins that each pod gets by itself, with a token in it. */
    public static final String VOLUME = "kube-api-access-";

    /** Where containers see that volume. */
    public static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

    private ApiAccess() {}
}
