package io.keelson.agent.proxy;

import io.keelson.agent.net.Cidr;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * From services to packet rules. Pure; IPv4.
 *
 * <pre>
 * packet ─► services ─► service-ips ──────► svc-… ─┬─► ep-… dnat
 *                  └──► service-nodeports ─► ext-… ┘
 * </pre>
 *
 * A packet that must return through this node gets a mark and, on its way out, this node's address: what came from outside to a NodePort, and a
 * pod's call to a service that leads back to itself. Names carry a hash, as a service's own may be longer than nft allows, and a prefix, as some
 * plain words are nft's keywords.
 */
final class Rules {
    /** The bit of the packet mark that says: masquerade. The same as kube-proxy's. */
    static final String MARK = "meta mark set meta mark or 0x4000";

    private static final int HASH_CHARS = 8;
    private static final int READABLE_CHARS_MAX = 80;

    private final Cidrs cidrs;
    private final SortedMap<String, Integer> affinities = new TreeMap<>();
    private final SortedMap<String, List<String>> chains = new TreeMap<>();
    private final SortedMap<String, String> serviceIps = new TreeMap<>();
    private final SortedMap<String, String> nodePorts = new TreeMap<>();
    private final SortedMap<String, String> refused = new TreeMap<>();

    /** The addresses of all pods and all services. */
    record Cidrs(String cluster, String service) {
        Cidrs {
            Cidr.requireRange("cluster CIDR", cluster);
            Cidr.requireRange("service CIDR", service);
        }
    }

    private Rules(Cidrs cidrs) {
        this.cidrs = cidrs;
    }

    /** What depends on no service: the table, its maps, and the places where packets enter. For an empty table. */
    static List<String> frame(Cidrs cidrs) {
        String t = "ip " + Ruleset.TABLE + " ";
        String refuse = "ct state new ip daddr . meta l4proto . th dport @" + Ruleset.REFUSED + " goto refuse";
        String refuseUnknown = "ct state new ip daddr " + cidrs.service() + " goto refuse";
        return List.of(
                "add table ip " + Ruleset.TABLE,
                "add map " + t + Ruleset.SERVICE_IPS + " { type ipv4_addr . inet_proto . inet_service : verdict; }",
                "add map " + t + Ruleset.NODE_PORTS + " { type inet_proto . inet_service : verdict; }",
                "add set " + t + Ruleset.REFUSED + " { type ipv4_addr . inet_proto . inet_service; }",
                "add chain " + t + "services",
                "add chain " + t + "refuse",
                "add chain " + t + "nat-prerouting { type nat hook prerouting priority dstnat; policy accept; }",
                "add chain " + t + "nat-output { type nat hook output priority -100; policy accept; }",
                "add chain " + t + "nat-postrouting { type nat hook postrouting priority srcnat; policy accept; }",
                "add chain " + t + "filter-forward { type filter hook forward priority 0; policy accept; }",
                "add chain " + t + "filter-output { type filter hook output priority 0; policy accept; }",
                "add rule " + t + "services ip daddr . meta l4proto . th dport vmap @" + Ruleset.SERVICE_IPS,
                "add rule " + t + "services fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @"
                        + Ruleset.NODE_PORTS,
                "add rule " + t + "refuse meta l4proto tcp reject with tcp reset",
                "add rule " + t + "refuse reject",
                "add rule " + t + "nat-prerouting jump services",
                "add rule " + t + "nat-output jump services",
                "add rule " + t + "nat-postrouting meta mark and 0x4000 == 0 return",
                "add rule " + t + "nat-postrouting meta mark set meta mark xor 0x4000",
                "add rule " + t + "nat-postrouting masquerade fully-random",
                // After the translation, or they would refuse every service: what still has a service's address now
                // leads nowhere.
                "add rule " + t + "filter-forward " + refuse,
                "add rule " + t + "filter-forward " + refuseUnknown,
                "add rule " + t + "filter-output " + refuse,
                "add rule " + t + "filter-output " + refuseUnknown);
    }

    /** The rules for these services. Where two claim one address and port, the first by namespace and name has it. */
    static Ruleset of(ServiceTable table, Cidrs cidrs) {
        Rules rules = new Rules(cidrs);
        for (ServiceTable.Service service : table.services()) {
            service.ports().forEach(port -> rules.add(service, port));
        }
        return new Ruleset(rules.affinities, rules.chains, rules.serviceIps, rules.nodePorts, rules.refused);
    }

    private void add(ServiceTable.Service service, ServiceTable.Port port) {
        String protocol = port.protocol().name().toLowerCase(Locale.ROOT);
        String identity = service.namespace() + "/" + service.name() + "/" + protocol + "/" + port.port();
        List<ServiceTable.Endpoint> all =
                port.endpoints().stream().filter(e -> Cidr.isAddress(e.ip())).toList();
        List<ServiceTable.Endpoint> local =
                all.stream().filter(ServiceTable.Endpoint::local).toList();
        List<ServiceTable.Endpoint> internal = service.internalLocal() ? local : all;
        List<String> clusterIps =
                service.clusterIps().stream().filter(Cidr::isAddress).toList();
        List<String> externalIps =
                service.externalIps().stream().filter(Cidr::isAddress).toList();

        for (String ip : clusterIps) {
            lead(ip + " . " + protocol + " . " + port.port(), internal.isEmpty() ? "" : name("svc", identity));
        }
        for (String ip : externalIps) {
            lead(ip + " . " + protocol + " . " + port.port(), all.isEmpty() ? "" : name("ext", identity));
        }
        if (port.nodePort() != 0 && !all.isEmpty()) {
            nodePorts.putIfAbsent(protocol + " . " + port.nodePort(), name("ext", identity));
        }
        if (all.isEmpty()) {
            return;
        }
        all.forEach(endpoint -> endpoint(service, identity, protocol, endpoint));
        if (!internal.isEmpty()) {
            List<String> rules = new ArrayList<>();
            // Who is not a pod may be anywhere, and a pod on another node would answer it directly.
            clusterIps.forEach(ip -> rules.add("ip daddr " + ip + " " + protocol + " dport " + port.port()
                    + " ip saddr != " + cidrs.cluster() + " " + MARK));
            rules.addAll(choose(service, identity, internal));
            chains.put(name("svc", identity), rules);
        }
        if (port.nodePort() != 0 || !externalIps.isEmpty()) {
            chains.put(name("ext", identity), external(service, identity, all, local));
        }
    }

    /** A service's address leads to a chain, or to a refusal if that is empty. */
    private void lead(String key, String chain) {
        if (serviceIps.containsKey(key) || refused.containsKey(key)) {
            return;
        }
        if (chain.isEmpty()) {
            refused.put(key, "");
        } else {
            serviceIps.put(key, chain);
        }
    }

    private void endpoint(
            ServiceTable.Service service, String identity, String protocol, ServiceTable.Endpoint endpoint) {
        List<String> rules = new ArrayList<>();
        rules.add("ip saddr " + endpoint.ip() + " " + MARK);
        service.affinitySeconds().ifPresent(seconds -> {
            String set = affinity(identity, endpoint, seconds);
            affinities.put(set, seconds);
            rules.add("update @" + set + " { ip saddr }");
        });
        rules.add("meta l4proto " + protocol + " dnat to " + endpoint.ip() + ":" + endpoint.port());
        chains.put(chain(identity, endpoint), rules);
    }

    /** Traffic from outside: any endpoint, with our address, so that the answer comes back through us; or, if asked for, a local one as it is. */
    private List<String> external(
            ServiceTable.Service service,
            String identity,
            List<ServiceTable.Endpoint> all,
            List<ServiceTable.Endpoint> local) {
        List<String> rules = new ArrayList<>();
        if (!service.externalLocal()) {
            rules.add(MARK);
            rules.addAll(choose(service, identity, all));
            return rules;
        }
        // Pods and the node itself are not outside.
        String any = name("any", identity);
        chains.put(any, choose(service, identity, all));
        rules.add("ip saddr " + cidrs.cluster() + " goto " + any);
        rules.add("fib saddr type local " + MARK);
        rules.add("fib saddr type local goto " + any);
        rules.addAll(local.isEmpty() ? List.of("drop") : choose(service, identity, local));
        return rules;
    }

    private static List<String> choose(
            ServiceTable.Service service, String identity, List<ServiceTable.Endpoint> endpoints) {
        List<String> rules = new ArrayList<>();
        service.affinitySeconds()
                .ifPresent(seconds -> endpoints.forEach(endpoint -> rules.add(
                        "ip saddr @" + affinity(identity, endpoint, seconds) + " goto " + chain(identity, endpoint))));
        if (endpoints.size() == 1) {
            rules.add("goto " + chain(identity, endpoints.getFirst()));
        } else {
            List<String> targets = IntStream.range(0, endpoints.size())
                    .mapToObj(i -> i + " : goto " + chain(identity, endpoints.get(i)))
                    .toList();
            rules.add("numgen random mod " + endpoints.size() + " vmap { " + String.join(", ", targets) + " }");
        }
        return rules;
    }

    private static String chain(String identity, ServiceTable.Endpoint endpoint) {
        return name("ep", identity + "/" + endpoint.ip() + "/" + endpoint.port());
    }

    /** The time is part of the name, as that of a set that exists cannot be changed. */
    private static String affinity(String identity, ServiceTable.Endpoint endpoint, int seconds) {
        return name("aff", identity + "/" + endpoint.ip() + "/" + endpoint.port() + "/" + seconds + "s");
    }

    private static String name(String prefix, String identity) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
            String readable =
                    identity.length() > READABLE_CHARS_MAX ? identity.substring(0, READABLE_CHARS_MAX) : identity;
            return prefix + "-" + HexFormat.of().formatHex(digest).substring(0, HASH_CHARS) + "-" + readable;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
