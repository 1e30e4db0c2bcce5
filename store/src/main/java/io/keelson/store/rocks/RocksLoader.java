package io.keelson.store.rocks;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.backup.Loading;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Fills an empty state from a copy. Nothing is whole before {@link #finish}; who is interrupted begins anew with another state. */
public final class RocksLoader implements Loading, AutoCloseable {

    /** Bytes written at once. */
    private static final long BATCH_BYTES = 1L << 20;

    private static final KeyRange EVERYTHING = new KeyRange(ByteString.EMPTY, ByteString.EMPTY);

    private final RocksState state;
    private final AppliedIndex applied;
    private final WriteBatch batch = new WriteBatch();

    /**
     * @param state empty
     * @param applied the log entry that shall count as the last one whose changes are in the state
     */
    public RocksLoader(RocksState state, AppliedIndex applied) {
        this.state = state;
        this.applied = applied;
    }

    @Override
    public void put(int sub, KeyValue kv) throws IOException {
        byte[] value = kv.toByteArray();
        try {
            batch.put(state.latest, kv.getKey().toByteArray(), Layout.latest(value, kv.getModRevision(), sub));
            batch.put(state.history, Layout.history(kv.getModRevision(), sub), Layout.put(value));
            version(kv.getKey(), kv.getModRevision(), sub);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    @Override
    public void delete(long revision, int sub, ByteString key) throws IOException {
        try {
            batch.delete(state.latest, key.toByteArray());
            batch.put(state.history, Layout.history(revision, sub), Layout.delete(key));
            version(key, revision, sub);
        } catch (RocksDBException e) {
            throw failed(e);
        }
    }

    private void version(ByteString key, long revision, int sub) throws RocksDBException {
        byte[] place = ByteBuffer.allocate(Integer.BYTES).putInt(sub).array();
        batch.put(state.versions, Layout.version(key, revision), place);
        if (batch.getDataSize() >= BATCH_BYTES) {
            write();
        }
    }

    private void write() throws RocksDBException {
        state.write(batch);
        batch.clear();
    }

    @Override
    public void finish(List<Change> rest, long revision, long compactRevision, long compactedThrough)
            throws IOException {
        try {
            state.setCompactedThrough(batch, compactedThrough);
            write();
            var changes = new java.util.ArrayList<Change>(rest);
            if (compactRevision > 0) {
                changes.add(new Change.Compacted(compactRevision));
            }
            state.write(changes, revision, applied, List.of());
            attachLeases();
        } catch (RocksDBException e) {
            throw failed(e);
        }
        state.flush();
    }

    /** Which keys a lease has is not in the copy; each key tells its lease. One that is gone has no keys to end. */
    private void attachLeases() throws RocksDBException {
        Optional<RocksDBException> failure = state.<Optional<RocksDBException>>read(view -> {
            try (View.Cursor keys = view.range(EVERYTHING, view.revision())) {
                while (keys.hasNext()) {
                    attach(keys.next());
                }
                write();
                return Optional.empty();
            } catch (RocksDBException e) {
                return Optional.of(e);
            }
        });
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private void attach(KeyValue kv) throws RocksDBException {
        if (kv.getLease() != 0 && state.db.get(state.leases, Layout.number(kv.getLease())) != null) {
            batch.put(state.leaseKeys, Layout.leaseKey(kv.getLease(), kv.getKey()), new byte[0]);
            if (batch.getDataSize() >= BATCH_BYTES) {
                write();
            }
        }
    }

    private static IOException failed(RocksDBException e) {
        return new IOException("the new state cannot be written: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        batch.close();
    }
}
