package io.keelson.agent;

import io.keelson.agent.rpc.HostPort;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How to run one node.
 *
 * @param name the node's; its certificate says {@code system:node:<name>}
 * @param dir all of the node's files
 * @param servers API servers; one is used at a time, and tunnels are kept to all
 * @param certificate PEM
 * @param key PEM, PKCS#8
 * @param trustedCa PEM, who signs the servers' certificates
 * @param nodeAddress the node's own address, where NodePorts answer
 * @param images directory of image archives; what lies or later appears there is imported
 * @param labels of the Node, besides those that every node has
 */
public record AgentConfig(
        String name,
        Path dir,
        List<HostPort> servers,
        Path certificate,
        Path key,
        Path trustedCa,
        RuntimeKind runtime,
        String nodeAddress,
        Path images,
        Map<String, String> labels) {
    public AgentConfig {
        if (!name.matches("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")) {
            throw new IllegalArgumentException(
                    "name: \"" + name + "\" is no node name (lower case letters, digits, '-', '.')");
        }
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("servers: at least one is needed");
        }
        servers = List.copyOf(servers);
        labels = Map.copyOf(labels);
    }
}
