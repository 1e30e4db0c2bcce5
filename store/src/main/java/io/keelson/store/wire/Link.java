package io.keelson.store.wire;

import io.keelson.store.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way to one member: dialled when it is needed, one connection at a time. Calls are sent in the order in which they are made, once there
 * is a connection, and answered in any.
 */
public final class Link implements AutoCloseable {

    private static final int DIAL_MILLIS = 1_000;

    /** Who has answered nothing for so long, while it was asked, is dialled anew: TCP alone would try for minutes. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final String name;
    private final Supplier<List<HostPort>> addresses;
    private final Tunnel tunnel;
    private final int maxBytes;
    private final Object lock = new Object();
    private volatile @Nullable Line line;
    private volatile boolean closed;

    /**
     * Not dialled yet.
     *
     * @param name of the thread that reads
     * @param addresses where to dial, asked each time; the first that answers is taken
     * @param maxBytes the longest answer
     */
    public Link(String name, Supplier<List<HostPort>> addresses, Tunnel tunnel, int maxBytes) {
        this.name = name;
        this.addresses = addresses;
        this.tunnel = tunnel;
        this.maxBytes = maxBytes;
    }

    /** Whether there is a connection, as far as is known. */
    public boolean isConnected() {
        Line now = line;
        return now != null && now.connection != null;
    }

    /** Dials, if there is no connection. */
    public CompletableFuture<?> connect() {
        return open().ready;
    }

    /**
     * Asks. Does not block if there is a connection and it takes the bytes; otherwise as long as it does not take them.
     *
     * @param kind 1 to 127
     * @return the answer's body; failed with an {@link IOException} if there is none: that it was not received, or not carried out, is not
     *     said by that
     */
    public CompletableFuture<byte[]> call(byte kind, Payload body) {
        Line now = open();
        return now.connection != null ? now.call(kind, body) : now.ready.thenCompose(_ -> now.call(kind, body));
    }

    private Line open() {
        Line now = line;
        if (now != null && !now.isDead()) {
            return now;
        }
        synchronized (lock) {
            now = line;
            if (now == null || now.isDead()) {
                if (now != null) {
                    now.end(new IOException(name + " has not answered for a while"));
                }
                now = new Line();
                if (closed) {
                    now.end(new IOException(name + " is closed"));
                } else {
                    line = now;
                    Thread.ofPlatform().name(name).daemon().start(now::run);
                }
            }
            return now;
        }
    }

    /** Ends the connection, if there is one; the next call dials anew. */
    public void reset() {
        Line now = line;
        if (now != null) {
            now.end(new IOException(name + " was given up"));
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        reset();
    }

    private Socket dial(HostPort address) throws IOException {
        IOException last = new IOException("no such host: " + address.host());
        for (InetAddress host : InetAddress.getAllByName(address.host())) {
            var socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(host, address.port()), DIAL_MILLIS);
                return socket;
            } catch (IOException e) {
                socket.close();
                last = e;
            }
        }
        throw last;
    }

    private Connection connection() throws IOException {
        IOException last = new IOException(name + ": no address is known");
        for (HostPort address : addresses.get()) {
            try {
                Socket plain = dial(address);
                try {
                    return new Connection(plain, tunnel.dialled(plain, address.host(), address.port()), maxBytes);
                } catch (IOException | RuntimeException e) {
                    plain.close();
                    throw e;
                }
            } catch (IOException e) {
                last = new IOException(name + " on " + address + ": " + e.getMessage(), e);
            }
        }
        throw last;
    }

    /** One connection, from before it is dialled until it has ended. */
    private final class Line {

        private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
        private final Map<Long, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();
        private final AtomicLong calls = new AtomicLong();
        private volatile @Nullable Connection connection;
        private volatile @Nullable IOException ended;
        /** When it was last known to answer, or was first asked since; {@link System#nanoTime()}. */
        private volatile long heard = System.nanoTime();

        /** Ended, or as good as. */
        boolean isDead() {
            return ended != null || (!waiting.isEmpty() && System.nanoTime() - heard > PATIENCE_NANOS);
        }

        void run() {
            try {
                Connection opened = connection();
                connection = opened;
                if (ended != null) {
                    opened.close();
                }
                heard = System.nanoTime();
                ready.complete(null);
                while (true) {
                    Frame frame = opened.read();
                    heard = System.nanoTime();
                    answered(frame);
                }
            } catch (IOException e) {
                end(e);
            } catch (RuntimeException e) {
                end(new IOException(e));
            }
        }

        private void answered(Frame frame) {
            CompletableFuture<byte[]> answer = waiting.remove(frame.call());
            if (answer == null) {
                return;
            }
            if (frame.kind() == Frame.ANSWER) {
                answer.complete(frame.body());
            } else {
                answer.completeExceptionally(
                        new IOException(name + ": " + new String(frame.body(), StandardCharsets.UTF_8)));
            }
        }

        CompletableFuture<byte[]> call(byte kind, Payload body) {
            var answer = new CompletableFuture<byte[]>();
            Connection now = connection;
            if (now == null) {
                return CompletableFuture.failedFuture(new IOException(name + " is not connected"));
            }
            if (waiting.isEmpty()) {
                heard = System.nanoTime();
            }
            long call = calls.incrementAndGet();
            waiting.put(call, answer);
            try {
                now.send(kind, call, body);
            } catch (IOException e) {
                end(e);
            }
            IOException over = ended;
            if (over != null && waiting.remove(call) != null) {
                answer.completeExceptionally(over);
            }
            // Who gives up waiting leaves nothing behind.
            var _ = answer.whenComplete((_, _) -> waiting.remove(call));
            return answer;
        }

        void end(IOException why) {
            synchronized (this) {
                if (ended != null) {
                    return;
                }
                ended = why;
            }
            Connection now = connection;
            if (now != null) {
                now.close();
            }
            ready.completeExceptionally(why);
            List.copyOf(waiting.keySet()).forEach(call -> {
                CompletableFuture<byte[]> answer = waiting.remove(call);
                if (answer != null) {
                    answer.completeExceptionally(why);
                }
            });
        }
    }
}
