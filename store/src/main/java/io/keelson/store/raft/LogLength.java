package io.keelson.store.raft;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has a snapshot made when the log behind the last one has become long in bytes; Ratis counts only entries, and an entry may be 1 MiB. What
 * is behind the last snapshot must be read again at a start, and is held in part.
 */
final class LogLength {

    private final StoreStateMachine machine;
    private final Peers peers;
    private final long bytes;
    private final AtomicBoolean asked = new AtomicBoolean();

    /** @param bytes when the log behind the last snapshot is so long, another is made */
    LogLength(StoreStateMachine machine, Peers peers, long bytes) {
        this.machine = machine;
        this.peers = peers;
        this.bytes = bytes;
    }

    /** Called a few times a second, does not block. */
    void tick() {
        if (machine.bytesSinceSnapshot() >= bytes && asked.compareAndSet(false, true)) {
            // Whether there is one shows in the number of bytes; if not, it is asked again.
            var _ = peers.snapshot().whenComplete((_, _) -> asked.set(false));
        }
    }
}
