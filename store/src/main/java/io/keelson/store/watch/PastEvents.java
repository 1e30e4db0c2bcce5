package io.keelson.store.watch;

import io.keelson.proto.etcd.Event;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.node.History.Slice;

/** Events that are no longer in memory. */
public interface PastEvents {

    /** Whole revisions of events of a range, from {@code from} through {@code to} at most; see {@link io.keelson.store.node.History#read}. */
    Slice read(KeyRange range, long from, long to, int maxEvents);

    /** The event with the key as it was just before, if that can still be read. */
    Event withPrevious(Event event);

    /** The oldest revision that can be read. */
    long compactRevision();
}
