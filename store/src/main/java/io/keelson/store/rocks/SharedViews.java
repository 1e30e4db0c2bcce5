package io.keelson.store.rocks;

import org.jspecify.annotations.Nullable;

/**
 * One view for all reads between two writes. A RocksDB snapshot, its read options and what a view looks up first cost more than the read
 * of a key; between writes every reader would make the same ones.
 */
final class SharedViews {

    private final RocksState state;
    private final Object lock = new Object();
    /** Held once by this class; replaced under the lock. */
    private volatile @Nullable RocksView current;

    /** Writes that are visible to a snapshot taken now. */
    private volatile long writes;

    SharedViews(RocksState state) {
        this.state = state;
    }

    /** Something was written: who asks from now on must see it. By one writer at a time. */
    void written() {
        synchronized (lock) {
            writes++;
        }
    }

    /** The view of the newest state, to be {@link RocksView#release released}. The state must be kept open meanwhile. */
    RocksView acquire() {
        RocksView known = current;
        if (known != null && known.writes() == writes && known.retain()) {
            return known;
        }
        synchronized (lock) {
            known = current;
            if (known != null && known.writes() == writes && known.retain()) {
                return known;
            }
            // The number before the snapshot: a write between them is seen, and the view is replaced once more than
            // need be.
            var made = new RocksView(state, writes);
            made.retain();
            current = made;
            if (known != null) {
                known.release();
            }
            return made;
        }
    }

    /** Gives up the view that is kept; nobody may acquire any more. */
    void close() {
        synchronized (lock) {
            RocksView known = current;
            current = null;
            if (known != null) {
                known.release();
            }
        }
    }
}
