package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.kind.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a token of a service account says, under Kubernetes' names.
 *
 * @param issuer who made it
 * @param account whose it is
 * @param accountUid which of all accounts that had the name
 * @param bound on what else it hangs, by resource: {@code pods}, {@code secrets}, {@code nodes}
 * @param audiences for whom it is
 * @param issued when it was made; it is not valid before
 * @param expires when it ends
 * @param id tells tokens apart
 */
public record TokenClaims(
        String issuer,
        ServiceAccounts.Account account,
        String accountUid,
        Map<String, ObjectId> bound,
        List<String> audiences,
        Instant issued,
        Instant expires,
        String id) {

    /** Clocks differ by so much at the most. */
    private static final Duration LEEWAY = Duration.ofMinutes(1);

    private static final String PRIVATE = "kubernetes.io";
    private static final List<String> BINDABLE = List.of("nodes", "pods", "secrets");

    /** An object, and which of all that had the name. */
    public record ObjectId(String name, String uid) {}

    /** Keeps its own copies. */
    public TokenClaims {
        bound = new LinkedHashMap<>(bound);
        audiences = List.copyOf(audiences);
    }

    /** The claims as they are signed. */
    public ObjectNode json() {
        ObjectNode claims = Json.object();
        ArrayNode aud = claims.putArray("aud");
        audiences.forEach(aud::add);
        claims.put("exp", expires.getEpochSecond())
                .put("iat", issued.getEpochSecond())
                .put("iss", issuer)
                .put("jti", id);
        ObjectNode kubernetes = Json.child(claims, PRIVATE).put("namespace", account.namespace());
        bound.forEach((resource, object) -> put(kubernetes, singular(resource), object));
        put(kubernetes, "serviceaccount", new ObjectId(account.name(), accountUid));
        return claims.put("nbf", issued.getEpochSecond())
                .put("sub", ServiceAccounts.userName(account.namespace(), account.name()));
    }

    private static String singular(String resource) {
        return resource.substring(0, resource.length() - 1);
    }

    private static void put(ObjectNode claims, String field, ObjectId object) {
        Json.child(claims, field).put("name", object.name()).put("uid", object.uid());
    }

    /** Reads claims; empty if they are not those of a service account's token. */
    public static Optional<TokenClaims> parse(JsonNode claims) {
        JsonNode kubernetes = claims.path(PRIVATE);
        Optional<ServiceAccounts.Account> subject = Json.string(claims, "sub").flatMap(ServiceAccounts::ofUserName);
        Optional<ObjectId> account = objectId(kubernetes, "serviceaccount");
        Optional<Long> expires = Json.number(claims, "exp");
        Optional<Long> issued = Json.number(claims, "nbf").or(() -> Json.number(claims, "iat"));
        boolean whole = subject.isPresent()
                && account.isPresent()
                && expires.isPresent()
                && issued.isPresent()
                && isTime(expires.get())
                && isTime(issued.get())
                && subject.get().name().equals(account.get().name())
                && Json.string(kubernetes, "namespace")
                        .filter(subject.get().namespace()::equals)
                        .isPresent();
        if (!whole) {
            return Optional.empty();
        }
        Map<String, ObjectId> bound = new LinkedHashMap<>();
        for (String resource : BINDABLE) {
            objectId(kubernetes, singular(resource)).ifPresent(object -> bound.put(resource, object));
        }
        return Optional.of(new TokenClaims(
                Json.string(claims, "iss").orElse(""),
                subject.get(),
                account.get().uid(),
                bound,
                audiences(claims),
                Instant.ofEpochSecond(issued.get()),
                Instant.ofEpochSecond(expires.get()),
                Json.string(claims, "jti").orElse("")));
    }

    private static boolean isTime(long seconds) {
        return seconds >= 0 && seconds <= Instant.MAX.getEpochSecond();
    }

    private static Optional<ObjectId> objectId(JsonNode kubernetes, String field) {
        return Json.string(kubernetes, field, "name")
                .filter(name -> !name.isEmpty())
                .map(name ->
                        new ObjectId(name, Json.string(kubernetes, field, "uid").orElse("")));
    }

    /** One audience may stand without a list. */
    static List<String> audiences(JsonNode claims) {
        Optional<String> one = Json.string(claims, "aud");
        if (one.isPresent()) {
            return List.of(one.get());
        }
        List<String> audiences = new ArrayList<>();
        Json.items(claims, "aud").forEach(each -> audiences.add(each.asString("")));
        return audiences;
    }

    /**
     * Who has this token, if it holds: in time, for one of these audiences, and with all that it hangs on still there.
     *
     * @param wanted any of these audiences will do
     */
    public Authentication check(Instant now, List<String> wanted, Lookup lookup) {
        if (now.isAfter(expires)) {
            return new Authentication.Refused("service account token has expired");
        }
        if (now.plus(LEEWAY).isBefore(issued)) {
            return new Authentication.Refused("service account token is not valid yet");
        }
        List<String> shared = audiences.stream().filter(wanted::contains).toList();
        if (shared.isEmpty()) {
            return new Authentication.Refused("token audiences " + Quoted.list(audiences)
                    + " is invalid for the target audiences " + Quoted.list(wanted));
        }
        Optional<String> gone = gone("serviceaccounts", new ObjectId(account.name(), accountUid), now, lookup);
        for (var each : bound.entrySet()) {
            // The node is told for those who ask; a pod may outlive its node's object, and the token of a pod hangs on
            // the pod.
            boolean hangs = !each.getKey().equals("nodes") || !bound.containsKey("pods");
            if (gone.isEmpty() && hangs) {
                gone = gone(each.getKey(), each.getValue(), now, lookup);
            }
        }
        return gone.<Authentication>map(Authentication.Refused::new)
                .orElseGet(() -> new Authentication.Known(ServiceAccounts.user(account, accountUid, extra()), shared));
    }

    /** Why the token does not hold because of an object; empty if that is there as it was. */
    private Optional<String> gone(String resource, ObjectId object, Instant now, Lookup lookup) {
        String namespace = resource.equals("nodes") ? "" : account.namespace();
        String named = resource + " " + Quoted.text(object.name());
        Optional<ObjectNode> live = lookup.find(resource, namespace, object.name());
        if (live.isEmpty()) {
            return Optional.of("service account token has been invalidated: " + named + " not found");
        }
        if (!Json.string(live.get(), "metadata", "uid").orElse("").equals(object.uid())) {
            return Optional.of("service account token has been invalidated: " + named + " has another UID ("
                    + Json.string(live.get(), "metadata", "uid").orElse("") + ") than the token's (" + object.uid()
                    + ")");
        }
        boolean over = Json.string(live.get(), "metadata", "deletionTimestamp")
                .map(Instant::parse)
                .filter(at -> at.plus(LEEWAY).isBefore(now))
                .isPresent();
        return over
                ? Optional.of("service account token has been invalidated: " + named + " has been deleted")
                : Optional.empty();
    }

    private Map<String, List<String>> extra() {
        Map<String, List<String>> extra = new LinkedHashMap<>();
        if (!id.isEmpty()) {
            extra.put("authentication.kubernetes.io/credential-id", List.of("JTI=" + id));
        }
        for (String resource : List.of("nodes", "pods")) {
            ObjectId object = bound.get(resource);
            if (object != null) {
                String key = "authentication.kubernetes.io/" + singular(resource);
                extra.put(key + "-name", List.of(object.name()));
                extra.put(key + "-uid", List.of(object.uid()));
            }
        }
        return extra;
    }
}
