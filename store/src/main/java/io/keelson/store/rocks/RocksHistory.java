package io.keelson.store.rocks;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.fault.PlantedFault;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.node.History.Slice;
import io.keelson.store.watch.PastEvents;
import java.util.ArrayList;
import java.util.function.Supplier;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** Events read from disk. The state may be replaced (by a snapshot of the leader's), so it is asked for each time. */
public final class RocksHistory implements PastEvents {

    /** Keys and values in one slice: a watcher of large values must not ask for more memory than another. */
    private static final long MAX_SLICE_BYTES = 4L << 20;

    private final Supplier<RocksState> state;

    /** A history over whatever state there is now. */
    public RocksHistory(Supplier<RocksState> state) {
        this.state = state;
    }

    @Override
    public Slice read(KeyRange range, long from, long to, int maxEvents) {
        RocksState now = state.get();
        return now.read(_ -> {
            var events = new ArrayList<Event>();
            long bytes = 0;
            try (RocksIterator iterator = now.db.newIterator(now.history)) {
                for (iterator.seek(Layout.history(from, 0)); iterator.isValid(); iterator.next()) {
                    long at = Layout.revisionOfHistory(iterator.key());
                    boolean full = (events.size() >= maxEvents || bytes >= MAX_SLICE_BYTES)
                            && at > events.getLast().getKv().getModRevision();
                    if (at > to || full) {
                        return new Slice(events, Math.min(at - 1, to));
                    }
                    byte[] value = iterator.value();
                    if (range.contains(Layout.keyOfHistory(value))) {
                        events.add(event(value, at));
                        bytes += value.length;
                    }
                }
                iterator.status();
            } catch (RocksDBException e) {
                throw new IllegalStateException("the store cannot read its history: " + e.getMessage(), e);
            }
            return new Slice(events, to);
        });
    }

    private static Event event(byte[] value, long at) {
        return Layout.live(value)
                .map(kv -> Event.newBuilder().setKv(kv).build())
                .orElseGet(() -> deletion(Layout.keyOfHistory(value), at));
    }

    /** The event of a deletion. */
    public static Event deletion(ByteString key, long at) {
        return Event.newBuilder()
                .setType(Event.EventType.DELETE)
                .setKv(KeyValue.newBuilder().setKey(key).setModRevision(at))
                .build();
    }

    @Override
    public Event withPrevious(Event event) {
        long before = event.getKv().getModRevision() - 1;
        return state.get().read(view -> {
            boolean hidden =
                    PlantedFault.PREVIOUS_VALUE_MISSING.isPlanted() && event.getType() == Event.EventType.DELETE;
            if (before < view.compactRevision() || hidden) {
                return event;
            }
            return view.get(event.getKv().getKey(), before)
                    .map(kv -> event.toBuilder().setPrevKv(kv).build())
                    .orElse(event);
        });
    }

    @Override
    public long compactRevision() {
        return state.get().compactRevision();
    }
}
