package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.store.Awaiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: followers hear of each commit without waiting for the next entry or heartbeat, and without an entry of its own in the log.
 * Method: members whose heartbeats are further apart than anybody here waits.
 */
class CommitNewsTest {

    /** Less than half of the election timeout, when the next heartbeat comes. */
    private static final Duration BEFORE_HEARTBEAT = Duration.ofMillis(Proposer.REQUEST_TIMEOUT_MILLIS);

    @TempDir
    Path directory;

    @Test
    void lonePutsAreAcknowledgedWhereverTheyArrive() throws Exception {
        try (Members members = Members.startPatient(directory, Optional.empty())) {
            for (int i = 0; i < 20; i++) {
                for (String name : members.names()) {
                    var _ = Members.done(members.get(name), Members.put(name + i, ByteString.EMPTY));
                }
            }
            String leader = members.awaitLeader();
            // A follower may have applied what its client waits for before the leader has.
            Awaiting.atMost(BEFORE_HEARTBEAT, () -> members.revision(leader) == 1 + 20 * 3);
        }
    }

    @Test
    void followersApplyWhatNobodyWaitsForThere() throws Exception {
        try (Members members = Members.startPatient(directory, Optional.empty())) {
            for (int i = 0; i < 20; i++) {
                long revision = Members.done(
                                members.get(members.awaitLeader()), Members.put("key" + i, ByteString.EMPTY))
                        .revision();
                Awaiting.atMost(
                        BEFORE_HEARTBEAT,
                        () -> members.names().stream().allMatch(name -> members.revision(name) == revision));
            }
        }
    }

    @Test
    void logHoldsOneEntryForEachLonePut() throws Exception {
        try (Members members = Members.startPatient(directory, Optional.empty())) {
            RaftReplica leader = members.get(members.awaitLeader());
            var _ = Members.done(leader, Members.put("first", ByteString.EMPTY));
            long before = leader.standing().committedIndex();
            for (int i = 0; i < 10; i++) {
                var _ = Members.done(leader, Members.put("key" + i, ByteString.EMPTY));
            }
            assertThat(leader.standing().committedIndex()).isEqualTo(before + 10);
        }
    }
}
