package io.keelson.agent.runtime.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What a process and all that came from it have used, from {@code /proc}. */
record ProcessUsage(long cpuNanos, long memoryBytes) {
    /** Linux counts the time of processes in hundredths of a second, whatever the kernel's own clock. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final long PAGE_BYTES = 4096;

    /** Of a process that has ended: empty. */
    static Optional<ProcessUsage> of(long pid) {
        return ProcessHandle.of(pid)
                .map(process -> Stream.concat(Stream.of(process), process.descendants())
                        .map(ProcessHandle::pid)
                        .flatMap(each -> one(each).stream())
                        .reduce(
                                new ProcessUsage(0, 0),
                                (a, b) -> new ProcessUsage(a.cpuNanos + b.cpuNanos, a.memoryBytes + b.memoryBytes)));
    }

    private static Optional<ProcessUsage> one(long pid) {
        try {
            String text = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The program's name stands in brackets and may hold anything, so count from the last bracket.
            String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            // Its own time in user and kernel, then that of children that have ended.
            long ticks = LongStream.rangeClosed(11, 14)
                    .map(i -> Long.parseLong(fields[(int) i]))
                    .sum();
            return Optional.of(new ProcessUsage(ticks * NANOS_PER_TICK, Long.parseLong(fields[21]) * PAGE_BYTES));
        } catch (IOException e) {
            // It has ended since.
            return Optional.empty();
        }
    }
}
