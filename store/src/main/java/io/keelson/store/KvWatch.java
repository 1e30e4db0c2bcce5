package io.keelson.store;

import io.keelson.proto.etcd.WatchResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * A cursor over history. It holds no queue: a slow reader is only a cursor further back, and costs nobody else anything.
 * Used by one thread at a time; {@link #close()} may be called by any.
 */
public interface KvWatch extends AutoCloseable {

    /**
     * The next changes in order of revision, never a part of a revision, or empty when {@code patience} has passed without
     * any. An empty answer promises that {@link #progress()} has been reached.
     *
     * @throws KvException with {@link KvException.Reason#COMPACTED} when the next revision to deliver is compacted: the
     *     caller must list again; with {@link KvException.Reason#UNAVAILABLE} when the source is lost: open a new watch from
     *     {@code progress() + 1}
     * @throws InterruptedException when the thread is interrupted or the watch is closed
     */
    Optional<WatchResponse> next(Duration patience) throws InterruptedException;

    /** All changes up to this revision have been returned by {@link #next}. */
    long progress();

    @Override
    void close();
}
