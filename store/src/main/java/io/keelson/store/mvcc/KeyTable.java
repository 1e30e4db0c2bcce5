package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keys and what belongs to them, found by hash. They are sorted when somebody asks for a range, which few commands do. */
final class KeyTable<V> {

    private final Map<ByteString, V> byKey = new HashMap<>();
    /** The same in order; null until it is asked for. */
    private @Nullable NavigableMap<ByteString, V> sorted;

    boolean isEmpty() {
        return byKey.isEmpty();
    }

    @Nullable
    V get(ByteString key) {
        return byKey.get(key);
    }

    void put(ByteString key, V value) {
        byKey.put(key, value);
        if (sorted != null) {
            sorted.put(key, value);
        }
    }

    /** What lies in a range, in the order of keys; changes with the table. */
    NavigableMap<ByteString, V> within(KeyRange range) {
        NavigableMap<ByteString, V> all = sorted;
        if (all == null) {
            all = new TreeMap<>(KeyRange.ORDER);
            all.putAll(byKey);
            sorted = all;
        }
        return range.end().isEmpty()
                ? all.tailMap(range.begin(), true)
                : all.subMap(range.begin(), true, range.end(), false);
    }
}
