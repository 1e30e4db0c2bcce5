package io.keelson.orchestrator.access;

import io.keelson.orchestrator.api.NodeStream;
import io.keelson.orchestrator.api.PodStreams;
import java.time.Duration;
import java.util.function.LongSupplier;

/** A command or a connection that ends, with why, when the right to it ends. Kubernetes asks only at its beginning. */
public final class GuardedStream implements NodeStream {

    private final NodeStream stream;
    private final Renewal right;

    /** Lets bytes pass as long as the right is there. */
    public GuardedStream(NodeStream stream, Renewal right) {
        this.stream = stream;
        this.right = right;
    }

    /** Ports of which each connection is guarded, and to which none is made when the right is gone. */
    public static PodStreams.Ports ports(PodStreams.Ports ports, Runnable question, LongSupplier nanos) {
        return port -> {
            question.run();
            return new GuardedStream(ports.connect(port), new Renewal(question, nanos));
        };
    }

    @Override
    public Piece next(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            boolean last = left.compareTo(Renewal.EVERY) <= 0;
            Piece piece = stream.next(last ? left : Renewal.EVERY);
            right.ifDue();
            if (last || !(piece instanceof Piece.Silence)) {
                return piece;
            }
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws InterruptedException {
        stream.write(bytes, offset, length);
    }

    @Override
    public void endInput() {
        stream.endInput();
    }

    @Override
    public void resize(int columns, int rows) {
        stream.resize(columns, rows);
    }

    @Override
    public void close() {
        stream.close();
    }
}
