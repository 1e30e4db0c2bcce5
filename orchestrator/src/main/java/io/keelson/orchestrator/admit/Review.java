package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Conversion;
import io.keelson.orchestrator.kind.Defaults;
import io.keelson.orchestrator.kind.FieldError;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.kind.Schema;
import io.keelson.orchestrator.kind.UnknownFields;
import io.keelson.orchestrator.patch.PatchException;
import io.keelson.orchestrator.patch.Patches;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code AdmissionReview} of {@code admission.k8s.io/v1}: the question to a webhook, and its answer. */
public final class Review {

    /** What a webhook must not change. */
    private static final List<String> SYSTEM_FIELDS = List.of(
            "name",
            "namespace",
            "uid",
            "creationTimestamp",
            "generation",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "resourceVersion");

    private Review() {}

    /** What comes of an answer. */
    public sealed interface Answer {

        /**
         * The webhook lets the write pass.
         *
         * @param object what is to be stored now; empty if the webhook changed nothing
         * @param warnings for the writer
         * @param audit for the audit log, under the webhook's name
         * @param patch what it changed, as it said it
         */
        record Allowed(
                Optional<ObjectNode> object,
                List<String> warnings,
                Map<String, String> audit,
                Optional<ArrayNode> patch)
                implements Answer {}

        /**
         * The webhook refuses the write.
         *
         * @param rejection in its words
         * @param warnings for the writer
         * @param audit for the audit log, under the webhook's name
         */
        record Denied(Rejection rejection, List<String> warnings, Map<String, String> audit) implements Answer {}

        /** The answer cannot be understood, which counts as none. */
        record Broken(String why) implements Answer {}

        /** The webhook wants a change that cannot be made. It has answered, so nobody may pass it over. */
        record Unfit(Rejection rejection) implements Answer {}
    }

    /**
     * The question, in the version that the webhook prefers.
     *
     * @param uid names it in the answer
     * @param kind in the version in which the webhook wants the object
     */
    public static ObjectNode question(Webhook webhook, String uid, Request request, Kind kind) {
        ObjectNode review = Json.object()
                .put("apiVersion", Response.GROUP + webhook.reviewVersion())
                .put("kind", "AdmissionReview");
        ObjectNode inner = request(request, kind);
        inner.put("uid", uid);
        request.object().ifPresent(object -> inner.set("object", Webhook.as(kind, request, object)));
        request.old().ifPresent(old -> inner.set("oldObject", Webhook.as(kind, request, old)));
        if (request.object().isEmpty()) {
            inner.putNull("object");
        }
        if (request.old().isEmpty()) {
            inner.putNull("oldObject");
        }
        review.set("request", inner);
        return review;
    }

    /** The request without objects, as expressions see it too. */
    static ObjectNode request(Request request, Kind kind) {
        ObjectNode inner = Json.object();
        kind(inner.putObject("kind"), request.ownKind().orElse(kind));
        resource(inner.putObject("resource"), kind);
        kind(inner.putObject("requestKind"), request.ownKind().orElse(request.kind()));
        resource(inner.putObject("requestResource"), request.kind());
        if (!request.subresource().isEmpty()) {
            inner.put("subResource", request.subresource()).put("requestSubResource", request.subresource());
        }
        if (!request.name().isEmpty()) {
            inner.put("name", request.name());
        }
        if (!request.namespace().isEmpty()) {
            inner.put("namespace", request.namespace());
        }
        inner.put("operation", request.operation().name());
        ObjectNode user =
                inner.putObject("userInfo").put("username", request.user().name());
        if (!request.user().uid().isEmpty()) {
            user.put("uid", request.user().uid());
        }
        request.user().groups().forEach(user.putArray("groups")::add);
        request.user()
                .extra()
                .forEach((key, values) ->
                        values.forEach(Json.child(user, "extra").putArray(key)::add));
        switch (request.operation()) {
            case CREATE -> options(inner, "CreateOptions", request.options());
            case UPDATE -> options(inner, "UpdateOptions", request.options());
            case DELETE -> options(inner, "DeleteOptions", request.options());
            case CONNECT -> {
                // What is wanted is the object, and its kind the kind.
                String wanted = request.object()
                        .flatMap(object -> Json.string(object, "kind"))
                        .orElse("");
                Json.child(inner, "kind").put("kind", wanted);
                Json.child(inner, "requestKind").put("kind", wanted);
                inner.putNull("options");
            }
        }
        return inner.put("dryRun", request.dryRun());
    }

    private static void options(ObjectNode inner, String kind, ObjectNode said) {
        inner.putObject("options")
                .put("kind", kind)
                .put("apiVersion", "meta.k8s.io/v1")
                .setAll(said);
    }

    private static void kind(ObjectNode into, Kind kind) {
        into.put("group", kind.group()).put("version", kind.version()).put("kind", kind.kind());
    }

    private static void resource(ObjectNode into, Kind kind) {
        into.put("group", kind.group()).put("version", kind.version()).put("resource", kind.resource());
    }

    /**
     * Reads an answer.
     *
     * @param mayPatch whether the webhook may change the object
     */
    public static Answer answer(
            Webhook webhook, String uid, Request request, Kind kind, String body, boolean mayPatch) {
        JsonNode response;
        try {
            response = Response.verified(webhook, uid, Json.parse(body), mayPatch);
        } catch (MalformedJsonException e) {
            return new Answer.Broken("failed to call webhook: the answer " + e.getMessage());
        } catch (IllegalArgumentException e) {
            return new Answer.Broken("received invalid webhook response: " + e.getMessage());
        }
        List<String> warnings = PodView.strings(response.path("warnings"));
        Map<String, String> audit = Json.strings(response, "auditAnnotations");
        if (!response.path("allowed").asBoolean(false)) {
            return new Answer.Denied(Response.denied(webhook, response.path("status")), warnings, audit);
        }
        Optional<ArrayNode> patch;
        try {
            patch = mayPatch ? Response.patch(response) : Optional.empty();
        } catch (MalformedJsonException | IllegalArgumentException e) {
            return new Answer.Broken("received undecodable patch in webhook response: " + e.getMessage());
        }
        if (patch.isPresent() && request.object().isEmpty()) {
            return new Answer.Unfit(internal("admission webhook \"" + webhook.name()
                    + "\" attempted to modify the object, which is not supported for this operation"));
        }
        try {
            return new Answer.Allowed(
                    patch.map(operations -> patched(operations, request, kind)), warnings, audit, patch);
        } catch (PatchException | IllegalArgumentException e) {
            return new Answer.Unfit(
                    internal("admission webhook \"" + webhook.name() + "\" wants what cannot be: " + e.getMessage()));
        }
    }

    private static Rejection internal(String why) {
        return Rejection.of(Reason.INTERNAL_ERROR, "Internal error occurred: " + why);
    }

    private static ObjectNode patched(ArrayNode operations, Request request, Kind kind) {
        ObjectNode before = request.object().orElseThrow();
        JsonNode after = Patches.json(Webhook.as(kind, request, before).deepCopy(), operations);
        return accepted(after, before, request, kind);
    }

    /** What somebody wants of a connection is no object: it has a kind, but no metadata and no defaults. */
    private static ObjectNode options(JsonNode after, ObjectNode before) {
        if (!(after instanceof ObjectNode changed)
                || !changed.path("apiVersion").equals(before.path("apiVersion"))
                || !changed.path("kind").equals(before.path("kind"))) {
            throw new IllegalArgumentException("the patch makes another kind of object");
        }
        return changed;
    }

    /** What nobody could read must not be stored: every reader of the whole kind would fail at it. What its kind does not have is dropped. */
    private static void readable(Kind kind, ObjectNode before, ObjectNode changed) {
        List<FieldError> found = Schema.check(kind, changed);
        List<String> wrong = wrongTypes(found);
        if (!wrong.isEmpty()) {
            List<String> more = new ArrayList<>(wrong);
            more.removeAll(wrongTypes(Schema.check(kind, before)));
            if (!more.isEmpty()) {
                throw new IllegalArgumentException(String.join(", ", more));
            }
        }
        if (found.stream().anyMatch(error -> error.reason() == FieldError.Reason.UNKNOWN)) {
            UnknownFields.drop(kind, changed);
        }
    }

    private static List<String> wrongTypes(List<FieldError> found) {
        return found.stream()
                .filter(error -> error.reason() == FieldError.Reason.WRONG_TYPE)
                .map(FieldError::message)
                .toList();
    }

    /**
     * What somebody made of an object, as it can be stored.
     *
     * @param kind in the version in which it was changed
     * @throws IllegalArgumentException if it is another kind of object now, or has values of a wrong type that it did not have
     */
    static ObjectNode accepted(JsonNode after, ObjectNode before, Request request, Kind kind) {
        if (request.operation() == Operation.CONNECT) {
            return options(after, before);
        }
        Kind own = request.ownKind().orElse(request.kind());
        return accepted(after, before, request, request.ownKind().orElse(kind), own);
    }

    /** @param own in which it is stored */
    private static ObjectNode accepted(JsonNode after, ObjectNode before, Request request, Kind kind, Kind own) {
        if (!(after instanceof ObjectNode changed)
                || !changed.path("apiVersion").asString("").equals(kind.apiVersion())
                || !changed.path("kind").asString("").equals(kind.kind())) {
            throw new IllegalArgumentException("the patch makes another kind of object");
        }
        readable(kind, Webhook.as(kind, request, before), changed);
        ObjectNode object = kind.equals(own) ? changed : Conversion.read(own, changed);
        ObjectNode whole = Defaults.withoutNulls(own, object);
        ObjectNode metadata = Json.child(whole, "metadata");
        for (String field : SYSTEM_FIELDS) {
            Optional<JsonNode> kept = Json.at(before, "metadata", field);
            if (kept.isPresent()) {
                metadata.set(field, kept.get());
            } else {
                metadata.remove(field);
            }
        }
        Defaults.apply(own, whole);
        return whole;
    }
}
