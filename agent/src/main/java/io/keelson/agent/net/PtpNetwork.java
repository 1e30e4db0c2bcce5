package io.keelson.agent.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The pod network of a node in its own network namespace: a point-to-point link a pod, a route a peer, and the node's address for what pods send
 * out of the cluster.
 */
public final class PtpNetwork implements NodeNetwork {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String TABLE = "keelson_net";

    private final NetworkNamespace netns;
    private final NetworkScope scope;
    private final String nodeAddress;
    private final Path cniConf;
    private final Path cniLeases;
    private String masquerade = "";

    /**
     * @param nodeAddress where the other nodes reach this one
     * @param agentDir the agent's directory, where its containerd looks for the network's configuration
     */
    public PtpNetwork(NetworkNamespace netns, NetworkScope scope, String nodeAddress, Path agentDir) {
        this.netns = netns;
        this.scope = scope;
        this.nodeAddress = Cidr.requireAddress("node address", nodeAddress);
        Path containerd = agentDir.toAbsolutePath().normalize().resolve("containerd");
        this.cniConf = containerd.resolve("cni");
        this.cniLeases = containerd.resolve("cni-leases");
    }

    @Override
    public void configure(String podCidr, String clusterCidr, String serviceCidr, Map<String, Peer> peers) {
        netns.requireAllowed(scope);
        Cidr.requireRange("podCIDR", podCidr);
        Cidr.requireRange("cluster CIDR", clusterCidr);
        Cidr.requireRange("service CIDR", serviceCidr);
        peers.forEach((name, peer) -> {
            Cidr.requireAddress("address of node " + name, peer.address());
            if (!peer.podCidr().isEmpty()) {
                Cidr.requireRange("podCIDR of node " + name, peer.podCidr());
            }
        });
        Routes.Link link = link();
        setForwarding(link.device());
        route(Routes.plan(link, hasDefaultRoute(), podCidr, serviceCidr, peers));
        masquerade(podCidr, clusterCidr);
        // Last, as it is what makes the runtime say that its network is ready.
        writeCni(new CniConfig(podCidr, link.mtu(), cniLeases));
    }

    private Routes.Link link() {
        for (JsonNode device :
                JSON.readTree(netns.command("ip", "-j", "-4", "addr", "show").check())) {
            for (JsonNode address : device.path("addr_info")) {
                if (address.path("local").asString("").equals(nodeAddress)) {
                    return new Routes.Link(
                            device.path("ifname").asString(""),
                            nodeAddress,
                            device.path("mtu").asInt(0));
                }
            }
        }
        throw new IllegalStateException("node address: no network device here has " + nodeAddress);
    }

    private boolean hasDefaultRoute() {
        return !netns.command("ip", "-4", "route", "show", "default").check().isBlank();
    }

    /** Through a shell in the namespace, as /proc/sys/net shows the network of whoever looks. */
    private void setForwarding(String device) {
        String base = "/proc/sys/net/ipv4/";
        netns.command(
                        "sh",
                        "-c",
                        "echo 1 > " + base + "ip_forward && echo 0 > " + base + "conf/all/rp_filter && echo 0 > " + base
                                + "conf/default/rp_filter && echo 0 > \"" + base + "conf/$0/rp_filter\"",
                        device)
                .check();
    }

    private void route(Routes wanted) {
        Map<String, String> now = new TreeMap<>();
        String listed = netns.command("ip", "-j", "-4", "route", "show", "proto", Integer.toString(Routes.PROTOCOL))
                .check();
        for (JsonNode route : JSON.readTree(listed.isBlank() ? "[]" : listed)) {
            String via = route.path("gateway").asString("");
            String how = via.isEmpty()
                    ? "dev " + route.path("dev").asString("") + " scope link src "
                            + route.path("prefsrc").asString("")
                    : "via " + via + " dev " + route.path("dev").asString("");
            now.put(route.path("dst").asString(""), how);
        }
        List<String> lines = Routes.difference(new Routes(now), wanted);
        if (!lines.isEmpty()) {
            // With -force one peer that cannot be reached does not keep the routes to the others from being set; the
            // exit code still tells.
            netns.command("ip", "-force", "-batch", "-")
                    .reading(String.join("\n", lines) + "\n")
                    .check();
        }
    }

    private void masquerade(String podCidr, String clusterCidr) {
        String wanted = masqueradeRules(podCidr, clusterCidr);
        if (!wanted.equals(masquerade)) {
            netns.command("nft", "-f", "-").reading(wanted).check();
            masquerade = wanted;
        }
    }

    /**
     * Pods' addresses are known only in the cluster. Uplink or not: the control plane is outside too, and answers to the node.
     */
    static String masqueradeRules(String podCidr, String clusterCidr) {
        return """
                add table ip %1$s
                delete table ip %1$s
                add table ip %1$s
                add chain ip %1$s masquerade-pods { type nat hook postrouting priority srcnat; policy accept; }
                add rule ip %1$s masquerade-pods ip saddr %2$s ip daddr != { %3$s, 224.0.0.0/4 } masquerade fully-random
                """.formatted(TABLE, podCidr, clusterCidr);
    }

    private void writeCni(CniConfig config) {
        try {
            Files.createDirectories(cniConf);
            Path file = cniConf.resolve(CniConfig.FILE_NAME);
            if (Files.exists(file) && Files.readString(file).equals(config.json())) {
                return;
            }
            // containerd looks at every change in the directory; a half-written file would be one.
            Path part = cniConf.resolve(CniConfig.FILE_NAME + ".part");
            Files.writeString(part, config.json());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IllegalStateException("network configuration in " + cniConf + ": " + e.getMessage(), e);
        }
    }

    /** Takes back what {@link #configure} set in this namespace, but for the forwarding. Idempotent. */
    public static void clear(NetworkNamespace netns) {
        netns.command("nft", "-f", "-")
                .reading("add table ip " + TABLE + "\ndelete table ip " + TABLE + "\n")
                .check();
        netns.command("ip", "-4", "route", "flush", "proto", Integer.toString(Routes.PROTOCOL))
                .check();
    }
}
