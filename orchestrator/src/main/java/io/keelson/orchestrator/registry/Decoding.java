package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.FieldError;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Schema;
import io.keelson.orchestrator.kind.Subresource;
import io.keelson.orchestrator.kind.UnknownFields;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Whether what was sent can be read as an object of the kind. */
public final class Decoding {

    /** What is wrong beyond this is not told, as in Kubernetes. */
    private static final int MAX_ERRORS_IN_MESSAGE = 100;

    private Decoding() {}

    /**
     * What a check found.
     *
     * @param rejection if the object cannot be taken
     * @param warnings if it can, but the writer should know something
     * @param unknown whether it has fields that a built-in kind does not have, which are not to be stored
     */
    public record Result(Optional<Rejection> rejection, List<String> warnings, boolean unknown) {

        private static final Result FINE = new Result(Optional.empty(), List.of(), false);

        private static Result refused(Rejection why) {
            return new Result(Optional.of(why), List.of(), false);
        }

        private static Result warned(List<String> warnings) {
            return new Result(Optional.empty(), warnings, false);
        }

        private Result withUnknown() {
            return new Result(rejection, warnings, true);
        }
    }

    /**
     * Checks type and fields. A wrong type is refused always, an unknown field as {@code validation} says.
     *
     * @param live the stored object, if there is one: unknown fields that it has already are not the writer's
     */
    public static Result check(Kind kind, Optional<ObjectNode> live, ObjectNode incoming, FieldValidation validation) {
        return check(kind, live, incoming, Reading.whole(validation));
    }

    /** The same of what was sent as text, or as a patch. */
    static Result check(Kind kind, Optional<ObjectNode> live, ObjectNode incoming, Reading reading) {
        Optional<Rejection> wrongKind = wrongKind(kind, incoming);
        if (wrongKind.isPresent()) {
            return Result.refused(wrongKind.get());
        }
        // A patch leaves most of an object as it is, with all that is wrong there.
        List<FieldError> errors = reading.patch().isPresent() && live.isPresent()
                ? Schema.check(kind, incoming, live.get())
                : Schema.check(kind, incoming);
        boolean unknown = kind.custom().isEmpty() && anyUnknown(errors);
        if (!errors.isEmpty() && live.isPresent()) {
            Set<FieldError> old = new HashSet<>(Schema.check(kind, live.get()));
            errors = errors.stream().filter(error -> !old.contains(error)).toList();
        }
        Result result = judge(
                kind, Stream.concat(reading.noticed().stream(), errors.stream()).toList(), reading);
        return unknown ? result.withUnknown() : result;
    }

    private static boolean anyUnknown(List<FieldError> errors) {
        return errors.stream().anyMatch(error -> error.reason() == FieldError.Reason.UNKNOWN);
    }

    /** What is stored as Kubernetes would read it, to compare with what was sent: without fields that its kind does not have. */
    static ObjectNode known(Kind kind, ObjectNode live, Result decoded) {
        return decoded.unknown() ? UnknownFields.without(kind, live) : live;
    }

    /**
     * Judges what is odd about the text of a whole object, such as fields that came twice. If that refuses it, what is unknown in it is told
     * too.
     */
    public static Result text(Kind kind, ObjectNode object, List<FieldError> noticed, FieldValidation validation) {
        // What says no kind is of the one that its path says.
        boolean ofKind = Json.string(object, "kind").orElse(kind.kind()).equals(kind.kind());
        boolean more = validation == FieldValidation.STRICT && !noticed.isEmpty() && ofKind;
        List<FieldError> all = more
                ? Stream.concat(noticed.stream(), Schema.check(kind, object).stream())
                        .toList()
                : noticed;
        return judge(kind, all, Reading.whole(validation));
    }

    private static Result judge(Kind kind, List<FieldError> errors, Reading reading) {
        FieldValidation validation = reading.validation();
        List<FieldError> fatal = errors.stream()
                .filter(error -> validation == FieldValidation.STRICT || error.reason() == FieldError.Reason.WRONG_TYPE)
                .toList();
        if (!fatal.isEmpty()) {
            boolean strict = fatal.stream().allMatch(error -> error.reason() != FieldError.Reason.WRONG_TYPE);
            String what = fatal.stream()
                    .limit(MAX_ERRORS_IN_MESSAGE)
                    .map(FieldError::message)
                    .collect(Collectors.joining(", "));
            String why = (strict ? "strict decoding error: " : "") + what;
            Rejection rejection = reading.patch()
                    .map(shown -> Rejection.invalidPatch(Reading.shortened(shown.get()), why))
                    .orElseGet(() -> Rejection.badRequest(cannotBeRead(kind) + why));
            return Result.refused(rejection);
        }
        return switch (validation) {
            case STRICT, IGNORE -> Result.FINE;
            case WARN ->
                Result.warned(errors.stream()
                        .limit(MAX_ERRORS_IN_MESSAGE)
                        .map(FieldError::message)
                        .toList());
        };
    }

    /**
     * Says of what was sent to a path what it is, where the sender has left that out because the path says it. Kubernetes does so for its own
     * kinds, and its Java client relies on it; objects of custom resources must say it themselves.
     *
     * @param subresource below the object, or empty
     */
    public static ObjectNode typed(Kind kind, String subresource, ObjectNode sent) {
        if (kind.custom().isPresent()) {
            return sent;
        }
        Optional<Subresource> below = Subresource.of(kind).stream()
                .filter(each -> each.name().equals(subresource))
                .findFirst();
        fill(sent, "kind", below.map(Subresource::kind).orElse(kind.kind()));
        fill(sent, "apiVersion", below.map(Subresource::apiVersion).orElse(kind.apiVersion()));
        return sent;
    }

    private static void fill(ObjectNode sent, String field, String value) {
        if (!sent.has(field)
                || sent.path(field).isNull()
                || sent.path(field).asString("x").isEmpty()) {
            sent.put(field, value);
        }
    }

    private static Optional<Rejection> wrongKind(Kind kind, ObjectNode incoming) {
        String sentKind = Json.string(incoming, "kind").orElse("");
        String sentVersion = Json.string(incoming, "apiVersion").orElse("");
        if (sentKind.isEmpty() || sentVersion.isEmpty()) {
            return Optional.of(Rejection.badRequest(
                    "Object '" + (sentKind.isEmpty() ? "Kind" : "apiVersion") + "' is missing in the body"));
        }
        if (!sentVersion.equals(kind.apiVersion())) {
            return Optional.of(Rejection.badRequest("the API version in the data (" + sentVersion
                    + ") does not match the expected API version (" + kind.apiVersion() + ")"));
        }
        if (!sentKind.equals(kind.kind())) {
            return Optional.of(Rejection.badRequest(
                    "the kind in the data (" + sentKind + ") does not match the expected kind (" + kind.kind() + ")"));
        }
        return Optional.empty();
    }

    private static String cannotBeRead(Kind kind) {
        return kind.kind() + " in version \"" + kind.version() + "\" cannot be handled as a " + kind.kind() + ": ";
    }
}
