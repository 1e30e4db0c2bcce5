package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.server.protocol.RaftServerProtocol;
import org.junit.jupiter.api.Test;

class FollowingTest {

    /** A log that is told when its disk is done. */
    private static final class SlowDisk implements RaftServerAsynchronousProtocol, RaftServerProtocol {
        private final List<CompletableFuture<AppendEntriesReplyProto>> writes = new ArrayList<>();
        private final CountDownLatch appending = new CountDownLatch(1);
        private final CountDownLatch mayGoOn = new CountDownLatch(1);
        private boolean stalls;
        private volatile boolean voted;

        @Override
        public CompletableFuture<AppendEntriesReplyProto> appendEntriesAsync(AppendEntriesRequestProto request)
                throws IOException {
            if (stalls) {
                appending.countDown();
                try {
                    assertThat(mayGoOn.await(10, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                assertThat(voted).as("a vote while entries are appended").isFalse();
            }
            var write = new CompletableFuture<AppendEntriesReplyProto>();
            writes.add(write);
            return write;
        }

        @Override
        public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) {
            voted = true;
            return RequestVoteReplyProto.getDefaultInstance();
        }

        @Override
        public CompletableFuture<ReadIndexReplyProto> readIndexAsync(ReadIndexRequestProto request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public StartLeaderElectionReplyProto startLeaderElection(StartLeaderElectionRequestProto request) {
            throw new UnsupportedOperationException();
        }
    }

    private static final AppendEntriesRequestProto ENTRIES = AppendEntriesRequestProto.newBuilder()
            .addEntries(LogEntryProto.newBuilder().setIndex(7))
            .build();
    private static final AppendEntriesRequestProto HEARTBEAT = AppendEntriesRequestProto.getDefaultInstance();
    private static final AppendEntriesReplyProto DONE = AppendEntriesReplyProto.getDefaultInstance();

    private final SlowDisk disk = new SlowDisk();
    private final Following following = new Following(disk, disk);

    @Test
    void entriesThatComeAgainAreAcknowledgedWhenTheyAreOnDisk() throws IOException {
        var first = following.append(ENTRIES);
        // The log knows them already, and says so at once.
        var again = following.append(ENTRIES);
        disk.writes.get(1).complete(DONE);
        var third = following.append(ENTRIES);
        disk.writes.get(2).complete(DONE);
        assertThat(again).isNotDone();
        assertThat(third).isNotDone();

        disk.writes.get(0).complete(DONE);
        assertThat(first).isCompleted();
        assertThat(again).isCompleted();
        assertThat(third).isCompleted();
    }

    @Test
    void aHeartbeatDoesNotWaitForTheDisk() throws IOException {
        var entries = following.append(ENTRIES);
        var heartbeat = following.append(HEARTBEAT);
        disk.writes.get(1).complete(DONE);
        assertThat(heartbeat).isCompleted();
        assertThat(entries).isNotDone();
    }

    @Test
    void whatFailedDoesNotHoldUpWhatComesAfter() throws IOException {
        var failed = following.append(ENTRIES);
        disk.writes.get(0).completeExceptionally(new IOException("not ready"));
        var next = following.append(ENTRIES);
        disk.writes.get(1).complete(DONE);
        assertThat(failed).isCompletedExceptionally();
        assertThat(next).isCompleted();
    }

    @Test
    void noVoteIsGivenWhileEntriesAreAppended() throws Exception {
        disk.stalls = true;
        var appended = new CompletableFuture<Boolean>();
        Thread.ofPlatform().start(() -> {
            try {
                appended.complete(following.append(ENTRIES).isDone());
            } catch (IOException | AssertionError e) {
                appended.completeExceptionally(e);
            }
        });
        assertThat(disk.appending.await(10, TimeUnit.SECONDS)).isTrue();
        var voting = new CompletableFuture<RequestVoteReplyProto>();
        Thread voter = Thread.ofPlatform().start(() -> {
            try {
                voting.complete(following.vote(RequestVoteRequestProto.getDefaultInstance()));
            } catch (IOException e) {
                voting.completeExceptionally(e);
            }
        });
        while (voter.getState() != Thread.State.BLOCKED && voter.isAlive()) {
            Thread.onSpinWait();
        }
        disk.mayGoOn.countDown();
        assertThat(appended.get(10, TimeUnit.SECONDS)).as("on disk").isFalse();
        assertThat(voting.get(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(disk.voted).isTrue();
    }
}
