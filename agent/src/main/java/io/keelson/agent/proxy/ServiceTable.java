package io.keelson.agent.proxy;

import java.util.List;
import java.util.Optional;

/**
 * All service ports that exist, with the endpoints that may be used now. A value: equal tables mean the same traffic. Headless and
 * ExternalName services are not in it.
 *
 * @param services sorted by namespace and name
 */
public record ServiceTable(List<Service> services) {
    public static final ServiceTable EMPTY = new ServiceTable(List.of());

    public ServiceTable {
        services = List.copyOf(services);
    }

    /**
     * One service.
     *
     * @param clusterIps the service's own addresses, at least one
     * @param externalIps addresses from outside that also lead here: spec.externalIPs and load balancer ingress
     * @param affinitySeconds there for sessionAffinity ClientIP: how long a client keeps its endpoint
     * @param internalLocal internalTrafficPolicy Local: traffic to the ClusterIP goes to endpoints of this node only
     * @param externalLocal externalTrafficPolicy Local: the same for NodePorts and external addresses, and the client's address is kept
     */
    public record Service(
            String namespace,
            String name,
            List<String> clusterIps,
            List<String> externalIps,
            Optional<Integer> affinitySeconds,
            boolean internalLocal,
            boolean externalLocal,
            List<Port> ports) {
        public Service {
            clusterIps = List.copyOf(clusterIps);
            externalIps = List.copyOf(externalIps);
            ports = List.copyOf(ports);
        }
    }

    /**
     * One port of a service.
     *
     * @param name empty for a service with one unnamed port
     * @param nodePort 0 if it has none
     * @param endpoints sorted; the ready ones, or if none is ready those that still serve while they end. Empty: refuse connections.
     */
    public record Port(String name, Protocol protocol, int port, int nodePort, List<Endpoint> endpoints) {
        public Port {
            endpoints = List.copyOf(endpoints);
        }
    }

    /** One pod (or other address) behind a port. {@code local}: it is on this node. */
    public record Endpoint(String ip, int port, boolean local) {}

    /** As Kubernetes writes them. */
    public enum Protocol {
        TCP,
        UDP,
        SCTP
    }
}
