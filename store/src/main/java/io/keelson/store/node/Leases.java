package io.keelson.store.node;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What only the leader knows of leases: the time. Members that do not lead ask the leader. */
public interface Leases {

    /**
     * Renews a lease; the leader makes sure that it still leads before it answers.
     *
     * @return the TTL in seconds from now on, 0 if there is no such lease (any more); exceptionally {@code KvException}
     *     UNAVAILABLE without a leader
     */
    CompletableFuture<Long> keepAlive(long id);

    /** Seconds that remain of a lease, rounded down, empty if there is no such lease; exceptionally as {@link #keepAlive}. */
    CompletableFuture<OptionalLong> remaining(long id);
}
