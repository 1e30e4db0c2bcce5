package io.keelson.agent.proxy;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.keelson.agent.net.Cidr;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Computes the {@link ServiceTable} from what the watch brought. Pure. */
public final class ServiceTables {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final int AFFINITY_SECONDS_DEFAULT = 10_800;

    private ServiceTables() {}

    /** The table as the node named {@code node} sees it. */
    public static ServiceTable compute(Collection<Service> services, Collection<EndpointSlice> slices, String node) {
        Map<String, List<EndpointSlice>> byService = slices.stream()
                .filter(s -> s.getMetadata() != null && s.getMetadata().getLabels() != null)
                .filter(s -> s.getMetadata().getLabels().containsKey(SERVICE_NAME))
                .collect(Collectors.groupingBy(s -> s.getMetadata().getNamespace() + "/"
                        + s.getMetadata().getLabels().get(SERVICE_NAME)));
        return new ServiceTable(services.stream()
                .filter(s -> !clusterIps(s).isEmpty())
                .map(s -> service(s, byService.getOrDefault(key(s), List.of()), node))
                .sorted(Comparator.comparing(ServiceTable.Service::namespace).thenComparing(ServiceTable.Service::name))
                .toList());
    }

    private static String key(Service service) {
        return service.getMetadata().getNamespace() + "/"
                + service.getMetadata().getName();
    }

    private static List<String> clusterIps(Service service) {
        var spec = service.getSpec();
        if (spec == null || "ExternalName".equals(spec.getType())) {
            return List.of();
        }
        var all = spec.getClusterIPs() == null || spec.getClusterIPs().isEmpty()
                ? Stream.ofNullable(spec.getClusterIP())
                : spec.getClusterIPs().stream();
        return all.filter(ip -> !ip.isEmpty() && !"None".equals(ip)).toList();
    }

    private static ServiceTable.Service service(Service service, List<EndpointSlice> slices, String node) {
        var spec = service.getSpec();
        var external = new ArrayList<>(list(spec.getExternalIPs()));
        var status = service.getStatus();
        if (status != null && status.getLoadBalancer() != null) {
            list(status.getLoadBalancer().getIngress()).stream()
                    .map(i -> i.getIp())
                    .filter(ip -> ip != null && !ip.isEmpty())
                    .forEach(external::add);
        }
        return new ServiceTable.Service(
                service.getMetadata().getNamespace(),
                service.getMetadata().getName(),
                clusterIps(service).stream().map(Cidr::decimal).toList(),
                external.stream().map(Cidr::decimal).toList(),
                affinity(service),
                "Local".equals(spec.getInternalTrafficPolicy()),
                "Local".equals(spec.getExternalTrafficPolicy()),
                list(spec.getPorts()).stream().map(p -> port(p, slices, node)).toList());
    }

    private static Optional<Integer> affinity(Service service) {
        var spec = service.getSpec();
        if (!"ClientIP".equals(spec.getSessionAffinity())) {
            return Optional.empty();
        }
        var config = spec.getSessionAffinityConfig();
        var seconds = config == null || config.getClientIP() == null
                ? null
                : config.getClientIP().getTimeoutSeconds();
        return Optional.of(seconds == null ? AFFINITY_SECONDS_DEFAULT : seconds);
    }

    private static ServiceTable.Port port(ServicePort port, List<EndpointSlice> slices, String node) {
        var name = Objects.requireNonNullElse(port.getName(), "");
        var ready = new ArrayList<ServiceTable.Endpoint>();
        var ending = new ArrayList<ServiceTable.Endpoint>();
        for (var slice : slices) {
            if (!"IPv4".equals(Objects.requireNonNullElse(slice.getAddressType(), "IPv4"))) {
                continue;
            }
            var target = list(slice.getPorts()).stream()
                    .filter(p -> name.equals(Objects.requireNonNullElse(p.getName(), "")) && p.getPort() != null)
                    .findFirst();
            if (target.isEmpty()) {
                continue;
            }
            for (var endpoint : list(slice.getEndpoints())) {
                var conditions = endpoint.getConditions();
                // Unset means yes, as the API says.
                boolean isReady = conditions == null || !Boolean.FALSE.equals(conditions.getReady());
                boolean serves = conditions != null
                        && Boolean.TRUE.equals(conditions.getServing())
                        && Boolean.TRUE.equals(conditions.getTerminating());
                for (var address :
                        list(endpoint.getAddresses()).stream().limit(1).toList()) {
                    var value = new ServiceTable.Endpoint(
                            Cidr.decimal(address), target.get().getPort(), node.equals(endpoint.getNodeName()));
                    if (isReady) {
                        ready.add(value);
                    } else if (serves) {
                        ending.add(value);
                    }
                }
            }
        }
        var order = Comparator.comparing(ServiceTable.Endpoint::ip).thenComparingInt(ServiceTable.Endpoint::port);
        return new ServiceTable.Port(
                name,
                protocol(port.getProtocol()),
                port.getPort(),
                port.getNodePort() == null ? 0 : port.getNodePort(),
                (ready.isEmpty() ? ending : ready)
                        .stream().distinct().sorted(order).toList());
    }

    private static ServiceTable.Protocol protocol(String protocol) {
        return switch (Objects.requireNonNullElse(protocol, "TCP")) {
            case "UDP" -> ServiceTable.Protocol.UDP;
            case "SCTP" -> ServiceTable.Protocol.SCTP;
            default -> ServiceTable.Protocol.TCP;
        };
    }

    private static <T> List<T> list(List<T> maybe) {
        return maybe == null ? List.of() : maybe;
    }
}
