package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeRequest.SortOrder;
import io.keelson.proto.etcd.RangeRequest.SortTarget;
import io.keelson.proto.etcd.RangeResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a range request shows of a view. */
public final class Ranges {

    private Ranges() {}

    /** Why the request cannot be answered now: the CORRUPT alarm is on, or its revision cannot be read. */
    public static Optional<Refusal> check(View view, RangeRequest request) {
        return Alarms.refusalOfRead(view.alarms()).or(() -> checkRevision(view, request.getRevision()));
    }

    /** Why a revision cannot be read; 0 and below mean the newest. */
    public static Optional<Refusal> checkRevision(View view, long revision) {
        if (revision <= 0) {
            return Optional.empty();
        }
        if (revision > view.revision()) {
            return Optional.of(Refusal.FUTURE_REVISION);
        }
        if (revision < view.compactRevision()) {
            return Optional.of(Refusal.COMPACTED);
        }
        return Optional.empty();
    }

    /** Reads; the request must have passed {@link RequestCheck} and {@link #check}. The answer has no header. */
    public static RangeResponse read(View view, RangeRequest request) {
        return read(view, request, Long.MAX_VALUE).orElseThrow();
    }

    /** As {@link #read(View, RangeRequest)}, but says of the keys behind the limit only whether there are any: to count them is work. */
    public static RangeResponse piece(View view, RangeRequest request) {
        return read(view, request, Long.MAX_VALUE, false).orElseThrow();
    }

    /**
     * As {@link #read(View, RangeRequest)}, but gives up as soon as it holds more than {@code maxBytes} of keys and values, those included
     * that only sorting needs.
     */
    public static Optional<RangeResponse> read(View view, RangeRequest request, long maxBytes) {
        return read(view, request, maxBytes, true);
    }

    private static Optional<RangeResponse> read(View view, RangeRequest request, long maxBytes, boolean counted) {
        long revision = request.getRevision() <= 0 ? view.revision() : request.getRevision();
        KeyRange range = KeyRange.of(request.getKey(), request.getRangeEnd());
        var response = RangeResponse.newBuilder();
        boolean sorted = request.getSortOrder() != SortOrder.NONE;
        boolean filtered = request.getMinModRevision() != 0
                || request.getMaxModRevision() != 0
                || request.getMinCreateRevision() != 0
                || request.getMaxCreateRevision() != 0;
        // Sorting and filtering look at everything before the limit cuts; otherwise the limit is all that need be kept.
        boolean unlimited = request.getLimit() <= 0 || request.getLimit() == Long.MAX_VALUE;
        long keep = sorted || filtered || unlimited ? Long.MAX_VALUE : request.getLimit() + 1;
        var found = new ArrayList<KeyValue>();
        long count = 0;
        long bytes = 0;
        if (request.getRangeEnd().isEmpty()) {
            Optional<KeyValue> one = view.get(request.getKey(), revision);
            count = one.isPresent() ? 1 : 0;
            if (one.isPresent() && !request.getCountOnly() && passes(request, one.get())) {
                found.add(one.get());
            }
        } else if (!range.isEmpty()) {
            try (View.Cursor cursor = view.range(range, revision)) {
                while (!request.getCountOnly() && found.size() < keep && cursor.hasNext()) {
                    KeyValue kv = cursor.next();
                    count++;
                    if (passes(request, kv)) {
                        found.add(kv);
                        bytes += kv.getSerializedSize();
                        if (bytes > maxBytes) {
                            return Optional.empty();
                        }
                    }
                }
                if (counted || request.getCountOnly()) {
                    count += cursor.countRest();
                }
            }
        }
        sort(request, found);
        List<KeyValue> shown = found;
        if (request.getLimit() > 0 && found.size() > request.getLimit()) {
            response.setMore(true);
            shown = found.subList(0, (int) request.getLimit());
        }
        for (KeyValue kv : shown) {
            response.addKvs(
                    request.getKeysOnly()
                            ? kv.toBuilder().setValue(ByteString.EMPTY).build()
                            : kv);
        }
        return Optional.of(response.setCount(count).build());
    }

    private static boolean passes(RangeRequest request, KeyValue kv) {
        return within(kv.getModRevision(), request.getMinModRevision(), request.getMaxModRevision())
                && within(kv.getCreateRevision(), request.getMinCreateRevision(), request.getMaxCreateRevision());
    }

    private static boolean within(long value, long min, long max) {
        return (min == 0 || value >= min) && (max == 0 || value <= max);
    }

    private static void sort(RangeRequest request, List<KeyValue> found) {
        SortTarget target = request.getSortTarget();
        if (request.getSortOrder() == SortOrder.NONE && target == SortTarget.KEY) {
            return;
        }
        Comparator<KeyValue> order = switch (target) {
            case KEY -> Comparator.comparing(KeyValue::getKey, KeyRange.ORDER);
            case VERSION -> Comparator.comparingLong(KeyValue::getVersion);
            case CREATE -> Comparator.comparingLong(KeyValue::getCreateRevision);
            case MOD -> Comparator.comparingLong(KeyValue::getModRevision);
            case VALUE -> Comparator.comparing(KeyValue::getValue, KeyRange.ORDER);
            case UNRECOGNIZED -> throw new IllegalArgumentException(Refusal.INVALID_SORT_OPTION.message());
        };
        found.sort(request.getSortOrder() == SortOrder.DESCEND ? order.reversed() : order);
    }
}
