package io.keelson.agent.proxy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Packet rules as a value, in nft's words.
 *
 * @param affinities sets that remember clients: name to how many seconds
 * @param chains name to rules in order
 * @param serviceIps {@code address . protocol . port} to the chain's name
 * @param nodePorts {@code protocol . port} to the chain's name
 * @param refused {@code address . protocol . port} of services without endpoints; the value is empty
 */
record Ruleset(
        SortedMap<String, Integer> affinities,
        SortedMap<String, List<String>> chains,
        SortedMap<String, String> serviceIps,
        SortedMap<String, String> nodePorts,
        SortedMap<String, String> refused) {
    static final String TABLE = "keelson";
    static final String SERVICE_IPS = "service-ips";
    static final String NODE_PORTS = "service-nodeports";
    static final String REFUSED = "services-without-endpoints";

    static final Ruleset EMPTY =
            new Ruleset(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

    Ruleset {
        affinities = Collections.unmodifiableSortedMap(new TreeMap<>(affinities));
        SortedMap<String, List<String>> copied = new TreeMap<>();
        chains.forEach((name, rules) -> copied.put(name, List.copyOf(rules)));
        chains = Collections.unmodifiableSortedMap(copied);
        serviceIps = Collections.unmodifiableSortedMap(new TreeMap<>(serviceIps));
        nodePorts = Collections.unmodifiableSortedMap(new TreeMap<>(nodePorts));
        refused = Collections.unmodifiableSortedMap(new TreeMap<>(refused));
    }

    /**
     * The commands that turn {@code this} into {@code wanted}, for one transaction; none if they are equal. The order is what the kernel asks
     * for: nothing is deleted while something points at it, nothing is pointed at before it is there.
     */
    List<String> commandsTo(Ruleset wanted) {
        List<String> commands = new ArrayList<>();
        deleteElements(commands, SERVICE_IPS, serviceIps, wanted.serviceIps, " : goto ");
        deleteElements(commands, NODE_PORTS, nodePorts, wanted.nodePorts, " : goto ");
        deleteElements(commands, REFUSED, refused, wanted.refused, "");
        wanted.affinities.forEach((name, seconds) -> {
            if (!affinities.containsKey(name)) {
                commands.add("add set ip " + TABLE + " " + name + " { type ipv4_addr; flags dynamic,timeout; timeout "
                        + seconds + "s; }");
            }
        });
        wanted.chains.keySet().stream()
                .filter(name -> !chains.containsKey(name))
                .forEach(name -> commands.add("add chain ip " + TABLE + " " + name));
        List<String> gone = chains.keySet().stream()
                .filter(name -> !wanted.chains.containsKey(name))
                .toList();
        gone.forEach(name -> commands.add("flush chain ip " + TABLE + " " + name));
        wanted.chains.forEach((name, rules) -> {
            boolean isNew = !chains.containsKey(name);
            if (isNew || !rules.equals(chains.get(name))) {
                if (!isNew) {
                    commands.add("flush chain ip " + TABLE + " " + name);
                }
                rules.forEach(rule -> commands.add("add rule ip " + TABLE + " " + name + " " + rule));
            }
        });
        gone.forEach(name -> commands.add("delete chain ip " + TABLE + " " + name));
        affinities.keySet().stream()
                .filter(name -> !wanted.affinities.containsKey(name))
                .forEach(name -> commands.add("delete set ip " + TABLE + " " + name));
        addElements(commands, SERVICE_IPS, serviceIps, wanted.serviceIps, " : goto ");
        addElements(commands, NODE_PORTS, nodePorts, wanted.nodePorts, " : goto ");
        addElements(commands, REFUSED, refused, wanted.refused, "");
        return commands;
    }

    private static void deleteElements(
            List<String> commands,
            String map,
            SortedMap<String, String> now,
            SortedMap<String, String> wanted,
            String verdict) {
        elements(commands, "delete", map, without(now, wanted), verdict);
    }

    private static void addElements(
            List<String> commands,
            String map,
            SortedMap<String, String> now,
            SortedMap<String, String> wanted,
            String verdict) {
        elements(commands, "add", map, without(wanted, now), verdict);
    }

    private static void elements(
            List<String> commands, String verb, String map, SortedMap<String, String> elements, String verdict) {
        if (!elements.isEmpty()) {
            List<String> texts = new ArrayList<>();
            elements.forEach((key, target) -> texts.add(key + verdict + target));
            commands.add(verb + " element ip " + TABLE + " " + map + " { " + String.join(", ", texts) + " }");
        }
    }

    private static SortedMap<String, String> without(
            SortedMap<String, String> these, SortedMap<String, String> others) {
        SortedMap<String, String> left = new TreeMap<>();
        for (Map.Entry<String, String> entry : these.entrySet()) {
            if (!entry.getValue().equals(others.get(entry.getKey()))) {
                left.put(entry.getKey(), entry.getValue());
            }
        }
        return left;
    }
}
