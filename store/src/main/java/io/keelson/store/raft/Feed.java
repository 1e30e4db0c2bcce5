package io.keelson.store.raft;

import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a follower with entries, as Ratis does, and tells it what is committed when it should hear of it. Ratis itself would write an
 * entry of its own into the log after every commit, which is replicated and synced as well; or say it with the next entries or
 * heartbeat, up to half an election timeout later.
 */
final class Feed extends GrpcLogAppender {

    /** What the follower was told of that it has. */
    private volatile long told = -1;
    /** What it should hear of at once. */
    private volatile long news = -1;
    /** Another feeds the same follower. */
    private volatile boolean superfluous;

    private final CommitNews from;
    private final PeerTraffic traffic;

    /**
     * @param from tells this feed what is committed until it is stopped
     * @param traffic where it counts what it sends
     */
    Feed(RaftServer.Division server, LeaderState state, FollowerInfo follower, CommitNews from, PeerTraffic traffic) {
        super(server, state, follower);
        this.from = from;
        this.traffic = traffic;
        from.begins(this);
    }

    /**
     * Another feeds this follower, from the beginning. Ratis lets nobody lead while a learner's promotion is under way: it makes a feed for
     * the voter and one for the learner, and ends with an exception as both are for one member. So the first of the two never starts, and
     * goes by a name that nobody has; Ratis drops it with the next configuration, which a leader begins with.
     */
    void giveWay() {
        superfluous = true;
    }

    @Override
    public RaftPeerId getFollowerId() {
        RaftPeerId follower = super.getFollowerId();
        return superfluous ? RaftPeerId.valueOf(follower + " once more") : follower;
    }

    @Override
    public void start() {
        if (!superfluous) {
            super.start();
        }
    }

    @Override
    public CompletableFuture<LifeCycle.State> stopAsync() {
        from.ends(this);
        return super.stopAsync();
    }

    /** The follower should know soon that an entry is committed: as soon as it has it. */
    void tell(long index) {
        news = index;
        if (told < index) {
            notifyLogAppender();
        }
    }

    /** The news is a heartbeat, which says nothing of the log while entries are under way; those that follow them will. */
    @Override
    public long getHeartbeatWaitTimeMs() {
        boolean due = told < Math.min(news, getFollower().getMatchIndex())
                && !hasAppendEntries()
                && !hasPendingDataRequests();
        return due ? 0 : super.getHeartbeatWaitTimeMs();
    }

    @Override
    public Iterable<InstallSnapshotRequestProto> newInstallSnapshotRequests(String requestId, SnapshotInfo snapshot) {
        Iterable<InstallSnapshotRequestProto> requests = super.newInstallSnapshotRequests(requestId, snapshot);
        return () -> {
            Iterator<InstallSnapshotRequestProto> each = requests.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return each.hasNext();
                }

                @Override
                public InstallSnapshotRequestProto next() {
                    InstallSnapshotRequestProto request = each.next();
                    traffic.sent(getFollowerId(), request.getSerializedSize());
                    return request;
                }
            };
        };
    }

    @Override
    public @Nullable AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
            throws RaftLogIOException {
        AppendEntriesRequestProto request = super.newAppendEntriesRequest(callId, heartbeat);
        if (request != null) {
            // Worked out here, and kept in the message for who writes it.
            traffic.sent(getFollowerId(), request.getSerializedSize());
        }
        if (request != null && request.hasPreviousLog()) {
            long last = request.getPreviousLog().getIndex() + request.getEntriesCount();
            told = Math.max(told, Math.min(last, request.getLeaderCommit()));
        }
        return request;
    }
}
