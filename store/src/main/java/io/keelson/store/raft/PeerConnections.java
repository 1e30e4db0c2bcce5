package io.keelson.store.raft;

import java.util.EnumSet;
import java.util.function.Consumer;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.Attributes;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ServerTransportFilter;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Watches the connections over which leaders feed this member, and tells when one has ended: the kernel closes them in the moment in which
 * a process dies, long before silence would tell. Counts what comes over all of them.
 */
final class PeerConnections implements GrpcServices.Customizer {

    private static final Attributes.Key<Connection> CONNECTION = Attributes.Key.create("keelson-peer");

    /** One connection, and who has appended entries over it, once somebody has. */
    private static final class Connection {
        private volatile @Nullable ByteString leader;
    }

    private final PeerTraffic traffic;
    private volatile Consumer<RaftPeerId> ended = _ -> {};

    /** @param traffic where requests that come are counted */
    PeerConnections(PeerTraffic traffic) {
        this.traffic = traffic;
    }

    /** @param told from now on, on a thread of the network, which must not be held up, which leader's connection has ended */
    void whenEnded(Consumer<RaftPeerId> told) {
        ended = told;
    }

    @Override
    public NettyServerBuilder customize(NettyServerBuilder builder, EnumSet<GrpcServices.Type> types) {
        return types.contains(GrpcServices.Type.SERVER)
                ? builder.addTransportFilter(new Ends()).intercept(new Names())
                : builder;
    }

    private final class Ends extends ServerTransportFilter {
        @Override
        public Attributes transportReady(Attributes attributes) {
            return attributes.toBuilder().set(CONNECTION, new Connection()).build();
        }

        @Override
        public void transportTerminated(@Nullable Attributes attributes) {
            Connection connection = attributes == null ? null : attributes.get(CONNECTION);
            ByteString leader = connection == null ? null : connection.leader;
            if (leader != null) {
                ended.accept(RaftPeerId.valueOf(leader));
            }
        }
    }

    private final class Names implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            ServerCall.Listener<Q> listener = next.startCall(call, headers);
            Connection connection = call.getAttributes().get(CONNECTION);
            return connection == null
                    ? listener
                    : new SimpleForwardingServerCallListener<>(listener) {
                        @Override
                        public void onMessage(Q message) {
                            traffic.received(message);
                            if (connection.leader == null && message instanceof AppendEntriesRequestProto entries) {
                                connection.leader = entries.getServerRequest().getRequestorId();
                            }
                            super.onMessage(message);
                        }
                    };
        }
    }
}
