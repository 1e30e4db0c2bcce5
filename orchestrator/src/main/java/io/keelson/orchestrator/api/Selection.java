package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Custom;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.orchestrator.select.LabelSelector;
import java.util.Optional;
import java.util.Set;

/** The objects that a query selects, and how they come into the selection and leave it. */
final class Selection implements Interest<ObjectEvent> {

    private final WatchQuery query;
    private final Set<String> resources;
    private final String prefix;
    private final boolean one;
    private final boolean everything;
    private final Optional<Mark> mark;

    Selection(WatchQuery query) {
        this.query = query;
        this.resources = Set.of(query.kind().keyPrefix());
        Optional<String> only = Reads.onlyKey(query.listed());
        this.one = only.isPresent();
        this.prefix = only.orElseGet(() -> Keys.prefix(query.kind(), query.namespace()));
        this.everything = query.labels().isEverything() && query.fields().isEverything();
        this.mark = one ? Optional.of(new Mark(new Trait.Name(), Set.of(prefix))) : mark(query);
    }

    /** By a label if one is asked for, which is read more easily than a field. What somebody else converts nobody knows before. */
    private static Optional<Mark> mark(WatchQuery query) {
        if (query.kind().custom().isPresent()) {
            return Optional.empty();
        }
        return query.labels().requirements().stream()
                .filter(each -> each.operator() == LabelSelector.Operator.IN)
                .map(each -> new Mark(new Trait.Label(query.kind(), each.key()), each.values()))
                .findFirst()
                .or(() -> query.fields().terms().stream()
                        .filter(FieldSelector.Term::equal)
                        .map(term -> new Mark(new Trait.Field(query.kind(), term), Set.of(term.value())))
                        .findFirst());
    }

    @Override
    public Optional<Mark> mark() {
        return mark;
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
        Optional<ObjectVersion> before = change.existed() ? Optional.of(before(change)) : Optional.empty();
        boolean was = before.filter(this::selects).isPresent();
        Optional<ObjectVersion> after = change.after(query.kind());
        if (after.filter(this::selects).isPresent()) {
            return after.map(
                    version -> new ObjectEvent(was ? ObjectEvent.Type.MODIFIED : ObjectEvent.Type.ADDED, version));
        }
        return before.filter(_ -> was).map(version -> new ObjectEvent(ObjectEvent.Type.DELETED, version));
    }

    private ObjectEvent toldOfAny(KeyChange change) {
        return change.after(query.kind())
                .map(version ->
                        new ObjectEvent(change.existed() ? ObjectEvent.Type.MODIFIED : ObjectEvent.Type.ADDED, version))
                .orElseGet(() -> new ObjectEvent(ObjectEvent.Type.DELETED, before(change)));
    }

    /** What the object was, which existed; if that is compacted nobody knows whether it was selected. */
    private ObjectVersion before(KeyChange change) {
        return change.before(query.kind())
                .orElseThrow(
                        () -> new ApiException(Reason.EXPIRED, "too old resource version: " + (change.revision() - 1)));
    }

    boolean selects(ObjectVersion version) {
        return everything
                || ((query.labels().isEverything() || query.labels().matches(version.labels()))
                        && (query.fields().isEverything() || query.fields().matches(version.object())));
    }
}
