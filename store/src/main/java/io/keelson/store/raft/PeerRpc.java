package io.keelson.store.raft;

import java.util.Objects;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/** Ratis' gRPC between members, with appenders of ours. Ratis makes it by the name of the class. */
public final class PeerRpc implements RpcType {

    private static final String NEWS = "keelson.commit-news";
    private static final String TRAFFIC = "keelson.peer-traffic";

    /** For Ratis. */
    public PeerRpc() {}

    /** Who tells the appenders of a server that is made with these parameters what is committed, and where they count what they send. */
    static void tell(Parameters parameters, CommitNews news, PeerTraffic traffic) {
        parameters.put(TRAFFIC, traffic, PeerTraffic.class);
        parameters.put(NEWS, news, CommitNews.class);
    }

    @Override
    public String name() {
        return PeerRpc.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        return new GrpcFactory(parameters) {
            @Override
            public LogAppender newLogAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
                return new Feed(
                        server,
                        state,
                        follower,
                        Objects.requireNonNull(parameters.get(NEWS, CommitNews.class)),
                        Objects.requireNonNull(parameters.get(TRAFFIC, PeerTraffic.class)));
            }
        };
    }
}
