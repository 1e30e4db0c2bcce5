package io.keelson.agent.usage;

import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.ContainerUsage;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.runtime.RuntimeFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Measures from time to time, and tells the rates of the last two measurements. */
public final class Meter implements AutoCloseable {
    /** As Kubernetes' own metrics server does by default. */
    private static final Duration PERIOD = Duration.ofSeconds(15);

    /** The second measurement comes soon, so that there is something to tell. */
    private static final Duration FIRST_PERIOD = Duration.ofSeconds(5);

    private static final long NANOS_PER_TICK = 10_000_000;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ContainerRuntime runtime;
    private final InstantSource clock;
    private final Thread thread;
    private Optional<Sample> before = Optional.empty();
    private Optional<Sample> last = Optional.empty();

    public Meter(ContainerRuntime runtime, InstantSource clock) {
        this.runtime = runtime;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("meter").start(this::run);
    }

    private void run() {
        Duration period = FIRST_PERIOD;
        try {
            while (true) {
                if (measure()) {
                    Thread.sleep(period);
                    period = PERIOD;
                } else {
                    Thread.sleep(FIRST_PERIOD);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    /** Whether it could be done; what the runtime cannot say now it says the next time. */
    private boolean measure() {
        try {
            Sample sample = new Sample(
                    clock.instant(),
                    machineCpu(),
                    machineMemory(),
                    runtime.usage().stream()
                            .collect(Collectors.toMap(ContainerUsage::id, Function.identity(), (a, _) -> a)));
            synchronized (this) {
                before = last;
                last = Optional.of(sample);
            }
            return true;
        } catch (RuntimeFault | IOException e) {
            return false;
        }
    }

    /** The first line: ticks of all cores, of which the fourth and fifth number are idle ones. */
    private static long machineCpu() throws IOException {
        String[] words = Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +", -1);
        return LongStream.of(1, 2, 3, 6, 7, 8)
                        .map(i -> Long.parseLong(words[(int) i]))
                        .sum()
                * NANOS_PER_TICK;
    }

    private static long machineMemory() throws IOException {
        Map<String, Long> memory = Files.readAllLines(Path.of("/proc/meminfo")).stream()
                .map(line -> line.split("[:\\s]+", -1))
                .filter(words -> words.length >= 2 && words[1].matches("[0-9]+"))
                .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1]) * 1024, (a, _) -> a));
        return memory.getOrDefault("MemTotal", 0L) - memory.getOrDefault("MemAvailable", 0L);
    }

    /** The rates, as JSON: of the node if it was measured twice, and of each container that was. */
    public byte[] rates() {
        ObjectNode answer = JSON.createObjectNode();
        var containers = answer.putArray("containers");
        Optional<Sample> from;
        Optional<Sample> to;
        synchronized (this) {
            from = before;
            to = last;
        }
        if (from.isPresent() && to.isPresent()) {
            to.get().since(from.get()).ifPresent(rate -> put(answer.putObject("node"), rate));
            for (ObservedContainer container : runtime.list().containers()) {
                to.get().since(from.get(), container.id()).ifPresent(rate -> {
                    ObjectNode one = containers.addObject();
                    one.put("uid", container.pod().uid()).put("name", container.name());
                    put(one, rate);
                });
            }
        }
        return JSON.writeValueAsBytes(answer);
    }

    /**
     * What was used since the beginning, by the last measurement: the kubelet's {@code /metrics/resource}.
     *
     * @param pods those that the node is to run; what others use is not told
     */
    public byte[] resources(List<PodId> pods) {
        Optional<Sample> measured;
        synchronized (this) {
            measured = last;
        }
        return NodeMetrics.resources(pods, runtime.list(), measured);
    }

    private static void put(ObjectNode into, Sample.Rate rate) {
        into.put("timestamp", rate.at().toString())
                .put("windowMillis", rate.window().toMillis())
                .put("nanocores", rate.nanocores())
                .put("memoryBytes", rate.memoryBytes());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
