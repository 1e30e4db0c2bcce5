package io.keelson.store.raft;

import io.keelson.store.raft.LogFile.Found;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks through the files of the log before Ratis reads them. What a loss of power leaves is put right: an entry that was not written to its
 * end, which nobody was told of, is cut off. Any other damage may concern entries that were confirmed; then the member does not start.
 */
final class LogCheck {

    private static final System.Logger LOG = System.getLogger(LogCheck.class.getName());

    /** {@code log_FIRST-LAST}, or {@code log_inprogress_FIRST} for the one that is written to. */
    private static final Pattern NAME = Pattern.compile("log_(?:(\\d+)-(\\d+)|inprogress_(\\d+)(?:\\..*)?)");

    /** The log is damaged. The message names the file, the offset, and what is wrong. */
    static final class DamagedLogException extends IOException {
        private static final long serialVersionUID = 1L;

        DamagedLogException(String message) {
            super(message);
        }
    }

    /**
     * A file of the log.
     *
     * @param path where it is
     * @param first index of its first entry
     * @param last index of its last entry; of one that is written to, {@link Long#MAX_VALUE}
     */
    private record Segment(Path path, long first, long last) {
        boolean open() {
            return last == Long.MAX_VALUE;
        }
    }

    private LogCheck() {}

    /**
     * Checks a log, and cuts off its torn end.
     *
     * @param directory with its files
     * @param snapshot index up to which a snapshot holds everything, -1 without one
     * @return index of its last entry, -1 if it has none
     * @throws DamagedLogException if it is damaged in a way that may concern confirmed entries
     */
    static long run(Path directory, long snapshot) throws IOException {
        List<Segment> segments = withoutLeftovers(segments(directory), snapshot);
        if (!segments.isEmpty() && segments.getFirst().first > snapshot + 1) {
            throw new DamagedLogException(
                    "the log begins in " + segments.getFirst().path + " with entry " + segments.getFirst().first
                            + ": those from " + (snapshot + 1) + " on are in no snapshot, and lost");
        }
        long end = -1;
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            boolean newest = i == segments.size() - 1;
            if (i > 0 && segment.first != end + 1) {
                throw new DamagedLogException("the log ends at entry " + end + " and goes on in " + segment.path
                        + " with entry " + segment.first + ": what was between is lost");
            }
            if (!newest && segment.open()) {
                throw new DamagedLogException("the log goes on behind " + segment.path + ", which was never finished");
            }
            end = segment.first - 1 + check(segment, newest);
        }
        return end;
    }

    /** How many entries there are. */
    private static long check(Segment segment, boolean newest) throws IOException {
        return switch (read(segment)) {
            case Found.Whole(long entries, int end) -> {
                long missing = segment.open() ? 0 : segment.last - segment.first + 1 - entries;
                // The newest may have been shortened, by a leader's order, in the moment before it got its new name.
                if (missing < 0 || (missing > 0 && !newest)) {
                    throw damaged(segment, end, "it has " + entries + " entries, not those that its name says");
                }
                yield entries;
            }
            case Found.Torn(long entries, int end) -> {
                if (!segment.open()) {
                    throw damaged(segment, end, "entry " + (segment.first + entries) + " is not there whole");
                }
                cut(segment, entries, end);
                yield entries;
            }
            case Found.Damaged(long _, int offset, String what) -> throw damaged(segment, offset, what);
        };
    }

    private static DamagedLogException damaged(Segment segment, int offset, String what) {
        return new DamagedLogException("the log " + segment.path + " is damaged at byte " + offset + ": " + what);
    }

    private static Found read(Segment segment) throws IOException {
        try (var channel = FileChannel.open(segment.path, StandardOpenOption.READ)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            return LogFile.read(bytes, segment.first);
        }
    }

    private static void cut(Segment segment, long entries, int end) throws IOException {
        try (var channel = FileChannel.open(segment.path, StandardOpenOption.WRITE)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the log " + segment.path
                            + " ends in an entry that was not written to its end, as a loss of power leaves"
                            + " it; nobody was told that it is there: cut off at byte " + end + " of " + channel.size()
                            + ", behind entry " + (segment.first + entries - 1));
            channel.truncate(end);
            channel.force(true);
        }
    }

    /** Oldest first. */
    private static List<Segment> segments(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            var segments = new ArrayList<Segment>();
            for (Path file : files.toList()) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()) {
                    segments.add(
                            name.group(3) == null
                                    ? new Segment(file, Long.parseLong(name.group(1)), Long.parseLong(name.group(2)))
                                    : new Segment(file, Long.parseLong(name.group(3)), Long.MAX_VALUE));
                }
            }
            segments.sort(Comparator.comparingLong(Segment::first));
            return segments;
        }
    }

    /**
     * Ratis gives up old files beginning with the newest of them, so that a kill in the middle leaves a gap. What is before a gap and in a
     * snapshot too was about to go.
     */
    private static List<Segment> withoutLeftovers(List<Segment> segments, long snapshot) throws IOException {
        int kept = 0;
        for (int i = 1; i < segments.size(); i++) {
            long before = segments.get(i - 1).last;
            if (before < segments.get(i).first - 1 && segments.get(i).first - 1 <= snapshot) {
                kept = i;
            }
        }
        for (Segment leftover : segments.subList(0, kept)) {
            LOG.log(System.Logger.Level.INFO, "removes " + leftover.path + ", which was being given up");
            Files.delete(leftover.path);
        }
        return segments.subList(kept, segments.size());
    }
}
