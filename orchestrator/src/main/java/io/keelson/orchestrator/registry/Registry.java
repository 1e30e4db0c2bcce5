package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Advice;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Defaults;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.UnknownFields;
import io.keelson.orchestrator.kind.Validation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a create or an update shall store. For deletes see {@link Deletion}.
 *
 * <p>Objects in and out are Kubernetes objects as trees; inputs are never changed. A live object carries its resourceVersion, an
 * object to store carries none: it gets one by being stored.
 */
public final class Registry {

    private Registry() {}

    /**
     * A new object.
     *
     * @param namespace where it shall be; empty for cluster-scoped kinds
     */
    public static Prepared create(
            Kind kind, String namespace, ObjectNode incoming, FieldValidation validation, Given given) {
        return create(kind, namespace, incoming, validation, given, Mutation.NONE);
    }

    /**
     * A new object, which others may change before it is validated.
     *
     * @param namespace where it shall be; empty for cluster-scoped kinds
     */
    public static Prepared create(
            Kind kind,
            String namespace,
            ObjectNode incoming,
            FieldValidation validation,
            Given given,
            Mutation mutation) {
        Decoding.Result decoded = Decoding.check(kind, Optional.empty(), incoming, validation);
        if (decoded.rejection().isPresent()) {
            return new Prepared.Refuse(decoded.rejection().get());
        }
        ObjectNode object = readable(kind, incoming, decoded);
        if (kind.subresources().contains("status") && !kind.strategy().statusAtCreation()) {
            object.remove("status");
        }
        Optional<Rejection> misnamed = Metadata.fillNew(kind, namespace, object, given);
        if (misnamed.isPresent()) {
            return new Prepared.Refuse(misnamed.get());
        }
        if (kind.strategy().counted()) {
            Metadata.of(object).put("generation", 1);
        }
        kind.strategy().initial().accept(object);
        Defaults.fill(kind, object);
        List<String> twice = new ArrayList<>();
        object = OwnersTwice.around(object, false, before -> mutation.apply(Optional.empty(), before), twice::add);
        List<Cause> causes = Validation.validate(kind, Optional.empty(), object);
        return causes.isEmpty()
                ? new Prepared.Store(object, advised(decoded, twice, Advice.of(kind, Optional.empty(), object)))
                : new Prepared.Refuse(Rejection.invalid(kind, Metadata.name(object), causes));
    }

    /**
     * A changed object.
     *
     * @param subresource empty for the object itself, or {@code status}, {@code scale}, {@code finalize}, {@code approval},
     *     {@code ephemeralcontainers}, {@code resize}, {@code binding}
     * @param live the object as it is stored
     * @param incoming for {@code scale} a Scale, for {@code binding} a Binding, else the whole object
     */
    public static Prepared update(
            Kind kind, String subresource, ObjectNode live, ObjectNode incoming, FieldValidation validation) {
        return update(kind, subresource, live, incoming, validation, Mutation.NONE);
    }

    /**
     * A changed object, which others may change further before it is validated. Of what is sent to a subresource they get what was sent, which is not
     * theirs to change in its place: a Scale, a Binding, or the object, of which then only the part is taken.
     */
    public static Prepared update(
            Kind kind,
            String subresource,
            ObjectNode live,
            ObjectNode incoming,
            FieldValidation validation,
            Mutation mutation) {
        return update(kind, subresource, live, incoming, Reading.whole(validation), mutation);
    }

    /** The same of what was sent as a patch. */
    public static Prepared update(
            Kind kind, String subresource, ObjectNode live, ObjectNode incoming, Reading reading, Mutation mutation) {
        return switch (subresource) {
            case "" -> updateWhole(kind, live, incoming, reading, mutation);
            case "status" -> updatePart(kind, live, incoming, reading, mutation, "status");
            case "finalize" -> updatePart(kind, live, incoming, reading, mutation, "spec", "finalizers");
            case "approval" -> updatePart(kind, live, incoming, reading, mutation, "status", "conditions");
            case "ephemeralcontainers" -> EphemeralContainers.update(kind, live, incoming, reading, mutation);
            case "resize" -> Resize.update(kind, live, incoming, reading, mutation);
            case "scale" -> Scale.update(kind, live, incoming, reading, mutation);
            case "binding" -> Binding.bind(kind, live, incoming, reading, mutation);
            default ->
                new Prepared.Refuse(Rejection.of(
                        Reason.NOT_FOUND,
                        "the server could not find the requested resource: " + kind.qualifiedResource() + "/"
                                + subresource));
        };
    }

    /** An object that is sent must not have another name or namespace than its path has, be there such an object or not. */
    public static Optional<Rejection> misnamed(String name, String namespace, ObjectNode incoming) {
        return Metadata.misnamed(name, namespace, incoming);
    }

    /** Of some kinds nobody may replace an object without saying which revision it has seen. */
    public static Optional<Rejection> unguarded(Kind kind, ObjectNode live, ObjectNode incoming) {
        String version = Json.string(incoming, "metadata", "resourceVersion").orElse("");
        return kind.strategy().guarded() && (version.isEmpty() || version.equals("0"))
                ? Optional.of(Rejection.unguarded(kind, Metadata.name(live)))
                : Optional.empty();
    }

    private static Prepared updateWhole(
            Kind kind, ObjectNode stored, ObjectNode incoming, Reading reading, Mutation mutation) {
        Decoding.Result decoded = Decoding.check(kind, Optional.of(stored), incoming, reading);
        Optional<Rejection> refused = decoded.rejection().or(() -> Metadata.mismatch(kind, stored, incoming));
        if (refused.isPresent()) {
            return new Prepared.Refuse(refused.get());
        }
        ObjectNode live = Decoding.known(kind, stored, decoded);
        ObjectNode object = readable(kind, incoming, decoded);
        Metadata.keepSystemFields(live, object);
        if (kind.subresources().contains("status")) {
            Kept.keep(live, object, "status");
        }
        Kept.of(kind).accept(live, object);
        Defaults.fill(kind, object);
        List<String> twice = new ArrayList<>();
        object = OwnersTwice.around(
                object, reading.patch().isPresent(), before -> mutation.apply(Optional.of(live), before), twice::add);
        List<Cause> causes = new ArrayList<>(causes(kind, live, object));
        Metadata.newFinalizers(live, object).ifPresent(causes::add);
        List<String> advice = causes.isEmpty() ? Advice.of(kind, Optional.of(live), object) : List.of();
        return finish(kind, live, object, causes, advised(decoded, twice, advice));
    }

    /** What is wrong about a change. That something unknown has gone, which was stored once, is no change of what must not change. */
    private static List<Cause> causes(Kind kind, ObjectNode live, ObjectNode object) {
        List<Cause> causes = Validation.validate(kind, Optional.of(live), object);
        return causes.isEmpty() || kind.custom().isPresent()
                ? causes
                : Validation.validate(kind, Optional.of(UnknownFields.without(kind, live)), object);
    }

    /** What was sent as its kind knows it: a copy without nulls, and without fields that a built-in kind does not have. */
    static ObjectNode readable(Kind kind, ObjectNode incoming, Decoding.Result decoded) {
        ObjectNode object = Defaults.withoutNulls(kind, incoming);
        if (decoded.unknown()) {
            UnknownFields.drop(kind, object);
        }
        return object;
    }

    /** What was sent to a subresource as others leave it. It is copied only if there is something to drop: most of it nobody looks at. */
    static ObjectNode sent(
            Kind kind, ObjectNode live, ObjectNode incoming, Decoding.Result decoded, Mutation mutation) {
        return mutation.apply(Optional.of(live), decoded.unknown() ? readable(kind, incoming, decoded) : incoming);
    }

    private static List<String> advised(Decoding.Result decoded, List<String> twice, List<String> advice) {
        return twice.isEmpty() && advice.isEmpty()
                ? decoded.warnings()
                : Stream.of(decoded.warnings(), twice, advice)
                        .flatMap(List::stream)
                        .toList();
    }

    /** Takes one part of what was sent, and all else from what is stored. */
    private static Prepared updatePart(
            Kind kind, ObjectNode stored, ObjectNode incoming, Reading reading, Mutation mutation, String... path) {
        Decoding.Result decoded = Decoding.check(kind, Optional.of(stored), incoming, reading);
        Optional<Rejection> refused = decoded.rejection().or(() -> Metadata.mismatch(kind, stored, incoming));
        if (refused.isPresent()) {
            return new Prepared.Refuse(refused.get());
        }
        ObjectNode live = Decoding.known(kind, stored, decoded);
        ObjectNode object = live.deepCopy();
        Optional<JsonNode> part = Json.at(sent(kind, live, incoming, decoded, mutation), path);
        if (part.isPresent()) {
            ObjectNode sent = Json.object();
            put(sent, part.get(), path);
            put(object, Json.at(Defaults.withoutNulls(kind, sent), path).orElseThrow(), path);
        } else {
            parent(object, path).remove(path[path.length - 1]);
        }
        Defaults.fill(kind, object);
        return finish(kind, live, object, Validation.validate(kind, Optional.of(live), object), decoded.warnings());
    }

    private static void put(ObjectNode object, JsonNode value, String... path) {
        parent(object, path).set(path[path.length - 1], value);
    }

    private static ObjectNode parent(ObjectNode object, String... path) {
        ObjectNode at = object;
        for (String step : Arrays.copyOf(path, path.length - 1)) {
            at = Json.child(at, step);
        }
        return at;
    }

    /** The end of every update: nothing to do, refuse, store, or remove what only waited for this. */
    static Prepared finish(Kind kind, ObjectNode live, ObjectNode object, List<Cause> causes, List<String> warnings) {
        if (!causes.isEmpty()) {
            return new Prepared.Refuse(Rejection.invalid(kind, Metadata.name(live), causes));
        }
        Metadata.of(object).remove("resourceVersion");
        ObjectNode before = Metadata.withoutRevision(live);
        if (kind.strategy().counted() && wishChanged(kind, before, object)) {
            Metadata.bumpGeneration(object);
        }
        if (Deletion.complete(kind, object)) {
            return new Prepared.Remove(object);
        }
        if (Json.same(before, object)) {
            return new Prepared.Unchanged(warnings);
        }
        return new Prepared.Store(object, warnings);
    }

    /** Whether two states differ in what is wished: everything but metadata, and the status where that has a door of its own. */
    private static boolean wishChanged(Kind kind, ObjectNode before, ObjectNode after) {
        Set<String> fields = new HashSet<>(before.propertyNames());
        fields.addAll(after.propertyNames());
        fields.remove("metadata");
        if (kind.custom().isEmpty() || kind.subresources().contains("status")) {
            fields.remove("status");
        }
        return fields.stream().anyMatch(field -> !Json.same(before.path(field), after.path(field)));
    }
}
