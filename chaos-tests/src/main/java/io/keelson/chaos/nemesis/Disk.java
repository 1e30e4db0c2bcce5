package io.keelson.chaos.nemesis;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A member's disk: a small file system that can be filled and emptied, and an fsync that can be made sick. */
final class Disk {

    private static final String FILLER = "filler";
    private static final int PIECE_BYTES = 64 << 10;

    private Disk() {}

    /** Leaves no room in the file system that holds a directory. */
    static void fill(Path directory) {
        try (OutputStream filler = Files.newOutputStream(directory.resolve(FILLER))) {
            var piece = new byte[PIECE_BYTES];
            while (Files.getFileStore(directory).getUsableSpace() > 0) {
                filler.write(piece);
            }
        } catch (IOException e) {
            // No space left: that is what was wanted.
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Gives the room back. */
    static void free(Path directory) {
        try {
            Files.deleteIfExists(directory.resolve(FILLER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a member looks at from now on holds this; never half of it. */
    static void say(Path file, String what) {
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(whole, what + "\n");
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** There is nothing to look at any more. */
    static void hush(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
