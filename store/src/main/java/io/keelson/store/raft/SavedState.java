package io.keelson.store.raft;

import io.keelson.store.backup.SnapshotWriter;
import io.keelson.store.rocks.RocksPicture;
import io.keelson.store.rocks.RocksState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Saves a state to a file of etcd's in the data directory. */
final class SavedState {

    /** The log must still have room to grow when the file is written. */
    private static final long SPARE_BYTES = 64L << 20;

    private SavedState() {}

    /** The file, which has lost its name already: whatever happens, nothing of it stays. */
    static FileChannel save(Path directory, RocksState state, List<SnapshotWriter.Row> members) throws IOException {
        // History is most of it, and each version of a key is there once; with indexes and the newest versions it is
        // less than all.
        long needed = state.sizes()[1] + SPARE_BYTES;
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < needed) {
            throw new IOException("a snapshot needs up to " + (needed >> 20) + " MiB in " + directory + ", and "
                    + (free >> 20) + " MiB are free");
        }
        Path file = Files.createTempFile(directory, "saving-", ".db");
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            Files.delete(file);
        }
        try {
            RocksPicture.of(state, picture -> SnapshotWriter.write(channel, picture, members));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
