package io.keelson.cli.cluster;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that goes on when this one has ended. It is known again by its number and the time it was started, in {@code pid}: numbers are
 * given again. What it prints is in {@code log}.
 *
 * @param name for messages
 * @param directory where {@code pid} and {@code log} are
 */
public record Daemon(String name, Path directory) {

    /** What concerns a user's own command and its terminal, and no process that outlives it. */
    static final Set<String> OF_THE_USER = Set.of("KEELSON_TERMINAL", "KEELSON_JAVA_OPTS");

    /** A log larger than this when the process is started becomes {@code log.1}. */
    static final long LOG_BYTES_MAX = 16 << 20;

    private static final int LOG_TAIL_BYTES = 1 << 15;
    private static final int POLL_MILLIS = 50;
    private static final int START_TIME_FIELD = 19;

    /** How long one that was killed may take until it is gone. */
    private static final Duration ENDING = Duration.ofSeconds(5);

    private static final int FLAGS_FIELD = 6;
    private static final long EXITING_FLAG = 0x4;

    /** Where it writes. */
    public Path log() {
        return directory.resolve("log");
    }

    private Path pidFile() {
        return directory.resolve("pid");
    }

    /** The running process, if it runs. */
    public Optional<ProcessHandle> process() {
        try {
            var words = Files.readString(pidFile()).strip().split(" ", -1);
            if (words.length != 2) return Optional.empty();
            long pid = Long.parseLong(words[0]);
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> startTime(process).equals(words[1]));
        } catch (IOException | NumberFormatException neverStarted) {
            return Optional.empty();
        }
    }

    /** Whether it runs. One that was killed a moment ago and is not quite gone still has its ports and files; it is waited for. */
    public boolean isRunning() {
        long deadline = System.nanoTime() + ENDING.toNanos();
        for (var process = process(); process.isPresent(); process = process()) {
            if (!isEnding(process.get())) return true;
            if (System.nanoTime() > deadline) return false;
            LockSupport.parkNanos(Duration.ofMillis(POLL_MILLIS).toNanos());
        }
        return false;
    }

    /** Starts it, detached from this process and its terminal. */
    public void start(List<String> command, Map<String, String> environment) throws IOException {
        prepare();
        var words = new ArrayList<String>();
        // A session of its own: neither Ctrl-C nor the end of the terminal reaches it.
        words.add(Machine.isLinux() ? "setsid" : "nohup");
        words.addAll(command);
        var builder = new ProcessBuilder(words)
                .directory(directory.toFile())
                .redirectInput(Redirect.from(new java.io.File("/dev/null")))
                .redirectOutput(Redirect.appendTo(log().toFile()))
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        builder.environment().keySet().removeAll(OF_THE_USER);
        remember(builder.start().toHandle());
    }

    /** Makes its folder, and room for its log. */
    void prepare() throws IOException {
        Files.createDirectories(directory);
        if (Files.exists(log()) && Files.size(log()) > LOG_BYTES_MAX) {
            Files.move(log(), directory.resolve("log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** From now on this is the process. */
    void remember(ProcessHandle process) throws IOException {
        Files.writeString(pidFile(), process.pid() + " " + startTime(process) + "\n");
    }

    /** Asks it to end, waits, and ends it by force if it does not. */
    public void stop(Duration patience) throws InterruptedException {
        ask();
        awaitEnd(patience);
    }

    /** Asks it to end. */
    public void ask() {
        process().ifPresent(ProcessHandle::destroy);
    }

    /** Waits for its end, and ends it by force if that takes too long. */
    public void awaitEnd(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean killed = false;
        for (var process = process(); process.isPresent(); process = process()) {
            if (!killed && System.nanoTime() > deadline) {
                process.get().destroyForcibly();
                killed = true;
            }
            Thread.sleep(POLL_MILLIS);
        }
        try {
            Files.deleteIfExists(pidFile());
        } catch (IOException harmless) {
            // The number in it is of a process that is gone; process() finds that out each time.
            return;
        }
    }

    /** The last lines of its log. */
    public List<String> lastLines(int count) {
        try (var file = new java.io.RandomAccessFile(log().toFile(), "r")) {
            long from = Math.max(0, file.length() - LOG_TAIL_BYTES);
            file.seek(from);
            var bytes = new byte[(int) (file.length() - from)];
            file.readFully(bytes);
            var lines = new String(bytes, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.subList(Math.max(0, lines.size() - count), lines.size());
        } catch (IOException noLog) {
            return List.of();
        }
    }

    /** Whether it is past all that it could do, as proc(5) tells: a zombie, dead, or on its way there. */
    private static boolean isEnding(ProcessHandle process) {
        try {
            var fields = stat(process);
            return fields[0].equals("Z")
                    || fields[0].equals("X")
                    || (Long.parseLong(fields[FLAGS_FIELD]) & EXITING_FLAG) != 0;
        } catch (IOException notLinux) {
            return false;
        }
    }

    /** The fields of {@code /proc/PID/stat} from the third on: the second is the program's name in parentheses and may hold anything. */
    private static String[] stat(ProcessHandle process) throws IOException {
        var stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }

    /** When a process began, in words that stay the same as long as it lives, whatever happens to the clock. */
    private static String startTime(ProcessHandle process) {
        try {
            return stat(process)[START_TIME_FIELD];
        } catch (IOException notLinux) {
            return process.info()
                    .startInstant()
                    .map(instant -> Long.toString(instant.getEpochSecond()))
                    .orElse("0");
        }
    }
}
