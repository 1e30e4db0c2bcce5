package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The variables that tell containers where services are: {@code WEB_SERVICE_HOST} and the older link style {@code WEB_PORT_80_TCP_ADDR}. */
final class ServiceEnvironment {
    private ServiceEnvironment() {}

    /** Services of the pod's own namespace, if it wants them, and always {@code kubernetes}. */
    static Map<String, String> of(DesiredPod pod, List<Service> services) {
        boolean links = !Boolean.FALSE.equals(pod.spec().getEnableServiceLinks());
        var variables = new LinkedHashMap<String, String>();
        for (var service : services) {
            var meta = service.getMetadata();
            boolean kubernetes = "default".equals(meta.getNamespace()) && "kubernetes".equals(meta.getName());
            boolean own = pod.id().namespace().equals(meta.getNamespace());
            if (kubernetes || (links && own)) {
                add(service, variables);
            }
        }
        return variables;
    }

    private static void add(Service service, Map<String, String> variables) {
        var spec = service.getSpec();
        var ip = spec == null ? null : spec.getClusterIP();
        if (ip == null
                || ip.isEmpty()
                || "None".equals(ip)
                || DesiredPod.list(spec.getPorts()).isEmpty()) {
            return;
        }
        var prefix = word(service.getMetadata().getName());
        variables.put(prefix + "_SERVICE_HOST", ip);
        variables.put(
                prefix + "_SERVICE_PORT", spec.getPorts().getFirst().getPort().toString());
        for (var port : spec.getPorts()) {
            if (port.getName() != null && !port.getName().isEmpty()) {
                variables.put(
                        prefix + "_SERVICE_PORT_" + word(port.getName()),
                        port.getPort().toString());
            }
        }
        variables.put(prefix + "_PORT", url(spec.getPorts().getFirst(), ip));
        for (var port : spec.getPorts()) {
            var protocol = Objects.requireNonNullElse(port.getProtocol(), "TCP");
            var link = prefix + "_PORT_" + port.getPort() + "_" + protocol;
            variables.put(link, url(port, ip));
            variables.put(link + "_PROTO", protocol.toLowerCase(Locale.ROOT));
            variables.put(link + "_PORT", port.getPort().toString());
            variables.put(link + "_ADDR", ip);
        }
    }

    private static String url(ServicePort port, String ip) {
        return Objects.requireNonNullElse(port.getProtocol(), "TCP").toLowerCase(Locale.ROOT) + "://" + ip + ":"
                + port.getPort();
    }

    private static String word(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
