package io.keelson.orchestrator.api;

import io.keelson.proto.etcd.KeyValue;
import java.time.Duration;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** A watch of objects: what exists, if it begins with that, and then the changes. */
final class StoreWatch implements ObjectWatch {

    private final WatchQuery query;
    private final Selection selection;
    private final LongFunction<ChangeCursor<ObjectEvent>> changesFrom;
    private final Runnable closed;
    private @Nullable Walk existing;
    private volatile @Nullable ChangeCursor<ObjectEvent> changes;
    private volatile boolean over;

    /**
     * Opens a watch.
     *
     * @param changesFrom opens the cursor over what comes after a revision
     * @param closed called when the watch is closed, once
     */
    StoreWatch(
            Reads reads,
            WatchQuery query,
            Selection selection,
            LongFunction<ChangeCursor<ObjectEvent>> changesFrom,
            Runnable closed) {
        this.query = query;
        this.selection = selection;
        this.changesFrom = changesFrom;
        this.closed = closed;
        if (query.fromRevision() == 0) {
            existing = new Walk(reads, query.listed());
        } else {
            changes = changesFrom.apply(query.fromRevision());
        }
    }

    @Override
    public List<ObjectEvent> next(Duration patience) throws InterruptedException {
        Walk walk = existing;
        if (walk != null) {
            return existing(walk);
        }
        ChangeCursor<ObjectEvent> cursor = cursor();
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            List<ObjectEvent> events = cursor.next(left);
            if (!events.isEmpty() || cursor.isEnded()) {
                return events;
            }
            if (System.nanoTime() >= deadline) {
                return List.of(ObjectEvent.bookmark(query.kind(), progress()));
            }
        }
    }

    private List<ObjectEvent> existing(Walk walk) throws InterruptedException {
        while (true) {
            if (over) {
                throw new InterruptedException("the watch is closed");
            }
            List<ObjectEvent> events = walk.next().stream()
                    .map(this::shown)
                    .filter(event -> selection.selects(event.version()))
                    .toList();
            if (walk.isOver()) {
                begin(walk.revision());
                return events.isEmpty() ? List.of(ObjectEvent.bookmark(query.kind(), walk.revision())) : events;
            }
            if (!events.isEmpty()) {
                return events;
            }
        }
    }

    private ObjectEvent shown(KeyValue pair) {
        return new ObjectEvent(ObjectEvent.Type.ADDED, ObjectVersion.of(query.kind(), pair, pair.getModRevision()));
    }

    private synchronized void begin(long revision) {
        existing = null;
        if (!over) {
            changes = changesFrom.apply(revision);
        }
    }

    private ChangeCursor<ObjectEvent> cursor() throws InterruptedException {
        ChangeCursor<ObjectEvent> cursor = changes;
        if (cursor == null) {
            throw new InterruptedException("the watch is closed");
        }
        return cursor;
    }

    @Override
    public boolean beginning() {
        return existing != null;
    }

    @Override
    public long progress() {
        ChangeCursor<ObjectEvent> cursor = changes;
        return cursor == null ? 0 : cursor.progress();
    }

    @Override
    public synchronized void close() {
        if (over) {
            return;
        }
        over = true;
        ChangeCursor<ObjectEvent> cursor = changes;
        if (cursor != null) {
            cursor.close();
        }
        closed.run();
    }
}
