package io.keelson.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes what was written survive a loss of power. */
final class Durable {

    private Durable() {}

    /** A file, or that a directory has the entries that it has. */
    static void force(@Nullable Path path) throws IOException {
        if (path != null) {
            try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Everything in a directory, and itself. */
    static void forceAll(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            List<Path> all = files.toList();
            for (Path file : all) {
                force(file);
            }
        }
    }
}
