package io.keelson.store.rocks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A database that a test may damage. */
final class DatabaseCopy {

    private DatabaseCopy() {}

    /** Copies the files of one that is closed; gives the new directory. */
    static Path of(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }
}
