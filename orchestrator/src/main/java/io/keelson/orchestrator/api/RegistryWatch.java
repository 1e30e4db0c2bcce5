package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Ref;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A cursor over the changes of objects of several kinds at once, in one order. Objects are not parsed until somebody looks. */
public final class RegistryWatch implements AutoCloseable {

    private final ChangeCursor<RegistryChange> changes;
    private final Runnable closed;

    /** @param closed called when the watch is closed */
    RegistryWatch(
            Function<Interest<RegistryChange>, ChangeCursor<RegistryChange>> open, List<Kind> kinds, Runnable closed) {
        this.changes = open.apply(new OfKinds(kinds));
        this.closed = closed;
    }

    /** Everything that happens to objects of some kinds. */
    private static final class OfKinds implements Interest<RegistryChange> {

        private final Map<String, Kind> byResource = new HashMap<>();

        OfKinds(List<Kind> kinds) {
            kinds.forEach(kind -> byResource.put(kind.keyPrefix(), kind));
        }

        @Override
        public Set<String> resources() {
            return byResource.keySet();
        }

        @Override
        public String keys() {
            return KeyChange.REGISTRY;
        }

        @Override
        public boolean concerns(KeyChange change) {
            return byResource.containsKey(change.resource());
        }

        @Override
        public boolean onlyComputes() {
            return true;
        }

        @Override
        public Optional<RegistryChange> told(KeyChange change) {
            Kind kind = byResource.get(change.resource());
            if (kind == null) {
                return Optional.empty();
            }
            String path = change.key().substring(change.resource().length());
            int name = kind.namespaced() ? path.indexOf('/') + 1 : 0;
            String namespace = kind.namespaced() ? path.substring(0, Math.max(0, name - 1)) : "";
            return Optional.of(new RegistryChange(
                    new Ref(kind, namespace, path.substring(name)), change.after(kind), change.revision()));
        }
    }

    /**
     * The next changes, never a part of a revision; empty when {@code patience} has passed without any of the kinds. Either way everything
     * up to {@link #progress()} has been told.
     *
     * @throws ApiException EXPIRED when history is compacted past the cursor: begin again with lists; TOO_MANY_REQUESTS when changes came
     *     faster than this was called: begin again from {@link #progress()}
     * @throws InterruptedException when the thread is interrupted or the watch is closed
     */
    public List<RegistryChange> next(Duration patience) throws InterruptedException {
        return changes.next(patience);
    }

    /** All changes up to this revision have been returned. */
    public long progress() {
        return changes.progress();
    }

    @Override
    public void close() {
        changes.close();
        closed.run();
    }
}
