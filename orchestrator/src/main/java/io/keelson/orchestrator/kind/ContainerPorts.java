package io.keelson.orchestrator.kind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Advice about the ports of all containers of a pod, which share one network. */
final class ContainerPorts {

    /** One port, and where it stands. */
    private record Port(String path, String name, long hostPort, long containerPort, String protocol, String hostIp) {

        static Port of(String path, JsonNode port) {
            return new Port(
                    path,
                    Json.string(port, "name").orElse(""),
                    Json.number(port, "hostPort").orElse(0L),
                    Json.number(port, "containerPort").orElse(0L),
                    Json.string(port, "protocol").orElse(""),
                    Json.string(port, "hostIP").orElse(""));
        }

        /** In the form in which Kubernetes shows it. */
        String shown() {
            return "{Name:" + name + " HostPort:" + hostPort + " ContainerPort:" + containerPort + " Protocol:"
                    + protocol + " HostIP:" + hostIp + "}";
        }
    }

    private final Consumer<String> warn;
    private final Map<String, List<Port>> seen = new HashMap<>();

    ContainerPorts(Consumer<String> warn) {
        this.warn = warn;
    }

    /** Of the ports of one more container. */
    void advise(String path, JsonNode container) {
        List<JsonNode> ports = Json.items(container, "ports");
        for (int i = 0; i < ports.size(); i++) {
            advise(Port.of(path + ".ports[" + i + "]", ports.get(i)));
        }
    }

    private void advise(Port port) {
        if (!port.hostIp().isEmpty() && port.hostPort() == 0) {
            warn.accept(port.path() + ": hostIP set without hostPort: " + port.shown());
        }
        List<Port> others = seen.computeIfAbsent(port.containerPort() + "/" + port.protocol(), _ -> new ArrayList<>());
        for (Port other : others) {
            if (port.hostIp().equals(other.hostIp()) && port.hostPort() == other.hostPort()) {
                warn.accept(port.path() + ": duplicate port definition with " + other.path());
            } else if (port.hostPort() == 0 || other.hostPort() == 0) {
                warn.accept(port.path() + ": overlapping port definition with " + other.path());
            } else if (port.hostPort() == other.hostPort()
                    && port.hostIp().isEmpty() != other.hostIp().isEmpty()) {
                warn.accept(port.path() + ": dangerously ambiguous port definition with " + other.path());
            }
        }
        others.add(port);
    }
}
