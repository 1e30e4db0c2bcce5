package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Linearizable reads on members whose leader does not notice for a minute that nobody answers it. */
class ReadBarrierTest {

    @TempDir
    Path directory;

    private static void read(Members members, String name, int seconds) throws Exception {
        CompletableFuture<Void> done = members.get(name).readBarrier();
        done.get(seconds, TimeUnit.SECONDS);
    }

    /** Another may lead by then, and have answered that something was written; that nothing is new here says nothing. */
    @Test
    void aLeaderThatNobodyAnswersReadsNothingThoughNothingWasWrittenSinceItsLastRead() throws Exception {
        try (Members members = Members.startPatient(directory, Optional.empty())) {
            String leader = members.awaitLeader();
            var _ = Members.done(members.get(leader), Members.put("key", ByteString.EMPTY));
            long committed;
            do {
                committed = members.get(leader).standing().committedIndex();
                read(members, leader, 20);
            } while (committed != members.get(leader).standing().committedIndex());
            List<String> others = members.names().stream()
                    .filter(name -> !name.equals(leader))
                    .toList();
            others.forEach(members::kill);
            assertThat(members.get(leader).standing().leader())
                    .as("as it believes")
                    .contains(leader);
            assertThatThrownBy(() -> read(members, leader, 2)).isInstanceOf(TimeoutException.class);
            others.forEach(members::start);
            read(members, leader, 60);
        }
    }

    /** Heartbeats are half a minute apart here: who waits for one fails. */
    @Test
    void theFirstReadAfterAWriteDoesNotWaitForTheNextHeartbeat() throws Exception {
        try (Members members = Members.startPatient(directory, Optional.empty())) {
            String leader = members.awaitLeader();
            for (int i = 0; i < 10; i++) {
                for (String name : members.names()) {
                    var _ = Members.done(members.get(leader), Members.put("key", ByteString.EMPTY));
                    read(members, name, 5);
                }
            }
        }
    }
}
