package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What somebody gets who asks for a token of a service account. */
public final class TokenRequests {

    /** How long a token lives if nobody says. */
    static final long DEFAULT_SECONDS = 3_600;

    private static final long MIN_SECONDS = 600;
    private static final long MAX_SECONDS = 1L << 32;

    /** No token lives longer, whatever is asked: so long the keys are kept that can verify it. */
    public static final Duration LONGEST = Duration.ofDays(365);

    private TokenRequests() {}

    /** What is asked for, or why it is not given. */
    public sealed interface Result {
        /** These claims are to be signed. */
        record Issue(TokenClaims claims) implements Result {}

        /** No. */
        record Refuse(Rejection rejection) implements Result {}
    }

    /** What the sender should know of how long its token is good; empty if as long as it wanted. */
    public static Optional<String> shortened(ObjectNode request) {
        return Json.number(request, "spec", "expirationSeconds")
                .filter(seconds -> seconds > LONGEST.toSeconds())
                .map(seconds -> "requested expiration of " + seconds + " seconds shortened to " + LONGEST.toSeconds()
                        + " seconds");
    }

    /**
     * Decides about a request.
     *
     * @param user who asks: a node gets tokens for its own pods only
     * @param account the live service account
     * @param request a TokenRequest
     * @param issuer of all tokens, and the audience if none is said
     * @param id of the new token
     */
    public static Result decide(
            User user, ObjectNode account, ObjectNode request, Lookup lookup, String issuer, Instant now, String id) {
        String name = Json.string(account, "metadata", "name").orElse("");
        String namespace = Json.string(account, "metadata", "namespace").orElse("");
        long seconds = Json.number(request, "spec", "expirationSeconds").orElse(DEFAULT_SECONDS);
        Optional<String> wrong = wrongSeconds(seconds);
        if (wrong.isPresent()) {
            return refuse(
                    Reason.INVALID,
                    "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value: "
                            + seconds + ": " + wrong.get());
        }
        Map<String, TokenClaims.ObjectId> bound = new LinkedHashMap<>();
        Optional<JsonNode> reference = Json.at(request, "spec", "boundObjectRef");
        Optional<Rejection> refused = reference.flatMap(ref -> bind(ref, namespace, name, lookup, bound));
        if (refused.isEmpty()) {
            refused = nodeRefusal(user, namespace, bound);
        }
        if (refused.isPresent()) {
            return new Result.Refuse(refused.get());
        }
        List<String> audiences = new ArrayList<>();
        Json.items(request, "spec", "audiences").forEach(each -> audiences.add(each.asString("")));
        if (audiences.isEmpty()) {
            audiences.add(issuer);
        }
        Instant from = now.truncatedTo(ChronoUnit.SECONDS);
        return new Result.Issue(new TokenClaims(
                issuer,
                new ServiceAccounts.Account(namespace, name),
                Json.string(account, "metadata", "uid").orElse(""),
                bound,
                audiences,
                from,
                from.plusSeconds(Math.min(seconds, LONGEST.toSeconds())),
                id));
    }

    private static Optional<String> wrongSeconds(long seconds) {
        if (seconds < MIN_SECONDS) {
            return Optional.of("may not specify a duration less than 10 minutes");
        }
        return seconds > MAX_SECONDS
                ? Optional.of("may not specify a duration larger than 2^32 seconds")
                : Optional.empty();
    }

    private static Result refuse(Reason reason, String message) {
        return new Result.Refuse(Rejection.of(reason, message));
    }

    /** Notes what a token shall hang on. */
    private static Optional<Rejection> bind(
            JsonNode reference,
            String namespace,
            String account,
            Lookup lookup,
            Map<String, TokenClaims.ObjectId> bound) {
        String apiVersion = Json.string(reference, "apiVersion").orElse("");
        String kind = Json.string(reference, "kind").orElse("");
        String name = Json.string(reference, "name").orElse("");
        String resource = switch (apiVersion + "/" + kind) {
            case "v1/Pod" -> "pods";
            case "v1/Secret" -> "secrets";
            case "v1/Node" -> "nodes";
            default -> "";
        };
        if (resource.isEmpty()) {
            return Optional.of(
                    Rejection.badRequest("cannot bind token to object of type " + apiVersion + ", Kind=" + kind));
        }
        Optional<ObjectNode> live = lookup.find(resource, resource.equals("nodes") ? "" : namespace, name);
        if (live.isEmpty()) {
            return Optional.of(Rejection.of(Reason.NOT_FOUND, resource + " " + Quoted.text(name) + " not found"));
        }
        String uid = Json.string(live.get(), "metadata", "uid").orElse("");
        String wanted = Json.string(reference, "uid").orElse("");
        if (!wanted.isEmpty() && !wanted.equals(uid)) {
            return Optional.of(
                    Rejection.of(
                            Reason.CONFLICT,
                            "Operation cannot be fulfilled on " + kind + " " + Quoted.text(name)
                                    + ": the UID in the bound object reference (" + wanted
                                    + ") does not match the UID in record. The object might have been deleted and then recreated"));
        }
        if (resource.equals("pods")) {
            Optional<Rejection> other = bindPod(live.get(), account, lookup, bound);
            if (other.isPresent()) {
                return other;
            }
        }
        bound.put(resource, new TokenClaims.ObjectId(name, uid));
        return Optional.empty();
    }

    private static Optional<Rejection> bindPod(
            ObjectNode pod, String account, Lookup lookup, Map<String, TokenClaims.ObjectId> bound) {
        String own = Json.string(pod, "spec", "serviceAccountName")
                .filter(each -> !each.isEmpty())
                .orElse("default");
        if (!own.equals(account)) {
            return Optional.of(Rejection.badRequest("cannot bind token for serviceaccount " + Quoted.text(account)
                    + " to pod running with different serviceaccount name."));
        }
        Json.string(pod, "spec", "nodeName")
                .filter(node -> !node.isEmpty())
                .ifPresent(node -> bound.put(
                        "nodes",
                        new TokenClaims.ObjectId(
                                node,
                                lookup.find("nodes", "", node)
                                        .flatMap(live -> Json.string(live, "metadata", "uid"))
                                        .orElse(""))));
        return Optional.empty();
    }

    private static Optional<Rejection> nodeRefusal(
            User user, String namespace, Map<String, TokenClaims.ObjectId> bound) {
        Optional<String> node = NodeRules.nodeOf(user);
        if (node.isEmpty()) {
            return Optional.empty();
        }
        if (!bound.containsKey("pods")) {
            return Optional.of(Rejection.of(Reason.FORBIDDEN, "node requested token not bound to a pod"));
        }
        TokenClaims.ObjectId on = bound.get("nodes");
        return on != null && on.name().equals(node.get())
                ? Optional.empty()
                : Optional.of(Rejection.of(
                        Reason.FORBIDDEN,
                        "node requested token bound to a pod scheduled on a different node, in namespace "
                                + namespace));
    }

    /** The answer: what was asked, with the token. */
    public static ObjectNode answer(TokenClaims claims, ObjectNode request, String token) {
        ObjectNode answer =
                Json.object().put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
        Json.child(answer, "metadata")
                .put("name", claims.account().name())
                .put("namespace", claims.account().namespace())
                .put("creationTimestamp", claims.issued().toString());
        ObjectNode spec = Json.child(answer, "spec");
        var audiences = spec.putArray("audiences");
        claims.audiences().forEach(audiences::add);
        spec.put(
                "expirationSeconds",
                Duration.between(claims.issued(), claims.expires()).toSeconds());
        Json.at(request, "spec", "boundObjectRef").ifPresent(ref -> spec.set("boundObjectRef", ref.deepCopy()));
        Json.child(answer, "status")
                .put("token", token)
                .put("expirationTimestamp", claims.expires().toString());
        return answer;
    }
}
