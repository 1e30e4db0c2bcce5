package io.keelson.store.raft;

import io.keelson.store.fault.CrashPoint;
import io.keelson.store.rocks.AppliedIndex;
import io.keelson.store.rocks.RocksState;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.impl.FileListSnapshotInfo;
import org.apache.ratis.util.FileUtils;
import org.jspecify.annotations.Nullable;

/** Checkpoints of the state, each a directory {@code snapshot.TERM_INDEX} of hard links, where Ratis looks for them. */
final class Snapshots implements StateMachineStorage {

    private static final String PREFIX = "snapshot.";
    private static final String DIGEST = ".md5";

    /** One being sent to a peer must not vanish when the next is made. */
    private static final int KEPT = 2;

    private @Nullable RaftStorage storage;
    private volatile @Nullable FileListSnapshotInfo newest;

    @Override
    public void init(RaftStorage raftStorage) throws IOException {
        storage = raftStorage;
        reload();
    }

    private File directory() {
        RaftStorage known = storage;
        if (known == null) {
            throw new IllegalStateException("no storage yet");
        }
        return known.getStorageDir().getStateMachineDir();
    }

    private File temporary() {
        RaftStorage known = storage;
        if (known == null) {
            throw new IllegalStateException("no storage yet");
        }
        return known.getStorageDir().getTmpDir();
    }

    /** Looks again what there is. */
    void reload() throws IOException {
        List<File> found = list();
        newest = found.isEmpty() ? null : describe(found.getFirst());
    }

    Optional<TermIndex> newest() {
        FileListSnapshotInfo known = newest;
        return known == null ? Optional.empty() : Optional.of(known.getTermIndex());
    }

    private List<File> list() {
        return list(directory());
    }

    /** Newest first; none if there is no such directory. */
    private static List<File> list(File directory) {
        File[] files = directory.listFiles((_, name) -> name.startsWith(PREFIX));
        return files == null
                ? List.of()
                : Stream.of(files)
                        .sorted(Comparator.comparingLong(
                                        (File file) -> termIndex(file).getIndex())
                                .reversed())
                        .toList();
    }

    /** Up to which entry the newest snapshot in a directory of Ratis' goes; -1 if there is none. */
    static long newest(Path storage) {
        return list(storage.resolve("sm").toFile()).stream()
                .findFirst()
                .map(file -> termIndex(file).getIndex())
                .orElse(-1L);
    }

    private static TermIndex termIndex(File snapshot) {
        String[] parts = snapshot.getName().substring(PREFIX.length()).split("_", -1);
        return TermIndex.valueOf(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }

    private static FileListSnapshotInfo describe(File snapshot) throws IOException {
        var files = new ArrayList<FileInfo>();
        for (Path file : files(snapshot.toPath())) {
            // Without a digest: Ratis computes it while it sends, and here it would hold up the log.
            files.add(new FileInfo(file, null));
        }
        TermIndex at = termIndex(snapshot);
        return new FileListSnapshotInfo(files, at.getTerm(), at.getIndex());
    }

    private static List<Path> files(Path snapshot) throws IOException {
        try (Stream<Path> files = Files.list(snapshot)) {
            return files.filter(file -> !file.getFileName().toString().endsWith(DIGEST))
                    .sorted()
                    .toList();
        }
    }

    /** Makes a snapshot of the state, which holds exactly the entries up to {@code at}. */
    void take(RocksState state, TermIndex at) throws IOException {
        File target = new File(directory(), PREFIX + at.getTerm() + "_" + at.getIndex());
        if (target.exists()) {
            return;
        }
        File building = new File(temporary(), target.getName());
        FileUtils.deleteFully(building);
        FileUtils.createDirectories(building.getParentFile());
        CrashPoint.SNAPSHOT_BEGUN.pass();
        state.checkpoint(building.toPath());
        CrashPoint.SNAPSHOT_COPIED.pass();
        FileUtils.createDirectories(target.getParentFile());
        FileUtils.move(building, target);
        CrashPoint.SNAPSHOT_MOVED.pass();
        // The log before it will be given up, so it must be found again whatever happens.
        force(target.toPath());
        force(directory().toPath());
        newest = describe(target);
        CrashPoint.SNAPSHOT_DONE.pass();
    }

    /** Makes the first snapshot of a storage that has none and no log either. */
    static void first(RaftStorage storage, RocksState state, AppliedIndex at) throws IOException {
        var snapshots = new Snapshots();
        snapshots.init(storage);
        snapshots.take(state, TermIndex.valueOf(at.term(), at.index()));
    }

    /** Puts the newest snapshot in the place of the state, which must be closed. */
    void restore(Path database) throws IOException {
        FileListSnapshotInfo known = newest;
        if (known == null) {
            throw new IOException("there is no snapshot to begin from");
        }
        Path building = database.resolveSibling(database.getFileName() + ".restoring");
        FileUtils.deleteFully(building.toFile());
        Files.createDirectories(building);
        for (FileInfo file : known.getFiles()) {
            Path source = file.getPath();
            Path target = building.resolve(source.getFileName());
            // Table files never change, so a link will do; the others are written to.
            if (source.getFileName().toString().endsWith(".sst")) {
                Files.createLink(target, source);
            } else {
                Files.copy(source, target);
            }
            force(target);
        }
        force(building);
        CrashPoint.INSTALL_COPIED.pass();
        // Aside first, in one step: half a deleted database could be opened as an empty one.
        Path replaced = database.resolveSibling(database.getFileName() + ".replaced");
        FileUtils.deleteFully(replaced.toFile());
        if (Files.exists(database)) {
            Files.move(database, replaced);
        }
        CrashPoint.INSTALL_ASIDE.pass();
        Files.move(building, database);
        CrashPoint.INSTALL_MOVED.pass();
        force(database.toAbsolutePath().getParent());
        FileUtils.deleteFully(replaced.toFile());
    }

    /** What was received is not on disk until it is told to be. */
    private static void force(@Nullable Path path) throws IOException {
        if (path != null) {
            try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        return newest;
    }

    @Override
    public void format() {}

    @Override
    public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
        for (File old : list().stream().skip(KEPT).toList()) {
            CrashPoint.PURGE_SNAPSHOT.pass();
            FileUtils.deleteFully(old);
        }
        LogPurge.watchIfArmed(directory().toPath().resolveSibling("current"));
    }
}
