package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.keelson.store.raft.LogFile.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a loss of power costs nothing that was confirmed and needs nobody; damage to what may have been confirmed is never taken for it.
 * Method: files that a member wrote, damaged at random places.
 *
 * <p>{@code -Dkeelson.seed=S} chooses the places.
 */
class LogCheckTest {

    private static final long SEED = Long.getLong("keelson.seed", 20261124L);
    private static final int PLACES = 2_000;

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);

    /** Where the entries of a file begin; the last number is where the last ends. */
    private static List<Integer> offsets(byte[] file, long first) {
        var offsets = new ArrayList<Integer>();
        offsets.add(8);
        // A file that is cut behind any number of entries is whole: so each end shows itself.
        for (int end = 9; end <= file.length; end++) {
            if (LogFile.read(ByteBuffer.wrap(file, 0, end).slice(), first) instanceof Found.Whole(long entries, int at)
                    && entries == offsets.size()
                    && at == end) {
                offsets.add(end);
            }
        }
        return offsets;
    }

    /** The largest of the files that a member leaves, with at least 10 entries of all sizes. */
    private Path written() throws Exception {
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty())) {
            String leader = members.awaitLeader();
            for (int size : new int[] {0, 1, 100, 127, 128, 129, 300, 511, 512, 513, 1_000, 1_500, 3, 0, 2_000, 40}) {
                byte[] value = new byte[size];
                random.nextBytes(value);
                var _ = Members.done(members.get(leader), Members.put("key", ByteString.copyFrom(value)));
            }
            members.awaitEven();
        }
        return logs(directory.resolve("m1")).getLast();
    }

    private static List<Path> logs(Path member) throws IOException {
        try (Stream<Path> files = Files.walk(member.resolve("raft"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .sorted((a, b) -> Long.compare(first(a), first(b)))
                    .toList();
        }
    }

    private static long first(Path log) {
        return Long.parseLong(log.getFileName()
                .toString()
                .replace("log_", "")
                .replace("inprogress_", "")
                .replaceAll("-.*", ""));
    }

    private Found read(byte[] bytes, long first) {
        return LogFile.read(ByteBuffer.wrap(bytes), first);
    }

    @Test
    void everyTornEndIsSeenAndNoDamageIsTakenForOne() throws Exception {
        System.out.println("seed " + SEED);
        Path log = written();
        long first = first(log);
        byte[] whole = Files.readAllBytes(log);
        List<Integer> offsets = offsets(whole, first);
        int entries = offsets.size() - 1;
        assertThat(entries).isGreaterThan(10);
        int end = offsets.getLast();
        whole = Arrays.copyOf(whole, end);
        for (int i = 0; i < PLACES; i++) {
            cutAnywhere(whole, first, offsets);
            flipAnywhere(whole, first, entries);
            loseASectorInTheMiddle(whole, first, entries, offsets);
        }
    }

    /** Cut at any byte, with room behind or without. */
    private void cutAnywhere(byte[] whole, long first, List<Integer> offsets) {
        int at = 8 + random.nextInt(whole.length - 8);
        int room = random.nextBoolean() ? 0 : 1 + random.nextInt(10_000);
        byte[] cut = Arrays.copyOf(Arrays.copyOf(whole, at), at + room);
        int entries = (int) offsets.stream().filter(offset -> offset <= at).count() - 1;
        int good = offsets.get(entries);
        Found found = read(cut, first);
        // What was cut off may have been zeros that are there again.
        if (found instanceof Found.Whole(long all, int end) && room > 0 && all == entries + 1) {
            assertThat(Arrays.copyOf(whole, end)).isEqualTo(Arrays.copyOf(cut, end));
        } else if (at == good) {
            assertThat(found).as("cut at %s", at).isEqualTo(new Found.Whole(entries, good));
        } else {
            assertThat(found)
                    .as("cut at %s of %s, room %s", at, offsets, room)
                    .isEqualTo(new Found.Torn(entries, good));
        }
    }

    /** Any bit of what was confirmed, the last entry included. */
    private void flipAnywhere(byte[] whole, long first, int entries) {
        int room = random.nextBoolean() ? 0 : 1 + random.nextInt(10_000);
        byte[] flipped = Arrays.copyOf(whole, whole.length + room);
        int at = random.nextInt(whole.length);
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        Found found = read(flipped, first);
        assertThat(found).as("bit flipped at byte %s, room %s", at, room).isInstanceOf(Found.Damaged.class);
        assertThat(((Found.Damaged) found).offset()).isLessThanOrEqualTo(at);
        assertThat(((Found.Damaged) found).entries()).isLessThan(entries);
    }

    private void loseASectorInTheMiddle(byte[] whole, long first, int entries, List<Integer> offsets) {
        byte[] lost = whole.clone();
        int from = 8 + random.nextInt(offsets.get(entries - 2) - 8);
        int to = Math.min(from + 1 + random.nextInt(512), offsets.get(entries - 1));
        Arrays.fill(lost, from, to, (byte) 0);
        if (!Arrays.equals(lost, whole)) {
            assertThat(read(lost, first))
                    .as("zeros from %s to %s of %s", from, to, offsets)
                    .isInstanceOf(Found.Damaged.class);
        }
    }

    @Test
    void memberStartsAfterALossOfPowerWithAllThatWasConfirmed() throws Exception {
        System.out.println("seed " + SEED);
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty())) {
            for (int i = 0; i < 20; i++) {
                var _ = Members.done(members.get("m1"), Members.put("key-" + i, ByteString.copyFrom(new byte[i * 10])));
            }
            members.awaitEven();
            members.kill("m1");
            Path log = logs(members.directory("m1")).getLast();
            byte[] whole = Files.readAllBytes(log);
            List<Integer> offsets = offsets(whole, first(log));
            // The next entry, as far as it got: it begins as the last one did.
            int begin = offsets.get(offsets.size() - 2);
            int end = offsets.getLast();
            byte[] torn = Arrays.copyOf(whole, end + 4_000);
            System.arraycopy(whole, begin, torn, end, 1 + random.nextInt(end - begin - 5));
            Files.write(log, torn);
            members.start("m1");
            members.awaitLeader();
            members.awaitEven();
            assertThat(members.content("m1")).hasSize(20);
            var _ = Members.done(members.get("m1"), Members.put("after", ByteString.EMPTY));
        }
    }

    @Test
    void damagedMemberDoesNotStartAndSaysWhatIsToBeDone() throws Exception {
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty())) {
            for (int i = 0; i < 20; i++) {
                var _ = Members.done(members.get("m1"), Members.put("key-" + i, ByteString.EMPTY));
            }
            members.awaitEven();
            String id = Long.toHexString(members.id("m1"));
            members.kill("m1");
            Path log = logs(members.directory("m1")).getLast();
            byte[] whole = Files.readAllBytes(log);
            int at = offsets(whole, first(log)).get(5);
            whole[at + 3] ^= 1;
            Files.write(log, whole);
            assertThatThrownBy(() -> members.start("m1"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the log " + log + " is damaged at byte " + at + ": ")
                    .hasMessageContaining("whole ones follow it")
                    .hasMessageContaining("etcdctl member remove " + id)
                    .hasMessageContaining("etcdctl member add m1 --peer-urls=http://127.0.0.1:");
        }
    }

    @Test
    void logThatEndsBeforeWhatTheStateHoldsIsNotBelieved() throws Exception {
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty())) {
            for (int i = 0; i < 20; i++) {
                var _ = Members.done(members.get("m1"), Members.put("key-" + i, ByteString.EMPTY));
            }
            members.awaitEven();
            members.kill("m1");
            Path log = logs(members.directory("m1")).getLast();
            byte[] whole = Files.readAllBytes(log);
            Files.write(log, Arrays.copyOf(whole, offsets(whole, first(log)).get(5)));
            assertThatThrownBy(() -> members.start("m1"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("its disk has lost what it had confirmed")
                    .hasMessageContaining("etcdctl member remove");
        }
    }

    @Test
    void missingFileIsToldAndWhatWasBeingGivenUpIsNot() throws Exception {
        Path log = written();
        long first = first(log);
        byte[] whole = Files.readAllBytes(log);
        int entries = offsets(whole, first).size() - 1;
        Path files = Files.createDirectories(directory.resolve("files"));
        Files.write(files.resolve("log_" + first + "-" + (first + entries - 1)), whole);
        assertThat(LogCheck.run(files, first - 1)).isEqualTo(first + entries - 1);
        if (first > 0) {
            assertThatThrownBy(() -> LogCheck.run(files, first - 2))
                    .isInstanceOf(LogCheck.DamagedLogException.class)
                    .hasMessageContaining("are in no snapshot, and lost");
        }
        Files.createFile(files.resolve("log_inprogress_" + (first + entries + 7)));
        assertThatThrownBy(() -> LogCheck.run(files, first - 1))
                .isInstanceOf(LogCheck.DamagedLogException.class)
                .hasMessageContaining("what was between is lost");
        assertThat(LogCheck.run(files, first + entries + 6)).isEqualTo(first + entries + 6);
        assertThat(files.resolve("log_" + first + "-" + (first + entries - 1))).doesNotExist();
    }
}
