package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.fields.Conflict;
import io.keelson.orchestrator.fields.Manager;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A refusal, as a value: everything that a Kubernetes {@code Status} says about a failure.
 *
 * @param reason the machine-readable reason
 * @param message what is wrong, for a person
 * @param details which object it is about, and the causes; empty for requests that name no object
 * @param continueToken with which a list whose history is gone goes on nevertheless; empty where there is no such
 */
public record Rejection(Reason reason, String message, Optional<Details> details, String continueToken) {

    /** Causes beyond this many are left out of the message of an invalid object, not out of the details. */
    private static final int MAX_CAUSES_IN_MESSAGE = 100;

    /**
     * What a failure is about.
     *
     * @param group API group, empty for core
     * @param kind what Kubernetes puts there: mostly the plural resource, for invalid objects the kind
     * @param name name of the object, may be empty
     * @param uid uid of the object, may be empty
     * @param causes each thing that is wrong
     * @param retryAfterSeconds when to try again; 0 if nothing is said
     */
    public record Details(
            String group, String kind, String name, String uid, List<Cause> causes, int retryAfterSeconds) {

        /** Keeps its own copy of the causes. */
        public Details {
            causes = List.copyOf(causes);
        }

        static Details of(Kind kind, String name) {
            return new Details(kind.group(), kind.resource(), name, "", List.of(), 0);
        }
    }

    /** A refusal that is no end of a list. */
    public Rejection(Reason reason, String message, Optional<Details> details) {
        this(reason, message, details, "");
    }

    /** A refusal which is about no object. */
    public static Rejection of(Reason reason, String message) {
        return new Rejection(reason, message, Optional.empty());
    }

    /** There is no such object. */
    public static Rejection notFound(Kind kind, String name) {
        return new Rejection(
                Reason.NOT_FOUND,
                kind.qualifiedResource() + " \"" + name + "\" not found",
                Optional.of(Details.of(kind, name)));
    }

    /** There is such an object already. */
    public static Rejection alreadyExists(Kind kind, String name) {
        return new Rejection(
                Reason.ALREADY_EXISTS,
                kind.qualifiedResource() + " \"" + name + "\" already exists",
                Optional.of(Details.of(kind, name)));
    }

    /** The object is not at the state that the caller named, or changed meanwhile. */
    public static Rejection conflict(Kind kind, String name, String why) {
        return new Rejection(
                Reason.CONFLICT,
                "Operation cannot be fulfilled on " + kind.qualifiedResource() + " \"" + name + "\": " + why,
                Optional.of(Details.of(kind, name)));
    }

    /** Others own fields that an apply would change, in Kubernetes' words; at least one conflict. */
    static Rejection ownedByOthers(List<Conflict> conflicts) {
        List<Cause> causes = conflicts.stream()
                .map(conflict -> new Cause(
                        "FieldManagerConflict", conflict.field().toString(), "conflict with " + conflict.manager()))
                .toList();
        Details details = new Details("", "", "", "", causes, 0);
        if (conflicts.size() == 1) {
            Cause one = causes.getFirst();
            return new Rejection(
                    Reason.CONFLICT,
                    "Apply failed with 1 conflict: " + one.message() + ": " + one.field(),
                    Optional.of(details));
        }
        Map<Manager, List<Conflict>> byManager =
                conflicts.stream().collect(Collectors.groupingBy(Conflict::manager, TreeMap::new, Collectors.toList()));
        List<String> lines = new ArrayList<>();
        byManager.forEach((manager, owned) -> {
            lines.add("conflicts with " + manager + ":");
            owned.forEach(conflict -> lines.add("- " + conflict.field()));
        });
        return new Rejection(
                Reason.CONFLICT,
                "Apply failed with " + conflicts.size() + " conflicts: " + String.join("\n", lines),
                Optional.of(details));
    }

    /** The object does not make sense; at least one cause. */
    public static Rejection invalid(Kind kind, String name, List<Cause> causes) {
        return invalid(kind.group(), kind.kind(), name, causes);
    }

    /** The same for what is no kind with objects of its own. */
    public static Rejection invalid(String group, String kind, String name, List<Cause> causes) {
        String listed = causes.stream()
                .limit(MAX_CAUSES_IN_MESSAGE)
                .map(Cause::toString)
                .distinct()
                .collect(Collectors.joining(", "));
        String whole = causes.size() == 1 ? listed : "[" + listed + "]";
        String qualified = group.isEmpty() ? kind : kind + "." + group;
        return new Rejection(
                Reason.INVALID,
                qualified + " \"" + name + "\" is invalid: " + whole,
                Optional.of(new Details(group, kind, name, "", causes, 0)));
    }

    /** What a patch makes of an object cannot be read; Kubernetes names no object there. */
    static Rejection invalidPatch(String shown, String why) {
        Cause cause = Cause.invalid("patch", Json.array().add(shown).get(0).toString(), why);
        return new Rejection(
                Reason.INVALID,
                " \"\" is invalid: " + cause,
                Optional.of(new Details("", "", "", "", List.of(cause), 0)));
    }

    /** An object of this kind is replaced only by who knows its revision. Kubernetes names the resource here, not the kind. */
    static Rejection unguarded(Kind kind, String name) {
        Cause cause = Cause.invalid("metadata.resourceVersion", "0", "must be specified for an update");
        return new Rejection(
                Reason.INVALID,
                kind.qualifiedResource() + " \"" + name + "\" is invalid: " + cause,
                Optional.of(new Details(kind.group(), kind.resource(), name, "", List.of(cause), 0)));
    }

    /** The options of a request make no sense; at least one cause. */
    public static Rejection invalidOptions(String options, List<Cause> causes) {
        String listed = causes.stream().map(Cause::toString).collect(Collectors.joining(", "));
        return new Rejection(
                Reason.INVALID,
                options + ".meta.k8s.io \"\" is invalid: " + (causes.size() == 1 ? listed : "[" + listed + "]"),
                Optional.of(new Details("meta.k8s.io", options, "", "", causes, 0)));
    }

    /** The object must not be written in this way, whoever asks. */
    public static Rejection forbidden(Kind kind, String name, String why) {
        return new Rejection(
                Reason.FORBIDDEN,
                kind.qualifiedResource() + " \"" + name + "\" is forbidden: " + why,
                Optional.of(Details.of(kind, name)));
    }

    /** The request cannot be understood. */
    public static Rejection badRequest(String message) {
        return of(Reason.BAD_REQUEST, message);
    }

    /** As {@link #badRequest}, about an object. */
    public static Rejection badRequest(Kind kind, String name, String message) {
        return new Rejection(Reason.BAD_REQUEST, message, Optional.of(Details.of(kind, name)));
    }

    /** The same with one more cause in the details. */
    public Rejection withCause(Cause cause) {
        Details old = details.orElse(new Details("", "", "", "", List.of(), 0));
        List<Cause> causes = new ArrayList<>(old.causes());
        causes.add(cause);
        return new Rejection(
                reason,
                message,
                Optional.of(
                        new Details(old.group(), old.kind(), old.name(), old.uid(), causes, old.retryAfterSeconds())),
                continueToken);
    }

    /** The same, to be asked again after some seconds. */
    public Rejection withRetryAfter(int seconds) {
        Details old = details.orElse(new Details("", "", "", "", List.of(), 0));
        return new Rejection(
                reason,
                message,
                Optional.of(new Details(old.group(), old.kind(), old.name(), old.uid(), old.causes(), seconds)),
                continueToken);
    }

    /** The same for a list that may go on with a token. */
    public Rejection withContinue(String token) {
        return new Rejection(reason, message, details, token);
    }

    /** The {@code Status} object of {@code v1} that tells this. */
    public ObjectNode status() {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1");
        putUnlessEmpty(Json.child(status, "metadata"), "continue", continueToken);
        status.put("status", "Failure").put("message", message);
        putUnlessEmpty(status, "reason", reason.word());
        details.ifPresent(about -> status.set("details", details(about)));
        return status.put("code", reason.code());
    }

    private static ObjectNode details(Details about) {
        ObjectNode details = Json.object();
        putUnlessEmpty(details, "name", about.name());
        putUnlessEmpty(details, "group", about.group());
        putUnlessEmpty(details, "kind", about.kind());
        putUnlessEmpty(details, "uid", about.uid());
        if (!about.causes().isEmpty()) {
            ArrayNode causes = details.putArray("causes");
            for (Cause cause : about.causes()) {
                ObjectNode entry = causes.addObject();
                putUnlessEmpty(entry, "reason", cause.reason());
                putUnlessEmpty(entry, "message", cause.message());
                putUnlessEmpty(entry, "field", cause.field());
            }
        }
        if (about.retryAfterSeconds() > 0) {
            details.put("retryAfterSeconds", about.retryAfterSeconds());
        }
        return details;
    }

    private static void putUnlessEmpty(ObjectNode object, String field, String value) {
        if (!value.isEmpty()) {
            object.put(field, value);
        }
    }
}
