package io.keelson.agent.runtime.containerd;

import io.keelson.agent.command.Command;
import io.keelson.agent.net.NetworkNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Network namespaces for nodes, joined by a bridge in a namespace of its own. There is no way out of it. */
final class TestFabric implements AutoCloseable {
    private final String prefix = "klt"
            + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()).substring(0, 6);
    private final List<String> namespaces = new ArrayList<>();

    /** Why real containers cannot be run here; empty if they can. */
    static Optional<String> impediment() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("real containers need root");
        }
        List<String> missing = List.of("containerd", "runc", "nft", "ip", "nsenter", "setsid", "busybox").stream()
                .filter(program -> Command.find(program).isEmpty())
                .toList();
        if (!missing.isEmpty()) {
            return Optional.of("missing on this machine: " + missing);
        }
        Command.Outcome trial = Command.of("unshare", "--net", "true").run();
        return trial.ok() ? Optional.empty() : Optional.of("no network namespaces here: " + trial.errors());
    }

    TestFabric(int nodes) {
        add("fab");
        in("fab", "ip", "link", "add", "bridge0", "type", "bridge");
        in("fab", "ip", "addr", "add", "192.168.77.254/24", "dev", "bridge0");
        in("fab", "ip", "link", "set", "bridge0", "up");
        for (int n = 1; n <= nodes; n++) {
            String node = "n" + n;
            add(node);
            in("fab", "ip", "link", "add", node, "type", "veth", "peer", "name", "eth0", "netns", prefix + "-" + node);
            in("fab", "ip", "link", "set", node, "master", "bridge0", "up");
            in(node, "ip", "addr", "add", address(n) + "/24", "dev", "eth0");
            in(node, "ip", "link", "set", "eth0", "up");
        }
    }

    static String address(int node) {
        return "192.168.77." + node;
    }

    static String podCidr(int node) {
        return "10.244." + node + ".0/24";
    }

    NetworkNamespace node(int node) {
        return at("n" + node);
    }

    /** Where there are no nodes: the rest of the world. */
    NetworkNamespace outside() {
        return at("fab");
    }

    private NetworkNamespace at(String name) {
        return NetworkNamespace.at(Path.of("/run/netns", prefix + "-" + name));
    }

    private void add(String name) {
        Command.of("ip", "netns", "add", prefix + "-" + name).check();
        namespaces.add(prefix + "-" + name);
        in(name, "ip", "link", "set", "lo", "up");
    }

    private void in(String name, String... words) {
        at(name).command(words).check();
    }

    @Override
    public void close() {
        for (String name : namespaces.reversed()) {
            if (Files.exists(Path.of("/run/netns", name))) {
                Command.of("ip", "netns", "del", name).check();
            }
        }
    }
}
