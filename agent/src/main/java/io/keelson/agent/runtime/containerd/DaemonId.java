package io.keelson.agent.runtime.containerd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A process that may outlive us, told apart from a later one with the same number by when it started.
 *
 * @param startTicks clock ticks from the machine's start to the process's
 */
record DaemonId(long pid, long startTicks) {
    private static final Pattern SPACES = Pattern.compile("\\s+");
    /** Position of starttime in /proc/pid/stat, counted from the state, the first field after the name. */
    private static final int START_TICKS_INDEX = 19;

    /** What the pid file says, if there is one and it can be read as such. */
    static Optional<DaemonId> read(Path pidFile) throws IOException {
        try {
            String[] words = SPACES.split(Files.readString(pidFile).strip(), -1);
            return words.length == 2
                    ? Optional.of(new DaemonId(Long.parseLong(words[0]), Long.parseLong(words[1])))
                    : Optional.empty();
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The process with this number that runs now; a zombie does not run. */
    static Optional<DaemonId> running(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The name is in parentheses and may hold spaces and parentheses itself.
            String[] fields =
                    SPACES.split(stat.substring(stat.lastIndexOf(')') + 1).strip(), -1);
            return fields[0].equals("Z") || fields[0].equals("X")
                    ? Optional.empty()
                    : Optional.of(new DaemonId(pid, Long.parseLong(fields[START_TICKS_INDEX])));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    boolean isRunning() {
        return running(pid).equals(Optional.of(this));
    }

    /** Written whole or not at all. */
    void write(Path pidFile) throws IOException {
        Path part = pidFile.resolveSibling(pidFile.getFileName() + ".part");
        Files.writeString(part, pid + " " + startTicks + "\n");
        Files.move(part, pidFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
