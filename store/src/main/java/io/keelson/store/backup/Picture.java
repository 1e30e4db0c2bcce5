package io.keelson.store.backup;

import io.keelson.store.mvcc.View;
import java.io.IOException;

/** Everything that a store holds at one moment. */
public interface Picture {

    /** Takes a row of history. */
    @FunctionalInterface
    interface Rows {
        /**
         * A change of a key.
         *
         * @param revision the revision that made it
         * @param sub its place among the changes of that revision, from 0
         * @param deletion whether the key was deleted
         * @param keyValue a marshalled {@code mvccpb.KeyValue}; of a deletion it has the key alone
         */
        void row(long revision, int sub, boolean deletion, byte[] keyValue) throws IOException;
    }

    /** What is small: revisions, leases and the like. */
    View view();

    /** The revision below which a compaction has taken history from the disk; the compact revision, if it has finished. */
    long compactedThrough();

    /** Term of the last log entry that is in it. */
    long term();

    /** Index of the last log entry that is in it, -1 for none. */
    long index();

    /** The whole history that there is, in order of revision and sub. */
    void history(Rows rows) throws IOException;
}
