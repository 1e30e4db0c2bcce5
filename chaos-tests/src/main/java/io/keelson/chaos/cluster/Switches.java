package io.keelson.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ways into a member that it is started with. Files in its machine's directory then decide how its disk and its clock are.
 *
 * @param fault a mistake planted in the store, by name
 * @param disk whether its fsync can be made slow, or fail, by {@link #DISK}
 * @param faketime libfaketime, if its wall clock can be moved by {@link #CLOCK}
 */
public record Switches(Optional<String> fault, boolean disk, Optional<Path> faketime) {

    /** Holds {@code slow MILLIS} or {@code fail} while the disk is sick. */
    public static final String DISK = "disk";

    /** Holds seconds by which the wall clock is wrong, with a sign. */
    public static final String CLOCK = "clock";

    /** So long after a change of the file, at the most, a member's clock is changed. */
    public static final int FAKETIME_CACHE_SECONDS = 1;

    /** Options of the Java machine; none for a member that has no switches. */
    List<String> options(Path directory) {
        var options = new ArrayList<String>();
        fault.ifPresent(name -> options.add("-Dkeelson.test.fault=" + name));
        if (disk) {
            options.add("-Dkeelson.test.disk=" + directory.resolve(DISK));
        }
        return options;
    }

    /** What comes before the program. Only the wall clock is moved: a JVM waits by the monotonic one. */
    List<String> environment(Path directory) {
        return faketime.map(library -> List.of(
                        "/usr/bin/env",
                        "LD_PRELOAD=" + library,
                        "FAKETIME_TIMESTAMP_FILE=" + directory.resolve(CLOCK),
                        // Reading the file at every look at the clock, or at every file's times, would make a member
                        // crawl.
                        "FAKETIME_CACHE_DURATION=" + FAKETIME_CACHE_SECONDS,
                        "NO_FAKE_STAT=1",
                        "FAKETIME_DONT_FAKE_MONOTONIC=1",
                        "DONT_FAKE_MONOTONIC=1",
                        // With its "fix" each wait for a time would end at once: seen.
                        "FAKETIME_FORCE_MONOTONIC_FIX=0"))
                .orElse(List.of());
    }

    /** The library that moves clocks, as Debian's package {@code faketime} installs it. */
    public static Optional<Path> findFaketime() {
        Path libraries = Path.of("/usr/lib");
        try (var found = Files.newDirectoryStream(libraries, "*-linux-gnu*")) {
            for (Path folder : found) {
                Path library = folder.resolve("faketime/libfaketime.so.1");
                if (Files.exists(library)) {
                    return Optional.of(library);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
