package io.keelson.orchestrator.api;

import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.store.Kv;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The store's lease that ends Events. Many share one, for a lease costs the store more than a key; so an Event lives an hour, and up to
 * {@link #SHARED_FOR} longer.
 */
final class EventLease {

    private static final Duration LIFE = Duration.ofHours(1);
    private static final Duration SHARED_FOR = Duration.ofMinutes(5);

    /** After so many Events a new lease begins, so that the end of one is no storm of deletes. */
    private static final int SHARED_BY = 1_000;

    private final Kv kv;
    private final InstantSource clock;
    private Instant until = Instant.MIN;
    private long lease;
    private int uses;

    EventLease(Kv kv, InstantSource clock) {
        this.kv = kv;
        this.clock = clock;
    }

    /** The lease for an Event that is written now. */
    synchronized long current() {
        Instant now = clock.instant();
        if (!now.isBefore(until) || uses >= SHARED_BY) {
            long seconds = LIFE.plus(SHARED_FOR).toSeconds();
            lease = Failures.translated(() -> kv.leaseGrant(
                            LeaseGrantRequest.newBuilder().setTTL(seconds).build()))
                    .getID();
            until = now.plus(SHARED_FOR);
            uses = 0;
        }
        uses++;
        return lease;
    }
}
