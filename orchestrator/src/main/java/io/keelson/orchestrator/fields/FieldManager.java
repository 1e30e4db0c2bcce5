package io.keelson.orchestrator.fields;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What writes do to ownership, and what an apply makes of an object. Versions of one kind are taken to name what they have in common alike:
 * what one owns in one version it owns in the others.
 */
public final class FieldManager {

    /** Of older updates more than this are put together: objects that many write to would grow and grow. */
    static final int MAX_UPDATE_MANAGERS = 10;

    /** Owner of what was put together. */
    private static final String ANCIENT = "ancient-changes";

    /** Owner of what an object that nobody kept track of has when somebody first applies to it. */
    private static final String BEFORE_FIRST_APPLY = "before-first-apply";

    /** Fields that are no one's: they say which object it is, or are the system's. */
    private static final FieldSet NEVER_OWNED = FieldSet.of(
            FieldPath.of("apiVersion"),
            FieldPath.of("kind"),
            FieldPath.of("metadata"),
            FieldPath.of("metadata", "name"),
            FieldPath.of("metadata", "namespace"),
            FieldPath.of("metadata", "creationTimestamp"),
            FieldPath.of("metadata", "selfLink"),
            FieldPath.of("metadata", "uid"),
            FieldPath.of("metadata", "clusterName"),
            FieldPath.of("metadata", "generation"),
            FieldPath.of("metadata", "managedFields"),
            FieldPath.of("metadata", "resourceVersion"));

    private FieldManager() {}

    /** What came of an apply. */
    public sealed interface Applied {

        /**
         * It can be done.
         *
         * @param object the live object with what was applied, without what the manager does not apply any more and nobody else owns
         * @param owners who owns what then
         */
        record Merged(ObjectNode object, ManagedFields owners) implements Applied {}

        /** Others own fields that would change; at least one. */
        record Refused(List<Conflict> conflicts) implements Applied {}
    }

    /** Who owns what of a new object that was not applied. */
    public static ManagedFields create(FieldType type, Write write, ObjectNode object, ManagedFields owners) {
        return change(type, write, Skeleton.of(type, write), object, owners);
    }

    /**
     * Who owns what after any write but an apply: the writer has all that it changed, and others have it no more. Of an object that
     * nobody keeps track of, nobody begins to.
     *
     * @param live the object before
     * @param updated the object after
     * @param owners who owned what before
     * @throws FieldsException if an item of a list has nothing by which it is known
     */
    public static ManagedFields update(
            FieldType type, Write write, ObjectNode live, ObjectNode updated, ManagedFields owners) {
        return owners.isEmpty() ? owners : change(type, write, live, updated, owners);
    }

    private static ManagedFields change(
            FieldType type, Write write, ObjectNode live, ObjectNode updated, ManagedFields owners) {
        Comparison comparison = Comparing.compare(type, live, updated).in(write.scope());
        FieldSet changed = comparison.set().difference(NEVER_OWNED);
        if (changed.isEmpty()) {
            return taken(owners, comparison);
        }
        // What the writer has changed would be taken from it only to be given to it again.
        FieldSet lost = comparison.removed().union(comparison.set().intersection(NEVER_OWNED));
        Ownership owned = owners.of(write.manager())
                .map(own -> own.without(lost).with(changed, write.apiVersion(), write.time()))
                .orElseGet(() -> new Ownership(changed, write.apiVersion(), write.time()));
        return capped(taken(owners.without(write.manager()), comparison).with(write.manager(), owned));
    }

    private static ManagedFields taken(ManagedFields owners, Comparison comparison) {
        return comparison.isEmpty() ? owners : owners.without(comparison.set().union(comparison.removed()));
    }

    /**
     * Applies a configuration.
     *
     * @param live the object as it is; empty if there is none
     * @param config what the manager wants, and all that it wants
     * @param force take what others own in place of a refusal
     * @throws FieldsException if an item of a list has nothing by which it is known, or the configuration has one twice
     */
    public static Applied apply(
            FieldType type, Write write, ObjectNode live, ObjectNode config, ManagedFields owners, boolean force) {
        ManagedFields tracked = owners.isEmpty() ? untracked(type, write, live) : owners;
        FieldSet last = tracked.of(write.manager()).map(Ownership::fields).orElse(FieldSet.EMPTY);
        FieldSet applied = write.scope().of(Mentioned.in(type, config));
        ManagedFields claimed = tracked.with(write.manager(), new Ownership(applied, write.apiVersion(), write.time()));
        ObjectNode merged = Merging.merge(type, live, config);
        // What is pruned empty goes; where the configuration says that it is there and empty, it comes back.
        ObjectNode object = Merging.merge(type, Pruning.prune(type, merged, last, applied, claimed::all), config);

        Comparison comparison =
                Comparing.compare(type, live, Json.withoutNulls(object)).in(write.scope());
        ManagedFields others = tracked.without(write.manager());
        List<Conflict> conflicts =
                force ? List.of() : conflicts(others, comparison.set().union(nulled(type, write, live, object)));
        if (!conflicts.isEmpty()) {
            return new Applied.Refused(conflicts);
        }
        FieldSet owned = applied.difference(NEVER_OWNED);
        boolean news = !comparison.isEmpty() || !owned.equals(last);
        String time = news
                ? write.time()
                : tracked.of(write.manager()).map(Ownership::time).orElse(write.time());
        return new Applied.Merged(
                object,
                taken(others, comparison).with(write.manager(), new Ownership(owned, write.apiVersion(), time)));
    }

    /** What is there and is applied as null, which is a value like others. For what is not there null changes nothing. */
    private static FieldSet nulled(FieldType type, Write write, ObjectNode live, ObjectNode object) {
        return Values.hasNull(object)
                ? Comparing.compare(type, live, object).in(write.scope()).modified()
                : FieldSet.EMPTY;
    }

    private static ManagedFields untracked(FieldType type, Write write, ObjectNode live) {
        Manager before = Manager.updating(BEFORE_FIRST_APPLY, write.apiVersion(), "");
        Write earlier = new Write(before, write.apiVersion(), write.scope(), write.time(), write.custom());
        return live.isEmpty()
                ? ManagedFields.NONE
                : change(type, earlier, Skeleton.of(type, earlier), live, ManagedFields.NONE);
    }

    private static List<Conflict> conflicts(ManagedFields others, FieldSet changed) {
        List<Conflict> conflicts = new ArrayList<>();
        others.owners().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(other -> other.getValue()
                        .within(changed)
                        .paths()
                        .forEach(path -> conflicts.add(new Conflict(other.getKey(), path))));
        return conflicts;
    }

    /** Puts the oldest updates together, by version, until they are few enough. */
    private static ManagedFields capped(ManagedFields owners) {
        ManagedFields capped = owners;
        while (true) {
            List<Manager> oldest = updaters(capped);
            Optional<Manager> second = oldest.size() <= MAX_UPDATE_MANAGERS
                    ? Optional.empty()
                    : oldest.stream()
                            .filter(manager -> !firstOfVersion(oldest, manager).equals(manager))
                            .findFirst();
            if (second.isEmpty()) {
                return capped;
            }
            capped = joined(capped, firstOfVersion(oldest, second.get()), second.get());
        }
    }

    private static List<Manager> updaters(ManagedFields owners) {
        return owners.owners().entrySet().stream()
                .filter(owner -> owner.getKey().operation() == Manager.Operation.UPDATE)
                .sorted(Map.Entry.<Manager, Ownership>comparingByValue(Comparator.comparing(Ownership::time))
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Manager firstOfVersion(List<Manager> oldest, Manager of) {
        return oldest.stream()
                .filter(manager -> manager.apiVersion().equals(of.apiVersion()))
                .findFirst()
                .orElse(of);
    }

    private static ManagedFields joined(ManagedFields owners, Manager older, Manager newer) {
        Manager bucket = Manager.updating(ANCIENT, newer.apiVersion(), "");
        FieldSet fields = FieldSet.EMPTY;
        String time = "";
        for (Manager each : List.of(bucket, older, newer)) {
            Optional<Ownership> ownership = owners.of(each);
            fields = fields.union(ownership.map(Ownership::fields).orElse(FieldSet.EMPTY));
            time = ownership.map(Ownership::time).orElse(time);
        }
        return owners.without(older).without(newer).with(bucket, new Ownership(fields, newer.apiVersion(), time));
    }
}
