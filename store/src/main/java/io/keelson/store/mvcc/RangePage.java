package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A piece of a range, for who wants it in pieces. Pieces of one revision put together are the whole range in order of keys.
 *
 * @param kvs at least one key unless there is none left
 * @param bytes of the keys and values in it
 * @param next the first key that is not in it, if there is one
 */
public record RangePage(List<KeyValue> kvs, long bytes, Optional<ByteString> next) {

    /**
     * Reads a piece.
     *
     * @param request without sort order and filters; its limit does not count
     * @param from the first key wanted
     * @param revision at which to read, not compacted
     * @param maxKeys at most so many keys
     * @param maxBytes ends with the key that reaches so many bytes
     */
    public static RangePage read(
            View view, RangeRequest request, ByteString from, long revision, long maxKeys, long maxBytes) {
        var kvs = new ArrayList<KeyValue>();
        long bytes = 0;
        KeyRange rest = rest(request, from);
        if (rest.isEmpty()) {
            return new RangePage(List.of(), 0, Optional.empty());
        }
        try (View.Cursor cursor = view.range(rest, revision)) {
            while (cursor.hasNext()) {
                KeyValue kv = cursor.next();
                if (kvs.size() >= maxKeys || bytes >= maxBytes) {
                    return new RangePage(List.copyOf(kvs), bytes, Optional.of(kv.getKey()));
                }
                KeyValue shown = request.getKeysOnly()
                        ? kv.toBuilder().setValue(ByteString.EMPTY).build()
                        : kv;
                kvs.add(shown);
                bytes += shown.getSerializedSize();
            }
        }
        return new RangePage(List.copyOf(kvs), bytes, Optional.empty());
    }

    /** The number of keys of a request's range from a key on. */
    public static long count(View view, RangeRequest request, ByteString from, long revision) {
        KeyRange rest = rest(request, from);
        long count = 0;
        if (!rest.isEmpty()) {
            try (View.Cursor cursor = view.range(rest, revision)) {
                while (cursor.hasNext()) {
                    cursor.next();
                    count++;
                }
            }
        }
        return count;
    }

    private static KeyRange rest(RangeRequest request, ByteString from) {
        return new KeyRange(
                from, KeyRange.of(request.getKey(), request.getRangeEnd()).end());
    }
}
