package io.keelson.store.rocks;

import io.keelson.store.mvcc.RunningHash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * The running hash of each revision, {@link RunningHash}. One row for the revisions of a log entry, 8 bytes for each:
 *
 * <pre>
 *   first revision -> hash of it, hash of the next, ...
 * </pre>
 */
final class HashRows {

    private final RocksState state;
    /** The revision from which on hashes are kept: they compare only between members where it is the same. */
    private volatile long base;

    private long newestRevision;
    private long newest;

    HashRows(RocksState state) {
        this.state = state;
    }

    /** Finds where the rows end; a store that has none begins at the revision it has now. */
    void open(long revision) {
        byte[] kept = state.hashBase();
        base = kept == null ? revision : Layout.number(kept);
        OptionalLong found = at(revision, null);
        if (found.isEmpty()) {
            begin(revision);
        } else {
            newestRevision = revision;
            newest = found.getAsLong();
        }
    }

    private void begin(long revision) {
        base = revision;
        newestRevision = revision;
        newest = RunningHash.base(revision);
    }

    long base() {
        return base;
    }

    /** The rows of one log entry in the making. */
    final class Entry {
        private final RunningHash running = RunningHash.after(newest);
        private final List<Long> hashes = new ArrayList<>();

        RunningHash running() {
            return running;
        }

        void end(long revision) {
            long expected = newestRevision + hashes.size() + 1;
            if (revision != expected) {
                throw new IllegalStateException(
                        "revision " + revision + " was to be written where " + expected + " is next");
            }
            hashes.add(running.end(revision));
        }

        void write(WriteBatch batch) throws RocksDBException {
            if (hashes.isEmpty()) {
                return;
            }
            var row = ByteBuffer.allocate(hashes.size() * Long.BYTES);
            hashes.forEach(row::putLong);
            batch.put(state.hashes, Layout.number(newestRevision + 1), row.array());
            if (newestRevision == base) {
                state.putHashBase(batch, base);
            }
        }

        /** The entry is written, and this is the state's revision now. */
        void done(long revision) {
            if (!hashes.isEmpty()) {
                newestRevision += hashes.size();
                newest = hashes.getLast();
            } else if (revision != newestRevision) {
                // Not by changes of its own: the state was filled from a copy.
                begin(revision);
            }
        }
    }

    /** Looks for a revision's hash; empty if it is compacted, not there yet, or older than the rows. */
    OptionalLong at(long revision, @Nullable ReadOptions options) {
        try (RocksIterator iterator =
                options == null ? state.db.newIterator(state.hashes) : state.db.newIterator(state.hashes, options)) {
            iterator.seekForPrev(Layout.number(revision));
            if (iterator.isValid()) {
                long index = revision - Layout.number(iterator.key());
                byte[] row = iterator.value();
                if (index < row.length / Long.BYTES) {
                    return OptionalLong.of(ByteBuffer.wrap(row).getLong((int) index * Long.BYTES));
                }
            }
            iterator.status();
            return revision == base ? OptionalLong.of(RunningHash.base(base)) : OptionalLong.empty();
        } catch (RocksDBException e) {
            throw new IllegalStateException("the store cannot read its hashes: " + e.getMessage(), e);
        }
    }

    /** Gives up the rows that only revisions below {@code compacted} need. */
    void compact(WriteBatch batch, long compacted) throws RocksDBException {
        try (RocksIterator iterator = state.db.newIterator(state.hashes)) {
            iterator.seekForPrev(Layout.number(compacted));
            if (iterator.isValid()) {
                batch.deleteRange(state.hashes, Layout.number(0), iterator.key());
            }
            iterator.status();
        }
    }
}
