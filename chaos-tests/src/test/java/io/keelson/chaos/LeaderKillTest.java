package io.keelson.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.chaos.check.Linearizability;
import io.keelson.chaos.check.Operation;
import io.keelson.chaos.check.Operation.Action;
import io.keelson.chaos.check.Operation.Outcome;
import io.keelson.chaos.check.Revisions;
import io.keelson.chaos.cluster.LocalCluster;
import io.keelson.chaos.workload.Access;
import io.keelson.chaos.workload.Counters;
import io.keelson.chaos.workload.History;
import io.keelson.chaos.workload.Leadership;
import io.keelson.chaos.workload.Manifests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * Goal: killing the leader loses nothing and stops nothing. Method: a whole cluster as a user makes it; clients that set
 * counters and apply manifests, and write down all they see; SIGKILL to the process that leads the store, then it is started again;
 * at the end the judges.
 *
 * <p>{@code -Dkeelson.kills=N} repeats the kill, {@code -Dkeelson.seed=S} chooses the clients' order of keys.
 */
class LeaderKillTest {

    private static final int KILLS = Integer.getInteger("keelson.kills", 1);
    private static final long SEED = Long.getLong("keelson.seed", 20260101L);
    private static final int COUNTER_CLIENTS = 4;
    private static final int COUNTERS = 8;
    private static final int CONFIG_MAPS = 3;

    /** Acknowledged writes that must come before a kill and after it. */
    private static final int WRITES_AROUND_A_KILL = 200;

    @Test
    void killingTheLeaderLosesNothingAndStopsNothing() throws Exception {
        System.out.println("seed " + SEED + ", kills " + KILLS);
        Path repository = Path.of("..").toAbsolutePath().normalize();
        Path parent = Files.createTempDirectory("keelson-chaos-");
        Path directory = parent.resolve("cluster");
        try (LocalCluster cluster = LocalCluster.up(repository, directory, "examples/hello.yaml")) {
            Access access = cluster.access();
            List<String> containers = cluster.containers();
            assertThat(containers).hasSize(3);

            var counters = new Counters(access, COUNTERS);
            var manifests = new Manifests(access, CONFIG_MAPS);
            var stop = new AtomicBoolean();
            List<Double> gaps = new ArrayList<>();
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> running = new ArrayList<>();
                for (int i = 0; i < COUNTER_CLIENTS; i++) {
                    int client = i;
                    running.add(clients.submit((Callable<Void>) () -> {
                        counters.run(client, SEED, stop::get);
                        return null;
                    }));
                }
                running.add(clients.submit((Callable<Void>) () -> {
                    manifests.run(stop::get);
                    return null;
                }));
                try {
                    for (int kill = 0; kill < KILLS; kill++) {
                        gaps.add(killTheLeader(cluster, access, counters, manifests));
                    }
                } finally {
                    stop.set(true);
                }
                for (Future<?> client : running) {
                    client.get(1, TimeUnit.MINUTES);
                }
            }

            List<Operation> history = counters.history();
            long unknown = history.stream()
                    .filter(operation -> operation.outcome() instanceof Outcome.Unknown)
                    .count();
            System.out.printf(
                    Locale.ROOT,
                    "%d operations on counters (%d of unknown outcome), %d acknowledged applies%n",
                    history.size(),
                    unknown,
                    manifests.acknowledged());
            System.out.println("seconds from kill to the next acknowledged write: " + gaps);

            assertThat(Revisions.violations(History.read(access), history)).isEmpty();
            assertThat(Linearizability.violations(history)).isEmpty();
            assertThat(manifests.violations()).isEmpty();
            assertThat(cluster.containers()).isEqualTo(containers);
        }
        assertThat(directory).doesNotExist();
        Files.delete(parent);
    }

    /** Seconds from the kill to the end of the first acknowledged write that was begun after it. */
    private static double killTheLeader(LocalCluster cluster, Access access, Counters counters, Manifests manifests)
            throws Exception {
        int before = writesSince(counters, Long.MIN_VALUE).size();
        await(
                "writes before the kill",
                () -> writesSince(counters, Long.MIN_VALUE).size() >= before + WRITES_AROUND_A_KILL);
        long applied = manifests.acknowledged();
        String leader = Leadership.store(access).orElseThrow(() -> new AssertionError("nobody leads"));
        long killed = System.nanoTime();
        cluster.kill(leader);
        await(
                "writes after the kill of " + leader,
                () -> writesSince(counters, killed).size() >= WRITES_AROUND_A_KILL);
        await("applies after the kill of " + leader, () -> manifests.acknowledged() > applied);
        long first = writesSince(counters, killed).stream()
                .mapToLong(Operation::returnedNanos)
                .min()
                .orElseThrow();
        double seconds = Math.round((first - killed) / 1e6) / 1e3;
        System.out.println("killed " + leader + ": next acknowledged write after " + seconds + " s");
        cluster.repair();
        return seconds;
    }

    private static List<Operation> writesSince(Counters counters, long nanos) {
        return counters.history().stream()
                .filter(operation -> operation.action() instanceof Action.CompareAndSet)
                .filter(operation -> operation.outcome() instanceof Outcome.Done)
                .filter(operation -> nanos == Long.MIN_VALUE || operation.invokedNanos() - nanos > 0)
                .toList();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited two minutes for " + what).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }
}
