package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * How the claims of an OpenID provider become a user; the meanings of Kubernetes' flags of these names.
 *
 * @param issuer whose tokens they are
 * @param clientId for whom a token must be
 * @param usernameClaim which claim is the name, such as {@code sub} or {@code email}
 * @param usernamePrefix what stands before each name
 * @param groupsClaim which claim lists the groups; empty for none
 * @param groupsPrefix what stands before each group
 * @param requiredClaims what else a token must say
 */
public record OidcRules(
        String issuer,
        String clientId,
        String usernameClaim,
        String usernamePrefix,
        String groupsClaim,
        String groupsPrefix,
        Map<String, String> requiredClaims) {

    private static final Duration LEEWAY = Duration.ofSeconds(10);
    private static final String EMAIL = "email";

    /** Keeps its own copy. */
    public OidcRules {
        requiredClaims = Map.copyOf(requiredClaims);
    }

    /**
     * The prefix of names when the operator says none: the issuer, so that no name of it is one of the cluster's own; e-mail addresses
     * need none.
     */
    public static String defaultPrefix(String issuer, String usernameClaim) {
        return usernameClaim.equals(EMAIL) ? "" : issuer + "#";
    }

    /** The user that proven claims name. */
    public Authentication user(JsonNode claims, Instant now) {
        Optional<String> wrong = wrong(claims, now);
        if (wrong.isPresent()) {
            return new Authentication.Refused("oidc: " + wrong.get());
        }
        String name = Json.string(claims, usernameClaim).orElse("");
        if (name.isEmpty()) {
            return new Authentication.Refused(
                    "oidc: parse username claims " + Quoted.text(usernameClaim) + ": claim not present");
        }
        if (usernameClaim.equals(EMAIL)
                && Json.at(claims, "email_verified")
                        .filter(verified -> !verified.booleanValue(false))
                        .isPresent()) {
            return new Authentication.Refused("oidc: email not verified");
        }
        return new Authentication.Known(new User(usernamePrefix + name, groups(claims)));
    }

    private Optional<String> wrong(JsonNode claims, Instant now) {
        if (!Json.string(claims, "iss").orElse("").equals(issuer)) {
            return Optional.of("id token issued by a different provider, expected " + Quoted.text(issuer));
        }
        if (!TokenClaims.audiences(claims).contains(clientId)) {
            return Optional.of("expected audience " + Quoted.text(clientId) + " got "
                    + Quoted.list(TokenClaims.audiences(claims)));
        }
        Optional<Long> expires = Json.number(claims, "exp");
        if (expires.isEmpty() || expires.get() < now.minus(LEEWAY).getEpochSecond()) {
            return Optional.of("verify token: token is expired");
        }
        if (Json.number(claims, "nbf")
                .filter(from -> from > now.plus(LEEWAY).getEpochSecond())
                .isPresent()) {
            return Optional.of("verify token: token is not valid yet");
        }
        for (var required : requiredClaims.entrySet()) {
            Optional<String> said = Json.string(claims, required.getKey());
            if (said.isEmpty()) {
                return Optional.of("required claim " + required.getKey() + " not present in ID token");
            }
            if (!said.get().equals(required.getValue())) {
                return Optional.of("required claim " + required.getKey() + " value does not match. Got = " + said.get()
                        + ", want = " + required.getValue());
            }
        }
        return Optional.empty();
    }

    /** A single group may stand without a list. */
    private List<String> groups(JsonNode claims) {
        List<String> groups = new ArrayList<>();
        if (!groupsClaim.isEmpty()) {
            Json.string(claims, groupsClaim).ifPresent(one -> groups.add(groupsPrefix + one));
            for (JsonNode each : Json.items(claims, groupsClaim)) {
                if (each.isString()) {
                    groups.add(groupsPrefix + each.asString());
                }
            }
        }
        return groups;
    }
}
