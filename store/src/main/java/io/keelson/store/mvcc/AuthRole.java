package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Permission;
import io.keelson.proto.etcd.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A role, and what its permissions come to.
 *
 * @param role as it is stored: etcd's message, permissions in order of their keys
 * @param readable the ranges that may be read: disjoint, in order, none touching the next
 * @param writable the ranges that may be written, likewise
 */
public record AuthRole(Role role, List<KeyRange> readable, List<KeyRange> writable) {

    /** Merges the permissions of a role. */
    public static AuthRole of(Role role) {
        var readable = new ArrayList<KeyRange>();
        var writable = new ArrayList<KeyRange>();
        for (Permission permission : role.getKeyPermissionList()) {
            KeyRange range = KeyRange.of(permission.getKey(), permission.getRangeEnd());
            switch (permission.getPermType()) {
                case READ -> readable.add(range);
                case WRITE -> writable.add(range);
                case READWRITE -> {
                    readable.add(range);
                    writable.add(range);
                }
                // A kind of permission that this version does not know permits nothing, as in etcd.
                case UNRECOGNIZED -> {}
            }
        }
        return new AuthRole(role, merge(readable), merge(writable));
    }

    private static List<KeyRange> merge(List<KeyRange> ranges) {
        var merged = new ArrayList<KeyRange>();
        ranges.stream()
                .filter(range -> !range.isEmpty())
                .sorted(Comparator.comparing(KeyRange::begin, KeyRange.ORDER))
                .forEach(range -> {
                    KeyRange last = merged.isEmpty() ? null : merged.getLast();
                    if (last != null && reaches(last, range.begin())) {
                        merged.set(merged.size() - 1, new KeyRange(last.begin(), furthest(last.end(), range.end())));
                    } else {
                        merged.add(range);
                    }
                });
        return List.copyOf(merged);
    }

    private static boolean reaches(KeyRange range, ByteString key) {
        return range.end().isEmpty() || KeyRange.ORDER.compare(range.end(), key) >= 0;
    }

    /** The end that lies behind the other; the empty one is no end at all. */
    private static ByteString furthest(ByteString one, ByteString other) {
        if (one.isEmpty() || other.isEmpty()) {
            return ByteString.EMPTY;
        }
        return KeyRange.ORDER.compare(one, other) >= 0 ? one : other;
    }

    /**
     * Whether the roles together permit all of a range.
     *
     * <pre>
     *   one role   [a --------- f)
     *   another            [e ------ k)
     *   asked         [c -------- h)        from c the first reaches f, from f the second reaches k: yes
     * </pre>
     */
    static boolean covers(List<List<KeyRange>> permitted, KeyRange asked) {
        if (asked.isEmpty()) {
            // Nothing can lie in it; what would have to be permitted to name it is what lies between its ends.
            return covers(
                    permitted,
                    new KeyRange(asked.end(), KeyRange.single(asked.begin()).end()));
        }
        ByteString at = asked.begin();
        while (true) {
            Optional<ByteString> end = reach(permitted, at);
            if (end.isEmpty()) {
                return false;
            }
            if (end.get().isEmpty()
                    || (!asked.end().isEmpty() && KeyRange.ORDER.compare(end.get(), asked.end()) >= 0)) {
                return true;
            }
            at = end.get();
        }
    }

    /** How far without a gap one can go from a key, empty if the key is not permitted. */
    private static Optional<ByteString> reach(List<List<KeyRange>> permitted, ByteString key) {
        Optional<ByteString> reached = Optional.empty();
        for (List<KeyRange> ranges : permitted) {
            Optional<KeyRange> around = around(ranges, key);
            if (around.isPresent()) {
                ByteString end = around.get().end();
                reached = Optional.of(reached.map(far -> furthest(far, end)).orElse(end));
            }
        }
        return reached;
    }

    /** Binary search: the ranges are disjoint and in order. */
    private static Optional<KeyRange> around(List<KeyRange> ranges, ByteString key) {
        int low = 0;
        int high = ranges.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            KeyRange range = ranges.get(middle);
            if (KeyRange.ORDER.compare(key, range.begin()) < 0) {
                high = middle - 1;
            } else if (range.isBeforeEnd(key)) {
                return Optional.of(range);
            } else {
                low = middle + 1;
            }
        }
        return Optional.empty();
    }
}
