package io.keelson.store.mvcc;

/**
 * A lease as the log knows it. When it ends is not part of the state: the leader keeps the time, and only now and then notes how
 * much of a long lease is left.
 *
 * @param id positive
 * @param ttlSeconds seconds granted
 * @param remainingSeconds seconds that were left when that was last noted (a checkpoint); 0 if the lease has its full time
 */
public record LeaseRecord(long id, long ttlSeconds, long remainingSeconds) {

    /** A lease with its full time. */
    public LeaseRecord(long id, long ttlSeconds) {
        this(id, ttlSeconds, 0);
    }

    /** The seconds that a leader which knows nothing else gives the lease. */
    public long secondsFromLog() {
        return remainingSeconds > 0 ? remainingSeconds : ttlSeconds;
    }
}
