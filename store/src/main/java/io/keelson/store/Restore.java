package io.keelson.store;

import io.keelson.store.backup.BadSnapshotException;
import io.keelson.store.backup.SnapshotFile;
import io.keelson.store.backup.SnapshotReader;
import io.keelson.store.raft.RestoredLog;
import io.keelson.store.rocks.RocksLoader;
import io.keelson.store.rocks.RocksState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Makes a member's data directory from a snapshot, of ours or of etcd's. Each member of the new cluster is made so, from the same file. */
public final class Restore {

    /**
     * How.
     *
     * @param adjustment what shall not be as in the file
     * @param skipHashCheck whether the file's checksum is not asked for: for the database of a stopped etcd, which has none
     * @param peersSpeakTls whether the members will speak TLS to each other: their ids come from their peer URLs, https or http
     */
    public record Options(SnapshotReader.Adjustment adjustment, boolean skipHashCheck, boolean peersSpeakTls) {
        /** As it is, checked; members without TLS between them. */
        public static final Options USUAL = new Options(SnapshotReader.Adjustment.NONE, false, false);

        /** For members without TLS between them. */
        public Options(SnapshotReader.Adjustment adjustment, boolean skipHashCheck) {
            this(adjustment, skipHashCheck, false);
        }
    }

    private Restore() {}

    /**
     * Makes the data directory, whole or not at all.
     *
     * @param snapshot the file
     * @param config the member as it will start: its name, its new data directory, all members and the token of the new cluster
     * @throws BadSnapshotException if the file is damaged, is no snapshot, or has no checksum and should have one
     * @throws IOException if the data directory is not empty, or cannot be written; the message names it
     */
    public static void run(Path snapshot, StoreConfig config, Options options) throws IOException {
        Path directory = config.dataDir().toAbsolutePath().normalize();
        if (!isFree(directory)) {
            throw new IOException("data-dir \"" + config.dataDir()
                    + "\" is not empty; a snapshot is restored to a new one, so name another --data-dir");
        }
        Path building = directory.resolveSibling(directory.getFileName() + ".restoring");
        try (SnapshotFile file = SnapshotFile.open(snapshot)) {
            if (!options.skipHashCheck) {
                file.verify();
            }
            delete(building);
            Files.createDirectories(building);
            build(file, config.at(building), options);
            Files.move(building, directory, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            Durable.force(directory.getParent());
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + e.getFile(), e);
        } finally {
            delete(building);
        }
    }

    private static void build(SnapshotFile file, StoreConfig config, Options options) throws IOException {
        try (RocksState state = RocksState.open(config.dataDir().resolve("state"));
                var loader = new RocksLoader(state, RestoredLog.AT)) {
            SnapshotReader.read(file, options.adjustment, loader);
            RestoredLog.make(config, options.peersSpeakTls, state);
        }
        DataDirectory.claim(config);
        Durable.forceAll(config.dataDir());
    }

    private static boolean isFree(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return true;
        }
        if (!Files.isDirectory(directory)) {
            return false;
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> files = Files.walk(tree)) {
                List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
                for (Path file : all) {
                    Files.delete(file);
                }
            }
        }
    }
}
