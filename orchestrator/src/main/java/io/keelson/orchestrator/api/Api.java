package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.ServerSideApply;
import io.keelson.store.Kv;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads, writes and watches objects. Every call blocks (call from virtual threads) and throws {@link ApiException}. Thread safe.
 */
public final class Api {

    private final Kv kv;
    private final Supplier<Kinds> kinds;
    private final Addresses addresses;
    private final Reads reads;
    private final Writes writes;

    /**
     * An API over a store.
     *
     * @param kinds gives the present table of kinds; another when kinds came or went
     * @param random for uids and the suffixes of generated names; must be thread safe
     */
    public Api(Kv kv, Supplier<Kinds> kinds, Addresses addresses, InstantSource clock, RandomGenerator random) {
        this(kv, kinds, addresses, clock, random, WriteCheck.NONE);
    }

    /**
     * As the other one.
     *
     * @param check looks at each write before it is stored
     */
    public Api(
            Kv kv,
            Supplier<Kinds> kinds,
            Addresses addresses,
            InstantSource clock,
            RandomGenerator random,
            WriteCheck check) {
        this.kv = kv;
        this.kinds = kinds;
        this.addresses = addresses;
        this.reads = new Reads(kv);
        this.writes = new Writes(kv, reads, addresses, clock, random, check);
    }

    /** The object; NOT_FOUND if there is none. Linearizable. */
    public Stored get(Ref ref) {
        return find(ref).orElseThrow(() -> ApiException.notFound(ref.kind(), ref.name()));
    }

    /** The object, if it is there. Linearizable. */
    public Optional<Stored> find(Ref ref) {
        return reads.find(ref);
    }

    /** All objects that a query selects, at one revision. */
    public Listing list(ListQuery query) {
        return reads.list(query);
    }

    /** Whether {@link #stream} can answer a query. */
    public static boolean canStream(ListQuery query) {
        return Reads.canStream(query);
    }

    /**
     * As {@link #list}, without holding all of it. What is stored in the form in which the kind shows it is not read as a tree.
     *
     * @throws ApiException also in the middle, when history is compacted meanwhile: then what was told is not whole
     */
    public <E extends Exception> void stream(ListQuery query, ListSink<E> sink) throws E {
        reads.stream(query, sink);
    }

    /**
     * Stores a new object.
     *
     * @param namespace where, if the object does not say itself; empty for cluster-scoped kinds
     */
    public Stored create(Kind kind, String namespace, ObjectNode object, WriteOptions options) {
        return writes.create(kind, namespace, object, options);
    }

    /**
     * Replaces an object; with {@code metadata.resourceVersion} only if it is still at that revision, else CONFLICT.
     *
     * @param subresource empty, {@code status}, {@code scale} or {@code finalize}
     */
    public Stored update(Ref ref, String subresource, ObjectNode object, WriteOptions options) {
        return writes.update(ref, subresource, object, options);
    }

    /** Changes an object as a patch says; see {@link #update} for subresources and conflicts. */
    public Stored patch(Ref ref, String subresource, PatchType type, JsonNode patch, WriteOptions options) {
        return writes.patch(ref, subresource, type, patch, options);
    }

    /** Creates the object, or merges what the caller says with what it said before and what is there. */
    public Applied apply(Kind kind, String namespace, ObjectNode object, WriteOptions options) {
        return writes.apply(kind, namespace, object, options);
    }

    /**
     * Creates or changes an object as its fields' owners allow; see {@link ServerSideApply}.
     *
     * @param options with the manager who will own what is applied
     * @param mayCreate throws if the caller must not create the object; called before it is created
     */
    public Applied applyOwned(Ref ref, ServerSideApply.Request request, WriteOptions options, Runnable mayCreate) {
        return writes.applyOwned(ref, request, options, mayCreate);
    }

    /** Deletes an object, or begins its end if a grace period or finalizers hold it. */
    public Deleted delete(Ref ref, DeleteOptions options) {
        return writes.delete(ref, options);
    }

    /** Opens a cursor over the changes that a query selects. */
    public ObjectWatch watch(WatchQuery query) {
        return StoreWatch.open(kv, reads, query);
    }

    /** Opens a cursor over the changes after a revision of objects of several kinds. */
    public RegistryWatch changes(List<Kind> of, long fromRevision) {
        return new RegistryWatch(kv, of, fromRevision);
    }

    /** The table of kinds that this API serves at this moment; it may be another one at the next. */
    public Kinds kinds() {
        return kinds.get();
    }

    /** From which ranges addresses are given out. */
    public Addresses addresses() {
        return addresses;
    }
}
