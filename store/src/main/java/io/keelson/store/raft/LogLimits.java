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

    /**
     * The system property that makes the log short, for tests that want snapshots to be made and installed often: entries between
     * snapshots, entries preserved, bytes of a file, with commas between.
     */
    private static final String PROPERTY = "keelson.test.log";

    /** Ratis holds the file that it writes and the last one before it in memory, and as much again while a start reads them. */
    private static final long SEGMENT_BYTES = 8L << 20;

    /** A snapshot costs some hard links, a late member without its entries a copy of everything. */
    static LogLimits of(StoreOptions.Timing timing) {
        String setting = System.getProperty(PROPERTY, "");
        return setting.isEmpty() ? new LogLimits(timing.snapshotCount(), 1_000, SEGMENT_BYTES) : parse(setting);
    }

    /** A snapshot is made after so many bytes of entries at the latest. */
    long snapshotBytes() {
        return 8 * segmentBytes;
    }

    private static LogLimits parse(String setting) {
        String[] parts = setting.split(",", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException(PROPERTY + " must be three numbers with commas between, not " + setting);
        }
        return new LogLimits(Long.parseLong(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
    }
}
