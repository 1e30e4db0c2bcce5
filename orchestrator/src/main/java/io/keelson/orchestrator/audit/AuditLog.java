package io.keelson.orchestrator.audit;

import io.keelson.orchestrator.kind.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file of one event a line. The thread of the request writes it, so that nothing waits in memory that could be lost; what cannot be
 * written is an error in the server's log. Closing it waits until the requests that were told of have ended, two seconds at most; one that ends
 * later still is told of, too: the file is opened for it once more.
 */
public final class AuditLog implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(AuditLog.class.getName());
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss.SSS", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** Requests end at once when all else of their server is closed; this is for a machine that is short of breath. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Path path;
    private final long maxBytes;
    private final int maxBackups;
    private final InstantSource clock;
    private OutputStream out;
    private long written;
    private boolean closed;
    private int unended;

    /**
     * Opens the file; goes on at its end if it is there.
     *
     * @param maxBytes a file that has so many is renamed, and another one begun
     * @param maxBackups so many renamed ones are kept; 0 for all
     * @throws IllegalArgumentException if it cannot be opened; the message names it
     */
    public AuditLog(Path path, long maxBytes, int maxBackups, InstantSource clock) {
        this.path = path;
        this.maxBytes = maxBytes;
        this.maxBackups = maxBackups;
        this.clock = clock;
        try {
            this.out = open(path);
            this.written = Files.size(path);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the audit log " + path + " (--audit-log-path) cannot be opened: " + e.getMessage(), e);
        }
    }

    private static OutputStream open(Path path) throws IOException {
        // It tells who does what, and perhaps what objects say: not for everybody on the machine.
        if (Files.notExists(path)
                && path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        return Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** A request is told of that will end. */
    synchronized void begun() {
        unended++;
    }

    /** One that was begun has ended, and all is told of it. */
    synchronized void ended() {
        unended--;
        notifyAll();
    }

    /** Writes an event. */
    public synchronized void write(ObjectNode event) {
        byte[] line = (Json.text(event) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            if (closed) {
                late(line);
                return;
            }
            if (written > 0 && written + line.length > maxBytes) {
                rotate();
            }
            out.write(line);
            written += line.length;
        } catch (IOException e) {
            LOG.log(Level.ERROR, "an audit event could not be written to " + path, e);
        }
    }

    /** Another server of this place may write the file meanwhile: a line at its end disturbs nobody. */
    private void late(byte[] line) throws IOException {
        try (OutputStream again = open(path)) {
            again.write(line);
        }
    }

    private void rotate() throws IOException {
        out.close();
        Files.move(path, backup(clock.instant()));
        out = open(path);
        written = 0;
        if (maxBackups > 0) {
            List<Path> old = backups();
            for (Path gone : old.subList(0, Math.max(0, old.size() - maxBackups))) {
                Files.deleteIfExists(gone);
            }
        }
    }

    private String stem() {
        String name = path.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    private String suffix() {
        return path.getFileName().toString().substring(stem().length());
    }

    /** Two within one thousandth of a second get different names. */
    private Path backup(Instant now) {
        String stamped = stem() + "-" + STAMP.format(now);
        Path free = path.resolveSibling(stamped + suffix());
        for (int number = 1; Files.exists(free); number++) {
            free = path.resolveSibling(stamped + "-" + number + suffix());
        }
        return free;
    }

    /** From the oldest to the newest, as their names sort. */
    private List<Path> backups() throws IOException {
        try (Stream<Path> files = Files.list(path.toAbsolutePath().getParent())) {
            return files.filter(file -> file.getFileName().toString().startsWith(stem() + "-")
                            && file.getFileName().toString().endsWith(suffix()))
                    .sorted()
                    .toList();
        }
    }

    private void awaitEnds() {
        long deadline = System.nanoTime() + GRACE.toNanos();
        try {
            for (long left = GRACE.toMillis(); unended > 0 && left > 0; ) {
                wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void close() {
        awaitEnds();
        closed = true;
        try {
            out.close();
        } catch (IOException e) {
            LOG.log(Level.ERROR, "the audit log " + path + " could not be closed", e);
        }
    }
}
