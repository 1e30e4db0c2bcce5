package io.keelson.bench;

import io.keelson.bench.Figure.Bar;
import io.keelson.bench.Reads.Where;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Measures Keelson's store beside etcd. Each round visits each system once, so that a busy minute of the machine meets both.
 * Workloads that come one after the other share their clusters, unless they want new ones.
 */
public final class StoreBench {

    private static final String OWN = "keelson";
    private static final String PEER = "etcd";

    private StoreBench() {}

    private static Map<String, Workload> workloads(double seconds) {
        var all = new LinkedHashMap<String, Workload>();
        all.put("puts-1", new Puts(1, seconds, 0.9, Figure.NONE));
        all.put("puts-100", new Puts(100, seconds, 1, Figure.NONE));
        all.put("puts-1000", new Puts(1_000, seconds, 1.5, new Bar.Ratio(1)));
        all.put("reads-leader", new Reads(Where.LEADER, seconds));
        all.put("reads-follower", new Reads(Where.FOLLOWER, seconds));
        all.put("watchers", new Fanout());
        all.put("stuck", new Beside(Burdens.STUCK, seconds, new Bar.Value(0.9), new Burdens.StuckWatcher()));
        all.put("list", new Beside(Burdens.LIST, seconds, new Bar.Ratio(1), new Burdens.LargeList()));
        all.put("kill", new LeaderKill());
        all.put("memory", new Memory());
        all.put("cold", new ColdStart());
        return all;
    }

    /**
     * Arguments: {@code DIRECTORY SECONDS ROUNDS BEFORE KEELSON ETCD WHAT...}; the two systems as commands with blanks between words. BEFORE is how many
     * rounds do not count: who compiles itself while it works is not yet what its clients meet day by day.
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 7) {
            System.err.println("usage: StoreBench DIRECTORY SECONDS ROUNDS BEFORE KEELSON ETCD WHAT...");
            System.exit(2);
        }
        var parent = Path.of(args[0]);
        double seconds = Double.parseDouble(args[1]);
        int rounds = Integer.parseInt(args[2]);
        int before = Integer.parseInt(args[3]);
        var systems = new ArrayList<Cluster.Program>();
        if (!args[4].isBlank()) {
            systems.add(new Cluster.Program(OWN, List.of(args[4].split(" +"))));
        }
        if (!args[5].isBlank()) {
            systems.add(new Cluster.Program(PEER, List.of(args[5].split(" +"))));
        }
        Map<String, Workload> known = workloads(seconds);
        List<String> wanted = List.of(args).subList(6, args.length);
        if (wanted.contains("all")) {
            wanted = List.copyOf(known.keySet());
        }
        for (String name : wanted) {
            if (!known.containsKey(name)) {
                System.err.println(
                        "bench/store: there is no \"" + name + "\", only: all " + String.join(" ", known.keySet()));
                System.exit(2);
            }
        }
        var table = new Table();
        try (var shared = new Clusters(systems, Files.createDirectories(parent))) {
            for (String name : wanted) {
                Workload workload = Objects.requireNonNull(known.get(name), name);
                for (int round = workload.wantsFresh() ? 0 : -before; round < rounds; round++) {
                    for (Cluster.Program system : systems) {
                        visit(name, workload, round, system, shared, table, parent);
                    }
                }
            }
        }
        System.out.println();
        System.out.print(table.markdown(OWN, PEER));
        System.exit(0);
    }

    private static void visit(
            String name,
            Workload workload,
            int round,
            Cluster.Program system,
            Clusters shared,
            Table table,
            Path parent)
            throws IOException, InterruptedException {
        Map<Figure, Double> figures;
        if (workload.wantsFresh()) {
            // Two systems at once would leave less of the machine to each.
            shared.close();
            try (Cluster own = Cluster.start(system, parent)) {
                figures = workload.visit(own);
            }
        } else {
            figures = workload.visit(shared.of(system));
        }
        if (round >= 0) {
            table.add(system.name(), figures);
        }
        String which = round < 0 ? "before" : "round " + (round + 1);
        var line = new StringBuilder(String.format(Locale.ROOT, "%-14s %-7s %-8s", name, which, system.name()));
        figures.forEach((figure, value) ->
                line.append("  ").append(Table.number(value)).append(' ').append(figure.name()));
        System.out.println(line);
    }

    /** The clusters that workloads share, started and warmed up when first wanted. */
    private static final class Clusters implements AutoCloseable {
        private static final int WARM_UP_PUTS = 60_000;
        private static final int WARM_UP_IN_FLIGHT = 1_000;

        private final List<Cluster.Program> systems;
        private final Path parent;
        private final Map<String, Cluster> running = new LinkedHashMap<>();

        Clusters(List<Cluster.Program> systems, Path parent) {
            this.systems = systems;
            this.parent = parent;
        }

        Cluster of(Cluster.Program wanted) throws IOException, InterruptedException {
            if (running.isEmpty()) {
                for (Cluster.Program system : systems) {
                    running.put(system.name(), Cluster.start(system, parent));
                }
                for (Cluster cluster : running.values()) {
                    // A program that has just been started is not what clients meet day by day, one that compiles
                    // itself least
                    // of all. By number and not by time: on a busy machine a time says nothing.
                    Data.puts(cluster, "warm/", WARM_UP_PUTS, WARM_UP_IN_FLIGHT);
                }
            }
            return Objects.requireNonNull(running.get(wanted.name()), wanted.name());
        }

        @Override
        public void close() throws IOException {
            for (Cluster cluster : running.values()) {
                cluster.close();
            }
            running.clear();
        }
    }
}
