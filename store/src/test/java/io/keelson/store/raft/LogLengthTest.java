package io.keelson.store.raft;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: few large entries do not make a log that is read for long at a start. */
class LogLengthTest {

    private static final long SEGMENT_BYTES = 64 << 10;

    @TempDir
    Path directory;

    @Test
    void snapshotIsMadeAfterManyBytesThoughTheEntriesAreFew() throws Exception {
        var limits = new LogLimits(1_000_000, 1, SEGMENT_BYTES);
        try (Members members = Members.start(directory, limits, Optional.empty())) {
            RaftReplica leader = members.get(members.awaitLeader());
            var value = ByteString.copyFrom(new byte[32 << 10]);
            for (int i = 0; i < 40; i++) {
                var _ = Members.done(leader, Members.put("key" + i, value));
            }
            for (String name : members.names()) {
                Members.await(() -> hasSnapshot(members.directory(name)));
            }
        }
    }

    private static boolean hasSnapshot(Path data) {
        try (Stream<Path> groups = Files.list(data.resolve("raft"))) {
            return groups.anyMatch(group -> Snapshots.newest(group) >= 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
