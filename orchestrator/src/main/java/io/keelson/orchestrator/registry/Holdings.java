package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an object holds that no other may hold: a service its cluster address and node ports, a node its range of pod addresses.
 *
 * <p>Each such thing has a key in the store, written and deleted in the transaction that writes or deletes its holder. So what is
 * taken is known exactly, also while several servers give out addresses at once.
 */
public final class Holdings {

    /** Begin of the keys of cluster addresses. */
    public static final String CLUSTER_IPS = "/keelson/allocations/clusterips/";

    /** Begin of the keys of node ports. */
    public static final String NODE_PORTS = "/keelson/allocations/nodeports/";

    /** Begin of the keys of nodes' ranges of pod addresses. */
    public static final String POD_CIDRS = "/keelson/allocations/podcidrs/";

    private static final int MIN_NODE_PORT = 30_000;
    private static final int MAX_NODE_PORT = 32_767;
    private static final int NODE_PREFIX = 24;

    private Holdings() {}

    /** The keys of what an object holds, each with the field that says so. */
    public static Map<String, String> of(Kind kind, ObjectNode object) {
        Map<String, String> held = new LinkedHashMap<>();
        if (kind.equals(Kinds.SERVICE)) {
            String ip = Json.string(object, "spec", "clusterIP").orElse("");
            if (!ip.isEmpty() && !ip.equals("None")) {
                held.put(CLUSTER_IPS + ip, "spec.clusterIPs");
            }
            List<JsonNode> ports = Json.items(object, "spec", "ports");
            for (int i = 0; i < ports.size(); i++) {
                long port = Json.number(ports.get(i), "nodePort").orElse(0L);
                if (port != 0) {
                    held.put(NODE_PORTS + port + "/" + protocol(ports.get(i)), "spec.ports[" + i + "].nodePort");
                }
            }
        } else if (kind.equals(Kinds.NODE)) {
            Json.string(object, "spec", "podCIDR")
                    .filter(cidr -> !cidr.isEmpty())
                    .ifPresent(cidr -> held.put(POD_CIDRS + cidr.replace('/', '-'), "spec.podCIDR"));
        }
        return held;
    }

    /** Why an object cannot hold what another holds already. */
    public static Cause taken(String key, String field) {
        String what = key.substring(key.indexOf('/', "/keelson/allocations/".length()) + 1);
        if (key.startsWith(CLUSTER_IPS)) {
            return Cause.invalid(
                    field,
                    "[\"" + what + "\"]",
                    "failed to allocate IP " + what + ": provided IP is already allocated");
        }
        if (key.startsWith(NODE_PORTS)) {
            return Cause.invalid(field, what.substring(0, what.indexOf('/')), "provided port is already allocated");
        }
        return Cause.invalid(field, "\"" + what.replace('-', '/') + "\"", "another node has this range");
    }

    /** Which keys must be known before {@link #fill} can choose: begins of keys. None if there is nothing to choose. */
    public static List<String> toChoose(Kind kind, ObjectNode object) {
        List<String> prefixes = new ArrayList<>();
        if (kind.equals(Kinds.SERVICE)) {
            if (wantsAddress(object)) {
                prefixes.add(CLUSTER_IPS);
            }
            if (portsWithout(object).iterator().hasNext()) {
                prefixes.add(NODE_PORTS);
            }
        } else if (kind.equals(Kinds.NODE)
                && Json.string(object, "spec", "podCIDR").isEmpty()) {
            prefixes.add(POD_CIDRS);
        }
        return prefixes;
    }

    /**
     * Puts what is to be chosen into an object, in place, and checks what the user chose.
     *
     * @param taken the keys that are taken
     * @param random where to begin to look, so that a released address is not given out again at once
     * @return why not, if there is nothing left or the user's choice is not possible
     */
    public static Optional<Rejection> fill(
            Kind kind, ObjectNode object, Set<String> taken, Addresses addresses, RandomGenerator random) {
        if (kind.equals(Kinds.SERVICE)) {
            return fillService(object, new HashSet<>(taken), addresses, random);
        }
        if (kind.equals(Kinds.NODE)) {
            return fillNode(object, taken, addresses.pods());
        }
        return Optional.empty();
    }

    private static Optional<Rejection> fillService(
            ObjectNode service, Set<String> taken, Addresses addresses, RandomGenerator random) {
        String name = Metadata.name(service);
        ObjectNode spec = Json.child(service, "spec");
        if (wantsAddress(service)) {
            Optional<String> free = freeAddress(taken, addresses.services(), random);
            if (free.isEmpty()) {
                return Optional.of(Rejection.of(
                        Reason.INTERNAL_ERROR,
                        "no address is left for service " + name + ": range " + addresses.services() + " is full"));
            }
            spec.put("clusterIP", free.get());
        }
        List<Cause> causes = new ArrayList<>();
        String ip = Json.string(spec, "clusterIP").orElse("");
        if (!ip.isEmpty()) {
            spec.putArray("clusterIPs").add(ip);
        }
        if (!ip.isEmpty() && !ip.equals("None") && !inside(ip, addresses.services())) {
            causes.add(Cause.invalid(
                    "spec.clusterIPs",
                    "[\"" + ip + "\"]",
                    "failed to allocate IP " + ip + ": the provided IP (" + ip
                            + ") is not in the valid range. The range of valid IPs is " + addresses.services()));
        }
        for (ObjectNode port : portsWithout(service)) {
            Optional<Integer> free = freePort(taken, protocol(port), random);
            if (free.isEmpty()) {
                return Optional.of(Rejection.of(Reason.INTERNAL_ERROR, "no node port is left for service " + name));
            }
            port.put("nodePort", free.get());
            taken.add(NODE_PORTS + free.get() + "/" + protocol(port));
        }
        List<JsonNode> ports = Json.items(spec, "ports");
        for (int i = 0; i < ports.size(); i++) {
            long port = Json.number(ports.get(i), "nodePort").orElse(0L);
            if (port != 0 && (port < MIN_NODE_PORT || port > MAX_NODE_PORT)) {
                causes.add(Cause.invalid(
                        "spec.ports[" + i + "].nodePort",
                        Long.toString(port),
                        "provided port is not in the valid range. The range of valid ports is " + MIN_NODE_PORT + "-"
                                + MAX_NODE_PORT));
            }
        }
        return causes.isEmpty() ? Optional.empty() : Optional.of(Rejection.invalid(Kinds.SERVICE, name, causes));
    }

    private static Optional<Rejection> fillNode(ObjectNode node, Set<String> taken, Cidr pods) {
        ObjectNode spec = Json.child(node, "spec");
        if (Json.string(spec, "podCIDR").isEmpty()) {
            long step = 1L << (32 - NODE_PREFIX);
            Optional<String> free = Optional.empty();
            for (long i = 0; i < pods.size() && free.isEmpty(); i += step) {
                String cidr = Cidr.address(pods.at(i)) + "/" + NODE_PREFIX;
                free = Optional.of(cidr).filter(c -> !taken.contains(POD_CIDRS + c.replace('/', '-')));
            }
            if (free.isEmpty()) {
                return Optional.of(Rejection.of(
                        Reason.INTERNAL_ERROR,
                        "no range of pod addresses is left for node " + Metadata.name(node) + " in " + pods));
            }
            spec.put("podCIDR", free.get());
        }
        spec.putArray("podCIDRs").add(Json.string(spec, "podCIDR").orElseThrow());
        return Optional.empty();
    }

    /** Puts into a changed service what it holds already, where the user said nothing. */
    static void keep(ObjectNode live, ObjectNode service) {
        ObjectNode spec = Json.child(service, "spec");
        String oldIp = Json.string(live, "spec", "clusterIP").orElse("");
        if (!hasNoAddress(service) && Json.string(spec, "clusterIP").orElse("").isEmpty() && !oldIp.isEmpty()) {
            spec.put("clusterIP", oldIp);
        }
        if (hasNoAddress(service)) {
            spec.remove("clusterIP");
            spec.remove("clusterIPs");
        }
        if (!hasNodePorts(service)) {
            return;
        }
        for (ObjectNode port : portsWithout(service)) {
            Json.items(live, "spec", "ports").stream()
                    .filter(old -> Json.number(old, "port").equals(Json.number(port, "port"))
                            && protocol(old).equals(protocol(port)))
                    .flatMap(old -> Json.number(old, "nodePort").stream())
                    .findFirst()
                    .ifPresent(nodePort -> port.put("nodePort", nodePort.intValue()));
        }
    }

    private static boolean hasNoAddress(ObjectNode service) {
        return Json.string(service, "spec", "type").orElse("").equals("ExternalName");
    }

    private static boolean wantsAddress(ObjectNode service) {
        return !hasNoAddress(service)
                && Json.string(service, "spec", "clusterIP").orElse("").isEmpty();
    }

    private static boolean hasNodePorts(ObjectNode service) {
        String type = Json.string(service, "spec", "type").orElse("");
        return type.equals("NodePort") || type.equals("LoadBalancer");
    }

    private static List<ObjectNode> portsWithout(ObjectNode service) {
        List<ObjectNode> without = new ArrayList<>();
        if (hasNodePorts(service)) {
            for (JsonNode port : Json.items(service, "spec", "ports")) {
                if (port instanceof ObjectNode object
                        && Json.number(port, "nodePort").orElse(0L) == 0) {
                    without.add(object);
                }
            }
        }
        return without;
    }

    private static String protocol(JsonNode port) {
        return Json.string(port, "protocol").orElse("TCP");
    }

    private static boolean inside(String ip, Cidr range) {
        try {
            return range.contains(Cidr.parseAddress(ip));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The first and the last address of a range are nobody's. */
    private static Optional<String> freeAddress(Set<String> taken, Cidr range, RandomGenerator random) {
        long usable = range.size() - 2;
        long start = usable > 0 ? random.nextLong(usable) : 0;
        for (long i = 0; i < usable; i++) {
            String ip = Cidr.address(range.at(1 + (start + i) % usable));
            if (!taken.contains(CLUSTER_IPS + ip)) {
                return Optional.of(ip);
            }
        }
        return Optional.empty();
    }

    private static Optional<Integer> freePort(Set<String> taken, String protocol, RandomGenerator random) {
        int usable = MAX_NODE_PORT - MIN_NODE_PORT + 1;
        int start = random.nextInt(usable);
        for (int i = 0; i < usable; i++) {
            int port = MIN_NODE_PORT + (start + i) % usable;
            if (!taken.contains(NODE_PORTS + port + "/" + protocol)) {
                return Optional.of(port);
            }
        }
        return Optional.empty();
    }
}
