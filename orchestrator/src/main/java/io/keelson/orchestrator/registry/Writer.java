package io.keelson.orchestrator.registry;

import java.time.Instant;

/**
 * Who writes, for the record in {@code metadata.managedFields}.
 *
 * @param manager what the writer calls itself; empty if it does not say, which is recorded as {@code unknown}
 * @param now the time of the write
 */
public record Writer(String manager, Instant now) {

    /** Fills in what is recorded of a writer that does not say who it is. */
    public Writer {
        manager = manager.isEmpty() ? "unknown" : manager;
    }
}
