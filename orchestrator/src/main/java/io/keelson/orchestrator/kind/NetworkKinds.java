package io.keelson.orchestrator.kind;

import java.util.List;

/** The rows of the groups networking.k8s.io, discovery.k8s.io, coordination.k8s.io and events.k8s.io. */
final class NetworkKinds {

    static final Kind INGRESS_CLASS = networking("IngressClass", "ingressclasses")
            .clusterScoped()
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(NetworkDefaults::ingressClass)
                    .withCheck(IngressValidation::ingressClass)
                    .withPrinter(NetworkPrinters.INGRESS_CLASS))
            .build();

    static final Kind INGRESS = networking("Ingress", "ingresses")
            .shortNames("ing")
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(NetworkDefaults::ingress)
                    .withCheck((_, ingress, causes) -> IngressValidation.ingress(ingress, causes))
                    .withAdvice(IpAdvice.INGRESS_STATUS.and(Advices::ingress))
                    .withPrinter(NetworkPrinters.INGRESS))
            .build();

    static final Kind IP_ADDRESS = networking("IPAddress", "ipaddresses")
            .clusterScoped()
            .shortNames("ip")
            .strategy(Strategy.PLAIN
                    .withCheck(IngressValidation::ipAddress)
                    .withPrinter(NetworkPrinters.IP_ADDRESS)
                    .withFields("spec.parentRef.name", "spec.parentRef.resource"))
            .build();

    static final Kind NETWORK_POLICY = networking("NetworkPolicy", "networkpolicies")
            .shortNames("netpol")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(NetworkDefaults::networkPolicy)
                    .withCheck((_, policy, causes) -> IngressValidation.networkPolicy(policy, causes))
                    .withAdvice(IpAdvice::networkPolicy)
                    .withPrinter(NetworkPrinters.NETWORK_POLICY))
            .build();

    static final Kind SERVICE_CIDR = networking("ServiceCIDR", "servicecidrs")
            .clusterScoped()
            .subresources("status")
            .strategy(
                    Strategy.PLAIN.withCheck(IngressValidation::serviceCidr).withPrinter(NetworkPrinters.SERVICE_CIDR))
            .build();

    static final Kind ENDPOINT_SLICE = Kind.named("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices")
            .strategy(Strategy.PLAIN
                    .withGeneration()
                    .withDefaults(Defaults::endpointSlice)
                    .withCheck(ServiceValidation::endpointSlice)
                    .withAdvice(IpAdvice::endpointSlice)
                    .withPrinter(Printers.ENDPOINT_SLICE))
            .build();

    static final Kind LEASE = Kind.named("coordination.k8s.io", "v1", "Lease", "leases")
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withDefaults(Defaults::lease)
                    .withCheck((_, lease, causes) -> NodeValidation.lease(lease, causes))
                    .withPrinter(Printers.LEASE))
            .build();

    static final Kind EVENT = Kind.named("events.k8s.io", "v1", "Event", "events")
            .shortNames("ev")
            .storedAs(CoreKinds.EVENT)
            .strategy(Strategy.PLAIN
                    .withConversion(new EventConversion())
                    .withFields(
                            "regarding.kind",
                            "regarding.namespace",
                            "regarding.name",
                            "regarding.uid",
                            "regarding.apiVersion",
                            "regarding.resourceVersion",
                            "regarding.fieldPath",
                            "reason",
                            "reportingController",
                            "type"))
            .build();

    static final List<Kind> NETWORKING = List.of(INGRESS_CLASS, INGRESS, IP_ADDRESS, NETWORK_POLICY, SERVICE_CIDR);

    private NetworkKinds() {}

    private static KindBuilder networking(String kind, String resource) {
        return Kind.named("networking.k8s.io", "v1", kind, resource);
    }
}
