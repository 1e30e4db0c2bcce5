package io.keelson.agent.loop;

import io.keelson.agent.pod.NodeFacts;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** What this machine has and how much of it is left, from {@code /proc} and the file system. */
final class NodeMeasure {
    /** Kept for the system and the agent itself, not for pods. */
    private static final long MEMORY_RESERVED = 256L << 20;

    static final long MEMORY_PRESSURE_BYTES = 100L << 20;
    /** Pressure on the disk: less than a tenth of it AND less than this is left; a tenth of a large disk is plenty. */
    static final long DISK_PRESSURE_BYTES = 2L << 30;

    private final Path directory;

    /** {@code directory}: on the disk that pods use. */
    NodeMeasure(Path directory) {
        this.directory = directory;
    }

    /** Now: true means trouble. */
    record Pressure(boolean memory, boolean disk, boolean pids) {}

    NodeFacts facts(String name, String address) throws IOException {
        long memory = memory().getOrDefault("MemTotal", Runtime.getRuntime().maxMemory());
        long disk = Files.getFileStore(directory).getTotalSpace();
        return new NodeFacts(
                name,
                address,
                BigDecimal.valueOf(Runtime.getRuntime().availableProcessors()),
                Math.max(memory / 2, memory - MEMORY_RESERVED),
                disk - disk / 10);
    }

    long memoryBytes() throws IOException {
        return memory().getOrDefault("MemTotal", Runtime.getRuntime().maxMemory());
    }

    long diskBytes() throws IOException {
        return Files.getFileStore(directory).getTotalSpace();
    }

    Pressure pressure() throws IOException {
        var store = Files.getFileStore(directory);
        long free = store.getUsableSpace();
        long available = memory().getOrDefault("MemAvailable", Long.MAX_VALUE);
        return new Pressure(
                available < MEMORY_PRESSURE_BYTES,
                free < store.getTotalSpace() / 10 && free < DISK_PRESSURE_BYTES,
                fewPids());
    }

    private static boolean fewPids() throws IOException {
        var load = Path.of("/proc/loadavg");
        var max = Path.of("/proc/sys/kernel/pid_max");
        if (!Files.exists(load) || !Files.exists(max)) {
            return false;
        }
        // "0.1 0.2 0.3 2/345 6789": the fourth word is running/all threads.
        var words = Files.readString(load).split(" ", -1);
        long threads = Long.parseLong(words[3].substring(words[3].indexOf('/') + 1));
        long limit = Long.parseLong(Files.readString(max).strip());
        return threads > limit - limit / 10;
    }

    private static Map<String, Long> memory() throws IOException {
        var file = Path.of("/proc/meminfo");
        if (!Files.exists(file)) {
            return Map.of();
        }
        return Files.readAllLines(file).stream()
                .map(line -> line.split("[:\\s]+"))
                .filter(words -> words.length >= 2 && words[1].matches("\\d+"))
                .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1]) * 1024, (a, b) -> b));
    }

    static String kernel() {
        return read("/proc/sys/kernel/osrelease", System.getProperty("os.version"));
    }

    static String bootId() {
        return read("/proc/sys/kernel/random/boot_id", "");
    }

    static String machineId() {
        return read("/etc/machine-id", "");
    }

    static String osImage() {
        return Arrays.stream(read("/etc/os-release", "").split("\n"))
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
                .findFirst()
                .orElse(System.getProperty("os.name"));
    }

    private static String read(String file, String otherwise) {
        try {
            var path = Path.of(file);
            return Files.isReadable(path) ? Files.readString(path).strip() : otherwise;
        } catch (IOException e) {
            return otherwise;
        }
    }
}
