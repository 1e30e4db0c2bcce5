package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.cel.Budget;
import io.keelson.orchestrator.cel.EvaluationException;
import io.keelson.orchestrator.cel.ExpressionException;
import io.keelson.orchestrator.kind.Conversion;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A webhook of a configuration.
 *
 * @param configuration the name of what it is configured in
 * @param json as it is configured, with all defaults
 */
public record Webhook(String configuration, JsonNode json) {

    private static final long DEFAULT_SECONDS = 10;

    /** The webhooks that may change what is written, in the order in which they are asked. */
    public static List<Webhook> mutating(Facts facts) {
        return of(facts, Known.MUTATING_WEBHOOKS);
    }

    /** The webhooks that judge what is written. */
    public static List<Webhook> validating(Facts facts) {
        return of(facts, Known.VALIDATING_WEBHOOKS);
    }

    private static List<Webhook> of(Facts facts, Kind kind) {
        List<Webhook> all = new ArrayList<>();
        facts.list(kind, "").stream()
                .sorted(Comparator.comparing(Webhook::nameOf))
                .forEach(configuration -> Json.items(configuration, "webhooks")
                        .forEach(each -> all.add(new Webhook(nameOf(configuration), each))));
        return all;
    }

    private static String nameOf(ObjectNode configuration) {
        return Json.string(configuration, "metadata", "name").orElse("");
    }

    /** Its name, which is in messages. */
    public String name() {
        return json.path("name").asString("");
    }

    /** How long to wait for its answer. */
    public Duration timeout() {
        return Duration.ofSeconds(Json.number(json, "timeoutSeconds").orElse(DEFAULT_SECONDS));
    }

    /** The first version of reviews that it wants and Keelson knows: {@code v1} or {@code v1beta1}. */
    String reviewVersion() {
        return Json.items(json, "admissionReviewVersions").stream()
                .map(version -> version.asString(""))
                .filter(version -> version.equals("v1") || version.equals("v1beta1"))
                .findFirst()
                .orElse("v1");
    }

    /** Whether a write goes on without it when it does not answer. */
    public boolean ignorable() {
        return json.path("failurePolicy").asString("Fail").equals("Ignore");
    }

    /** Whether it wants to be asked again when others changed the object after it. */
    public boolean again() {
        return json.path("reinvocationPolicy").asString("Never").equals("IfNeeded");
    }

    /** Whether it leaves no traces when it is asked about a write that is only tried. */
    public boolean harmless() {
        String effects = json.path("sideEffects").asString("Unknown");
        return effects.equals("None") || effects.equals("NoneOnDryRun");
    }

    /** What comes of the question whether a webhook is to be asked. */
    public sealed interface Concern {

        /** It is not its business. */
        record No() implements Concern {}

        /**
         * It is to be asked.
         *
         * @param kind in the version in which it wants the object
         */
        record Yes(Kind kind) implements Concern {}

        /** Its conditions cannot be evaluated. */
        record Unclear(String why) implements Concern {}
    }

    /** Whether it is to be asked about a write. */
    public Concern concern(Request request, Facts facts) {
        if (!Rules.open(request)) {
            return new Concern.No();
        }
        boolean exactly = json.path("matchPolicy").asString("Equivalent").equals("Exact");
        Optional<Kind> kind = Rules.match(Json.items(json, "rules"), request, exactly);
        boolean selected =
                kind.isPresent() && Rules.selectsObject(json, request) && Rules.selectsNamespace(json, request, facts);
        if (!selected) {
            return new Concern.No();
        }
        List<JsonNode> conditions = Json.items(json, "matchConditions");
        if (conditions.isEmpty()) {
            return new Concern.Yes(kind.get());
        }
        return conditioned(conditions, request, kind.get(), facts);
    }

    private static Concern conditioned(List<JsonNode> conditions, Request request, Kind kind, Facts facts) {
        Budget budget = Budget.ofObject();
        Optional<String> unclear = Optional.empty();
        for (JsonNode condition : conditions) {
            String text = condition.path("expression").asString("");
            try {
                if (!Expressions.condition(text).holds(Expressions.values(request, kind, facts), budget)) {
                    return new Concern.No();
                }
            } catch (ExpressionException | EvaluationException e) {
                unclear =
                        unclear.or(() -> Optional.of("expression '" + text + "' resulted in error: " + e.getMessage()));
            }
        }
        return unclear.<Concern>map(Concern.Unclear::new).orElse(new Concern.Yes(kind));
    }

    /** An object of the request in the version in which the webhook wants it. */
    static ObjectNode as(Kind wanted, Request request, ObjectNode object) {
        return wanted.equals(request.kind()) || request.ownKind().isPresent()
                ? object
                : Conversion.write(request.kind(), object);
    }

    /** The refusal of a write because the webhook did not answer. */
    public Rejection unanswered(String why) {
        return Rejection.of(
                Reason.INTERNAL_ERROR, "Internal error occurred: failed calling webhook \"" + name() + "\": " + why);
    }

    /** The refusal of a write that is only tried because the webhook would not know that. */
    public Rejection notForDryRun() {
        return Rejection.badRequest("admission webhook \"" + name() + "\" does not support dry run");
    }
}
