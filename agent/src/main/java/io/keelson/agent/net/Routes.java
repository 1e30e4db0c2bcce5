package io.keelson.agent.net;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The node's routes that are ours, as destination and the rest of the {@code ip route} words. Pure.
 *
 * @param byDestination e.g. {@code 10.244.2.0/24} to {@code via 192.168.77.2 dev eth0}
 */
record Routes(Map<String, String> byDestination) {
    /** Our routes' origin, so that they can be told from all others: a number of those that nobody has. */
    static final int PROTOCOL = 75;

    Routes {
        byDestination = Collections.unmodifiableMap(new TreeMap<>(byDestination));
    }

    /**
     * What is wanted.
     *
     * @param link the node's own device and address
     * @param defaultRoute whether the node has one. Without it there would be no way to a service's address, and the packet would be refused
     *     before the rules could turn it towards an endpoint.
     */
    static Routes plan(
            Link link, boolean defaultRoute, String podCidr, String serviceCidr, Map<String, NodeNetwork.Peer> peers) {
        Map<String, String> routes = new TreeMap<>();
        if (!defaultRoute) {
            routes.put(serviceCidr, "dev " + link.device() + " scope link src " + link.address());
        }
        peers.values().forEach(peer -> {
            if (!peer.podCidr().isEmpty()
                    && !peer.podCidr().equals(podCidr)
                    && !peer.address().equals(link.address())) {
                routes.put(peer.podCidr(), "via " + peer.address() + " dev " + link.device());
            }
        });
        return new Routes(routes);
    }

    /** Input for {@code ip -batch} that makes {@code now} into {@code wanted}. */
    static List<String> difference(Routes now, Routes wanted) {
        List<String> lines = new ArrayList<>();
        now.byDestination().forEach((destination, how) -> {
            if (!wanted.byDestination().containsKey(destination)) {
                lines.add("route del " + destination + " proto " + PROTOCOL);
            }
        });
        wanted.byDestination().forEach((destination, how) -> {
            if (!how.equals(now.byDestination().get(destination))) {
                lines.add("route replace " + destination + " " + how + " proto " + PROTOCOL);
            }
        });
        return lines;
    }

    /** The node's device towards the other nodes, and its address there. */
    record Link(String device, String address, int mtu) {}
}
