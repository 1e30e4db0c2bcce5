package io.keelson.store.raft;

import io.keelson.store.fault.CrashPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Ratis gives up files of the log behind a snapshot on a thread of its own, and tells nobody. If a test wants a member to die there, this looks
 * at the directory without a pause from the snapshot on, and passes the point as soon as a file has gone.
 */
final class LogPurge {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private LogPurge() {}

    static void watchIfArmed(Path log) {
        if (CrashPoint.PURGE_LOG.isArmed()) {
            Set<String> before = files(log);
            Thread.ofPlatform().name("store-purge-watch").daemon().start(() -> {
                long end = System.nanoTime() + PATIENCE_NANOS;
                while (System.nanoTime() - end < 0) {
                    if (!files(log).containsAll(before)) {
                        CrashPoint.PURGE_LOG.pass();
                        return;
                    }
                }
            });
        }
    }

    /** Closed files; the open one gets another name when it is full. */
    private static Set<String> files(Path log) {
        try (Stream<Path> files = Files.list(log)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("log_") && !name.contains("inprogress"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
