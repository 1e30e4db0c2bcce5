package io.keelson.store.rpc;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/**
 * How connections are waited for.
 *
 * @param handlers what the threads that wait run
 * @param channel what listens
 */
record Transport(IoHandlerFactory handlers, Class<? extends ServerChannel> channel) {

    /** Linux' epoll where Netty's library for it loads, which takes fewer calls of the kernel; Java's own selector elsewhere. */
    static Transport best() {
        return Epoll.isAvailable()
                ? new Transport(EpollIoHandler.newFactory(), EpollServerSocketChannel.class)
                : new Transport(NioIoHandler.newFactory(), NioServerSocketChannel.class);
    }
}
