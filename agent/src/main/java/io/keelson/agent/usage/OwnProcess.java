package io.keelson.agent.usage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** What the kernel says of this process. What it does not say is left out. */
public final class OwnProcess {

    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;
    private static final int PAGE_BYTES = 4096;

    private final Path proc;

    /** This process. */
    public OwnProcess() {
        this(Path.of("/proc/self"));
    }

    OwnProcess(Path proc) {
        this.proc = proc;
    }

    void figures(TextPage page) {
        ProcessHandle.Info info = ProcessHandle.current().info();
        Optional<Duration> cpu = info.totalCpuDuration();
        cpu.ifPresent(time -> page.only(
                "process_cpu_seconds_total",
                "counter",
                "Total user and system CPU time spent in seconds.",
                time.toNanos() / NANOS));
        Optional<Instant> start = info.startInstant();
        start.ifPresent(time -> page.only(
                "process_start_time_seconds",
                "gauge",
                "Start time of the process since unix epoch in seconds.",
                time.toEpochMilli() / MILLIS));
        memory(0)
                .ifPresent(bytes ->
                        page.only("process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", bytes));
        memory(1)
                .ifPresent(bytes ->
                        page.only("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", bytes));
        openFiles()
                .ifPresent(
                        number -> page.only("process_open_fds", "gauge", "Number of open file descriptors.", number));
    }

    /** The kernel counts in pages. */
    private OptionalDouble memory(int word) {
        try {
            String[] words = Files.readString(proc.resolve("statm")).split(" ", -1);
            return OptionalDouble.of(Double.parseDouble(words[word]) * PAGE_BYTES);
        } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException notSaid) {
            return OptionalDouble.empty();
        }
    }

    private OptionalDouble openFiles() {
        try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
            return OptionalDouble.of((double) files.count());
        } catch (IOException notSaid) {
            return OptionalDouble.empty();
        }
    }
}
