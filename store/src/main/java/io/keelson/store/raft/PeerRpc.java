package io.keelson.store.raft;

import io.keelson.store.HostPort;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;

/** How Ratis' servers speak to each other here, see docs/decisions/0009. Ratis makes it by the name of the class. */
public final class PeerRpc implements RpcType {

    private static final String MEANS = "keelson.means";

    /** For Ratis. */
    public PeerRpc() {}

    /**
     * What a member's server speaks with.
     *
     * @param listen where others dial it
     * @param links to the others; closed with the server
     * @param traffic where it counts what it sends and gets
     * @param news tells what is committed
     * @param leadership is sure of it
     * @param confluence takes what others propose to this member
     * @param metrics where it measures
     * @param ended told when a connection has ended over which a leader fed this member
     */
    record Means(
            HostPort listen,
            PeerLinks links,
            PeerTraffic traffic,
            CommitNews news,
            Leadership leadership,
            Confluence confluence,
            RaftMetrics metrics,
            Consumer<RaftPeerId> ended) {}

    /** What a server that is made with these parameters speaks with. */
    static Parameters parameters(Means means) {
        var parameters = new Parameters();
        parameters.put(MEANS, means, Means.class);
        return parameters;
    }

    @Override
    public String name() {
        return PeerRpc.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
        Means means = Objects.requireNonNull(parameters.get(MEANS, Means.class), "who speaks with whom was not said");
        return new ServerFactory() {
            @Override
            public RaftServerRpc newRaftServerRpc(RaftServer server) {
                return new PeerServer(server, means.listen(), means);
            }

            @Override
            public LogAppender newLogAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
                return new Feed(server, state, follower, means);
            }

            @Override
            public RpcType getRpcType() {
                return PeerRpc.this;
            }
        };
    }
}
