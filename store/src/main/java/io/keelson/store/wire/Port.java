package io.keelson.store.wire;

import io.keelson.store.HostPort;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Where members dial this one. Each connection has a thread, on which its calls are taken one after the other. */
public final class Port implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Port.class.getName());

    private static final int BACKLOG = 50;

    /** More connections than members have are somebody's mistake, or worse; each has a thread. */
    private static final int MAX_CONNECTIONS = 256;

    /** What takes the calls of one connection. */
    public interface Visitor {

        /**
         * Takes a call; the next comes when this returns.
         *
         * @param kind what is asked
         * @param body may be kept, and must not be changed
         * @param answer told once, by any thread
         */
        void call(byte kind, byte[] body, Answer answer);

        /** The connection has ended. */
        void ended();
    }

    /** The way back to who called. */
    public interface Answer {

        /** Answers. */
        void with(Payload body);

        /** There is no answer. */
        void failed(String why);
    }

    private final ServerSocket socket;
    private final Tunnel tunnel;
    private final int maxBytes;
    private final Supplier<Visitor> visitors;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private Port(ServerSocket socket, Tunnel tunnel, int maxBytes, Supplier<Visitor> visitors) {
        this.socket = socket;
        this.tunnel = tunnel;
        this.maxBytes = maxBytes;
        this.visitors = visitors;
    }

    /**
     * Listens.
     *
     * @param maxBytes the longest body of a call
     * @param visitors asked once for each connection
     * @throws IOException if that address cannot be listened on
     */
    public static Port open(HostPort address, Tunnel tunnel, int maxBytes, Supplier<Visitor> visitors)
            throws IOException {
        var socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address.host(), address.port()), BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw new IOException("cannot listen for members on " + address + ": " + e.getMessage(), e);
        }
        var port = new Port(socket, tunnel, maxBytes, visitors);
        Thread.ofPlatform().name("store-members").daemon().start(port::accept);
        return port;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket plain = socket.accept();
                if (open.size() >= MAX_CONNECTIONS) {
                    plain.close();
                    continue;
                }
                open.add(plain);
                if (socket.isClosed()) {
                    plain.close();
                }
                Thread.ofPlatform()
                        .name("store-member-" + plain.getPort())
                        .daemon()
                        .start(() -> serve(plain));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    LOG.log(System.Logger.Level.WARNING, "a member's connection could not be taken", e);
                }
            }
        }
    }

    private void serve(Socket plain) {
        try (plain) {
            Socket talking = tunnel.accepted(plain);
            var connection = new Connection(plain, talking, maxBytes);
            tunnel.admit(talking);
            Visitor visitor = visitors.get();
            try {
                while (true) {
                    Frame frame = connection.read();
                    visitor.call(frame.kind(), frame.body(), new Return(connection, frame.call()));
                }
            } finally {
                visitor.ended();
            }
        } catch (EOFException | SocketException e) {
            LOG.log(System.Logger.Level.DEBUG, "a member's connection has ended", e);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "a connection to the members' port from " + plain.getRemoteSocketAddress() + " is refused: "
                            + e.getMessage());
        } finally {
            open.remove(plain);
        }
    }

    private record Return(Connection connection, long call) implements Answer {

        @Override
        public void with(Payload body) {
            send(Frame.ANSWER, body);
        }

        @Override
        public void failed(String why) {
            send(Frame.FAILURE, Payload.of(why.getBytes(StandardCharsets.UTF_8)));
        }

        private void send(byte kind, Payload body) {
            try {
                connection.send(kind, call, body);
            } catch (IOException e) {
                // Who asked finds out by itself.
                connection.close();
            }
        }
    }

    /** Ends all connections, and listens no more. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the members' port did not close cleanly", e);
        }
        for (Socket each : open) {
            try {
                each.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a member's connection did not close cleanly", e);
            }
        }
    }
}
