package io.keelson.store.watch;

import io.keelson.proto.etcd.Event;
import io.keelson.store.KvException;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.node.History;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The history that watchers follow: a bounded run of the newest events in memory, the disk behind it.
 *
 * <p>The apply thread publishes; wake-ups run on the given executor, so that no watcher can hold up the log.
 */
public final class EventLog implements History {

    /** Events kept in memory; what is older is read from disk. */
    private static final int MAX_RECENT_EVENTS = 20_000;

    /** Bytes of keys and values kept in memory. */
    private static final long MAX_RECENT_BYTES = 16L << 20;

    private record Batch(List<Event> events, long lastRevision, long bytes) {}

    private record Waiter(long revision, Runnable wake) {}

    private final PastEvents past;
    private final Executor wakeUps;
    private final ReentrantLock lock = new ReentrantLock();
    /** By their last revision, so that a reader at the tip need not pass what it has read. */
    private final NavigableMap<Long, Batch> recent = new TreeMap<>();

    private int recentEvents;
    private long recentBytes;
    /** Every event from this revision on is in {@code recent}. */
    private long recentFrom;

    private volatile long revision;
    private List<Waiter> waiters = new ArrayList<>();

    /**
     * A log that continues at a revision.
     *
     * @param revision the newest revision that is on disk
     */
    public EventLog(PastEvents past, Executor wakeUps, long revision) {
        this.past = past;
        this.wakeUps = wakeUps;
        this.revision = revision;
        this.recentFrom = revision + 1;
    }

    /** Begins again at a revision, because the state was replaced by a snapshot. Never goes back. */
    public void restart(long newRevision) {
        publish(List.of(), newRevision);
        lock.lock();
        try {
            recent.clear();
            recentEvents = 0;
            recentBytes = 0;
            recentFrom = revision + 1;
        } finally {
            lock.unlock();
        }
    }

    /** Tells that these events, in order, are applied and the store is at this revision. */
    public void publish(List<Event> events, long newRevision) {
        var due = new ArrayList<Waiter>();
        lock.lock();
        try {
            if (newRevision <= revision) {
                return;
            }
            keep(events);
            revision = newRevision;
            var later = new ArrayList<Waiter>(waiters.size());
            for (Waiter waiter : waiters) {
                (waiter.revision <= newRevision ? due : later).add(waiter);
            }
            waiters = later;
        } finally {
            lock.unlock();
        }
        if (!due.isEmpty()) {
            wakeUps.execute(() -> due.forEach(waiter -> waiter.wake.run()));
        }
    }

    private void keep(List<Event> events) {
        if (events.isEmpty()) {
            return;
        }
        long bytes = 0;
        for (Event event : events) {
            bytes += event.getSerializedSize();
        }
        long lastRevision = events.getLast().getKv().getModRevision();
        recent.put(lastRevision, new Batch(events, lastRevision, bytes));
        recentEvents += events.size();
        recentBytes += bytes;
        while (recent.size() > 1 && (recentEvents > MAX_RECENT_EVENTS || recentBytes > MAX_RECENT_BYTES)) {
            Batch oldest = recent.pollFirstEntry().getValue();
            recentEvents -= oldest.events.size();
            recentBytes -= oldest.bytes;
            recentFrom = oldest.lastRevision + 1;
        }
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public long compactRevision() {
        return past.compactRevision();
    }

    @Override
    public Slice read(KeyRange range, long from, boolean previous, int maxEvents) {
        if (from < past.compactRevision()) {
            throw new KvException(KvException.Reason.COMPACTED, Refusal.COMPACTED.message());
        }
        Slice slice = slice(range, from, maxEvents);
        if (!previous) {
            return slice;
        }
        return new Slice(slice.events().stream().map(past::withPrevious).toList(), slice.through());
    }

    private Slice slice(KeyRange range, long from, int maxEvents) {
        List<Batch> batches;
        long newest;
        long onDisk;
        lock.lock();
        try {
            newest = revision;
            onDisk = recentFrom - 1;
            batches = List.copyOf(recent.tailMap(from, true).values());
        } finally {
            lock.unlock();
        }
        if (from > newest) {
            return new Slice(List.of(), from - 1);
        }
        // One read is served from one place: the disk up to where memory begins, the rest with the next read.
        if (from <= onDisk) {
            return past.read(range, from, onDisk, maxEvents);
        }
        var events = new ArrayList<Event>();
        for (Batch batch : batches) {
            for (Event event : batch.events) {
                long at = event.getKv().getModRevision();
                if (events.size() >= maxEvents && at > events.getLast().getKv().getModRevision()) {
                    return new Slice(events, at - 1);
                }
                if (at >= from && range.contains(event.getKv().getKey())) {
                    events.add(event);
                }
            }
        }
        return new Slice(events, newest);
    }

    @Override
    public Event withPrevious(Event event) {
        return past.withPrevious(event);
    }

    @Override
    public void whenReached(long wanted, Runnable wake) {
        lock.lock();
        try {
            if (revision < wanted) {
                waiters.add(new Waiter(wanted, wake));
                return;
            }
        } finally {
            lock.unlock();
        }
        wakeUps.execute(wake);
    }
}
