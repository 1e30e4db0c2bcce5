package io.keelson.orchestrator.limits;

/**
 * How much watching a server allows.
 *
 * @param watches open at the same time, of all users together
 * @param watchesOfUser open at the same time, of one user
 * @param pendingEvents so many events may wait for a client that does not take them; then its watch is cut
 * @param pendingBytes events of so many bytes, as stored, may wait for it
 */
public record WatchLimits(int watches, int watchesOfUser, int pendingEvents, long pendingBytes) {

    /** What a server allows if its operator says nothing. */
    public static final WatchLimits DEFAULT = new WatchLimits(10_000, 5_000, 10_000, 4L << 20);

    /** Nothing may be less than one. */
    public WatchLimits {
        if (watches < 1 || watchesOfUser < 1 || pendingEvents < 1 || pendingBytes < 1) {
            throw new IllegalArgumentException("limits of watches must be at least 1");
        }
    }
}
