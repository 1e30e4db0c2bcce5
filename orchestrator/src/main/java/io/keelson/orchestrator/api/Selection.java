package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Custom;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** The objects that a query selects, and how they come into the selection and leave it. */
final class Selection implements Interest<ObjectEvent> {

    private final WatchQuery query;
    private final Set<String> resources;
    private final String prefix;
    private final boolean one;
    private final boolean everything;

    Selection(WatchQuery query) {
        this.query = query;
        this.resources = Set.of(query.kind().keyPrefix());
        Optional<String> only = Reads.onlyKey(query.listed());
        this.one = only.isPresent();
        this.prefix = only.orElseGet(() -> Keys.prefix(query.kind(), query.namespace()));
        this.everything = query.labels().isEverything() && query.fields().isEverything();
    }

    @Override
    public Set<String> resources() {
        return resources;
    }

    @Override
    public String keys() {
        return prefix;
    }

    @Override
    public boolean concerns(KeyChange change) {
        return one ? change.key().equals(prefix) : change.key().startsWith(prefix);
    }

    @Override
    public boolean onlyComputes() {
        return query.kind().custom().isEmpty();
    }

    @Override
    public Optional<String> definition() {
        return query.kind().custom().map(Custom::definitionKey);
    }

    @Override
    public Optional<ObjectEvent> told(KeyChange change) {
        if (everything) {
            return Optional.of(toldOfAny(change));
        }
        // Without its last state, which may be compacted, an object that existed counts as one that was selected.
        Optional<ObjectVersion> before = change.before(query.kind());
        boolean was = before.map(this::selects).orElse(change.existed());
        Optional<ObjectVersion> after = change.after(query.kind());
        if (after.filter(this::selects).isPresent()) {
            return after.map(
                    version -> new ObjectEvent(was ? ObjectEvent.Type.MODIFIED : ObjectEvent.Type.ADDED, version));
        }
        if (change.isDelete() && before.isEmpty()) {
            return Optional.of(gone(change));
        }
        return before.filter(_ -> was).map(version -> new ObjectEvent(ObjectEvent.Type.DELETED, version));
    }

    private ObjectEvent toldOfAny(KeyChange change) {
        return change.after(query.kind())
                .map(version ->
                        new ObjectEvent(change.existed() ? ObjectEvent.Type.MODIFIED : ObjectEvent.Type.ADDED, version))
                .orElseGet(() -> gone(change));
    }

    private ObjectEvent gone(KeyChange change) {
        return new ObjectEvent(
                ObjectEvent.Type.DELETED, change.before(query.kind()).orElseGet(() -> nameOnly(change)));
    }

    boolean selects(ObjectVersion version) {
        return everything
                || (query.labels().matches(version.object()) && query.fields().matches(version.object()));
    }

    /** For a delete of which the last state is compacted: what the key says. */
    private ObjectVersion nameOnly(KeyChange change) {
        Kind kind = query.kind();
        String[] path = change.key().substring(change.resource().length()).split("/", -1);
        ObjectNode object = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        ObjectNode metadata = Json.child(object, "metadata").put("name", path[path.length - 1]);
        if (kind.namespaced()) {
            metadata.put("namespace", path[0]);
        }
        metadata.put("resourceVersion", Long.toString(change.revision()));
        return ObjectVersion.of(kind, object, change.revision());
    }
}
