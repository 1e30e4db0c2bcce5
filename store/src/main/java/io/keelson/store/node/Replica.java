package io.keelson.store.node;

import io.keelson.store.auth.Authentication;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Applied;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.HashAt;
import io.keelson.store.mvcc.View;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** One member's replica of the store. Thread safe. */
public interface Replica {

    /**
     * A command that went through the log.
     *
     * @param answer what it did, a refusal included
     * @param revision the store's revision after it
     */
    record Committed(Answer answer, long revision) {
        /** What is to be told of a command that was applied: for one that was asked again, what was told then. */
        public static Committed of(Applied applied) {
            return applied.answer() instanceof Answer.Again(Answer first, long revision)
                    ? new Committed(first, revision)
                    : new Committed(applied.answer(), applied.revision());
        }
    }

    /**
     * Puts a command, checked by {@link io.keelson.store.mvcc.RequestCheck}, through the log; the leader does it, whichever
     * member is asked. Completes exceptionally with a {@link io.keelson.store.KvException}: UNAVAILABLE if it certainly does
     * not happen, UNKNOWN_OUTCOME if it may, OVERLOADED, INVALID. Completed on a thread that must not be blocked.
     */
    CompletableFuture<Committed> propose(Command command);

    /**
     * Completes when everything that was acknowledged to anybody before the call is applied here; a read from then on is
     * linearizable. Completes exceptionally with {@code KvException} UNAVAILABLE when there is no quorum in time.
     */
    CompletableFuture<Void> readBarrier();

    /** Runs a read on what is applied here now. The view stays the same during the call and is invalid after it. */
    <T> T read(Function<View, T> read);

    /**
     * Everything that is applied here now, history included, as a file of etcd's without its checksum. It has no name: closing the
     * channel gives its space back. Takes as long as copying all data does, and holds up nothing else.
     *
     * @throws IOException if the disk has no room for it, or fails
     * @throws io.keelson.store.KvException UNAVAILABLE if the replica stops meanwhile
     */
    FileChannel snapshotFile() throws IOException;

    /** As {@link #read}, but never waits for a disk: empty if the read would have to. For threads that must not be held up. */
    default <T> Optional<T> readInMemory(Function<View, T> read) {
        return Optional.empty();
    }

    /**
     * Gives disk space back that deleted data still hold, beside everything else: nothing waits for it. Several who ask while it runs wait
     * for the same.
     */
    default CompletableFuture<Boolean> reclaim() {
        return CompletableFuture.completedFuture(true);
    }

    /**
     * Completes when nothing is left on this member's disk of what a compaction to {@code revision} has given up; the compaction must be
     * applied here.
     */
    default CompletableFuture<Boolean> compacted(long revision) {
        return CompletableFuture.completedFuture(true);
    }

    /** The running hash at a revision; empty if it is compacted, not there yet, or older than the hashes. */
    default Optional<HashAt> runningHash(long revision) {
        return Optional.empty();
    }

    /** What has happened, for watchers. */
    History history();

    /** Renewal and remaining time of leases. */
    Leases leases();

    /**
     * Users, roles and whether they count, as applied here now; the same as {@code read(View::auth)} and as cheap as a field. A read that
     * must fit to keys takes it from its view.
     */
    AuthState auth();

    /** Who somebody is: tokens that this member knows, and passwords. */
    Authentication authentication();
    /** The members, and who leads them. */
    Cluster cluster();

    /** Whether this member is a learner. Asked on every call, so it must be cheap, unlike {@link #standing}. */
    default boolean isLearner() {
        return standing().isLearner();
    }

    /** Who this is and how it stands. */
    Standing standing();
}
