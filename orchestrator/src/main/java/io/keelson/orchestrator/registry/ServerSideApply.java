package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.fields.Comparing;
import io.keelson.orchestrator.fields.Comparison;
import io.keelson.orchestrator.fields.Conflict;
import io.keelson.orchestrator.fields.FieldManager;
import io.keelson.orchestrator.fields.FieldManager.Applied;
import io.keelson.orchestrator.fields.FieldSet;
import io.keelson.orchestrator.fields.FieldType;
import io.keelson.orchestrator.fields.FieldsException;
import io.keelson.orchestrator.fields.ManagedFields;
import io.keelson.orchestrator.fields.Manager;
import io.keelson.orchestrator.fields.Mentioned;
import io.keelson.orchestrator.fields.Write;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Defaults;
import io.keelson.orchestrator.kind.FieldError;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Schema;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * An apply with ownership of fields: the caller sends all that it wants of an object, and nothing else. What it sends it owns; what it sent
 * before and does not any more goes, unless somebody else owns it; what others own it may change only by force.
 */
public final class ServerSideApply {

    /** The manager that takes over, without a conflict, what kubectl applied on the client's side. */
    private static final String KUBECTL = "kubectl";

    private ServerSideApply() {}

    /**
     * What is sent.
     *
     * @param kind of the object, also where the subresource has objects of another kind
     * @param subresource empty for the object itself, {@code status} or {@code scale}
     * @param config the configuration; never changed
     * @param force whether to take fields that others own
     */
    public record Request(Kind kind, String subresource, ObjectNode config, boolean force) {}

    /**
     * A new object.
     *
     * @param namespace where it shall be; empty for cluster-scoped kinds
     * @param name as the caller addresses it
     */
    public static Prepared create(
            Request request, String namespace, String name, Writer writer, Given given, Mutation mutation) {
        Kind kind = request.kind();
        if (!request.subresource().isEmpty()) {
            return new Prepared.Refuse(Rejection.notFound(kind, name));
        }
        Optional<Rejection> refused = refusal(request, name).or(() -> presumed(kind, request.config(), name));
        if (refused.isPresent()) {
            return new Prepared.Refuse(refused.get());
        }
        ObjectNode config = request.config().deepCopy();
        Metadata.of(config).put("name", name);
        try {
            return switch (FieldManager.apply(
                    Tracking.type(kind), write(request, writer), Json.object(), config, ManagedFields.NONE, false)) {
                case Applied.Refused(List<Conflict> conflicts) -> refused(conflicts);
                case Applied.Merged merged ->
                    stored(
                            Registry.create(kind, namespace, merged.object(), FieldValidation.IGNORE, given, mutation),
                            merged.owners());
            };
        } catch (FieldsException e) {
            return new Prepared.Refuse(untyped(request, name, String.valueOf(e.getMessage())));
        }
    }

    /** One who names a revision or an uid knows an object that is not there. */
    private static Optional<Rejection> presumed(Kind kind, ObjectNode config, String name) {
        Optional<String> uid = Json.string(config, "metadata", "uid").filter(said -> !said.isEmpty());
        if (uid.isPresent()) {
            return Optional.of(Rejection.conflict(
                    kind, name, "Precondition failed: UID in precondition: " + uid.get() + ", UID in object meta: "));
        }
        return Json.string(config, "metadata", "resourceVersion")
                .filter(said -> !said.isEmpty())
                .map(_ -> Rejection.conflict(
                        kind,
                        name,
                        "the object has been modified; please apply your changes to the latest version and try again"));
    }

    private static Prepared stored(Prepared prepared, ManagedFields owners) {
        return prepared instanceof Prepared.Store store
                ? new Prepared.Store(Tracking.tracked(store.object(), owners), store.warnings())
                : prepared;
    }

    /** An object that is there. */
    public static Prepared update(Request request, ObjectNode live, Writer writer, Mutation mutation) {
        String name = Metadata.name(live);
        Optional<Rejection> refused = refusal(request, name);
        if (refused.isPresent()) {
            return new Prepared.Refuse(refused.get());
        }
        ObjectNode config = request.subresource().equals("scale") ? replicas(request) : request.config();
        try {
            return switch (apply(request, live, config, writer)) {
                case Applied.Refused(List<Conflict> conflicts) -> refused(conflicts);
                case Applied.Merged merged -> finish(request, live, config, merged, writer, mutation);
            };
        } catch (FieldsException e) {
            return new Prepared.Refuse(untyped(request, name, String.valueOf(e.getMessage())));
        }
    }

    /** What a Scale says of the object that it scales. */
    private static ObjectNode replicas(Request request) {
        ObjectNode config = Json.object()
                .put("apiVersion", request.kind().apiVersion())
                .put("kind", request.kind().kind());
        Json.at(request.config(), "metadata").ifPresent(metadata -> config.set("metadata", metadata));
        Json.number(request.config(), "spec", "replicas")
                .ifPresent(replicas -> Scale.wish(request.kind(), config, replicas.intValue()));
        return config;
    }

    private static Applied apply(Request request, ObjectNode live, ObjectNode config, Writer writer) {
        FieldType type = Tracking.type(request.kind());
        Write write = write(request, writer);
        ManagedFields owners = Tracking.known(live);
        Applied applied = FieldManager.apply(type, write, live, config, owners, request.force());
        if (!(applied instanceof Applied.Refused(List<Conflict> conflicts))
                || !writer.manager().equals(KUBECTL)) {
            return applied;
        }
        FieldSet own = appliedByClient(request.kind(), type, live);
        List<Conflict> others = conflicts.stream()
                .filter(conflict -> !own.has(conflict.field()))
                .toList();
        return others.isEmpty()
                ? FieldManager.apply(type, write, live, config, owners, true)
                : new Applied.Refused(others);
    }

    /** The fields that kubectl applied on the client's side, and that have been left as they were. */
    private static FieldSet appliedByClient(Kind kind, FieldType type, ObjectNode live) {
        return LastApplied.of(live)
                .filter(last -> Json.string(last, "apiVersion").orElse("").equals(kind.apiVersion()))
                .map(last -> {
                    Comparison comparison = Comparing.compare(type, last, live);
                    return Mentioned.in(type, last).difference(comparison.set()).difference(comparison.removed());
                })
                .orElse(FieldSet.EMPTY);
    }

    private static Prepared finish(
            Request request,
            ObjectNode live,
            ObjectNode config,
            Applied.Merged merged,
            Writer writer,
            Mutation mutation) {
        ObjectNode object = Defaults.withoutNulls(request.kind(), merged.object());
        boolean annotated = Json.string(object, "metadata", "annotations", LastApplied.ANNOTATION)
                .filter(text -> !text.isEmpty())
                .isPresent();
        if (annotated && writer.manager().equals(KUBECTL)) {
            object = LastApplied.annotated(object, config);
        }
        ObjectNode incoming = request.subresource().equals("scale") ? Scale.of(request.kind(), object) : object;
        Prepared prepared = Registry.update(
                request.kind(), request.subresource(), live, incoming, FieldValidation.IGNORE, mutation);
        boolean sameOwners = merged.owners().equals(Tracking.known(live));
        if (prepared instanceof Prepared.Unchanged unchanged && !sameOwners) {
            ObjectNode same = live.deepCopy();
            Metadata.of(same).remove("resourceVersion");
            return stored(new Prepared.Store(same, unchanged.warnings()), merged.owners());
        }
        return stored(prepared, merged.owners());
    }

    private static Write write(Request request, Writer writer) {
        return new Write(
                Manager.applying(writer.manager(), request.subresource()),
                request.kind().apiVersion(),
                Tracking.scope(request.kind(), request.subresource()),
                Metadata.time(writer.now()),
                request.kind().custom().isPresent());
    }

    // Refusals

    private static Optional<Rejection> refusal(Request request, String name) {
        ObjectNode config = request.config();
        if (config.path("metadata").has("managedFields")
                && !config.path("metadata").path("managedFields").isNull()) {
            return Optional.of(Rejection.badRequest("metadata.managedFields must be nil"));
        }
        String said = Metadata.name(config);
        if (!said.isEmpty() && !said.equals(name)) {
            return Optional.of(Rejection.badRequest(
                    "the name of the object (" + said + ") does not match the name on the URL (" + name + ")"));
        }
        if (request.subresource().equals("scale")) {
            return Scale.mismatch(config).or(() -> replicasMissing(request.kind(), name, config));
        }
        Kind kind = request.kind();
        Optional<Rejection> unfit = Decoding.check(kind, Optional.empty(), config, FieldValidation.IGNORE)
                .rejection();
        if (unfit.isPresent()) {
            return unfit;
        }
        List<String> unknown = Schema.check(kind, config).stream()
                .filter(error -> error.reason() == FieldError.Reason.UNKNOWN)
                .map(error -> "." + error.path() + ": field not declared in schema")
                .toList();
        return unknown.isEmpty() ? Optional.empty() : Optional.of(untyped(request, name, joined(unknown)));
    }

    private static Optional<Rejection> replicasMissing(Kind kind, String name, ObjectNode scale) {
        boolean fine = Json.number(scale, "spec", "replicas")
                .filter(replicas -> replicas >= 0 && replicas <= Integer.MAX_VALUE)
                .isPresent();
        return fine
                ? Optional.empty()
                : Optional.of(Rejection.invalid(
                        kind,
                        name,
                        List.of(Cause.invalid(
                                "spec.replicas",
                                scale.path("spec").path("replicas").toString(),
                                "must be a whole number greater than or equal to 0"))));
    }

    private static String joined(List<String> errors) {
        return errors.size() == 1
                ? errors.getFirst()
                : errors.stream().map(error -> "\n  " + error).collect(Collectors.joining("", "errors:", ""));
    }

    /** A configuration whose fields could not be owned, in Kubernetes' words. */
    private static Rejection untyped(Request request, String name, String why) {
        Kind kind = request.kind();
        String namespace =
                Json.string(request.config(), "metadata", "namespace").orElse("");
        return Rejection.badRequest(
                kind,
                name,
                "failed to create typed patch object (" + namespace + "/" + name + "; " + kind.apiVersion() + ", Kind="
                        + kind.kind() + "): " + why);
    }

    private static Prepared refused(List<Conflict> conflicts) {
        return new Prepared.Refuse(Rejection.ownedByOthers(conflicts));
    }
}
