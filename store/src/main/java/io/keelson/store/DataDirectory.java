package io.keelson.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes sure that a data directory is this member's, and that there is room in it. */
final class DataDirectory {

    /** Below this a member does not start: a log segment, a snapshot's new files and some air. */
    private static final long MIN_FREE_BYTES = 128L << 20;

    private static final String IDENTITY = "member";

    private DataDirectory() {}

    static void claim(StoreConfig config) {
        Path directory = config.dataDir();
        try {
            Files.createDirectories(directory);
            long free = Files.getFileStore(directory).getUsableSpace();
            if (free < MIN_FREE_BYTES) {
                throw new IllegalStateException("data directory " + directory + ": only " + (free >> 20)
                        + " MiB are free, at least " + (MIN_FREE_BYTES >> 20)
                        + " MiB are needed; free some space or choose another --data-dir");
            }
            String identity = "cluster " + config.clusterToken() + "\nmember " + config.name() + "\n";
            Path file = directory.resolve(IDENTITY);
            if (Files.isDirectory(file)) {
                throw new IllegalStateException("data directory " + directory
                        + " is etcd's; save it with etcdctl snapshot save while etcd runs, and restore that to an empty"
                        + " --data-dir (docs/moving-from-etcd.md)");
            }
            if (Files.exists(file)) {
                String found = Files.readString(file);
                if (!found.equals(identity)) {
                    throw new IllegalStateException("data directory " + directory + " belongs to another store ("
                            + found.strip().replace("\n", ", ") + "), not to "
                            + identity.strip().replace("\n", ", ")
                            + "; choose another --data-dir, or remove it if its data is not needed");
                }
            } else {
                Path building = directory.resolve(IDENTITY + ".new");
                Files.writeString(building, identity);
                Files.move(building, file);
            }
        } catch (IOException e) {
            throw new IllegalStateException("data directory " + directory + " cannot be used: " + e.getMessage(), e);
        }
    }
}
