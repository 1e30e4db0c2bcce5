package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Custom;
import io.keelson.orchestrator.kind.Defaults;
import io.keelson.orchestrator.kind.FieldError;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.kind.Subresource;
import io.keelson.orchestrator.kind.UnknownFields;
import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.Decoding;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.ServerSideApply;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.store.Kv;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads, writes and watches objects. Every call blocks (call from virtual threads) and throws {@link ApiException}. Thread safe.
 */
public final class Api {

    /** A create that is overtaken by changes of its kind this often is given back as a conflict. */
    private static final int MAX_ATTEMPTS = 8;

    private final Kv kv;
    private final PresentKinds kinds;
    private final Addresses addresses;
    private final Reads reads;
    private final WatchHub hub;
    private final WatchLimits limits;
    private final WatchSeats seats;
    private final Writes writes;
    private final Together together;
    private final Past past;
    private final Admission admission;

    /**
     * An API over a store.
     *
     * @param kinds gives the present table of kinds; another when kinds came or went
     * @param random for uids and the suffixes of generated names; must be thread safe
     */
    public Api(Kv kv, PresentKinds kinds, Addresses addresses, InstantSource clock, RandomGenerator random) {
        this(kv, kinds, addresses, clock, random, WriteCheck.NONE, Admission.NONE, WatchLimits.DEFAULT);
    }

    /** As the other one, with {@link WatchLimits#DEFAULT}. */
    public Api(
            Kv kv,
            PresentKinds kinds,
            Addresses addresses,
            InstantSource clock,
            RandomGenerator random,
            WriteCheck check,
            Admission admission) {
        this(kv, kinds, addresses, clock, random, check, admission, WatchLimits.DEFAULT);
    }

    /**
     * As the other one.
     *
     * @param check looks at each write before it is stored
     * @param admission changes and judges each write
     * @param limits how much watching is allowed
     */
    public Api(
            Kv kv,
            PresentKinds kinds,
            Addresses addresses,
            InstantSource clock,
            RandomGenerator random,
            WriteCheck check,
            Admission admission,
            WatchLimits limits) {
        this.kv = kv;
        this.kinds = kinds;
        this.addresses = addresses;
        this.reads = new Reads(kv);
        this.hub = new WatchHub(kv);
        this.limits = limits;
        this.seats = new WatchSeats(limits);
        this.writes = new Writes(kv, reads, addresses, clock, random, check, admission);
        this.together = new Together(kv, (other, dryRun) -> {
            Admission there = admission.over(other);
            return new Api(
                    other,
                    kinds,
                    addresses,
                    clock,
                    random,
                    check.over(other),
                    dryRun ? there.rehearsing() : there,
                    limits);
        });
        this.past = new Past(kv);
        this.admission = admission;
    }

    /** The object; NOT_FOUND if there is none. Linearizable. */
    public Stored get(Ref ref) {
        return find(ref).orElseThrow(() -> ApiException.notFound(ref.kind(), ref.name()));
    }

    /**
     * The object, not older than a resourceVersion; that may be empty, for reads are linearizable. What is stored in the form in which the
     * kind shows it is not read as a tree before somebody asks for that.
     *
     * @throws ApiException BAD_REQUEST if that is no number, TIMEOUT if the store is not there yet, NOT_FOUND
     */
    public ObjectVersion version(Ref ref, String notOlderThan) {
        return reads.version(ref, notOlderThan).orElseThrow(() -> ApiException.notFound(ref.kind(), ref.name()));
    }

    /** The object, if it is there. Linearizable. */
    public Optional<Stored> find(Ref ref) {
        return reads.find(ref);
    }

    /** All objects that a query selects, at one revision. */
    public Listing list(ListQuery query) {
        return reads.list(query);
    }

    /**
     * Asks everybody who has a say whether somebody may connect to what runs in an object; see {@link Admission#judge}.
     *
     * @return what is wanted there, as they leave it
     * @throws ApiException if that is refused
     */
    public ObjectNode admitConnection(User user, Ref ref, String subresource, ObjectNode options) {
        // What anybody warns of cannot be told to who leaves HTTP.
        return admission
                .judge(
                        new Admission.Intent(
                                Operation.CONNECT,
                                ref.kind(),
                                ref.namespace(),
                                subresource,
                                user,
                                false,
                                Json.object(),
                                Admission.Basis.NEWEST),
                        ref.name(),
                        options)
                .object();
    }

    /**
     * Reads what is created below an object and stored nowhere, an Eviction or a TokenRequest, and asks everybody who has a say in it.
     *
     * @param sent never changed
     * @return what they leave of it, with the name and namespace of the object, and what the sender should know
     * @throws ApiException BAD_REQUEST if it cannot be read; else if it is refused
     */
    public Admission.Judged admitCreation(Ref ref, String subresource, ObjectNode sent, WriteOptions options) {
        Kind kind = Subresource.ownKind(subresource)
                .orElseThrow(() -> new IllegalArgumentException("nothing of its own is sent to " + subresource));
        Decoding.Result decoded = Decoding.check(kind, Optional.empty(), sent, options.validation());
        decoded.rejection().ifPresent(why -> {
            throw new ApiException(why);
        });
        ObjectNode object = Defaults.withoutNulls(kind, sent);
        if (decoded.unknown()) {
            UnknownFields.drop(kind, object);
        }
        Json.child(object, "metadata").put("name", ref.name()).put("namespace", ref.namespace());
        Admission.Judged judged = admission.judge(
                new Admission.Intent(
                        Operation.CREATE,
                        ref.kind(),
                        ref.namespace(),
                        subresource,
                        options.user(),
                        options.dryRun(),
                        options.told(),
                        Admission.Basis.NEWEST),
                ref.name(),
                object);
        List<String> warnings = Stream.concat(decoded.warnings().stream(), judged.warnings().stream())
                .toList();
        return new Admission.Judged(judged.object(), warnings);
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
        for (int attempt = 1; ; attempt++) {
            Kind row = present(kind);
            WriteOptions guarded = makes(row, options);
            try {
                return writes.create(row, namespace, object, guarded);
            } catch (ApiException e) {
                if (!redefined(row, e) || attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * Replaces an object; with {@code metadata.resourceVersion} only if it is still at that revision, else CONFLICT.
     *
     * @param subresource empty, {@code status}, {@code scale} or {@code finalize}
     */
    public Stored update(Ref ref, String subresource, ObjectNode object, WriteOptions options) {
        return writes.update(present(ref), subresource, object, options);
    }

    /** Changes an object as a patch says; see {@link #update} for subresources and conflicts. */
    public Stored patch(Ref ref, String subresource, PatchType type, JsonNode patch, WriteOptions options) {
        return patch(ref, subresource, type, patch, List.of(), options);
    }

    /** The same with what the text of the patch had that is odd. */
    public Stored patch(
            Ref ref,
            String subresource,
            PatchType type,
            JsonNode patch,
            List<FieldError> noticed,
            WriteOptions options) {
        return writes.patch(present(ref), subresource, type, patch, noticed, options);
    }

    /** Creates the object, or merges what the caller says with what it said before and what is there. */
    public Applied apply(Kind kind, String namespace, ObjectNode object, WriteOptions options) {
        Kind row = present(kind);
        return writes.apply(row, namespace, object, makes(row, options));
    }

    /**
     * Creates or changes an object as its fields' owners allow; see {@link ServerSideApply}.
     *
     * @param options with the manager who will own what is applied
     * @param mayCreate throws if the caller must not create the object; called before it is created
     */
    public Applied applyOwned(Ref ref, ServerSideApply.Request request, WriteOptions options, Runnable mayCreate) {
        Kind row = present(ref.kind());
        Runnable mayMake = () -> {
            refuseIfEnding(row);
            mayCreate.run();
        };
        return writes.applyOwned(new Ref(row, ref.namespace(), ref.name()), request, asDefined(row, options), mayMake);
    }

    /** Deletes an object, or begins its end if a grace period or finalizers hold it. */
    public Deleted delete(Ref ref, DeleteOptions options) {
        return writes.delete(present(ref), "", options);
    }

    /** The same of a pod whose eviction has been admitted: policies and webhooks have been asked of that, and are not asked of the delete. */
    public Deleted deleteEvicted(Ref pod, DeleteOptions options) {
        return writes.delete(present(pod), "eviction", options);
    }

    /**
     * Does many writes as one: all of them at one revision, or none. The work is done on a picture of one revision, and done again if
     * what it read has changed before its writes were stored, so it must do nothing but read and write through the transaction.
     *
     * @param dryRun decide everything, and store nothing
     * @throws ApiException what the work throws, then nothing is stored; REQUEST_ENTITY_TOO_LARGE beyond what the store takes in one
     *     transaction; CONFLICT if others were faster each time
     */
    public <T> Committed<T> atomically(boolean dryRun, Function<Transaction, T> work) {
        return together.run(dryRun, work);
    }

    /**
     * A picture at one revision of all that may concern one object: what is in its namespace, what is in none, and all pods. Its caller's
     * own.
     */
    public Cluster around(Ref ref, Instant now) {
        return Surroundings.of(reads, kinds(), ref, now);
    }

    /** Objects as they were. */
    public Past past() {
        return past;
    }

    /** Opens a cursor over the changes that a query selects, for this process itself. */
    public ObjectWatch watch(WatchQuery query) {
        return watch(query, () -> {});
    }

    /**
     * Opens a cursor over the changes that a query selects.
     *
     * @throws ApiException TOO_MANY_REQUESTS if the user, or this server, has as many watches as it may have; NOT_FOUND if the kind is
     *     not there any more
     */
    public ObjectWatch watch(WatchQuery query, User user) {
        return seated(user, giveBack -> watch(query, giveBack));
    }

    private ObjectWatch watch(WatchQuery query, Runnable closed) {
        Selection selection = new Selection(query);
        return new StoreWatch(reads, query, selection, from -> changes(selection, query.kind(), from), closed);
    }

    private ChangeCursor<ObjectEvent> changes(Selection selection, Kind kind, long from) {
        ChangeCursor<ObjectEvent> cursor = new ChangeCursor<>(kv, hub, limits, selection, from);
        try {
            // The cursor sees the kind go away from now on, and not that it went since the request looked it up.
            present(kind);
            return cursor;
        } catch (RuntimeException e) {
            cursor.close();
            throw e;
        }
    }

    /**
     * Opens a cursor over the changes after a revision of objects of several kinds.
     *
     * @throws ApiException TOO_MANY_REQUESTS if the user, or this server, has as many watches as it may have
     */
    public RegistryWatch changes(List<Kind> of, long fromRevision, User user) {
        return seated(
                user,
                giveBack -> new RegistryWatch(
                        interest -> new ChangeCursor<>(kv, hub, limits, interest, fromRevision), of, giveBack));
    }

    private <T> T seated(User user, Function<Runnable, T> open) {
        Runnable giveBack = seats.take(user);
        try {
            return open.apply(giveBack);
        } catch (RuntimeException e) {
            giveBack.run();
            throw e;
        }
    }

    /** The row by which a write is judged: of a kind that is defined at run time the newest that anybody can have seen. */
    private Kind present(Kind kind) {
        Kinds table = kind.custom().isPresent() ? kinds.sync() : kinds.get();
        Optional<Kind> row = table.byApiVersion(kind.apiVersion(), kind.kind());
        if (row.isEmpty() && kind.custom().isPresent()) {
            throw new ApiException(Reason.NOT_FOUND, "the server could not find the requested resource");
        }
        return row.orElse(kind);
    }

    private Ref present(Ref ref) {
        return new Ref(present(ref.kind()), ref.namespace(), ref.name());
    }

    /** An object comes into being only while its definition is as it was: none comes after the last has gone. */
    private static WriteOptions makes(Kind kind, WriteOptions options) {
        refuseIfEnding(kind);
        return asDefined(kind, options);
    }

    private static void refuseIfEnding(Kind kind) {
        if (kind.custom().filter(Custom::terminating).isPresent()) {
            throw new ApiException(
                    Reason.METHOD_NOT_ALLOWED, "create not allowed while custom resource definition is terminating");
        }
    }

    private static WriteOptions asDefined(Kind kind, WriteOptions options) {
        return kind.custom()
                .map(custom -> options.and(Keys.modRevision(custom.definitionKey(), custom.definitionRevision())))
                .orElse(options);
    }

    /** Whether a write may have failed only because the definition changed meanwhile. */
    private boolean redefined(Kind row, ApiException e) {
        return row.custom().isPresent()
                && e.reason() == Reason.CONFLICT
                && present(row)
                        .custom()
                        .map(Custom::definitionRevision)
                        .filter(revision -> revision != row.custom().get().definitionRevision())
                        .isPresent();
    }

    /** The table of kinds, as new as anything that a client can have seen. */
    public Kinds newestKinds() {
        return kinds.sync();
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
