package io.keelson.orchestrator.api;

import io.keelson.orchestrator.api.Admission.Basis;
import io.keelson.orchestrator.kind.FieldError;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.patch.PatchException;
import io.keelson.orchestrator.patch.Patches;
import io.keelson.orchestrator.patch.ThreeWay;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.Deletion;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Given;
import io.keelson.orchestrator.registry.Holdings;
import io.keelson.orchestrator.registry.LastApplied;
import io.keelson.orchestrator.registry.Mutation;
import io.keelson.orchestrator.registry.NamespaceLife;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Prepared;
import io.keelson.orchestrator.registry.Reading;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Registry;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.orchestrator.registry.Requestor;
import io.keelson.orchestrator.registry.Scale;
import io.keelson.orchestrator.registry.ServerSideApply;
import io.keelson.orchestrator.registry.Tracking;
import io.keelson.orchestrator.registry.Writer;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.store.Kv;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The loop of every write: read, let the registry decide, commit; and once more if something came between. */
final class Writes {

    /** A write that was overtaken this often is given back to its caller as a conflict. */
    private static final int MAX_ATTEMPTS = 16;

    private final Kv kv;
    private final Reads reads;
    private final Commit commit;
    private final Addresses addresses;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final WriteCheck check;
    private final Admission admission;

    Writes(
            Kv kv,
            Reads reads,
            Addresses addresses,
            InstantSource clock,
            RandomGenerator random,
            WriteCheck check,
            Admission admission) {
        this.kv = kv;
        this.reads = reads;
        this.commit = new Commit(kv, new EventLease(kv, clock));
        this.addresses = addresses;
        this.clock = clock;
        this.random = random;
        this.check = check;
        this.admission = admission;
    }

    private Admission.Pass admit(
            Operation operation,
            Ref ref,
            String subresource,
            User user,
            boolean dryRun,
            ObjectNode options,
            Basis basis) {
        return admission.begin(new Admission.Intent(
                operation, ref.kind(), ref.namespace(), subresource, user, dryRun, options, basis));
    }

    /** The first attempt asks nobody but this replica: if what it has is the newest, as nearly always, that is all that it takes. */
    private static Basis basis(int attempt, WriteOptions options) {
        return attempt == 0 && !options.dryRun() ? Basis.HERE : Basis.NEWEST;
    }

    Stored create(Kind kind, String namespace, ObjectNode sent, WriteOptions options) {
        User user = options.user();
        ObjectNode object = Requestor.stamped(kind, sent, user.name(), user.uid(), user.groups(), user.extra());
        boolean generated = Json.string(object, "metadata", "name").orElse("").isEmpty();
        return create(
                kind,
                namespace,
                generated,
                options,
                (given, mutation) -> Tracking.created(
                        kind,
                        object,
                        writer(options, given.now()),
                        mutation,
                        tracked -> Registry.create(kind, namespace, object, options.validation(), given, tracked)));
    }

    private static Writer writer(WriteOptions options, Instant now) {
        return new Writer(options.fieldManager(), now);
    }

    private Writer writer(WriteOptions options) {
        return writer(options, clock.instant());
    }

    private Stored create(
            Kind kind,
            String namespace,
            boolean generated,
            WriteOptions options,
            BiFunction<Given, Mutation, Prepared> decide) {
        Rejection last = Rejection.conflict(kind, "", "too many writers");
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Basis basis = basis(attempt, options);
            Admission.Intent intent = new Admission.Intent(
                    Operation.CREATE, kind, namespace, "", options.user(), options.dryRun(), options.told(), basis);
            try (Admission.Pass pass = admission.begin(intent)) {
                Creation creation;
                try {
                    creation = decideCreation(kind, namespace, options, decide, pass, basis);
                } catch (ApiException e) {
                    if (basis == Basis.HERE && !e.isSettled()) {
                        continue;
                    }
                    throw e;
                }
                Prepared.Store store = creation.store();
                Ref ref = creation.ref();
                Admission.Terms terms = creation.terms();
                if (options.dryRun()) {
                    if (reads.find(ref).isPresent()) {
                        throw new ApiException(Rejection.alreadyExists(kind, ref.name()));
                    }
                    return new Stored(store.object(), 0, terms.after(store.warnings()));
                }
                switch (commit.run(ref, Optional.empty(), Optional.of(store.object()), terms, options.guards())) {
                    case Commit.Result.Done done -> {
                        return stored(store, done, terms);
                    }
                    case Commit.Result.Taken taken -> refuseIfChosen(ref, taken, creation.chosenByUser());
                    case Commit.Result.Raced _ -> {
                        last = Rejection.alreadyExists(kind, ref.name());
                        if (!generated && reads.find(ref).isPresent()) {
                            throw new ApiException(last);
                        }
                    }
                }
            }
        }
        throw new ApiException(last);
    }

    /** What is to be created, and under which terms. */
    private record Creation(Ref ref, Prepared.Store store, Admission.Terms terms, Map<String, String> chosenByUser) {}

    private Creation decideCreation(
            Kind kind,
            String namespace,
            WriteOptions options,
            BiFunction<Given, Mutation, Prepared> decide,
            Admission.Pass pass,
            Basis basis) {
        Prepared.Store store = switch (decide.apply(given(), pass::mutate)) {
            case Prepared.Store fine -> fine;
            case Prepared.Refuse refused -> throw new ApiException(refused.rejection());
            case Prepared.Unchanged _, Prepared.Remove _ ->
                throw new IllegalStateException("a create can only store or refuse");
        };
        ObjectNode object = store.object();
        Ref ref =
                new Ref(kind, namespace, Json.string(object, "metadata", "name").orElseThrow());
        check.check(options.user(), ref, "", Optional.empty(), object);
        Map<String, Long> inNamespace = namespaceAdmits(ref, basis);
        Admission.Terms terms =
                pass.validate(ref.name(), Optional.empty(), Optional.of(object)).with(inNamespace);
        Map<String, String> chosenByUser = Holdings.of(kind, object);
        fill(kind, object);
        return new Creation(ref, store, terms, chosenByUser);
    }

    private static Stored stored(Prepared.Store store, Commit.Result.Done done, Admission.Terms terms) {
        ObjectNode object = store.object();
        Json.child(object, "metadata").put("resourceVersion", Long.toString(done.revision()));
        return new Stored(object, done.revision(), terms.after(store.warnings()), done.written());
    }

    private static void refuseIfChosen(Ref ref, Commit.Result.Taken taken, Map<String, String> chosenByUser) {
        String field = chosenByUser.get(taken.key());
        if (field != null) {
            throw new ApiException(
                    Rejection.invalid(ref.kind(), ref.name(), List.of(Holdings.taken(taken.key(), field))));
        }
    }

    /** The namespace's key and revision, which must still hold when the object is written. */
    private Map<String, Long> namespaceAdmits(Ref ref, Basis basis) {
        if (!ref.kind().namespaced()) {
            return Map.of();
        }
        Ref namespace = new Ref(Kinds.NAMESPACE, "", ref.namespace());
        Optional<Stored> stored = reads.find(namespace, basis);
        NamespaceLife.refusal(ref.kind(), ref.name(), ref.namespace(), stored.map(Stored::object))
                .ifPresent(rejection -> {
                    throw new ApiException(rejection);
                });
        return Map.of(namespace.key(), stored.orElseThrow().revision());
    }

    private void fill(Kind kind, ObjectNode object) {
        Set<String> taken = new HashSet<>();
        for (String prefix : Holdings.toChoose(kind, object)) {
            RangeRequest keys = RangeRequest.newBuilder()
                    .setKey(Keys.bytes(prefix))
                    .setRangeEnd(Keys.end(prefix))
                    .setKeysOnly(true)
                    .build();
            for (KeyValue pair : Failures.translated(() -> kv.range(keys)).getKvsList()) {
                taken.add(pair.getKey().toStringUtf8());
            }
        }
        Holdings.fill(kind, object, taken, addresses, random).ifPresent(rejection -> {
            throw new ApiException(rejection);
        });
    }

    private Given given() {
        StringBuilder suffix = new StringBuilder();
        for (int i = 0; i < Given.SUFFIX_LENGTH; i++) {
            suffix.append(Given.SUFFIX_CHARACTERS.charAt(random.nextInt(Given.SUFFIX_CHARACTERS.length())));
        }
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new Given(clock.instant(), new UUID(high, low).toString(), suffix.toString());
    }

    Stored update(Ref ref, String subresource, ObjectNode object, WriteOptions options) {
        return change(
                ref,
                subresource,
                options,
                (live, mutation) -> unguarded(ref.kind(), subresource, live, object, options)
                        .<Prepared>map(Prepared.Refuse::new)
                        .orElseGet(() -> updated(
                                ref,
                                subresource,
                                live,
                                object,
                                Reading.whole(options.validation()),
                                options,
                                mutation)));
    }

    /** The control plane itself has guards in its transactions, and a Scale is no whole object. */
    private static Optional<Rejection> unguarded(
            Kind kind, String subresource, Stored live, ObjectNode object, WriteOptions options) {
        return options.user().equals(User.CONTROL_PLANE) || subresource.equals("scale")
                ? Optional.empty()
                : Registry.unguarded(kind, live.object(), object);
    }

    private Prepared updated(
            Ref ref,
            String subresource,
            Stored live,
            ObjectNode object,
            Reading reading,
            WriteOptions options,
            Mutation mutation) {
        return Tracking.updated(
                ref.kind(),
                subresource,
                live.object(),
                object,
                writer(options),
                mutation,
                tracked -> Registry.update(ref.kind(), subresource, live.object(), object, reading, tracked));
    }

    Stored patch(
            Ref ref,
            String subresource,
            PatchType type,
            JsonNode patch,
            List<FieldError> noticed,
            WriteOptions options) {
        return change(ref, subresource, options, (live, mutation) -> {
            ObjectNode target = subresource.equals("scale") ? Scale.of(ref.kind(), live.object()) : live.object();
            ObjectNode patched = patched(ref, subresource, type, target, patch);
            Supplier<String> shown = () -> shown(type, patch, patched);
            Reading reading = new Reading(options.validation(), noticed, Optional.of(shown));
            return updated(ref, subresource, live, patched, reading, options, mutation);
        });
    }

    /** Of a strategic merge patch a refusal shows the patch, of the others what they make of the object. */
    private static String shown(PatchType type, JsonNode patch, ObjectNode patched) {
        if (type == PatchType.STRATEGIC) {
            return Reading.inGo(patch);
        }
        ObjectNode unmanaged = patched.deepCopy();
        Json.child(unmanaged, "metadata").remove("managedFields");
        return new String(Json.write(unmanaged), StandardCharsets.UTF_8);
    }

    private static ObjectNode patched(Ref ref, String subresource, PatchType type, ObjectNode target, JsonNode patch) {
        if (type == PatchType.STRATEGIC && ref.kind().custom().isPresent()) {
            throw new ApiException(
                    Reason.UNSUPPORTED_MEDIA_TYPE,
                    "the body of the request was in an unknown format - accepted media types include:"
                            + " application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml");
        }
        try {
            JsonNode result = switch (type) {
                case MERGE -> Patches.merge(target, patch);
                case STRATEGIC ->
                    subresource.equals("scale")
                            ? Patches.merge(target, patch)
                            : Patches.strategic(ref.kind(), target, object(patch));
                case JSON -> Patches.json(target, list(patch));
            };
            return object(result);
        } catch (PatchException e) {
            Rejection rejection = switch (e.reason()) {
                case MALFORMED -> Rejection.badRequest(String.valueOf(e.getMessage()));
                case NOT_APPLICABLE ->
                    Rejection.of(
                            Reason.INVALID,
                            "the server rejected our request due to an error in our request: " + e.getMessage());
                case TOO_LARGE -> Rejection.of(Reason.REQUEST_ENTITY_TOO_LARGE, String.valueOf(e.getMessage()));
            };
            throw new ApiException(rejection, e);
        }
    }

    private static ObjectNode object(JsonNode node) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.badRequest("a JSON object is expected, not " + Json.typeOf(node));
    }

    private static ArrayNode list(JsonNode node) {
        if (node instanceof ArrayNode list) {
            return list;
        }
        throw ApiException.badRequest("a JSON patch is a list of operations, not " + Json.typeOf(node));
    }

    Applied applyOwned(Ref ref, ServerSideApply.Request request, WriteOptions options, Runnable mayCreate) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Optional<Stored> live = reads.find(ref);
            try {
                return live.isPresent()
                        ? applyTo(ref, live.get(), request, options)
                        : createApplied(ref, request, options, mayCreate);
            } catch (ApiException e) {
                if (!raced(live, e)) {
                    throw e;
                }
            }
        }
        throw new ApiException(tooManyWriters(ref));
    }

    private Applied applyTo(Ref ref, Stored live, ServerSideApply.Request request, WriteOptions options) {
        Stored after = change(
                ref,
                request.subresource(),
                options,
                (current, mutation) -> ServerSideApply.update(request, current.object(), writer(options), mutation));
        return applied(live, after, options);
    }

    private Applied createApplied(Ref ref, ServerSideApply.Request request, WriteOptions options, Runnable mayCreate) {
        mayCreate.run();
        Stored created = create(
                ref.kind(),
                ref.namespace(),
                false,
                options,
                (given, mutation) -> ServerSideApply.create(
                        request, ref.namespace(), ref.name(), writer(options, given.now()), given, mutation));
        return new Applied(Applied.Outcome.CREATED, created);
    }

    private static Applied applied(Stored before, Stored after, WriteOptions options) {
        boolean same =
                options.dryRun() ? after.object().equals(before.object()) : after.revision() == before.revision();
        return new Applied(same ? Applied.Outcome.UNCHANGED : Applied.Outcome.CONFIGURED, after);
    }

    /** Whether the object came, or went, while it was to be changed or created. */
    private static boolean raced(Optional<Stored> live, ApiException e) {
        return live.isEmpty() ? e.reason() == Reason.ALREADY_EXISTS : e.reason() == Reason.NOT_FOUND;
    }

    Applied apply(Kind kind, String namespace, ObjectNode object, WriteOptions options) {
        String name = Json.string(object, "metadata", "name").orElse("");
        if (name.isEmpty()) {
            throw ApiException.badRequest("metadata.name: Required value: apply needs a name");
        }
        ObjectNode sent = object.deepCopy();
        if (kind.namespaced()) {
            Json.child(sent, "metadata").put("namespace", namespace);
        }
        ObjectNode wanted = LastApplied.annotated(sent);
        Ref ref = new Ref(kind, namespace, name);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Optional<Stored> live = reads.find(ref);
            try {
                if (live.isEmpty()) {
                    return new Applied(Applied.Outcome.CREATED, create(kind, namespace, wanted, options));
                }
                Stored after =
                        change(ref, "", options, (current, mutation) -> merge(ref, current, wanted, options, mutation));
                return applied(live.get(), after, options);
            } catch (ApiException e) {
                if (!raced(live, e)) {
                    throw e;
                }
            }
        }
        throw new ApiException(tooManyWriters(ref));
    }

    private Prepared merge(Ref ref, Stored live, ObjectNode wanted, WriteOptions options, Mutation mutation) {
        Optional<ObjectNode> last = LastApplied.of(live.object());
        try {
            ObjectNode merged = ThreeWay.apply(ref.kind(), last, live.object(), wanted);
            return updated(ref, "", live, merged, Reading.whole(options.validation()), options, mutation);
        } catch (PatchException e) {
            return new Prepared.Refuse(Rejection.badRequest(String.valueOf(e.getMessage())));
        }
    }

    /** Changes an object that is there. */
    private Stored change(
            Ref ref, String subresource, WriteOptions options, BiFunction<Stored, Mutation, Prepared> decide) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Basis basis = basis(attempt, options);
            Optional<Stored> there = reads.find(ref, basis);
            if (there.isEmpty() && basis == Basis.HERE) {
                continue;
            }
            Stored live = there.orElseThrow(() -> ApiException.notFound(ref.kind(), ref.name()));
            try (Admission.Pass pass = admit(
                    Operation.UPDATE, ref, subresource, options.user(), options.dryRun(), options.told(), basis)) {
                Change change;
                try {
                    change = decideChange(ref, subresource, live, options, decide, pass);
                } catch (ApiException e) {
                    if (basis == Basis.HERE && !e.isSettled()) {
                        continue;
                    }
                    throw e;
                }
                Optional<Stored> done = carryOut(ref, live, change, options, basis);
                if (done.isPresent()) {
                    return done.get();
                }
            }
        }
        throw new ApiException(tooManyWriters(ref));
    }

    /** What becomes of an object, and under which terms. */
    private record Change(Prepared prepared, Admission.Terms terms, Map<String, String> chosenByUser) {}

    private Change decideChange(
            Ref ref,
            String subresource,
            Stored live,
            WriteOptions options,
            BiFunction<Stored, Mutation, Prepared> decide,
            Admission.Pass pass) {
        Prepared prepared = decide.apply(live, pass::mutate);
        if (!(prepared instanceof Prepared.Store store)) {
            return new Change(prepared, Admission.Terms.NONE, Map.of());
        }
        check.check(options.user(), ref, subresource, Optional.of(live.object()), store.object());
        Admission.Terms terms = pass.validate(ref.name(), Optional.of(live.object()), Optional.of(store.object()));
        Map<String, String> chosenByUser = Holdings.of(ref.kind(), store.object());
        fill(ref.kind(), store.object());
        return new Change(prepared, terms, chosenByUser);
    }

    /** Empty if something came between, or if nothing is to be written, but of the newest state that is not known. */
    private Optional<Stored> carryOut(Ref ref, Stored live, Change change, WriteOptions options, Basis basis) {
        Prepared prepared = change.prepared();
        Admission.Terms terms = change.terms();
        boolean writes = prepared instanceof Prepared.Store || prepared instanceof Prepared.Remove;
        if (!writes && basis == Basis.HERE) {
            return Optional.empty();
        }
        Optional<ObjectNode> after = switch (prepared) {
            case Prepared.Refuse refused -> throw new ApiException(refused.rejection());
            case Prepared.Unchanged _ -> Optional.empty();
            case Prepared.Store store -> Optional.of(store.object());
            case Prepared.Remove remove -> Optional.of(remove.last());
        };
        List<String> warnings = switch (prepared) {
            case Prepared.Unchanged unchanged -> unchanged.warnings();
            case Prepared.Store store -> terms.after(store.warnings());
            case Prepared.Refuse _, Prepared.Remove _ -> List.of();
        };
        if (after.isEmpty()) {
            return Optional.of(new Stored(live.object(), live.revision(), warnings));
        }
        ObjectNode object = after.get();
        if (options.dryRun()) {
            Json.child(object, "metadata").put("resourceVersion", Long.toString(live.revision()));
            return Optional.of(new Stored(object, live.revision(), warnings));
        }
        Optional<ObjectNode> write = prepared instanceof Prepared.Remove ? Optional.empty() : after;
        return switch (commit.run(ref, Optional.of(live), write, terms, options.guards())) {
            case Commit.Result.Done done -> {
                Json.child(object, "metadata").put("resourceVersion", Long.toString(done.revision()));
                yield Optional.of(new Stored(object, done.revision(), warnings, done.written()));
            }
            case Commit.Result.Raced _ -> Optional.empty();
            case Commit.Result.Taken taken -> {
                refuseIfChosen(ref, taken, change.chosenByUser());
                yield Optional.empty();
            }
        };
    }

    /** @param subresource by which the delete was asked for; empty for a plain one */
    Deleted delete(Ref ref, String subresource, DeleteOptions options) {
        Deletion.Wish wish = new Deletion.Wish(
                options.uid(), options.resourceVersion(), options.gracePeriodSeconds(), options.propagation());
        WriteOptions write =
                new WriteOptions(options.user(), "", options.dryRun(), FieldValidation.IGNORE, options.guards());
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Basis basis = basis(attempt, write);
            Optional<Stored> there = reads.find(ref, basis);
            if (there.isEmpty() && basis == Basis.HERE) {
                continue;
            }
            Stored live = there.orElseThrow(() -> ApiException.notFound(ref.kind(), ref.name()));
            Prepared prepared = Deletion.delete(ref.kind(), live.object(), wish, clock.instant());
            if (prepared instanceof Prepared.Refuse refused) {
                if (basis == Basis.HERE) {
                    continue;
                }
                throw new ApiException(refused.rejection());
            }
            try (Admission.Pass pass = admit(
                    Operation.DELETE, ref, subresource, options.user(), options.dryRun(), options.told(), basis)) {
                Admission.Terms terms;
                try {
                    terms = pass.validate(ref.name(), Optional.of(live.object()), Optional.empty());
                } catch (ApiException e) {
                    if (basis == Basis.HERE && !e.isSettled()) {
                        continue;
                    }
                    throw e;
                }
                Optional<Stored> done = carryOut(ref, live, new Change(prepared, terms, Map.of()), write, basis);
                if (done.isPresent()) {
                    boolean gone = prepared instanceof Prepared.Remove && !options.dryRun();
                    return new Deleted(done.get().object(), gone, done.get().revision());
                }
            }
        }
        throw new ApiException(tooManyWriters(ref));
    }

    private static Rejection tooManyWriters(Ref ref) {
        return Rejection.conflict(
                ref.kind(), ref.name(), "it changed " + MAX_ATTEMPTS + " times while this write was tried");
    }
}
