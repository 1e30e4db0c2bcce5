package io.keelson.orchestrator.view;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The picture as it is kept: built from a list, then changed by each change. One thread owns it and shows it to others as
 * {@link Cluster}. The collections it gives are views, good until the next change.
 */
public final class ClusterImage implements Cluster {

    /** How many names of pods that went are remembered; older ones may be given again, which is safe, only surprising. */
    public static final int RECENTLY_GONE_LIMIT = 10_000;

    /** How many refusals are remembered; beyond, the oldest is forgotten and shows in no condition. */
    public static final int REFUSAL_LIMIT = 10_000;

    private Kinds kinds;
    private long revision;
    private final Map<Kind, NavigableMap<String, NavigableMap<String, ClusterObject>>> byKind = new HashMap<>();
    private final Map<String, ClusterObject> byUid = new HashMap<>();
    private final Map<String, NavigableMap<String, ClusterObject>> byOwner = new HashMap<>();
    private final Map<String, NavigableMap<String, ClusterObject>> byNode = new HashMap<>();
    private final Map<String, NavigableMap<String, ClusterObject>> pendingByScheduler = new HashMap<>();
    private final SharedTrees trees = new SharedTrees();
    private final Set<Ref> recentlyGone = new LinkedHashSet<>();
    private final Map<Ref, Refusal> refusals = new LinkedHashMap<>();

    /** An empty picture. */
    public ClusterImage(Kinds kinds) {
        this.kinds = kinds;
    }

    /** An object came or changed. What is kept of it takes less memory. */
    public Change set(ClusterObject given) {
        ClusterObject object = given.with(trees.shared(Kept.of(given.ref(), given.json())));
        Optional<ClusterObject> before =
                Optional.ofNullable(byKind.computeIfAbsent(object.kind(), kind -> new TreeMap<>())
                        .computeIfAbsent(object.namespace(), namespace -> new TreeMap<>())
                        .put(object.name(), object));
        before.ifPresent(this::unindex);
        index(object);
        return new Change(object.ref(), before, Optional.of(object));
    }

    /** An object went; empty if it was not here. */
    public Optional<Change> remove(Ref ref) {
        Map<String, NavigableMap<String, ClusterObject>> namespaces = byKind.get(ref.kind());
        NavigableMap<String, ClusterObject> names = namespaces == null ? null : namespaces.get(ref.namespace());
        ClusterObject gone = names == null ? null : names.remove(ref.name());
        if (gone == null || namespaces == null || names == null) {
            return Optional.empty();
        }
        if (names.isEmpty()) {
            namespaces.remove(ref.namespace());
        }
        unindex(gone);
        refusals.remove(ref);
        if (ref.kind().equals(Kinds.POD)) {
            recentlyGone.add(ref);
            if (recentlyGone.size() > RECENTLY_GONE_LIMIT) {
                recentlyGone.remove(recentlyGone.iterator().next());
            }
        }
        return Optional.of(new Change(ref, Optional.of(gone), Optional.empty()));
    }

    /** Another table of kinds holds from now on. Objects of kinds that are not in it any more are gone, each with its change. */
    public List<Change> kinds(Kinds next) {
        List<Change> gone = new ArrayList<>();
        for (Kind kind : kinds.all()) {
            boolean stays = next.byKeyPrefix(kind.keyPrefix()).equals(Optional.of(kind.stored()));
            if (!stays) {
                all(kind).forEach(object -> remove(object.ref()).ifPresent(gone::add));
            }
        }
        kinds = next;
        return gone;
    }

    /** All changes up to this revision are in; going back is a broken invariant. */
    public void reached(long revision) {
        if (revision < this.revision) {
            throw new IllegalStateException("the picture is at revision " + this.revision + ", not " + revision);
        }
        this.revision = revision;
    }

    /** A write on behalf of an object was refused, or, if empty, went well. True if that is news. */
    public boolean refused(Ref onBehalfOf, Optional<Refusal> refusal) {
        Refusal before = refusal.isPresent() ? refusals.put(onBehalfOf, refusal.get()) : refusals.remove(onBehalfOf);
        if (refusals.size() > REFUSAL_LIMIT) {
            refusals.remove(refusals.keySet().iterator().next());
        }
        return !Objects.equals(before, refusal.orElse(null));
    }

    private void index(ClusterObject object) {
        byUid.put(object.uid(), object);
        for (OwnerReference owner : object.owners()) {
            byOwner.computeIfAbsent(owner.uid(), uid -> new TreeMap<>())
                    .put(object.ref().key(), object);
        }
        if (object.kind().equals(Kinds.POD)) {
            placeIndex(Pod.of(object))
                    .computeIfAbsent(placeOf(Pod.of(object)), place -> new TreeMap<>())
                    .put(object.ref().key(), object);
        }
    }

    /** Where a pod is found: with its node, or with the scheduler that is to find one. */
    private Map<String, NavigableMap<String, ClusterObject>> placeIndex(Pod pod) {
        return pod.nodeName().isEmpty() ? pendingByScheduler : byNode;
    }

    private static String placeOf(Pod pod) {
        return pod.nodeName().isEmpty() ? pod.schedulerName() : pod.nodeName();
    }

    private void unindex(ClusterObject object) {
        byUid.remove(object.uid(), object);
        for (OwnerReference owner : object.owners()) {
            unindex(byOwner, owner.uid(), object);
        }
        if (object.kind().equals(Kinds.POD)) {
            unindex(placeIndex(Pod.of(object)), placeOf(Pod.of(object)), object);
        }
    }

    private static void unindex(
            Map<String, NavigableMap<String, ClusterObject>> index, String entry, ClusterObject object) {
        NavigableMap<String, ClusterObject> objects = index.get(entry);
        if (objects != null) {
            objects.remove(object.ref().key(), object);
            if (objects.isEmpty()) {
                index.remove(entry);
            }
        }
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public Kinds kinds() {
        return kinds;
    }

    @Override
    public Optional<ClusterObject> get(Ref ref) {
        return Optional.ofNullable(names(ref.kind(), ref.namespace()).get(ref.name()));
    }

    @Override
    public Collection<ClusterObject> all(Kind kind) {
        List<ClusterObject> all = new ArrayList<>();
        byKind.getOrDefault(kind, Collections.emptyNavigableMap())
                .values()
                .forEach(names -> all.addAll(names.values()));
        return all;
    }

    @Override
    public Collection<ClusterObject> in(Kind kind, String namespace) {
        return Collections.unmodifiableCollection(names(kind, namespace).values());
    }

    @Override
    public Collection<ClusterObject> in(String namespace) {
        return kinds.all().stream()
                .filter(Kind::namespaced)
                .map(kind -> in(kind, namespace))
                .flatMap(Collection::stream)
                .toList();
    }

    private NavigableMap<String, ClusterObject> names(Kind kind, String namespace) {
        return byKind.getOrDefault(kind, Collections.emptyNavigableMap())
                .getOrDefault(namespace, Collections.emptyNavigableMap());
    }

    @Override
    public Optional<ClusterObject> byUid(String uid) {
        return Optional.ofNullable(byUid.get(uid));
    }

    @Override
    public Collection<ClusterObject> ownedBy(String uid) {
        return values(byOwner, uid);
    }

    @Override
    public Collection<ClusterObject> podsOn(String node) {
        return values(byNode, node);
    }

    @Override
    public Collection<ClusterObject> pending(String scheduler) {
        return values(pendingByScheduler, scheduler);
    }

    private static Collection<ClusterObject> values(
            Map<String, NavigableMap<String, ClusterObject>> index, String entry) {
        return Collections.unmodifiableCollection(
                index.getOrDefault(entry, Collections.emptyNavigableMap()).values());
    }

    @Override
    public boolean recentlyGone(Ref pod) {
        return recentlyGone.contains(pod);
    }

    @Override
    public Optional<Refusal> refusal(Ref onBehalfOf) {
        return Optional.ofNullable(refusals.get(onBehalfOf));
    }

    /** Every object, each as the change that brought it; for those who begin to look at a picture that is there already. */
    public void forEach(Consumer<Change> visit) {
        for (Kind kind : kinds.all()) {
            all(kind).forEach(object -> visit.accept(new Change(object.ref(), Optional.empty(), Optional.of(object))));
        }
    }
}
