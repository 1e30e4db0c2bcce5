package io.keelson.store.raft;

import io.keelson.store.StoreOptions;

/**
 * How much of the log is kept.
 *
 * @param snapshotEntries log entries (batches, not commands) between snapshots
 * @param preservedEntries entries kept behind a snapshot for members that are a little late
 * @param segmentBytes size of a file of the log; whole files are given up
 */
record LogLimits(long snapshotEntries, int preservedEntries, long segmentBytes) {

    /** What a member has that is told nothing else. */
    static final LogLimits USUAL = of(StoreOptions.DEFAULTS.timing());

    /** A snapshot costs some hard links, a late member without its entries a copy of everything. */
    static LogLimits of(StoreOptions.Timing timing) {
        return new LogLimits(timing.snapshotCount(), 1_000, 32L << 20);
    }
}
