package io.keelson.store.rocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.View;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state, or a snapshot, that opens with less than it held is refused; a new one, and one that a crash left without its mark, is not. */
class AppliedMarkTest {

    private static final int ENTRIES = 20;

    /** Less than any record in RocksDB's list of files: each cut between two of them is tried. */
    private static final int CUT_BYTES = 12;

    @TempDir
    Path directory;

    /** RocksDB itself opens most of these, as a new database or as one of an earlier moment. */
    @Test
    void aSnapshotWhoseListOfFilesIsCutOffIsWholeOrRefused() throws Exception {
        Path snapshot = snapshot();
        byte[] list = Files.readAllBytes(list(snapshot));
        int refused = 0;
        for (int length = 0; length <= list.length; length += CUT_BYTES) {
            Path damaged = DatabaseCopy.of(snapshot, directory.resolve("cut-" + length));
            Files.write(list(damaged), Arrays.copyOf(list, length));
            try (RocksState state = RocksState.open(damaged)) {
                assertThat(state.appliedIndex().index()).as("cut at %d", length).isEqualTo(ENTRIES - 1);
                assertThat(revision(state)).as("cut at %d", length).isEqualTo(ENTRIES + 1);
            } catch (IllegalStateException e) {
                String message = String.valueOf(e.getMessage());
                refused += message.contains("is damaged: it holds ") ? 1 : 0;
                assertThat(message)
                        .as("cut at %d", length)
                        .startsWith("the store's data in ")
                        .contains(damaged.toString());
            }
        }
        assertThat(refused).as("what RocksDB took for an earlier state").isPositive();
    }

    /** The first time RocksDB makes a new database of it, which is a good one then. */
    @Test
    void whatIsRefusedStaysRefused() throws Exception {
        Path snapshot = directory.resolve("snapshot");
        try (RocksState state = RocksState.open(directory.resolve("live"))) {
            write(state, 0, ENTRIES);
            state.checkpoint(snapshot);
        }
        byte[] list = Files.readAllBytes(list(snapshot));
        int firstFamily = new String(list, StandardCharsets.ISO_8859_1).indexOf("latest");
        Files.write(list(snapshot), Arrays.copyOf(list, firstFamily));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> RocksState.open(snapshot).close())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the store's data in " + snapshot
                            + " is damaged: it holds nothing, and held the entries of the log up to 19 before");
        }
    }

    @Test
    void aStateIsHeldToWhatItHeldWhenItWasOpenedLast() throws Exception {
        Path live = directory.resolve("live");
        write(live, 0, ENTRIES);
        Path early = DatabaseCopy.of(live, directory.resolve("early"));
        write(live, ENTRIES, 2 * ENTRIES);
        RocksState.open(live).close();
        Files.copy(live.resolve(AppliedMark.FILE), early.resolve(AppliedMark.FILE));
        assertThatThrownBy(() -> RocksState.open(early).close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        "it holds the entries of the log up to 19, and held the entries of the log up to 39 before");
    }

    @Test
    void aMarkThatIsNotAsItWasWrittenIsRefused() throws Exception {
        Path snapshot = snapshot();
        byte[] mark = Files.readAllBytes(snapshot.resolve(AppliedMark.FILE));
        for (int bit = 0; bit < mark.length * Byte.SIZE; bit += 7) {
            byte[] flipped = mark.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            refused(snapshot, flipped);
        }
        refused(snapshot, new byte[0]);
        refused(snapshot, Arrays.copyOf(mark, mark.length + 1));
    }

    private static void refused(Path snapshot, byte[] mark) throws IOException {
        Files.write(snapshot.resolve(AppliedMark.FILE), mark);
        assertThatThrownBy(() -> RocksState.open(snapshot).close())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is damaged: the file APPLIED is not as it was written");
    }

    /** A new one that has applied nothing, and those that a crash left before their mark or while it was written. */
    @Test
    void aStateWithoutAMarkIsOpened() throws Exception {
        Path live = directory.resolve("live");
        for (int i = 0; i < 2; i++) {
            RocksState.open(live).close();
            assertThat(live.resolve(AppliedMark.FILE)).doesNotExist();
        }
        write(live, 0, ENTRIES);
        Files.write(live.resolve(AppliedMark.FILE + ".new"), new byte[] {1});
        for (int i = 0; i < 2; i++) {
            try (RocksState state = RocksState.open(live)) {
                assertThat(revision(state)).isEqualTo(ENTRIES + 1);
            }
            assertThat(live.resolve(AppliedMark.FILE)).exists();
        }
    }

    private Path snapshot() {
        Path live = directory.resolve("live");
        write(live, 0, ENTRIES / 2);
        Path snapshot = directory.resolve("snapshot");
        try (RocksState state = RocksState.open(live)) {
            write(state, ENTRIES / 2, ENTRIES);
            state.checkpoint(snapshot);
        }
        return snapshot;
    }

    private static void write(Path database, int from, int to) {
        try (RocksState state = RocksState.open(database)) {
            write(state, from, to);
            state.flush();
        }
    }

    private static void write(RocksState state, int from, int to) {
        for (int i = from; i < to; i++) {
            KeyValue kv = KeyValue.newBuilder()
                    .setKey(ByteString.copyFromUtf8("key-" + i))
                    .setModRevision(2 + i)
                    .setCreateRevision(2 + i)
                    .setVersion(1)
                    .build();
            state.write(List.of(new Change.Put(kv, 0)), 2 + i, new AppliedIndex(1, i), List.of());
        }
    }

    private static long revision(RocksState state) {
        return state.<Long>read(View::revision);
    }

    private static Path list(Path database) throws IOException {
        try (Stream<Path> files = Files.list(database)) {
            return files.filter(file -> file.getFileName().toString().startsWith("MANIFEST-"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
