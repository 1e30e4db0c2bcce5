package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.store.v1.LogEntry;
import io.keelson.store.mvcc.CommandCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is applied of entries that came together in one Raft entry, on three members. */
class TogetherTest {

    @TempDir
    Path directory;

    @Test
    void anEntryThatComesAgainEvenWithItselfTakesEffectOnce() throws Exception {
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty())) {
            RaftReplica leader = members.get(members.awaitLeader());
            // Answered by a leader that is ready.
            var _ = Members.done(leader, Members.put("first", ByteString.EMPTY));
            write(leader, entry(1, "a"), entry(1, "a"), entry(2, "b"));
            assertThat(leader.history().revision()).isEqualTo(4);
            write(leader, entry(2, "b"), entry(3, "c"));
            assertThat(leader.history().revision()).isEqualTo(5);
            members.awaitEven();
            String follower = members.names().stream()
                    .filter(name -> !members.get(name).equals(leader))
                    .findFirst()
                    .orElseThrow();
            members.stop(follower);
            members.start(follower);
            members.awaitEven();
            assertThat(members.content(follower)).hasSize(4);
        }
    }

    @Test
    void writesOfAllMembersComeTogetherInFewerEntries() throws Exception {
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty())) {
            RaftReplica leader = members.get(members.awaitLeader());
            long before = leader.standing().committedIndex();
            int writes = 0;
            for (int round = 0; round < 100; round++) {
                var underWay = new ArrayList<CompletableFuture<?>>();
                for (String name : members.names()) {
                    underWay.add(members.get(name).propose(Members.put(name + round, ByteString.EMPTY)));
                    writes++;
                }
                CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new))
                        .get(20, TimeUnit.SECONDS);
            }
            // A follower answers what it has applied; its leader may be a moment behind.
            members.awaitEven();
            assertThat(leader.history().revision()).isEqualTo(1 + writes);
            assertThat(leader.standing().committedIndex() - before)
                    .as("entries of the log for %d writes", writes)
                    .isLessThan(writes);
        }
    }

    private static LogEntry entry(long sequence, String key) {
        return LogEntry.newBuilder()
                .setMember("another")
                .setIncarnation(7)
                .setSequence(sequence)
                .addCommands(CommandCodec.encode(Members.put(key, ByteString.EMPTY)))
                .build();
    }

    private static void write(RaftReplica leader, LogEntry... entries) throws Exception {
        var joined = LogEntries.join(Stream.of(entries)
                .map(entry -> UnsafeByteOperations.unsafeWrap(entry.toByteArray()))
                .toList());
        assertThat(leader.peers().write(joined).get(20, TimeUnit.SECONDS)).isEmpty();
    }
}
