package io.keelson.store.raft;

/**
 * Notices that the log's disk has stalled: entries wait to be flushed, and none is for a time. Times are nanoseconds of one monotonic clock,
 * given by the caller. One that hands the lead over for it is left alone for a while: where every disk is slow, nothing is won by moving.
 * Not thread safe.
 */
final class LogStall {

    private final long boundNanos;
    private final long restNanos;
    private long flushed = Long.MIN_VALUE;
    private long sinceNanos;
    private boolean resting;
    private long restedFromNanos;

    /**
     * @param boundNanos a flush that takes longer is a stall
     * @param restNanos no second stall is reported before that
     */
    LogStall(long boundNanos, long restNanos) {
        this.boundNanos = boundNanos;
        this.restNanos = restNanos;
    }

    /**
     * Looks at the log.
     *
     * @param last index of its last entry
     * @param flushedTo index up to which it is on disk
     * @return whether something should be done about it now
     */
    boolean look(long nowNanos, long last, long flushedTo) {
        if (flushedTo >= last || flushedTo != flushed) {
            flushed = flushedTo;
            sinceNanos = nowNanos;
            return false;
        }
        if (nowNanos - sinceNanos <= boundNanos || (resting && nowNanos - restedFromNanos < restNanos)) {
            return false;
        }
        resting = true;
        restedFromNanos = nowNanos;
        return true;
    }
}
