package io.keelson.store.node;

import io.keelson.proto.etcd.Event;
import io.keelson.store.mvcc.KeyRange;
import java.util.List;

/** The applied changes in order of revision, down to the compact revision. Thread safe. */
public interface History {

    /** The newest applied revision. */
    long revision();

    /** The oldest revision that can still be followed from, 0 if nothing was compacted. */
    long compactRevision();

    /**
     * Whole revisions of events.
     *
     * @param events in order of revision and, within one, in the order in which the transaction made them; DELETE events
     *     carry key and mod_revision only
     * @param through every event of the range up to this revision is in {@code events} (or came before); the next read
     *     begins one above it
     */
    record Slice(List<Event> events, long through) {}

    /**
     * The events of a range from a revision on.
     *
     * @param from first revision wanted; if it is above {@link #revision()}, nothing is there yet
     * @param previous whether events carry {@code prev_kv}, the key just before (absent if compacted or created)
     * @param maxEvents stop after the revision in which so many are reached
     * @throws io.keelson.store.KvException COMPACTED if {@code from} is below the compact revision
     */
    Slice read(KeyRange range, long from, boolean previous, int maxEvents);

    /** The event with {@code prev_kv}, the key just before it; the same event if that was compacted or the key created. */
    Event withPrevious(Event event);

    /** Calls {@code wake} once, on any thread, as soon as {@link #revision()} is at least {@code revision}; at once if it is. */
    void whenReached(long revision, Runnable wake);
}
