package io.keelson.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Stands between named peers: every member's peer address is a port of the harness, which knows by the caller's address whose way to whom
 * a connection is, and treats it as that {@link Link} says at the moment.
 */
public final class PeerProxy implements AutoCloseable {

    /** The port that stands for the first member's peer port. */
    static final int FIRST_PORT = 23_800;

    private static final int PIECE_BYTES = 16 << 10;

    /** Pieces that wait in one direction of one connection; then the sender waits, as with a full wire. */
    private static final int MAX_WAITING = 64;

    private static final int CONNECT_MILLIS = 1_000;

    private record Way(int from, int to) {}

    @SuppressWarnings("ArrayRecordComponent") // Passed on once, never compared.
    private record Piece(byte[] bytes, long dueNanos) {}

    private final Map<Way, Link> links = new ConcurrentHashMap<>();
    private final List<ServerSocket> doors = new ArrayList<>();
    private final Random random;
    private volatile boolean closed;

    /**
     * Opens one port for each member.
     *
     * @param members how many
     * @param seed decides on jitter and breaks
     */
    public PeerProxy(int members, long seed) {
        this.random = new Random(seed);
        try {
            for (int member = 0; member < members; member++) {
                int to = member;
                var door = new ServerSocket();
                door.setReuseAddress(true);
                door.bind(new InetSocketAddress(InetAddress.getByName(Machines.HARNESS), FIRST_PORT + member));
                doors.add(door);
                Thread.ofVirtual().name("proxy-" + member).start(() -> accept(door, to));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets the way from one member to another; connections that are there change as well. */
    public void set(int from, int to, Link link) {
        links.put(new Way(from, to), link);
    }

    private Link link(int from, int to) {
        return links.getOrDefault(new Way(from, to), Link.CLEAR);
    }

    private void accept(ServerSocket door, int to) {
        while (!closed) {
            try {
                Socket caller = door.accept();
                Thread.ofVirtual().start(() -> connect(caller, to));
            } catch (IOException e) {
                if (!closed) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void connect(Socket caller, int to) {
        int from = caller.getInetAddress().getAddress()[3] - 11;
        var callee = new Socket();
        try {
            caller.setTcpNoDelay(true);
            callee.setTcpNoDelay(true);
            callee.connect(new InetSocketAddress(Machines.address(to), Ensemble.PEER_PORT), CONNECT_MILLIS);
        } catch (IOException e) {
            close(caller, callee);
            return;
        }
        carry(caller, callee, from, to);
        carry(callee, caller, from, to);
    }

    /** One direction: one thread reads and says when each piece is due, another waits until then and writes. */
    private void carry(Socket source, Socket sink, int from, int to) {
        BlockingQueue<Piece> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
        var over = new AtomicBoolean();
        Thread.ofVirtual().start(() -> {
            try {
                read(source, waiting, over, from, to);
            } catch (IOException | InterruptedException e) {
                over.set(true);
                close(source, sink);
            }
        });
        Thread.ofVirtual().start(() -> {
            try {
                write(sink, waiting, over);
            } catch (IOException | InterruptedException e) {
                over.set(true);
            }
            close(source, sink);
        });
    }

    private void read(Socket source, BlockingQueue<Piece> waiting, AtomicBoolean over, int from, int to)
            throws IOException, InterruptedException {
        var buffer = new byte[PIECE_BYTES];
        long last = System.nanoTime();
        while (!over.get()) {
            int length = source.getInputStream().read(buffer);
            if (length < 0) {
                over.set(true);
                return;
            }
            Link link = link(from, to);
            if (link.breaks() > 0 && random.nextDouble() < link.breaks()) {
                throw new IOException("the link breaks");
            }
            long delay =
                    link.delayMillis() + (link.jitterMillis() > 0 ? (long) random.nextInt(link.jitterMillis()) : 0L);
            long due = Math.max(last, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delay));
            if (link.bytesPerSecond() > 0) {
                due = Math.max(last, System.nanoTime()) + length * 1_000_000_000L / link.bytesPerSecond();
            }
            last = due;
            var piece = new Piece(java.util.Arrays.copyOf(buffer, length), due);
            while (!over.get() && !waiting.offer(piece, 100, TimeUnit.MILLISECONDS)) {
                Thread.onSpinWait();
            }
        }
    }

    private void write(Socket sink, BlockingQueue<Piece> waiting, AtomicBoolean over)
            throws IOException, InterruptedException {
        while (!closed) {
            Piece piece = waiting.poll(200, TimeUnit.MILLISECONDS);
            if (piece == null) {
                if (over.get()) {
                    return;
                }
                continue;
            }
            TimeUnit.NANOSECONDS.sleep(Math.max(0, piece.dueNanos - System.nanoTime()));
            sink.getOutputStream().write(piece.bytes);
        }
    }

    private static void close(Socket... sockets) {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (ServerSocket door : doors) {
            try {
                door.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
