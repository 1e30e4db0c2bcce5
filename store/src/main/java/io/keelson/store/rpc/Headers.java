package io.keelson.store.rpc;

import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Standing;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The header of an answer: who answers (this member, not the leader), and at which revision and term. */
final class Headers {

    /** A standing costs a look at the disk's statistics, and every answer has a header: the term may be this old. */
    private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private record Seen(ResponseHeader header, long atNanos) {}

    private final Replica replica;
    private final LongSupplier nanoTime;
    private volatile Seen seen;

    /** @param nanoTime the clock, as {@link System#nanoTime} */
    Headers(Replica replica, LongSupplier nanoTime) {
        this.replica = replica;
        this.nanoTime = nanoTime;
        this.seen = look();
    }

    /** With the given revision. */
    ResponseHeader at(long revision) {
        return withoutRevision().toBuilder().setRevision(revision).build();
    }

    /** With the revision that is applied here now. */
    ResponseHeader now() {
        return at(replica.history().revision());
    }

    /** As the answers of the Cluster service have it. */
    ResponseHeader withoutRevision() {
        Seen last = seen;
        if (nanoTime.getAsLong() - last.atNanos > MAX_AGE_NANOS) {
            last = look();
            seen = last;
        }
        return last.header;
    }

    private Seen look() {
        Standing standing = replica.standing();
        return new Seen(
                ResponseHeader.newBuilder()
                        .setClusterId(standing.clusterId())
                        .setMemberId(standing.memberId())
                        .setRaftTerm(standing.term())
                        .build(),
                nanoTime.getAsLong());
    }
}
