package io.keelson.store.raft;

import io.keelson.store.rocks.RocksHistory;
import io.keelson.store.rocks.RocksState;
import io.keelson.store.watch.EventLog;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The history of a state that Ratis opens on a thread of its own; nothing can be asked before. */
final class OpenHistory {

    private static final long OPEN_SECONDS = 120;

    private final Supplier<RocksState> state;
    private final Executor wakeUps;
    private final CountDownLatch opened = new CountDownLatch(1);
    private @Nullable EventLog events;

    /**
     * @param state the state as it is now
     * @param wakeUps where those are woken who wait for a revision
     */
    OpenHistory(Supplier<RocksState> state, Executor wakeUps) {
        this.state = state;
        this.wakeUps = wakeUps;
    }

    /** The state was opened, or another took its place. */
    void opened(long revision) {
        synchronized (this) {
            EventLog known = events;
            if (known == null) {
                events = new EventLog(new RocksHistory(state), wakeUps, revision);
            } else {
                known.restart(revision);
            }
        }
        opened.countDown();
    }

    /** Blocks until the state is open. */
    void await() throws IOException {
        try {
            if (!opened.await(OPEN_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("its state was not open after " + OPEN_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it opened its state", e);
        }
    }

    /** @throws IllegalStateException if the state was not opened yet */
    synchronized EventLog log() {
        EventLog known = events;
        if (known == null) {
            throw new IllegalStateException("the store is not open");
        }
        return known;
    }
}
