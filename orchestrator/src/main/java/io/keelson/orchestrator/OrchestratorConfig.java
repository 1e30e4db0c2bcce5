package io.keelson.orchestrator;

import io.keelson.orchestrator.access.AccessConfig;
import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.store.HostPort;
import java.nio.file.Path;
import java.util.List;

/**
 * What a control-plane server needs to know besides its store.
 *
 * @param name of this server; no two servers of a cluster share one
 * @param listen where to answer, REST and gRPC on each
 * @param certificate PEM, with its chain
 * @param key PEM, PKCS#8
 * @param trustedCa PEM; clients' certificates must be signed by one of these, and pods are told that the servers' are
 * @param serviceCidr cluster addresses of services, such as {@code 10.96.0.0/16}; the same on all servers
 * @param clusterCidr addresses of pods, such as {@code 10.244.0.0/16}; the same on all servers
 * @param apiEndpoints addresses {@code host:port} of all servers, as pods can reach them: what is behind the service {@code kubernetes}.
 *     May be empty
 * @param access what the operator decides about who may come; the same on all servers
 * @param watches how much watching this server allows
 */
public record OrchestratorConfig(
        String name,
        List<HostPort> listen,
        Path certificate,
        Path key,
        Path trustedCa,
        String serviceCidr,
        String clusterCidr,
        List<String> apiEndpoints,
        AccessConfig access,
        WatchLimits watches) {

    /** Checks what can be checked without files. */
    public OrchestratorConfig {
        listen = List.copyOf(listen);
        apiEndpoints = List.copyOf(apiEndpoints);
        if (name.isEmpty()) {
            throw new IllegalArgumentException("the server has no name");
        }
        if (listen.isEmpty()) {
            throw new IllegalArgumentException("the server has no address to listen on");
        }
    }

    /** A server with {@link AccessConfig#DEFAULT} and {@link WatchLimits#DEFAULT}. */
    public OrchestratorConfig(
            String name,
            List<HostPort> listen,
            Path certificate,
            Path key,
            Path trustedCa,
            String serviceCidr,
            String clusterCidr,
            List<String> apiEndpoints) {
        this(
                name,
                listen,
                certificate,
                key,
                trustedCa,
                serviceCidr,
                clusterCidr,
                apiEndpoints,
                AccessConfig.DEFAULT,
                WatchLimits.DEFAULT);
    }
}
