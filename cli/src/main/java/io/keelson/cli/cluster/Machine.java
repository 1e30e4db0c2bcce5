package io.keelson.cli.cluster;

import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What this machine is and allows. */
final class Machine {

    /** A cluster with its images and logs takes about a tenth of this; a store without space stops. */
    static final long FREE_BYTES_MIN = 512L << 20;

    private Machine() {}

    static boolean isLinux() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");
    }

    static boolean isRoot() {
        try {
            if (!isLinux()) return "root".equals(System.getProperty("user.name"));
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("Uid:"))
                    .anyMatch(line -> line.split("\\s+", -1)[2].equals("0"));
        } catch (IOException noProc) {
            return false;
        }
    }

    /** Why containerd cannot be used here; empty if it can. */
    static Optional<String> whyNoContainers() throws InterruptedException {
        if (!isLinux()) return Optional.of("this is " + System.getProperty("os.name") + ", and containers need Linux");
        if (!isRoot()) return Optional.of("you are not root, and containers need root");
        var unshare = Shell.run("unshare", "--net", "--mount", "true");
        if (!unshare.ok())
            return Optional.of(
                    "root may not make namespaces here (" + unshare.output().strip() + ")");
        return Optional.empty();
    }

    /** Checks that a folder can hold a cluster. */
    static void checkDirectory(Path directory) {
        try {
            if (Files.exists(directory) && !Files.isDirectory(directory))
                throw Trouble.of(directory + " is not a folder", "Name another with --dir.");
            if (Files.isDirectory(directory) && !Files.exists(Plan.file(directory))) {
                try (var inside = Files.list(directory)) {
                    var stranger = inside.filter(path -> !path.endsWith("lock")).findFirst();
                    if (stranger.isPresent()) {
                        throw Trouble.of(
                                directory + " is not empty and holds no Keelson cluster (there is "
                                        + stranger.get().getFileName() + ")",
                                "Name an empty or new folder with --dir.");
                    }
                }
            }
            Files.createDirectories(directory);
            if (!Files.isWritable(directory))
                throw Trouble.of("you may not write to " + directory, "Name a folder of your own with --dir.");
            long free = Files.getFileStore(directory).getUsableSpace();
            if (free < FREE_BYTES_MIN) {
                throw Trouble.of(
                        "the disk of %s has only %d MiB left, and a cluster needs %d MiB"
                                .formatted(directory, free >> 20, FREE_BYTES_MIN >> 20),
                        "Make room, or name a folder on another disk with --dir.");
            }
        } catch (IOException failed) {
            throw Trouble.because(
                    failed,
                    "cannot use the folder " + directory + ": " + failed.getMessage(),
                    "Name another with --dir.");
        }
    }
}
