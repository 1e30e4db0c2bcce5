package io.keelson.store.raft;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.server.protocol.RaftServerProtocol;

/**
 * What others do to this member's log and term, over all connections: one thing at a time, and acknowledged when it is on disk.
 *
 * <p>Ratis (3.3.0, {@code RaftServerImpl.appendEntriesAsync}) judges a leader's entries under its lock and appends them when it has left it. A vote
 * given between the two goes by a log without them, and the old leader counts this member for them nevertheless. And it takes entries that
 * are in its memory for entries that it has, and answers a leader that sends them again, after a broken connection, before they are on disk, unless
 * each append goes through two more threads ({@code raft.server.log.append-entries.compose.enabled}).
 */
final class Following {

    private final RaftServerAsynchronousProtocol log;
    private final RaftServerProtocol votes;
    /** Ends, and without an error, when all entries that were appended are on disk. */
    private CompletableFuture<?> onDisk = CompletableFuture.completedFuture(null);

    Following(RaftServerAsynchronousProtocol log, RaftServerProtocol votes) {
        this.log = log;
        this.votes = votes;
    }

    /** Appends a leader's entries, or hears that it leads. The answer comes when they, and all that came before, are on disk. */
    synchronized CompletableFuture<AppendEntriesReplyProto> append(AppendEntriesRequestProto request)
            throws IOException {
        CompletableFuture<AppendEntriesReplyProto> appended = log.appendEntriesAsync(request);
        if (request.getEntriesCount() == 0) {
            return appended;
        }
        CompletableFuture<AppendEntriesReplyProto> kept = appended.thenCombine(onDisk, (reply, _) -> reply);
        // Who cannot write its log stops (StoreStateMachine.notifyLogFailed): what comes after a failure has no entries
        // in doubt.
        onDisk = kept.handle((_, _) -> null);
        return kept;
    }

    /** Gives or refuses a vote. */
    synchronized RequestVoteReplyProto vote(RequestVoteRequestProto request) throws IOException {
        return votes.requestVote(request);
    }
}
