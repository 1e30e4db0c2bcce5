package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import java.util.Comparator;

/**
 * A range of keys in etcd's sense, made half-open: from {@code begin}, inclusive, to {@code end}, exclusive.
 *
 * @param begin first key
 * @param end first key behind the range; empty for no end
 */
public record KeyRange(ByteString begin, ByteString end) {

    /** Order of keys: byte by byte, unsigned. */
    public static final Comparator<ByteString> ORDER = KeyRange::compare;

    private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

    /** Runs for every step in a tree of keys; protobuf's own comparator makes two iterators, and asks for bytes one by one. */
    private static int compare(ByteString one, ByteString other) {
        int differs = one.asReadOnlyByteBuffer().mismatch(other.asReadOnlyByteBuffer());
        return differs < 0 || differs >= Math.min(one.size(), other.size())
                ? Integer.compare(one.size(), other.size())
                : Byte.compareUnsigned(one.byteAt(differs), other.byteAt(differs));
    }

    /** The range that a request's {@code key} and {@code range_end} name: one key, {@code [key, end)}, or all from key on. */
    public static KeyRange of(ByteString key, ByteString rangeEnd) {
        if (rangeEnd.isEmpty()) {
            return single(key);
        }
        if (rangeEnd.equals(ZERO)) {
            return new KeyRange(key, ByteString.EMPTY);
        }
        return new KeyRange(key, rangeEnd);
    }

    /** The range of one key. */
    public static KeyRange single(ByteString key) {
        return new KeyRange(key, key.concat(ZERO));
    }

    /** Whether the key lies in the range. */
    public boolean contains(ByteString key) {
        return ORDER.compare(key, begin) >= 0 && isBeforeEnd(key);
    }

    /** Whether the key lies before the end of the range. */
    public boolean isBeforeEnd(ByteString key) {
        return end.isEmpty() || ORDER.compare(key, end) < 0;
    }

    /** Whether no key can lie in the range. */
    public boolean isEmpty() {
        return !end.isEmpty() && ORDER.compare(begin, end) >= 0;
    }
}
