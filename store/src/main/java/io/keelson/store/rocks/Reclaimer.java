package io.keelson.store.rocks;

import io.keelson.store.fault.CrashPoint;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.RocksDBException;

/**
 * Gives disk space back. What a compaction of history deletes RocksDB only marks as deleted; the files shrink when they are
 * merged, and small or quiet data are not merged by themselves. So the deleted bytes are counted, and when they are worth it the
 * files are merged, beside everything else: reads and writes go on.
 */
public final class Reclaimer {

    /** Less garbage than this is left alone. */
    private static final long MIN_GARBAGE_BYTES = 4L << 20;

    /** As is less than this part of the data: each byte of garbage costs at most so many bytes of merging. */
    private static final long DATA_PER_GARBAGE = 4;

    private final RocksState state;
    /** Held while files are merged. */
    private final ReentrantLock working = new ReentrantLock();
    /** An estimate of the bytes that were deleted and still lie on disk. Forgotten at a restart. */
    private long garbageBytes;

    private @Nullable CompactRangeOptions running;
    private boolean canceled;

    Reclaimer(RocksState state) {
        this.state = state;
    }

    /** Whether so much garbage in so much data is worth a merge. */
    static boolean isWorth(long garbageBytes, long storedBytes) {
        return garbageBytes >= MIN_GARBAGE_BYTES && garbageBytes >= storedBytes / DATA_PER_GARBAGE;
    }

    synchronized void deleted(long bytes) {
        garbageBytes += bytes;
    }

    /** Merges if enough was deleted since the last time. */
    public void reclaimIfWorth() {
        boolean worth;
        synchronized (this) {
            worth = isWorth(garbageBytes, state.sizes()[0]);
        }
        if (worth) {
            reclaim();
        }
    }

    /** Merges all files that hold something deleted, one caller after the other. Ends early when the state closes. */
    public void reclaim() {
        // Not the state's own lock: who waits to write it would hold up all reads until this is done.
        working.lock();
        try (var options = new CompactRangeOptions()) {
            // Not exclusive: RocksDB's own merges go on beside it. No stall: it rather waits than holds up a write.
            options.setExclusiveManualCompaction(false).setAllowWriteStall(false);
            if (!begin(options)) {
                return;
            }
            try {
                for (ColumnFamilyHandle family : List.of(state.latest, state.versions, state.history, state.hashes)) {
                    CrashPoint.RECLAIM.pass();
                    state.db.compactRange(family, null, null, options);
                }
            } catch (RocksDBException e) {
                if (!isCanceled()) {
                    throw new IllegalStateException("the store cannot give space back: " + e.getMessage(), e);
                }
            } finally {
                end();
            }
        } finally {
            working.unlock();
        }
    }

    private synchronized boolean begin(CompactRangeOptions options) {
        if (canceled) {
            return false;
        }
        garbageBytes = 0;
        running = options;
        return true;
    }

    private synchronized void end() {
        running = null;
    }

    private synchronized boolean isCanceled() {
        return canceled;
    }

    /** The state wants to close: none begins any more, and one that runs gives up; returns when it has. */
    void cancel() {
        synchronized (this) {
            canceled = true;
            if (running != null) {
                running.setCanceled(true);
            }
        }
        working.lock();
        try {
            garbageBytes = 0;
        } finally {
            working.unlock();
        }
    }
}
