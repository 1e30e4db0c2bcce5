package io.keelson.orchestrator.api;

import java.time.Duration;
import java.util.List;

/**
 * A cursor over the changes of the objects of one kind. It holds no queue: a slow reader is only further back in history. Used by one
 * thread at a time; {@link #close()} may be called by any.
 */
public interface ObjectWatch extends AutoCloseable {

    /**
     * The next changes in order of revision, never a part of a revision. When {@code patience} has passed without any it is one
     * BOOKMARK, which says up to which revision nothing else happened. The answer is never empty.
     *
     * @throws ApiException with EXPIRED when history has been compacted past the cursor: list again; with SERVICE_UNAVAILABLE when the
     *     store is lost: watch again from the last revision
     * @throws InterruptedException when the thread is interrupted or the watch is closed
     */
    List<ObjectEvent> next(Duration patience) throws InterruptedException;

    @Override
    void close();
}
