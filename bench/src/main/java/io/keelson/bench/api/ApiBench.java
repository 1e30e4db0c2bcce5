package io.keelson.bench.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Measures the API of a running cluster: lists, watches, single reads and writes beside them, whole commands. */
public final class ApiBench {

    private static final int FEW = 2_000;
    private static final int FOR_COMMANDS = 3_000;
    private static final int MANY = 10_000;
    private static final int WATCHERS = 1_000;
    private static final int CHANGES_PER_SECOND = 200;
    private static final int READS_PER_SECOND = 100;
    private static final double WARM_UP_SECONDS = 3;

    /** How often a command runs before it is measured. */
    private static final int COMMANDS_BEFORE = 3;

    private static final String LIST = "/api/v1/pods";
    private static final String JSON = "application/json";
    private static final String METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

    private final Servers servers;
    private final Pods pods;
    private final Lines lines = new Lines();
    private final int rounds;
    private final double seconds;
    private final double before;

    /**
     * @param seconds of each round
     * @param before seconds of changes and reads at half the rate before any of them is measured: servers compile themselves in the first minute
     */
    private ApiBench(Servers servers, int rounds, double seconds, double before) {
        this.servers = servers;
        this.pods = new Pods(servers);
        this.rounds = rounds;
        this.seconds = seconds;
        this.before = before;
    }

    /** Arguments: {@code DIRECTORY SECONDS ROUNDS SECONDS_BEFORE KEELSON KUBECTL [WHAT...]}. */
    public static void main(String[] args) throws IOException, GeneralSecurityException, InterruptedException {
        if (args.length < 6) {
            System.err.println("usage: ApiBench DIRECTORY SECONDS ROUNDS SECONDS_BEFORE KEELSON KUBECTL [WHAT...]");
            System.exit(2);
        }
        var bench = new ApiBench(
                new Servers(Path.of(args[0])),
                Integer.parseInt(args[2]),
                Double.parseDouble(args[1]),
                Double.parseDouble(args[3]));
        List<String> what = List.of(args).subList(6, args.length);
        bench.run(args[4], args[5], what);
        System.out.println();
        System.out.print(bench.lines.markdown());
        System.exit(0);
    }

    private void run(String keelson, String kubectl, List<String> what) throws IOException, InterruptedException {
        servers.send(
                0,
                "POST",
                "/api/v1/namespaces",
                JSON,
                ("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + Pods.NAMESPACE + "\"}}")
                        .getBytes(StandardCharsets.UTF_8));
        pods.grow(FEW);
        Heap.Peak few = what.contains("list") ? lists(FEW) : new Heap.Peak(0, 0, 0);
        if (what.contains("commands")) {
            pods.grow(FOR_COMMANDS);
            firstChanges(FOR_COMMANDS);
            commands(keelson, kubectl);
        }
        if (what.contains("cost")) {
            costs();
        }
        if (what.contains("list") || what.contains("watch") || what.contains("watch-all")) {
            pods.grow(MANY);
            lines.tell("10,000 pods stored", "largest resident server, MiB", servers.residentMiB());
        }
        if (what.contains("list")) {
            Heap.Peak many = lists(MANY);
            lines.atMost(
                    "full list, 10,000 pods beside 2,000",
                    "peak of the heap above what lives, times",
                    1.1,
                    many.aboveMiB() / few.aboveMiB());
            lines.tell(
                    "full list, 10,000 pods beside 2,000", "peak of the heap, times", many.usedMiB() / few.usedMiB());
        }
        if (what.contains("watch")) {
            firstChanges(MANY);
            firstWatches();
            for (int round = 0; round < rounds; round++) {
                watches("1,000 watchers by label, 200 changes/s", i -> "slot=s" + i % Pods.SLOTS, "", true);
            }
        }
        if (what.contains("watch-all")) {
            watches("1,000 watchers of all, metadata, 200 changes/s", _ -> "", METADATA, false);
            watches("1,000 watchers of all, 200 changes/s", _ -> "", "", true);
        }
    }

    private void firstChanges(int stored) throws InterruptedException {
        work(stored, CHANGES_PER_SECOND / 2, READS_PER_SECOND / 2);
    }

    /** What is measured afterwards, as long as the first changes took. */
    private void firstWatches() throws IOException, InterruptedException {
        try (WatchClients _ = WatchClients.open(servers, WATCHERS, i -> "slot=s" + i % Pods.SLOTS, "")) {
            work(MANY, CHANGES_PER_SECOND, READS_PER_SECOND);
        }
    }

    private void work(int stored, int changesPerSecond, int readsPerSecond) throws InterruptedException {
        Thread reading = reading(new Paced(), stored, readsPerSecond, before, 0);
        new Paced().run(i -> pods.change(i * 7 % stored), changesPerSecond, before, 0);
        reading.join();
    }

    /** Reads single pods, in a thread of its own that ends with it. */
    private Thread reading(Paced reads, int stored, int perSecond, double warmUpSeconds, double countedSeconds) {
        return Thread.ofPlatform().start(() -> {
            try {
                reads.run(i -> pods.read(i * 31 % stored), perSecond, warmUpSeconds, countedSeconds);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    // Lists

    private Heap.Peak lists(int count) throws IOException, InterruptedException {
        String load = String.format(Locale.ROOT, "full list as JSON, %,d pods of 4 kB", count);
        for (int i = 0; i < 5; i++) {
            servers.send(0, "GET", LIST, JSON, new byte[0]);
        }
        try (var heap = new Heap(servers.process(0))) {
            for (int round = 0; round < rounds; round++) {
                double cpu = servers.cpuSeconds(0);
                long begun = System.nanoTime();
                long bytes = 0;
                int lists = 0;
                while (System.nanoTime() - begun < seconds * 1e9) {
                    bytes += servers.send(0, "GET", LIST, JSON, new byte[0]).body().length;
                    lists++;
                }
                double wall = (System.nanoTime() - begun) / 1e9;
                double used = servers.cpuSeconds(0) - cpu;
                if (count == MANY) {
                    lines.atLeast(load, "MB per CPU-second of its server", 150, bytes / 1e6 / used);
                } else {
                    lines.tell(load, "MB per CPU-second of its server", bytes / 1e6 / used);
                }
                lines.tell(load, "MB/s, one client", bytes / 1e6 / wall);
                lines.tell(load, "bytes of a pod", (double) bytes / lists / count);
            }
            Heap.Peak peak = heap.peak();
            lines.tell(load, "heap that lives before, MiB", peak.liveMiB());
            lines.tell(load, "peak of the heap, MiB", peak.usedMiB());
            lines.tell(load, "peak of its old generation, MiB", peak.oldMiB());
            lines.tell(load, "largest resident server, MiB", servers.residentMiB());
            return peak;
        }
    }

    // What one thing costs

    /** At a rate that the servers keep up with, so that nothing is of waiting; what they do without requests is not counted. */
    private void costs() throws IOException, InterruptedException {
        int stored = pods.count();
        firstChanges(stored);
        for (int round = 0; round < rounds; round++) {
            double idle = idle("no requests");
            cost("a change", i -> pods.change(i * 7 % stored), idle);
            cost("a read of one pod", i -> pods.read(i * 31 % stored), idle);
            try (WatchClients _ = WatchClients.open(servers, WATCHERS, i -> "slot=s" + i % Pods.SLOTS, "")) {
                double quiet = idle("1,000 quiet watches by label");
                cost("a change beside 1,000 watches by label", i -> pods.change(i * 7 % stored), quiet);
            }
        }
    }

    private double idle(String load) throws InterruptedException {
        TimeUnit.SECONDS.sleep(1);
        double before = servers.cpuSeconds();
        TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
        double cores = (servers.cpuSeconds() - before) / seconds;
        lines.tell(load, "CPU of all servers, cores", cores);
        return cores;
    }

    private void cost(String load, Paced.Request request, double idleCores) throws InterruptedException {
        List<Double> before = new ArrayList<>();
        for (int i = 0; i < servers.count(); i++) {
            before.add(servers.cpuSeconds(i));
        }
        int perSecond = CHANGES_PER_SECOND / 2;
        double own = Servers.ownCpuSeconds();
        var paced = new Paced();
        paced.run(request, perSecond, 0, seconds);
        double all = 0;
        lines.tell(load, "CPU ms of the generator", (Servers.ownCpuSeconds() - own) * 1000 / seconds / perSecond);
        for (int i = 0; i < servers.count(); i++) {
            double used = servers.cpuSeconds(i) - before.get(i);
            lines.tell(load, "CPU ms of server " + (i + 1), used * 1000 / seconds / perSecond);
            all += used;
        }
        lines.tell(load, "CPU ms of all servers", (all / seconds - idleCores) * 1000 / perSecond);
        lines.tell(load, "p99 ms", paced.p99Millis());
    }

    // Watches

    private void watches(String load, IntFunction<String> selector, String accept, boolean bar)
            throws IOException, InterruptedException {
        try (WatchClients clients = WatchClients.open(servers, WATCHERS, selector, accept)) {
            var writes = new Paced();
            var reads = new Paced();
            Thread reading = reading(reads, MANY, READS_PER_SECOND, WARM_UP_SECONDS, seconds);
            Thread counting = Thread.ofVirtual().start(() -> {
                try {
                    TimeUnit.NANOSECONDS.sleep((long) (WARM_UP_SECONDS * 1e9));
                    clients.count();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            double cpu = servers.cpuSeconds();
            double own = Servers.ownCpuSeconds();
            long begun = System.nanoTime();
            writes.run(i -> pods.change(i * 7 % MANY), CHANGES_PER_SECOND, WARM_UP_SECONDS, seconds);
            reading.join();
            counting.join();
            double wall = (System.nanoTime() - begun) / 1e9;
            double used = servers.cpuSeconds() - cpu;
            double ownUsed = Servers.ownCpuSeconds() - own;
            // What is still under way.
            TimeUnit.SECONDS.sleep(2);
            if (bar) {
                lines.atMost(load, "from sending a change to its event, p99 ms", 100, clients.p99Millis());
                lines.atMost(load, "a write beside it, p99 ms", 20, writes.p99Millis());
                lines.atMost(load, "a read beside it, p99 ms", 20, reads.p99Millis());
            } else {
                lines.tell(load, "from sending a change to its event, p99 ms", clients.p99Millis());
                lines.tell(load, "a write beside it, p99 ms", writes.p99Millis());
                lines.tell(load, "a read beside it, p99 ms", reads.p99Millis());
            }
            lines.tell(load, "from sending a change to its event, p50 ms", clients.p50Millis());
            lines.tell(load, "events/s", clients.events() / seconds);
            lines.tell(load, "CPU of all servers, cores", used / wall);
            lines.tell(load, "CPU of the generator, cores", ownUsed / wall);
            lines.tell(load, "largest resident server, MiB", servers.residentMiB());
            lines.tell(load, "failed requests and ended watches", (double)
                    (writes.failed() + reads.failed() + clients.ended()));
        }
    }

    // Commands

    private void commands(String keelson, String kubectl) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory(servers.directory(), "home");
        Path config = servers.directory().resolve("kubeconfig");
        List<String> ours = List.of(
                keelson, "get", "pods", "-A", "--dir", servers.directory().toString());
        List<String> theirs = List.of(kubectl, "--kubeconfig", config.toString(), "get", "pods", "-A");
        List<String> oursSmall =
                List.of(keelson, "get", "pods", "--dir", servers.directory().toString());
        List<String> theirsSmall = List.of(kubectl, "--kubeconfig", config.toString(), "get", "pods");
        for (List<String> command : List.of(ours, theirs, oursSmall, theirsSmall)) {
            for (int i = 0; i < COMMANDS_BEFORE; i++) {
                once(command, home);
            }
        }
        String load = "get pods -A, 3,000 pods";
        for (int round = 0; round < rounds * 2; round++) {
            lines.atMost(load, "kubectl, wall s", 1, once(theirs, home).wall());
            lines.tell(load, "keelson, wall s", once(ours, home).wall());
        }
        String small = "get pods, none there, cold";
        List<Double> kubectlCpu = new ArrayList<>();
        List<Double> keelsonCpu = new ArrayList<>();
        for (int round = 0; round < rounds * 3; round++) {
            keelsonCpu.add(once(oursSmall, home).cpu());
            kubectlCpu.add(once(theirsSmall, home).cpu());
            lines.tell(small, "keelson, CPU s", keelsonCpu.getLast());
            lines.tell(small, "kubectl, CPU s", kubectlCpu.getLast());
        }
        lines.atMost(small, "keelson's CPU, times kubectl's", 1.5, median(keelsonCpu) / median(kubectlCpu));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private record Cost(double wall, double cpu) {}

    /** Runs a command to its end; the shell's own times are of the command alone. */
    private static Cost once(List<String> command, Path home) throws IOException, InterruptedException {
        List<String> timed = new ArrayList<>(
                List.of("bash", "-c", "TIMEFORMAT='%R %U %S'; { time \"$@\" > /dev/null 2>&1; } 2>&1", "bash"));
        timed.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(timed);
        builder.environment().put("HOME", home.toString());
        Process process = builder.start();
        String[] times = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .strip()
                .split(" ", -1);
        if (process.waitFor() != 0) {
            throw new IllegalStateException("it fails: " + String.join(" ", command));
        }
        return new Cost(Double.parseDouble(times[0]), Double.parseDouble(times[1]) + Double.parseDouble(times[2]));
    }
}
