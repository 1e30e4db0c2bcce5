package io.keelson.agent.runtime.containerd;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** gRPC over a Unix domain socket without native code: the JDK's own sockets under Netty's NIO transport. */
final class UnixChannel implements AutoCloseable {
    /** containerd's own bound for a message. */
    private static final int MESSAGE_BYTES_MAX = 16 << 20;

    private static final int CLOSE_SECONDS = 5;

    /** Netty offers the socket an option of TCP and says at each connection that it is unknown. Held here, or the setting would be lost. */
    private static final Logger TALKATIVE = Logger.getLogger("io.netty.bootstrap.Bootstrap");

    static {
        TALKATIVE.setLevel(Level.SEVERE);
    }

    private final EventLoopGroup loop;
    private final ManagedChannel channel;

    private UnixChannel(EventLoopGroup loop, ManagedChannel channel) {
        this.loop = loop;
        this.channel = channel;
    }

    /** A channel that connects when first used, and again whenever the other side has come back. */
    static UnixChannel to(Path socket) {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
                1, Thread.ofPlatform().daemon().name("containerd-io").factory(), NioIoHandler.newFactory());
        ManagedChannel channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .eventLoopGroup(loop)
                .channelType(NioDomainSocketChannel.class)
                .usePlaintext()
                .overrideAuthority("localhost")
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .build();
        return new UnixChannel(loop, channel);
    }

    ManagedChannel grpc() {
        return channel;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var _ = loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
