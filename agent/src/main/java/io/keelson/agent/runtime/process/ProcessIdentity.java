package io.keelson.agent.runtime.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that can be told from a later one with the same number: by when it began, and in which boot of the machine.
 *
 * @param started clock ticks since boot on Linux, milliseconds since 1970 elsewhere
 * @param boot the boot's id; empty where there is none
 */
record ProcessIdentity(long pid, long started, String boot) {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    /** The identity of a running process; empty if it has gone (or is only waiting to be buried). */
    static Optional<ProcessIdentity> of(long pid) {
        var stat = Path.of("/proc", Long.toString(pid), "stat");
        if (!Files.isDirectory(Path.of("/proc/self"))) {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .flatMap(p -> p.info().startInstant())
                    .map(at -> new ProcessIdentity(pid, at.toEpochMilli(), ""));
        }
        try {
            var text = Files.readString(stat);
            // The program's name stands in brackets and may hold anything, so count from the last bracket.
            var fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
            return fields[0].equals("Z") || fields[0].equals("X")
                    ? Optional.empty()
                    : Optional.of(new ProcessIdentity(pid, Long.parseLong(fields[19]), currentBoot()));
        } catch (IOException e) {
            // No such process any more.
            return Optional.empty();
        }
    }

    /** Whether this very process still runs. */
    boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    static String currentBoot() {
        try {
            return Files.exists(BOOT_ID) ? Files.readString(BOOT_ID).strip() : "";
        } catch (IOException e) {
            return "";
        }
    }
}
