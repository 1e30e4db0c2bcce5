package io.keelson.store.rocks;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Versions that were replaced a moment ago. Who watches asks for them right after the change, and to look them up by their revision is a search of
 * three tables; who decided the change had them in hand. Few enough to be gone before they grow old. Thread safe.
 */
final class Replaced {

    /** Values and keys; what is larger is not kept at all. */
    private static final int MAX_BYTES = 256 * 1024;

    private static final int MAX_VERSIONS = 256;

    /**
     * A version of a key.
     *
     * @param until the revision at which something else took its place
     */
    private record Version(KeyValue kv, long until) {}

    /** The newest that is known of each key, from the oldest to the newest. */
    private final Map<ByteString, Version> versions = new LinkedHashMap<>();

    private int bytes;

    /** A key had this version before it was changed, or deleted, at a revision. */
    synchronized void add(KeyValue before, long until) {
        forget(before.getKey());
        if (size(before) > MAX_BYTES) {
            return;
        }
        versions.put(before.getKey(), new Version(before, until));
        bytes += size(before);
        while (bytes > MAX_BYTES || versions.size() > MAX_VERSIONS) {
            forget(versions.keySet().iterator().next());
        }
    }

    private void forget(ByteString key) {
        @Nullable Version old = versions.remove(key);
        if (old != null) {
            bytes -= size(old.kv);
        }
    }

    private static int size(KeyValue kv) {
        return kv.getKey().size() + kv.getValue().size();
    }

    /** The key as it was at a revision, if that is known here. */
    synchronized Optional<KeyValue> at(ByteString key, long revision) {
        return Optional.ofNullable(versions.get(key))
                .filter(version -> version.kv.getModRevision() <= revision && revision < version.until)
                .map(Version::kv);
    }
}
