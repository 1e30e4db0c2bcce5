package io.keelson.orchestrator.access;

import io.keelson.orchestrator.api.LogStream;
import java.time.Duration;
import java.util.Optional;

/** A log that ends, with why, when the right to it ends. Kubernetes asks only at its beginning. */
public final class GuardedLog implements LogStream {

    private final LogStream log;
    private final Renewal right;

    /** Lets lines pass as long as the right is there. */
    public GuardedLog(LogStream log, Renewal right) {
        this.log = log;
        this.right = right;
    }

    @Override
    public Optional<byte[]> next(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            boolean last = left.compareTo(Renewal.EVERY) <= 0;
            Optional<byte[]> piece = log.next(last ? left : Renewal.EVERY);
            right.ifDue();
            boolean quiet = piece.isPresent() && piece.get().length == 0;
            if (last || !quiet) {
                return piece;
            }
        }
    }

    @Override
    public void close() {
        log.close();
    }
}
