package io.keelson.agent.loop;

import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.RuntimeFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Brings image archives from a directory into the runtime: each file when it is new or has changed. */
final class ImageImporter {
    private final Path images;
    private final ContainerRuntime runtime;
    private final Map<Path, Stamp> imported = new HashMap<>();
    private final Map<Path, Stamp> last = new HashMap<>();

    private record Stamp(long size, long modified) {}

    /** Hears of archives that cannot be imported. */
    interface Problems {
        void tell(String message);
    }

    ImageImporter(Path images, ContainerRuntime runtime) {
        this.images = images;
        this.runtime = runtime;
    }

    /** Imports what is new. A file still being written is left for the next time: it must look the same twice, unless {@code atOnce}. */
    void scan(boolean atOnce, Problems problems) throws IOException {
        if (!Files.isDirectory(images)) {
            return;
        }
        try (var files = Files.list(images)) {
            for (var file : files.filter(ImageImporter::isArchive).sorted().toList()) {
                var stamp = new Stamp(
                        Files.size(file), Files.getLastModifiedTime(file).toMillis());
                var before = last.put(file, stamp);
                if (!stamp.equals(imported.get(file)) && (atOnce || stamp.equals(before))) {
                    try {
                        runtime.importArchive(file);
                    } catch (RuntimeFault.BadArchive e) {
                        problems.tell(String.valueOf(e.getMessage()));
                    }
                    imported.put(file, stamp);
                }
            }
        }
    }

    private static boolean isArchive(Path file) {
        var name = file.getFileName().toString();
        return name.endsWith(".tar") || name.endsWith(".tar.gz") || name.endsWith(".tgz");
    }
}
