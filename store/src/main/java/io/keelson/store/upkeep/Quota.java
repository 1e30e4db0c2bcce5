package io.keelson.store.upkeep;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether there is space for another write. The size on disk is measured now and then; between two measurements what was
 * admitted is added to it, at its {@link io.keelson.store.mvcc.Cost}, so that a burst cannot run past the bound. Thread safe.
 */
public final class Quota {

    private final long limitBytes;
    private volatile long measuredBytes;
    private final AtomicLong admittedBytes = new AtomicLong();

    /** A bound in bytes; {@link Long#MAX_VALUE} for none. */
    public Quota(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** The data have this size now. */
    public void measured(long bytes) {
        measuredBytes = bytes;
        admittedBytes.set(0);
    }

    /** Whether a command of a cost may go on; what costs nothing always may. */
    public boolean admits(long cost) {
        if (cost == 0 || limitBytes == Long.MAX_VALUE) {
            return true;
        }
        // In this order neither a huge size nor a huge cost can overflow.
        if (cost >= limitBytes - measuredBytes - admittedBytes.get()) {
            return false;
        }
        admittedBytes.addAndGet(cost);
        return true;
    }
}
