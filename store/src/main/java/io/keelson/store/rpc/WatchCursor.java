package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchCreateRequest.FilterType;
import io.keelson.store.mvcc.KeyRange;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** One watch: how far it has come in history. It holds no events. Used by the turn of its stream only. */
final class WatchCursor {

    /** Events read from history at once; fewer when they turn out to be large. */
    static final int MAX_EVENTS = 1000;

    private static final int MIN_EVENTS = 8;
    private static final int FIRST_EVENTS = 128;
    private static final int LARGE_BYTES = 4 << 20;

    private final long id;
    private final KeyRange range;
    private final WatchCreateRequest request;
    private final Set<FilterType> filters;
    private long next;
    private int batch = FIRST_EVENTS;
    private boolean idle;
    private boolean canceled;

    WatchCursor(long id, WatchCreateRequest request, long next) {
        this.id = id;
        this.request = request;
        this.range = range(request);
        this.filters = EnumSet.noneOf(FilterType.class);
        for (FilterType filter : request.getFiltersList()) {
            if (filter != FilterType.UNRECOGNIZED) {
                filters.add(filter);
            }
        }
        this.next = next;
    }

    /** The range that a request names; without a key it is the key of one zero byte, which is the first of all. */
    static KeyRange range(WatchCreateRequest request) {
        ByteString key = request.getKey().isEmpty() ? ByteString.copyFrom(new byte[] {0}) : request.getKey();
        return KeyRange.of(key, request.getRangeEnd());
    }

    long id() {
        return id;
    }

    KeyRange range() {
        return range;
    }

    boolean previous() {
        return request.getPrevKv();
    }

    boolean fragment() {
        return request.getFragment();
    }

    boolean notifies() {
        return request.getProgressNotify();
    }

    Set<FilterType> filters() {
        return filters;
    }

    /** The first revision that is not delivered; while it goes on together with others of its stream, the first that it wants at all. */
    long next() {
        return next;
    }

    /** How many events to read next. */
    int batch() {
        return batch;
    }

    /** Everything up to {@code through} is delivered; the size of what there was decides how much is read next time. */
    void advance(long through, List<Event> events) {
        next = Math.max(next, through + 1);
        long bytes = events.stream().mapToLong(Event::getSerializedSize).sum();
        batch = bytes > LARGE_BYTES ? Math.max(MIN_EVENTS, batch / 2) : Math.min(MAX_EVENTS, batch * 2);
        delivered(events);
    }

    /** These events were told; it is not idle if there were any. */
    void delivered(List<Event> events) {
        idle = idle && events.isEmpty();
    }

    /** Whether nothing was delivered since the last call. */
    boolean wasIdle() {
        boolean was = idle;
        idle = true;
        return was;
    }

    void cancel() {
        canceled = true;
    }

    boolean isCanceled() {
        return canceled;
    }
}
