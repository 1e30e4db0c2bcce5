package io.keelson.store.rocks;

import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.backup.Picture;
import io.keelson.store.mvcc.View;
import java.io.IOException;
import java.util.Arrays;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** The state at one moment, to be copied. Writes go on beside it. */
public final class RocksPicture implements Picture {

    /** Does something with a picture that ends with it. */
    @FunctionalInterface
    public interface Use<T> {
        /** The picture is invalid after the call. */
        T with(Picture picture) throws IOException;
    }

    private final RocksState state;
    private final RocksView view;

    private RocksPicture(RocksState state, RocksView view) {
        this.state = state;
        this.view = view;
    }

    /**
     * Takes a picture of the state and does something with it.
     *
     * @throws io.keelson.store.KvException UNAVAILABLE if the state is closed, or is to be closed while it is copied
     */
    public static <T> T of(RocksState state, Use<T> use) throws IOException {
        // The state is read in a function that throws nothing; what the copy throws is carried around it.
        var failure = new IOException[1];
        var results = new java.util.ArrayList<T>(1);
        state.<Boolean>read(view -> {
            try {
                return results.add(use.with(new RocksPicture(state, (RocksView) view)));
            } catch (IOException e) {
                failure[0] = e;
                return false;
            }
        });
        if (failure[0] != null) {
            throw failure[0];
        }
        return results.getFirst();
    }

    @Override
    public View view() {
        return view;
    }

    @Override
    public long compactedThrough() {
        return view.compactedThrough();
    }

    @Override
    public long term() {
        return view.appliedIndex().term();
    }

    @Override
    public long index() {
        return view.appliedIndex().index();
    }

    @Override
    public void history(Rows rows) throws IOException {
        try (RocksIterator iterator = view.historyIterator()) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                if (state.closing()) {
                    throw RocksState.closed();
                }
                byte[] key = iterator.key();
                byte[] value = iterator.value();
                boolean deletion = Layout.isDeletion(value);
                rows.row(
                        Layout.revisionOfHistory(key),
                        Layout.subOfHistory(key),
                        deletion,
                        deletion
                                ? KeyValue.newBuilder()
                                        .setKey(Layout.keyOfHistory(value))
                                        .build()
                                        .toByteArray()
                                : Arrays.copyOfRange(value, 1, value.length));
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw new IllegalStateException("the store cannot read its history: " + e.getMessage(), e);
        }
    }
}
