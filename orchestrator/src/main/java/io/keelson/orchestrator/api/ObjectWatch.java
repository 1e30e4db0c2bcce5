package io.keelson.orchestrator.api;

import io.keelson.orchestrator.limits.WatchLimits;
import java.time.Duration;
import java.util.List;

/**
 * A cursor over the changes of the objects of one kind. Used by one thread at a time; {@link #close()} may be called by any.
 *
 * <p>Who does not take what there is for it is cut at the bounds of {@link WatchLimits}. What it then does not get costs nobody memory:
 * events are shared, and can be had again by a watch from {@link #progress()}.
 */
public interface ObjectWatch extends AutoCloseable {

    /**
     * The next changes in order of revision, never a part of a revision (but for what existed at first, which comes in pieces). When
     * {@code patience} has passed without any it is one BOOKMARK, which says up to which revision nothing else happened. An empty list is
     * the end: the kind is not there any more, or is another one.
     *
     * @throws ApiException with EXPIRED when history has been compacted past the cursor: list again; with TOO_MANY_REQUESTS when the
     *     watch was cut because this method was not called for too long, and with SERVICE_UNAVAILABLE when the store is lost: watch again
     *     from the last revision
     * @throws InterruptedException when the thread is interrupted or the watch is closed
     */
    List<ObjectEvent> next(Duration patience) throws InterruptedException;

    /** Whether there is more to tell of what existed at first. */
    boolean beginning();

    /** All changes up to this revision have been returned. */
    long progress();

    @Override
    void close();
}
