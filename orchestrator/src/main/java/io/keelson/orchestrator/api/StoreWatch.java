package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import io.keelson.store.KvWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A watch of the store, read as changes of objects. */
final class StoreWatch implements ObjectWatch {

    private final WatchQuery query;
    private final KvWatch watch;
    private final long start;
    private List<ObjectEvent> first;

    private StoreWatch(WatchQuery query, KvWatch watch, long start, List<ObjectEvent> first) {
        this.query = query;
        this.watch = watch;
        this.start = start;
        this.first = first;
    }

    /** Begins with what exists if the query names no revision. */
    static StoreWatch open(Kv kv, Reads reads, WatchQuery query) {
        long start = query.fromRevision();
        List<ObjectEvent> first = List.of();
        if (start == 0) {
            Listing listing = reads.list(ListQuery.in(query.kind(), query.namespace())
                    .withLabels(query.labels())
                    .withFields(query.fields()));
            start = listing.revision();
            first = listing.items().stream()
                    .map(object -> new ObjectEvent(ObjectEvent.Type.ADDED, object, revision(object)))
                    .toList();
        }
        String prefix = Keys.prefix(query.kind(), query.namespace());
        WatchCreateRequest request = WatchCreateRequest.newBuilder()
                .setKey(Keys.bytes(prefix))
                .setRangeEnd(Keys.end(prefix))
                .setStartRevision(start + 1)
                .setPrevKv(true)
                .build();
        return new StoreWatch(query, Failures.translated(() -> kv.watch(request)), start, first);
    }

    private static long revision(ObjectNode object) {
        return Long.parseLong(Json.string(object, "metadata", "resourceVersion").orElse("0"));
    }

    @Override
    public List<ObjectEvent> next(Duration patience) throws InterruptedException {
        if (!first.isEmpty()) {
            List<ObjectEvent> events = first;
            first = List.of();
            return events;
        }
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            Optional<WatchResponse> response = response(left);
            if (response.isEmpty()) {
                return List.of(bookmark());
            }
            List<ObjectEvent> events = new ArrayList<>();
            for (Event event : response.get().getEventsList()) {
                event(event).ifPresent(events::add);
            }
            if (!events.isEmpty()) {
                return events;
            }
        }
    }

    private Optional<WatchResponse> response(Duration patience) throws InterruptedException {
        try {
            return watch.next(patience);
        } catch (KvException e) {
            if (e.reason() == KvException.Reason.COMPACTED) {
                throw new ApiException(
                        Rejection.of(Reason.EXPIRED, "too old resource version: " + Math.max(start, watch.progress())),
                        e);
            }
            throw Failures.of(e);
        }
    }

    private ObjectEvent bookmark() {
        long revision = Math.max(start, watch.progress());
        Kind kind = query.kind();
        ObjectNode object = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        Json.child(object, "metadata").put("resourceVersion", Long.toString(revision));
        return new ObjectEvent(ObjectEvent.Type.BOOKMARK, object, revision);
    }

    private Optional<ObjectEvent> event(Event event) {
        long revision = event.getKv().getModRevision();
        Optional<ObjectNode> before =
                event.hasPrevKv() ? Optional.of(object(event.getPrevKv(), revision)) : Optional.empty();
        // Without its last state, which may be compacted, an object that existed counts as one that was selected.
        boolean existed = event.getKv().getCreateRevision() != revision;
        boolean was = before.map(this::selected).orElse(existed);
        if (event.getType() == Event.EventType.DELETE) {
            if (before.isEmpty()) {
                return Optional.of(
                        new ObjectEvent(ObjectEvent.Type.DELETED, nameOnly(event.getKv(), revision), revision));
            }
            return before.filter(_ -> was).map(last -> new ObjectEvent(ObjectEvent.Type.DELETED, last, revision));
        }
        ObjectNode after = object(event.getKv(), revision);
        boolean is = selected(after);
        if (is) {
            return Optional.of(
                    new ObjectEvent(was ? ObjectEvent.Type.MODIFIED : ObjectEvent.Type.ADDED, after, revision));
        }
        return before.filter(_ -> was).map(last -> new ObjectEvent(ObjectEvent.Type.DELETED, last, revision));
    }

    /** With the revision of the change, also for the state before it: a client that goes on from there must not see it again. */
    private ObjectNode object(KeyValue pair, long revision) {
        return Reads.object(query.kind(), pair, revision);
    }

    private boolean selected(ObjectNode object) {
        return query.labels().matches(object) && query.fields().matches(object);
    }

    /** For a delete of which the last state is compacted: what the key says. */
    private ObjectNode nameOnly(KeyValue pair, long revision) {
        Kind kind = query.kind();
        String[] path = pair.getKey()
                .toStringUtf8()
                .substring(kind.keyPrefix().length())
                .split("/", -1);
        ObjectNode object = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        ObjectNode metadata = Json.child(object, "metadata").put("name", path[path.length - 1]);
        if (kind.namespaced()) {
            metadata.put("namespace", path[0]);
        }
        metadata.put("resourceVersion", Long.toString(revision));
        return object;
    }

    @Override
    public void close() {
        watch.close();
    }
}
