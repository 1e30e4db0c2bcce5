package io.keelson.store.rocks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A file beside those of RocksDB: the log entry up to which the database once held everything on disk. What is opened must hold as much.
 *
 * <p>RocksDB takes a list of its files (MANIFEST) that was cut off for that of an earlier moment, which may be the one before anything was
 * written. The log brings back what a member's state lacks then, but not what a snapshot lacks: the log before it is given up. A state that
 * was never opened again, and a snapshot of an earlier release, have no such file.
 */
final class AppliedMark {

    /** Unlike any name that RocksDB gives. */
    static final String FILE = "APPLIED";

    /** The index, and a checksum of it. */
    private static final int BYTES = Long.BYTES + Integer.BYTES;

    private final Path directory;

    /** @param directory of the database */
    AppliedMark(Path directory) {
        this.directory = directory;
    }

    /**
     * Holds an opened database to what it is known to have held, and notes what it holds.
     *
     * @param held the last log entry in it, all of it on disk
     * @throws IllegalStateException if it held more before, or this cannot be told or noted; the message names the directory
     */
    void check(AppliedIndex held) {
        long before = read();
        if (held.index() < before) {
            String holds =
                    held.equals(AppliedIndex.NOTHING) ? "nothing" : "the entries of the log up to " + held.index();
            throw damaged("it holds " + holds + ", and held the entries of the log up to " + before + " before");
        }
        if (held.index() > before) {
            write(held);
        }
    }

    private long read() {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(directory.resolve(FILE));
        } catch (NoSuchFileException none) {
            return AppliedIndex.NOTHING.index();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the store's data in " + directory + " cannot be opened: the file " + FILE + ": " + e.getMessage(),
                    e);
        }
        var buffer = ByteBuffer.wrap(bytes);
        if (bytes.length != BYTES || buffer.getInt(Long.BYTES) != checksum(buffer.getLong(0))) {
            throw damaged("the file " + FILE + " is not as it was written");
        }
        return buffer.getLong(0);
    }

    private IllegalStateException damaged(String why) {
        return new IllegalStateException("the store's data in " + directory + " is damaged: " + why);
    }

    /**
     * Notes what the database holds, for good when the call returns. A crash meanwhile leaves what was noted before.
     *
     * @param held the last log entry in it, all of it on disk
     * @throws IllegalStateException if it cannot be written; the message names the directory
     */
    void write(AppliedIndex held) {
        Path building = directory.resolve(FILE + ".new");
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).putLong(held.index()).putInt(checksum(held.index()));
        try {
            Files.write(building, bytes.array());
            force(building);
            Files.move(
                    building,
                    directory.resolve(FILE),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            force(directory);
        } catch (IOException e) {
            throw new IllegalStateException("the store cannot write " + FILE + " in " + directory + ": " + e, e);
        }
    }

    private static void force(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static int checksum(long index) {
        var sum = new CRC32C();
        sum.update(Layout.number(index));
        return (int) sum.getValue();
    }
}
