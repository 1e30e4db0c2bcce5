package io.keelson.orchestrator.api;

import java.time.Duration;
import java.util.Optional;

/** A log on its way. Used by one thread; {@link #close()} tells the node that nobody reads any more. */
public interface LogStream extends AutoCloseable {

    /**
     * The next piece; without bytes if {@code patience} has passed without one; empty when the log has ended.
     *
     * @throws ApiException if the log cannot be had, or breaks off
     * @throws InterruptedException when the thread is interrupted
     */
    Optional<byte[]> next(Duration patience) throws InterruptedException;

    @Override
    void close();
}
