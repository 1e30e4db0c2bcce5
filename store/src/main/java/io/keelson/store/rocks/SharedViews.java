package io.keelson.store.rocks;

import org.jspecify.annotations.Nullable;

/**
 * One view for all reads between two writes. A RocksDB snapshot, its read options and what a view looks up first cost more than the read
 * of a key; between writes every reader would make the same ones.
 */
final class SharedViews {

    /** What each view would look up first. */
    record Numbers(long revision, long compactRevision) {}

    private final RocksState state;
    /** Those that are in the database; null while an entry is being written. */
    private volatile @Nullable Numbers numbers;

    private final Object lock = new Object();
    /** Held once by this class; replaced under the lock. */
    private volatile @Nullable RocksView current;

    /** Writes that are visible to a snapshot taken now. */
    private volatile long writes;

    SharedViews(RocksState state) {
        this.state = state;
    }

    /** An entry is about to be written. */
    void entryBegins() {
        numbers = null;
    }

    /** An entry was written, and these numbers with it. */
    void entryWritten(long revision, long compactRevision) {
        numbers = new Numbers(revision, compactRevision);
        written();
    }

    /**
     * The numbers that are in the database. If they are the same before and after a snapshot was taken, they are the snapshot's.
     *
     * @return null if they are not known
     */
    @Nullable
    Numbers numbers() {
        return numbers;
    }

    /**
     * Something was written: who asks from now on must see it. By one writer at a time. The view that is kept is given up at once: as long as
     * nobody reads, its snapshot would keep what was deleted since.
     */
    void written() {
        synchronized (lock) {
            writes++;
            giveUp();
        }
    }

    private void giveUp() {
        RocksView known = current;
        current = null;
        if (known != null) {
            known.release();
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
            giveUp();
            current = made;
            return made;
        }
    }

    /** Gives up the view that is kept; nobody may acquire any more. */
    void close() {
        synchronized (lock) {
            giveUp();
        }
    }
}
