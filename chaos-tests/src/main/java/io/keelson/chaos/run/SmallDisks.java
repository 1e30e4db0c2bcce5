package io.keelson.chaos.run;

import io.keelson.chaos.cluster.Machines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small file systems in memory as members' disks: they can be filled without filling the machine's. */
final class SmallDisks {

    private static final String SIZE = "384m";

    private SmallDisks() {}

    /** Mounts one at each machine's directory. They go with the harness's mount namespace. */
    static void mount(Machines machines, int members) {
        for (int member = 0; member < members; member++) {
            Path directory = machines.directory(member);
            try {
                Files.createDirectories(directory);
                int status = new ProcessBuilder(
                                "mount", "-t", "tmpfs", "-o", "size=" + SIZE, "tmpfs", directory.toString())
                        .inheritIO()
                        .start()
                        .waitFor();
                if (status != 0) {
                    throw new IllegalStateException("no small disk at " + directory);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while it mounted " + directory, e);
            }
        }
    }
}
