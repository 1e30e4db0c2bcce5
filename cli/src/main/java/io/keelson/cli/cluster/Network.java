package io.keelson.cli.cluster;

import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The nodes' network. Each node is a network namespace; a bridge joins them, in a namespace of its own, so that no firewall of this machine
 * sees what nodes say to each other; one pair of interfaces leads from the bridge to this machine, which has the address {@code .1}.
 *
 * <pre>
 *   machine               klID-net                     klID-n1
 *   klID 192.168.x.1 ── machine  bridge br0  n1 ── eth0 192.168.x.11
 * </pre>
 */
final class Network {

    private static final Pattern USED = Pattern.compile("\\b192\\.168\\.(\\d{1,3})\\.");
    private static final int FIRST_SUBNET = 77;
    private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");

    private final Plan plan;
    private final String subnet;

    Network(Plan plan) {
        this.plan = plan;
        this.subnet = plan.subnet().orElseThrow();
    }

    /** The first free 192.168.x, judged by all routes and addresses of this machine. */
    static String freeSubnet() throws InterruptedException {
        return freeSubnet(Shell.must("ip", "-4", "route", "show", "table", "all") + Shell.must("ip", "-4", "addr"));
    }

    static String freeSubnet(String routesAndAddresses) {
        var used = new boolean[256];
        var matcher = USED.matcher(routesAndAddresses);
        while (matcher.find()) used[Integer.parseInt(matcher.group(1)) & 0xff] = true;
        boolean all = Pattern.compile("192\\.168\\.0\\.0/1[0-6]")
                .matcher(routesAndAddresses)
                .find();
        for (int i = 0; i < 255 && !all; i++) {
            int candidate = 1 + (FIRST_SUBNET - 1 + i) % 254;
            if (!used[candidate]) return "192.168." + candidate;
        }
        throw Trouble.of(
                "every 192.168.x.0/24 is in use on this machine",
                "Say which network the nodes may have:  keelson up --subnet 10.123.45");
    }

    static boolean hasDefaultRoute() throws InterruptedException {
        return !Shell.run("ip", "-4", "route", "show", "default").output().isBlank();
    }

    private String hub() {
        return plan.prefix() + "-net";
    }

    private String namespaceFile(String name) {
        return "/run/netns/" + name;
    }

    /** Makes what is not there yet. What could be made only in part is removed again. */
    void create() throws InterruptedException {
        if (!has(plan.prefix(), plan.serverAddress())) {
            // Whatever is left belongs to a bridge that is gone, or was made by somebody who was stopped halfway.
            remove();
            orRemove("its hub", this::createHub);
        }
        for (var node : plan.nodes()) {
            if (has("eth0", node.address(), "-netns", plan.namespace(node))) continue;
            Shell.run("ip", "netns", "del", plan.namespace(node));
            orRemove("node " + node.name(), () -> createNode(node));
        }
        if (plan.uplink() == Plan.Uplink.MASQUERADE) createUplink();
    }

    /** Whether an interface has its address, which it gets last. */
    private static boolean has(String device, String address, String... where) throws InterruptedException {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(where));
        command.addAll(List.of("-4", "addr", "show", "dev", device));
        return Shell.run(command.toArray(String[]::new)).output().contains("inet " + address + "/");
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    private void orRemove(String what, Step step) throws InterruptedException {
        try {
            step.run();
        } catch (Trouble failed) {
            remove();
            throw Trouble.because(
                    failed,
                    "the network of the nodes could not be made (" + what + "): " + failed.getMessage(),
                    failed.wayOut().toArray(String[]::new));
        }
    }

    private void createHub() throws InterruptedException {
        Shell.run("ip", "link", "del", plan.prefix());
        Shell.must("ip", "netns", "add", hub());
        batch(
                List.of("link add br0 type bridge stp_state 0 forward_delay 0", "link set br0 up", "link set lo up"),
                hub());
        Shell.must("ip", "link", "add", plan.prefix(), "type", "veth", "peer", "name", "machine", "netns", hub());
        batch(List.of("link set machine master br0", "link set machine up"), hub());
        Shell.must("ip", "link", "set", plan.prefix(), "up");
        Shell.must("ip", "addr", "add", subnet + ".1/24", "dev", plan.prefix());
    }

    private void createNode(Plan.Node node) throws InterruptedException {
        var namespace = plan.namespace(node);
        Shell.must("ip", "netns", "add", namespace);
        batch(
                List.of(
                        "link add " + node.name() + " type veth peer name eth0 netns " + namespace,
                        "link set " + node.name() + " master br0",
                        "link set " + node.name() + " up"),
                hub());
        var settings =
                "echo 1 > /proc/sys/net/ipv4/ip_forward; for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo 0 > $f; done";
        Shell.must("nsenter", "--net=" + namespaceFile(namespace), "sh", "-c", settings);
        var setUp = new ArrayList<>(
                List.of("link set lo up", "link set eth0 up", "addr add " + node.address() + "/24 dev eth0"));
        if (plan.uplink() == Plan.Uplink.MASQUERADE) setUp.add("route add default via " + subnet + ".1");
        batch(setUp, namespace);
    }

    private void batch(List<String> commands, String namespace) throws InterruptedException {
        var result = Shell.run(Map.of(), String.join("\n", commands) + "\n", "ip", "-netns", namespace, "-batch", "-");
        if (!result.ok())
            throw Trouble.of(
                    "ip -netns " + namespace + " -batch failed", result.output().strip());
    }

    /** Lets nodes go out through this machine. */
    private void createUplink() throws InterruptedException {
        var nft = Shell.run(Map.of(), uplinkRules(), "nft", "-f", "-");
        if (!nft.ok())
            throw Trouble.of(
                    "the way out for nodes could not be made",
                    nft.output().strip(),
                    "Do without it:  keelson up --uplink none");
        try {
            if (Files.readString(FORWARDING).strip().equals("0")) {
                Files.createDirectories(plan.directory());
                Files.writeString(forwardingWasOff(), "net.ipv4.ip_forward was 0 before this cluster\n");
                Files.writeString(FORWARDING, "1\n");
            }
        } catch (IOException refused) {
            throw Trouble.because(
                    refused,
                    "this machine does not forward packets, and that could not be changed: " + refused.getMessage(),
                    "Do without a way out:  keelson up --uplink none");
        }
    }

    String uplinkRules() {
        return """
                table ip %1$s
                delete table ip %1$s
                table ip %1$s {
                    chain post {
                        type nat hook postrouting priority srcnat;
                        ip saddr %2$s.0/24 oifname != "%1$s" masquerade;
                    }
                }
                """.formatted(plan.prefix(), subnet);
    }

    private Path forwardingWasOff() {
        return plan.directory().resolve("ip_forward-was-off");
    }

    /** Removes all of it; what is not there is fine. */
    void remove() throws InterruptedException {
        for (var node : plan.nodes()) Shell.run("ip", "netns", "del", plan.namespace(node));
        Shell.run("ip", "netns", "del", hub());
        Shell.run("ip", "link", "del", plan.prefix());
        if (plan.uplink() == Plan.Uplink.MASQUERADE) {
            Shell.run("nft", "delete", "table", "ip", plan.prefix());
            try {
                // Another cluster may rely on it by now; the last one to go switches it off.
                if (Files.exists(forwardingWasOff()) && !othersAreUp()) {
                    Files.writeString(FORWARDING, "0\n");
                }
                Files.deleteIfExists(forwardingWasOff());
            } catch (IOException harmless) {
                throw Trouble.because(harmless, "net.ipv4.ip_forward is still 1: " + harmless.getMessage());
            }
        }
    }

    private static boolean othersAreUp() throws InterruptedException {
        return Pattern.compile("^table ip kl[0-9a-f]{6}$", Pattern.MULTILINE)
                .matcher(Shell.run("nft", "list", "tables").output())
                .find();
    }

    /** The file of a node's namespace, if it is there. */
    Optional<Path> namespaceOf(Plan.Node node) {
        return Optional.of(Path.of(namespaceFile(plan.namespace(node)))).filter(Files::exists);
    }
}
