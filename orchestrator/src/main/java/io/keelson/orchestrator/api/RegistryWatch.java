package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import io.keelson.store.KvWatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cursor over the changes of objects of several kinds at once, in one order. Objects are not parsed until somebody looks. */
public final class RegistryWatch implements AutoCloseable {

    private static final String REGISTRY = "/registry/";

    private final KvWatch watch;
    private final Map<String, Kind> byResource = new HashMap<>();
    private final long start;

    RegistryWatch(Kv kv, List<Kind> kinds, long fromRevision) {
        for (Kind kind : kinds) {
            byResource.put(kind.keyPrefix(), kind);
        }
        this.start = fromRevision;
        this.watch = Failures.translated(() -> kv.watch(WatchCreateRequest.newBuilder()
                .setKey(Keys.bytes(REGISTRY))
                .setRangeEnd(Keys.end(REGISTRY))
                .setStartRevision(fromRevision + 1)
                .build()));
    }

    /**
     * The next changes, never a part of a revision; empty when {@code patience} has passed, or when what changed is of no kind that was
     * asked for. Either way everything up to {@link #progress()} has been told.
     *
     * @throws ApiException EXPIRED when history is compacted past the cursor: begin again with lists
     * @throws InterruptedException when the thread is interrupted or the watch is closed
     */
    public List<RegistryChange> next(Duration patience) throws InterruptedException {
        List<RegistryChange> changes = new ArrayList<>();
        try {
            watch.next(patience).ifPresent(response -> {
                for (Event event : response.getEventsList()) {
                    change(event).ifPresent(changes::add);
                }
            });
        } catch (KvException e) {
            if (e.reason() == KvException.Reason.COMPACTED) {
                throw new ApiException(Rejection.of(Reason.EXPIRED, "too old resource version: " + progress()), e);
            }
            throw Failures.of(e);
        }
        return changes;
    }

    private Optional<RegistryChange> change(Event event) {
        String key = event.getKv().getKey().toStringUtf8();
        int resource = key.indexOf('/', key.indexOf('/', REGISTRY.length()) + 1) + 1;
        Kind kind = byResource.get(key.substring(0, resource));
        if (kind == null) {
            return Optional.empty();
        }
        int name = kind.namespaced() ? key.indexOf('/', resource) + 1 : resource;
        String namespace = kind.namespaced() ? key.substring(resource, name - 1) : "";
        Optional<byte[]> stored = event.getType() == Event.EventType.DELETE
                ? Optional.empty()
                : Optional.of(event.getKv().getValue().toByteArray());
        return Optional.of(new RegistryChange(
                new Ref(kind, namespace, key.substring(name)),
                stored,
                event.getKv().getModRevision()));
    }

    /** All changes up to this revision have been returned. */
    public long progress() {
        return Math.max(start, watch.progress());
    }

    @Override
    public void close() {
        watch.close();
    }
}
