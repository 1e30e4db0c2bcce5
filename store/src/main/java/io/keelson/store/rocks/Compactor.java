package io.keelson.store.rocks;

import com.google.protobuf.ByteString;
import io.keelson.store.fault.CrashPoint;
import java.nio.ByteBuffer;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/**
 * Takes from disk what a compaction has given up: every version that a newer one at or below the compact revision has
 * replaced, and deletions below it. Runs beside everything else, in small batches; stopping it at any point loses nothing,
 * because what it deletes can no longer be read.
 */
public final class Compactor {

    /** Versions looked at for one batch. */
    private static final int BATCH = 1_000;

    /** Versions deleted by one batch: one key may have any number. */
    private static final int MAX_DELETED = 10_000;

    private Compactor() {}

    /**
     * One batch.
     *
     * @return whether there is more to do
     */
    public static boolean step(RocksState state) {
        return state.read(view -> {
            long from = state.compactedThrough();
            long to = view.compactRevision();
            return from < to && new Step(state, from, to).run();
        });
    }

    /** The revision below which nothing is left on disk of what a compaction gave up. */
    public static long through(RocksState state) {
        return state.read(_ -> state.compactedThrough());
    }

    private static final class Step {
        private final RocksState state;
        private final long from;
        private final long to;
        private int seen;
        private long seenBytes;
        private int deleted;

        Step(RocksState state, long from, long to) {
            this.state = state;
            this.from = from;
            this.to = to;
        }

        boolean run() {
            try (var batch = new WriteBatch();
                    RocksIterator history = state.db.newIterator(state.history);
                    RocksIterator versions = state.db.newIterator(state.versions)) {
                long reached = to;
                for (history.seek(Layout.history(from, 0)); history.isValid(); history.next()) {
                    long at = Layout.revisionOfHistory(history.key());
                    if (at > to) {
                        break;
                    }
                    if (seen >= BATCH && at > from) {
                        reached = at;
                        break;
                    }
                    byte[] value = history.value();
                    seen++;
                    seenBytes += value.length;
                    ByteString key = Layout.keyOfHistory(value);
                    if (isNewest(versions, key, at)) {
                        if (!deleteOlder(batch, versions, key)) {
                            // Once more from here; one below, because all of {@code to} would count as done.
                            reached = at - 1;
                            break;
                        }
                        // A deletion at the compact revision itself may still have to be told to a watcher that
                        // starts there.
                        if (Layout.live(value).isEmpty() && at < to) {
                            batch.delete(state.history, history.key());
                            batch.delete(state.versions, Layout.version(key, at));
                            deleted++;
                        }
                    }
                }
                history.status();
                if (reached == to) {
                    state.hashRows().compact(batch, to);
                }
                state.setCompactedThrough(batch, reached);
                CrashPoint.COMPACT_DECIDED.pass();
                state.write(batch);
                CrashPoint.COMPACT_WRITTEN.pass();
                // What it deletes it has not read; the versions that it looked at stand for them.
                state.reclaimer().deleted(seen == 0 ? 0 : deleted * (seenBytes / seen));
                return reached < to;
            } catch (RocksDBException e) {
                throw new IllegalStateException("the store cannot compact: " + e.getMessage(), e);
            }
        }

        /** Whether this is the key's newest version at or below the compact revision; leaves the iterator on it. */
        private boolean isNewest(RocksIterator versions, ByteString key, long at) {
            versions.seek(Layout.version(key, to));
            return versions.isValid() && Layout.revisionOfVersion(versions.key()) == at;
        }

        /** Whether all could be deleted in this batch. */
        private boolean deleteOlder(WriteBatch batch, RocksIterator versions, ByteString key) throws RocksDBException {
            byte[] prefix = Layout.versionsOf(key);
            for (versions.next(); versions.isValid() && Layout.startsWith(versions.key(), prefix); versions.next()) {
                if (deleted >= MAX_DELETED) {
                    return false;
                }
                long older = Layout.revisionOfVersion(versions.key());
                int sub = ByteBuffer.wrap(versions.value()).getInt();
                batch.delete(state.history, Layout.history(older, sub));
                batch.delete(state.versions, versions.key());
                deleted++;
            }
            return true;
        }
    }
}
