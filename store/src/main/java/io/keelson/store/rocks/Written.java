package io.keelson.store.rocks;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.KeyRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was written last, for the thread that writes: it decides each entry on the newest state, and would else ask the database each time for
 * what it wrote itself a moment ago, or was told a moment ago and nobody else can have changed. Not for other threads.
 */
final class Written {

    /** An entry of more keys is rare, and no reason to hold them all. */
    private static final int MAX_KEYS = 64;

    /** A transaction names few ranges, and most name the same. */
    private static final int MAX_RANGES = 16;

    private final Map<String, Proposed> proposers = new HashMap<>();
    /** Keys as they are, as far as somebody asked since the last entry. */
    private final Map<ByteString, Optional<KeyValue>> keys = new HashMap<>();
    /** Ranges without a key, the newest last. */
    private final List<KeyRange> empty = new ArrayList<>();

    private long revision;
    private long compactRevision;

    Written(long revision, long compactRevision) {
        this.revision = revision;
        this.compactRevision = compactRevision;
    }

    /** The store's newest revision. */
    long revision() {
        return revision;
    }

    /** The revision below which nothing is answered any more, 0 if there is none. */
    long compactRevision() {
        return compactRevision;
    }

    /**
     * What was applied last of what a member proposed, null if nothing was.
     *
     * @param stored looks it up in the database, the first time
     */
    @Nullable
    Proposed by(String member, Function<String, @Nullable Proposed> stored) {
        return proposers.computeIfAbsent(member, stored);
    }

    /** A key as it is, from the database the first time. */
    Optional<KeyValue> key(ByteString key, Function<ByteString, Optional<KeyValue>> stored) {
        Optional<KeyValue> known = keys.get(key);
        if (known == null) {
            known = stored.apply(key);
            if (keys.size() < MAX_KEYS) {
                keys.put(key, known);
            }
        }
        return known;
    }

    /** Whether it is known that there is no key in a range; transactions ask that of the same few ranges again and again. */
    boolean isEmpty(KeyRange range) {
        return empty.contains(range);
    }

    /** There is no key in a range. */
    void foundEmpty(KeyRange range) {
        if (empty.size() == MAX_RANGES) {
            empty.removeFirst();
        }
        empty.add(range);
    }

    /** The versions that an entry replaced, as far as somebody had to read them to decide it. */
    void tellReplaced(List<Change> changes, Replaced replaced) {
        var now = new HashMap<>(keys);
        for (Change change : changes) {
            switch (change) {
                case Change.Put(KeyValue kv, long _) -> {
                    replaced(now, kv.getKey(), kv.getModRevision(), replaced);
                    now.put(kv.getKey(), Optional.of(kv));
                }
                case Change.Delete(ByteString key, long at, long _) -> {
                    replaced(now, key, at, replaced);
                    now.put(key, Optional.empty());
                }
                default -> {}
            }
        }
    }

    private static void replaced(Map<ByteString, Optional<KeyValue>> now, ByteString key, long at, Replaced replaced) {
        Optional.ofNullable(now.get(key)).flatMap(Function.identity()).ifPresent(before -> replaced.add(before, at));
    }

    private void fill(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof Change.Put(KeyValue kv, long _)) {
                empty.removeIf(range -> range.contains(kv.getKey()));
            }
        }
    }

    /** An entry is in the database, with all that is told of it here. */
    void entry(List<Change> changes, long newRevision, long newCompactRevision, List<Proposed> proposed) {
        keys.clear();
        fill(changes);
        revision = newRevision;
        compactRevision = newCompactRevision;
        for (Proposed each : proposed) {
            proposers.put(each.member(), each);
        }
    }
}
