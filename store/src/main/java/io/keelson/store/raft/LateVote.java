package io.keelson.store.raft;

import io.keelson.proto.store.v1.PositionAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.util.AtomicFileOutputStream;

/**
 * A learner that got its vote while it did not run. It hears of that from a leader, but there may be none, and none without its vote; and
 * Ratis lets a learner not vote. To vote is safe whatever a member knows of the configuration, as with etcd's learners, so it asks the
 * others before it starts, and believes one that counts it among the voters.
 */
final class LateVote {

    /** All may start at the same time, and the first answer that comes is enough. */
    private static final long PATIENCE_SECONDS = 3;

    private static final long PAUSE_MILLIS = 100;

    private LateVote() {}

    /**
     * Lets Ratis start as a voter, if one of the others says so. Blocks for a time if this member has no vote and nobody answers. Not for one
     * of the first members of a cluster: they all have a vote from the beginning.
     *
     * @param current Ratis' directory
     * @param logEnd index of the last entry of the log there
     */
    static void learn(Path current, long logEnd, Identity self, Seeds seeds) throws IOException {
        Path file = current.resolve("raft-meta.conf");
        if (!Files.isDirectory(current) || isAmong(known(file).getPeersList(), self)) {
            return;
        }
        Optional<PositionAnswer> voting = ask(self, seeds).stream()
                .filter(said -> said.getVotersList().contains(self.memberId()))
                .findFirst();
        if (voting.isEmpty()) {
            return;
        }
        System.getLogger(LateVote.class.getName())
                .log(System.Logger.Level.INFO, "this member got its vote while it did not run");
        // As if the next entry said so. When the entry comes that does, or another in its place, Ratis forgets this
        // one.
        // Without what was before, where the change is still under way: Ratis lets nobody vote who is not in both.
        // Members change one at a time, so any majority of the new ones has one in common with any of the old ones.
        try (var out = new AtomicFileOutputStream(file.toFile())) {
            LogEntryProto.newBuilder()
                    .setIndex(logEnd + 1)
                    .setConfigurationEntry(RaftConfigurationProto.newBuilder()
                            .addAllPeers(peers(voting.get().getVotersList(), false))
                            .addAllListeners(peers(voting.get().getLearnersList(), true)))
                    .build()
                    .writeTo(out);
        }
    }

    /** What Ratis saved last; it may be behind the log. */
    private static RaftConfigurationProto known(Path file) throws IOException {
        if (!Files.exists(file)) {
            return RaftConfigurationProto.getDefaultInstance();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return LogEntryProto.parseFrom(in).getConfigurationEntry();
        }
    }

    private static boolean isAmong(List<RaftPeerProto> peers, Identity self) {
        return peers.stream()
                .anyMatch(
                        peer -> peer.getId().equals(PeerIds.of(self.memberId()).toByteString()));
    }

    private static List<RaftPeerProto> peers(List<Long> ids, boolean learners) {
        return ids.stream()
                .map(id -> PeerIds.peer(id, learners).getRaftPeerProto())
                .toList();
    }

    private static List<PositionAnswer> ask(Identity self, Seeds seeds) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        List<PositionAnswer> said = seeds.positions(self.clusterId());
        while (said.isEmpty() && System.nanoTime() - deadline < 0) {
            try {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while it asked the others for its vote", e);
            }
            said = seeds.positions(self.clusterId());
        }
        return said;
    }
}
